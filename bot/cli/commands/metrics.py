"""`debt metrics`: how a team, a repository or everything went, and entries for it from a file."""

import asyncio
import json
from pathlib import Path
from typing import Any

from bot.cli.invocation import Invocation
from bot.cli.scopes import scope_or_import
from briefings.parts.metrics import ask_of, lines
from debt.metrics import trend
from debt.metrics.trend import MetricTrend
from debt.scope import ALL, Scope
from intake.sheets.observations import put_all
from storage.metrics import trends


def metrics(invocation: Invocation) -> int:
    about = scope_or_import(invocation.arguments)
    if about.file:
        count = asyncio.run(_enter(invocation, about.file))
        invocation.say(f"{count:,} {'entry' if count == 1 else 'entries'} from {about.file}")
        return 0
    shown = asyncio.run(_trends(invocation, about.scope or ALL))
    if invocation.arguments.json:
        invocation.say(json.dumps([*map(_public, shown)], ensure_ascii=False, indent=2))
    else:
        invocation.say(*lines(shown))
    return 0


async def _enter(invocation: Invocation, path: Path) -> int:
    async with invocation.register() as store:
        with path.open("rb") as file:
            return await put_all(store, invocation.change, file, path.name)


async def _trends(invocation: Invocation, scope: Scope) -> tuple[MetricTrend, ...]:
    policy, today = invocation.policy, invocation.change.today
    trends.require_scope(scope)
    async with invocation.register() as store, store.read() as session:
        return trend.metric_trends(await trends.trend(session, policy, scope, today), policy)


def _public(shown: MetricTrend) -> dict[str, Any]:
    """Shares from 0 to 1, lengths in decimal hours."""
    metric = shown.metric
    return {
        "metric": metric.name.value,
        "words": metric.words,
        "unit": "hours" if metric.unit == "minutes" else metric.unit.value,
        "connected": shown.connected,
        "now": _value(shown, shown.now),
        "twelve_weeks_ago": _value(shown, shown.then),
        "people": _value(shown, shown.beside),
        "direction": shown.turn.value,
        "weekly": [_value(shown, week) for week in shown.series],
        "asks": ask_of(shown),
    }


def _value(shown: MetricTrend, value: float | None) -> float | None:
    """In the unit that JSON has; None for what was not measured or is not connected."""
    if value is None or not shown.connected:
        return None
    return round(value / 60 if shown.metric.unit == "minutes" else value, 4)
