"""`debt scan`: from git repositories to artifacts on the register."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.commands.arguments import Commands, command, since
from bot.cli.commands.invocation import Invocation
from bot.cli.commands.progress import Progress

if TYPE_CHECKING:
    from debt.policy.repositories import RepositoryPolicy
    from intake.scan.apply import Applied

_SCAN = """\
Finds what AI tools wrote in a git repository and puts it on the register: what commits say of
themselves (trailers, authors) and what files do (metadata blocks), grouped into a few artifacts,
with owners from CODEOWNERS and ratings estimated from history and code.

Without REPO it scans every repository that the policy names ([repositories]), or the file that
--list names, one after the other: what is elsewhere is cloned into a cache directory by git itself,
with git's own credential helpers. One that fails is named and does not stop the others.

Where a metadata block says otherwise than the register, both are shown, and the register stays.
A second scan changes only what changed, and never what a person set. A SQLite register that does
not exist yet is made. The repository itself is only read.

What was read is kept in $XDG_CACHE_HOME/debt/scans (~/.cache/debt/scans), so that the next scan
reads new commits and changed files only; it finds the same as one from scratch. With --since, only
commits count whose committer date is that day (in UTC) or later: lines added earlier are nobody's,
neither people's nor a tool's, and shares, ratings and evidence are those of the time since. What
files say of themselves counts as always."""


def add(commands: Commands) -> None:
    parser = command(commands, "scan", "find AI-produced artifacts in git repositories", _scan)
    parser.description = _SCAN
    which = parser.add_mutually_exclusive_group()
    which.add_argument("repo", metavar="REPO", nargs="?", type=Path, help="a clone, bare or not")
    which.add_argument(
        "--list", metavar="FILE", type=Path, help="TOML with [repositories], as in the policy"
    )
    parser.add_argument("--name", help="REPO's name on the register: acme/checkout")
    parser.add_argument(
        "--since",
        metavar="DATE",
        type=since,
        help="count only commits that landed that day or later",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be added and changed, and why"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, or an array without REPO"
    )


def _scan(invocation: Invocation) -> int:
    if invocation.arguments.repo is None:
        return asyncio.run(_scan_listed(invocation))
    with Progress(invocation.world.err, "commits read") as progress:
        applied = asyncio.run(_applied(invocation, progress))
    if invocation.arguments.json:
        _say_json(invocation, _json(invocation, applied))
    else:
        invocation.say(*_lines(invocation, applied))
    return 0


async def _applied(invocation: Invocation, progress: Progress) -> "Applied":
    from intake.scan.run import scan

    arguments = invocation.arguments
    async with invocation.register_made() as store:
        return await scan(
            store,
            invocation.change,
            arguments.repo,
            name=arguments.name,
            progress=progress,
            rehearsed=arguments.dry_run,
            since=_since(invocation),
            cache=invocation.scans,
        )


def _since(invocation: Invocation) -> date | None:
    at: datetime | None = invocation.arguments.since
    return at.date() if at else None


async def _scan_listed(invocation: Invocation) -> int:
    """One after the other; 1 where one of them failed."""
    from bot.process.failures import expected, words_of

    told: list[dict[str, Any]] = []
    failed = False
    for name, repository in _listed(invocation).items():
        try:
            applied = await _applied_listed(invocation, name, repository)
        except expected() as error:
            failed = True
            words = words_of(error)
            told.append({"repo": name, "error": words})
            invocation.world.err.write(f"debt: {name}: {words}\n")
        else:
            told.append(_json(invocation, applied))
            if not invocation.arguments.json:
                invocation.say(name, *(f"  {line}" for line in _lines(invocation, applied)))
    if invocation.arguments.json:
        _say_json(invocation, told)
    return 1 if failed else 0


def _listed(invocation: Invocation) -> Mapping[str, "RepositoryPolicy"]:
    """What is to be scanned. Refused where that is nothing, or needs to know which."""
    from debt.policy.policy import repositories_in
    from debt.refusal import Refused

    arguments = invocation.arguments
    if arguments.name:
        raise Refused("--name is for one REPO; listed repositories have their names.")
    named = repositories_in(arguments.list) if arguments.list else invocation.policy.repositories
    if not named:
        raise Refused(
            "No repository to scan: say REPO, or name some in the policy’s [repositories]."
        )
    return named


async def _applied_listed(
    invocation: Invocation, name: str, repository: "RepositoryPolicy"
) -> "Applied":
    from bot.process.repositories import read_listed
    from intake.scan.repositories import scan_listed

    arguments, world = invocation.arguments, invocation.world
    counts = not (arguments.list or arguments.dry_run or arguments.since)
    with Progress(world.err, f"commits of {name} read") as progress:
        if repository.url:
            progress.say(f"fetching {name}")
        async with invocation.register_made() as store:
            asked = (store, invocation.change, name, repository, invocation.clones, progress)
            if counts:
                return await read_listed(*asked, cache=invocation.scans)
            return await scan_listed(
                *asked,
                rehearsed=arguments.dry_run,
                since=_since(invocation),
                cache=invocation.scans,
            )


def _json(invocation: Invocation, applied: "Applied") -> dict[str, Any]:
    from intake.scan.apply import as_json

    return as_json(applied, invocation.policy)


def _say_json(invocation: Invocation, told: object) -> None:
    invocation.say(json.dumps(told, ensure_ascii=False, indent=2))


def _lines(invocation: Invocation, applied: "Applied") -> Iterator[str]:
    from intake.scan.apply import conflicts, details, share, summary

    if invocation.arguments.dry_run:
        yield from details(applied)
    yield summary(applied)
    if applied.scan.ai_lines:
        yield share(applied.scan)
        yield from filter(None, [applied.scan.baseline.words])
    yield from conflicts(applied)
    yield from applied.scan.notes
