"""`debt metrics`: how a team, a repository or everything went, and entries for it from a file."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import Commands, command
from bot.commands.invocation import Invocation

if TYPE_CHECKING:
    from debt.trend import Told
    from storage.lists import Scope

_METRICS = """\
Prints the metrics of a team, a repository, or everything: now, twelve weeks ago, how they went, and
what they ask. With “import” it enters what the register cannot know by itself, from a CSV file, all
of it or nothing; the same again changes nothing, and a later word on the same id counts.

  columns   kind,id,on,repo,team,code,hours,comments,loops,follow_ups,failed,rolled_back,artifact
  required  kind (change, incident), id (your own name for it: “PR 1841”, “INC-7”), on (2026-11-24),
            and repo
  a change  code (ai, people) says who wrote it; hours how long it waited for its review; comments,
            loops (revisions) and follow_ups (changes needed after it) are numbers; failed and
            rolled_back are yes or no. What is empty is not known.
  incident  artifact (D-7) had a part in it; empty: AI-produced code had none
  team      where it is empty, the artifact's"""


def add(commands: Commands) -> None:
    summary = "print metrics and their trend, or enter some from a file"
    parser = command(commands, "metrics", summary, _metrics)
    parser.description = _METRICS
    parser.add_argument(
        "scope", metavar="SCOPE", nargs="?", help="team:x or repo:x; or “import” before a file"
    )
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a CSV file")
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def _metrics(invocation: Invocation) -> int:
    arguments = invocation.arguments
    if arguments.scope == "import":
        count = asyncio.run(_enter(invocation))
        invocation.say(f"{count:,} {'entry' if count == 1 else 'entries'} from {arguments.file}")
        return 0
    told = asyncio.run(_told(invocation, _scope(invocation)))
    if arguments.json:
        invocation.say(json.dumps([_public(each) for each in told], ensure_ascii=False, indent=2))
    else:
        from briefings.metrics import lines

        invocation.say(*lines(told))
    return 0


async def _enter(invocation: Invocation) -> int:
    from debt.refusal import Refused
    from intake.observations import put_all

    path: Path | None = invocation.arguments.file
    if path is None:
        raise Refused("Say which file: debt metrics import FILE.")
    async with invocation.register() as store:
        with path.open("rb") as file:
            return await put_all(store, invocation.change, file, path.name)


def _scope(invocation: Invocation) -> "Scope":
    from bot.typed import scope_in
    from debt.refusal import Refused
    from storage.lists import ALL
    from storage.trends import require_scope

    given, file = invocation.arguments.scope, invocation.arguments.file
    scope = scope_in(given) if given else ALL
    if scope is None or file is not None:
        raise Refused(f"“{given[:60]}” is no scope; say team:x, repo:x, or “import” and a file.")
    require_scope(scope)
    return scope


async def _told(invocation: Invocation, scope: "Scope") -> "tuple[Told, ...]":
    from debt.trend import told
    from storage.trends import trend

    async with invocation.register() as store, store.read() as session:
        return told(
            await trend(session, invocation.policy, scope, invocation.change.today),
            invocation.policy,
        )


def _public(told: "Told") -> dict[str, Any]:
    """Shares from 0 to 1, lengths in decimal hours."""
    from briefings.metrics import ask_of

    unit = told.metric.unit
    return {
        "metric": told.metric.name.value,
        "words": told.metric.words,
        "unit": "hours" if unit == "minutes" else unit.value,
        "connected": told.connected,
        "now": _value(told, told.now),
        "twelve_weeks_ago": _value(told, told.then),
        "people": _value(told, told.beside),
        "direction": told.turn.value,
        "weekly": [_value(told, each) for each in told.series],
        "asks": ask_of(told),
    }


def _value(told: "Told", value: float | None) -> float | None:
    if value is None or not told.connected:
        return None
    return round(value / 60 if told.metric.unit == "minutes" else value, 4)
