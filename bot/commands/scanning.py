"""`debt scan`: from a git repository to artifacts on the register."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import Commands, command
from bot.commands.invocation import Invocation
from bot.commands.progress import Progress

if TYPE_CHECKING:
    from intake.apply import Applied

_SCAN = """\
Finds what AI tools wrote in a git repository and puts it on the register: what commits say of
themselves (trailers, authors) and what files do (metadata blocks), grouped into a few artifacts,
with owners from CODEOWNERS and ratings estimated from history and code.

Where a metadata block says otherwise than the register, both are shown, and the register stays.
A second scan changes only what changed, and never what a person set. A SQLite register that does
not exist yet is made. The repository itself is only read."""


def add(commands: Commands) -> None:
    parser = command(commands, "scan", "find AI-produced artifacts in a git repository", _scan)
    parser.description = _SCAN
    parser.add_argument("repo", metavar="REPO", type=Path, help="a clone, bare or not")
    parser.add_argument("--name", help="the repository's name on the register: acme/checkout")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be added and changed, and why"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _scan(invocation: Invocation) -> int:
    with Progress(invocation.world.err, "commits read") as progress:
        applied = asyncio.run(_applied(invocation, progress))
    _say(invocation, applied)
    return 0


async def _applied(invocation: Invocation, progress: Progress) -> "Applied":
    from intake.scanning import scan

    arguments = invocation.arguments
    async with invocation.register_made() as store:
        return await scan(
            store,
            invocation.change,
            arguments.repo,
            name=arguments.name,
            progress=progress,
            rehearsed=arguments.dry_run,
        )


def _say(invocation: Invocation, applied: "Applied") -> None:
    from intake.apply import as_json, conflicts, details, share, summary

    if invocation.arguments.json:
        shown = as_json(applied, invocation.policy)
        invocation.say(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    if invocation.arguments.dry_run:
        invocation.say(*details(applied))
    invocation.say(summary(applied))
    if applied.scan.ai_lines:
        invocation.say(share(applied.scan), *filter(None, [applied.scan.baseline.words]))
    invocation.say(*conflicts(applied), *applied.scan.notes)
