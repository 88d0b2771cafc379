"""`debt scan`: from git repositories to artifacts on the register."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from bot.cli.invocation import Invocation
from bot.cli.progress import Progress
from bot.process.failures import EXPECTED, words_of
from bot.process.repositories import read_listed
from debt.policy.policy import repositories_in
from debt.policy.repositories import RepositoryPolicy
from debt.refusal import Refused
from intake.scan import run
from intake.scan.apply import Applied, as_json, conflicts, details, share, summary
from intake.scan.repositories import scan_listed


def scan(invocation: Invocation) -> int:
    if invocation.arguments.repo is None:
        return asyncio.run(_scan_listed(invocation))
    with Progress(invocation.world.err, "commits read") as progress:
        applied = asyncio.run(_applied(invocation, progress))
    if invocation.arguments.json:
        _say_json(invocation, _json(invocation, applied))
    else:
        invocation.say(*_lines(invocation, applied))
    return 0


async def _applied(invocation: Invocation, progress: Progress) -> Applied:
    arguments = invocation.arguments
    async with invocation.register_made() as store:
        return await run.scan(
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
    """Scans the listed repositories one after the other. The exit status: 1 where one failed."""
    results: list[dict[str, Any]] = []
    failed = False
    for name, repository in _listed(invocation).items():
        try:
            applied = await _applied_listed(invocation, name, repository)
        except EXPECTED as error:
            failed = True
            words = words_of(error)
            results.append({"repo": name, "error": words})
            invocation.world.err.write(f"debt: {name}: {words}\n")
        else:
            results.append(_json(invocation, applied))
            if not invocation.arguments.json:
                invocation.say(name, *(f"  {line}" for line in _lines(invocation, applied)))
    if invocation.arguments.json:
        _say_json(invocation, results)
    return 1 if failed else 0


def _listed(invocation: Invocation) -> Mapping[str, RepositoryPolicy]:
    """The repositories to scan, by name. Refused where there are none, and with --name."""
    arguments = invocation.arguments
    if arguments.name:
        raise Refused("--name is for one REPO; listed repositories have their names.")
    listed = repositories_in(arguments.list) if arguments.list else invocation.policy.repositories
    if not listed:
        raise Refused(
            "No repository to scan: say REPO, or name some in the policy’s [repositories]."
        )
    return listed


async def _applied_listed(
    invocation: Invocation, name: str, repository: RepositoryPolicy
) -> Applied:
    arguments, world = invocation.arguments, invocation.world
    counts = not (arguments.list or arguments.dry_run or arguments.since)
    with Progress(world.err, f"commits of {name} read") as progress:
        if repository.url:
            progress.say(f"fetching {name}")
        async with invocation.register_made() as store:
            listed = (store, invocation.change, name, repository, invocation.clones, progress)
            if counts:
                return await read_listed(*listed, cache=invocation.scans)
            return await scan_listed(
                *listed,
                rehearsed=arguments.dry_run,
                since=_since(invocation),
                cache=invocation.scans,
            )


def _json(invocation: Invocation, applied: Applied) -> dict[str, Any]:
    return as_json(applied, invocation.policy)


def _say_json(invocation: Invocation, value: object) -> None:
    invocation.say(json.dumps(value, ensure_ascii=False, indent=2))


def _lines(invocation: Invocation, applied: Applied) -> Iterator[str]:
    if invocation.arguments.dry_run:
        yield from details(applied)
    yield summary(applied)
    if applied.scan.ai_lines:
        yield share(applied.scan)
        yield from filter(None, [applied.scan.baseline.words])
    yield from conflicts(applied)
    yield from applied.scan.notes
