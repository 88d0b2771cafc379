"""`debt metrics`: how a team, a repository or everything went, and entries for it from a file."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.commands.arguments import Commands, add_scope_or_import, command, scope_or_import
from bot.cli.commands.invocation import Invocation

if TYPE_CHECKING:
    from debt.metrics.trend import MetricTrend
    from debt.scope import Scope

_METRICS = """\
Prints the metrics of a team, a repository, or everything: now, twelve weeks ago, how they went, and
what they ask. With “import” it enters what the register cannot know by itself, from a CSV file, all
of it or nothing; the same again changes nothing, and a later word on the same id counts.

  columns   kind,id,on,repo,team,code,hours,comments,loops,follow_ups,failed,rolled_back,artifact
  required  kind (change, incident, workaround), id (your own name for it: “PR 1841”, “INC-7”), on
            (2026-11-24), and repo
  a change  code (ai, people) says who wrote it; hours how long it waited for its review; comments,
            loops (revisions) and follow_ups (changes needed after it) are numbers; failed and
            rolled_back are yes or no. What is empty is not known.
  incident  artifact (D-7) had a part in it; empty: AI-produced code had none
  workaround  artifact (D-7) is what people go around: a copy, a manual step, another tool
  team      where it is empty, the artifact's"""


def add(commands: Commands) -> None:
    summary = "print metrics and their trend, or enter some from a file"
    parser = command(commands, "metrics", summary, _metrics)
    parser.description = _METRICS
    add_scope_or_import(parser, "team:x or repo:x")
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def _metrics(invocation: Invocation) -> int:
    asked = scope_or_import(invocation.arguments)
    if asked.file:
        count = asyncio.run(_enter(invocation, asked.file))
        invocation.say(f"{count:,} {'entry' if count == 1 else 'entries'} from {asked.file}")
        return 0
    rows = asyncio.run(_rows(invocation, asked.scope))
    if invocation.arguments.json:
        invocation.say(json.dumps([_public(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        from briefings.parts.metrics import lines

        invocation.say(*lines(rows))
    return 0


async def _enter(invocation: Invocation, path: Path) -> int:
    from intake.sheets.observations import put_all

    async with invocation.register() as store:
        with path.open("rb") as file:
            return await put_all(store, invocation.change, file, path.name)


async def _rows(invocation: Invocation, asked: "Scope | None") -> "tuple[MetricTrend, ...]":
    from debt.metrics.trend import metric_trends
    from debt.scope import ALL
    from storage.metrics.trends import require_scope, trend

    scope, policy = asked or ALL, invocation.policy
    require_scope(scope)
    async with invocation.register() as store, store.read() as session:
        return metric_trends(await trend(session, policy, scope, invocation.change.today), policy)


def _public(row: "MetricTrend") -> dict[str, Any]:
    """Shares from 0 to 1, lengths in decimal hours."""
    from briefings.parts.metrics import ask_of

    unit = row.metric.unit
    return {
        "metric": row.metric.name.value,
        "words": row.metric.words,
        "unit": "hours" if unit == "minutes" else unit.value,
        "connected": row.connected,
        "now": _value(row, row.now),
        "twelve_weeks_ago": _value(row, row.then),
        "people": _value(row, row.beside),
        "direction": row.turn.value,
        "weekly": [_value(row, value) for value in row.series],
        "asks": ask_of(row),
    }


def _value(row: "MetricTrend", value: float | None) -> float | None:
    if value is None or not row.connected:
        return None
    return round(value / 60 if row.metric.unit == "minutes" else value, 4)
