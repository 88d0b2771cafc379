"""`debt budget`: how budgets stand, and many of them set at once from a CSV file."""

import asyncio
import json
from typing import Any

from bot.cli.invocation import Invocation
from bot.cli.scopes import scope_or_import
from briefings.parts.budgets import BudgetFacts, standings
from briefings.words.words import readable, say
from debt.rules.hours import decimal_hours
from intake.sheets.budgets import put_all


def budget(invocation: Invocation) -> int:
    budgets = asyncio.run(_budgets(invocation))
    if invocation.arguments.json:
        invocation.say(json.dumps([*map(_public, budgets)], ensure_ascii=False, indent=2))
    else:
        invocation.say(*([*map(_line, budgets)] or ["No budget yet."]))
    return 0


async def _budgets(invocation: Invocation) -> list[BudgetFacts]:
    """How budgets stand once the file, where one is named, has set some of them."""
    about, change = scope_or_import(invocation.arguments), invocation.change
    async with invocation.register() as store:
        if about.file:
            with about.file.open("rb") as file:
                await put_all(store, change, file, about.file.name)
        async with store.read() as session:
            return await standings(session, change, [about.scope] if about.scope else None)


def _line(facts: BudgetFacts) -> str:
    return readable(say("budget.line", facts=facts))


def _public(facts: BudgetFacts) -> dict[str, Any]:
    """As JSON has it: hours are decimal, what does not apply is null."""
    standing, limits = facts.standing, facts.standing.limits
    return {
        "scope": str(facts.budget.line.scope),
        "only": facts.budget.line.only,
        "period": standing.span.name,
        "first": standing.span.first.isoformat(),
        "last": standing.span.last.isoformat(),
        "hours": decimal_hours(limits.minutes),
        "spent": decimal_hours(standing.use.spent),
        "committed": decimal_hours(standing.committed),
        "run_rate": None if standing.run_rate is None else decimal_hours(standing.run_rate),
        "state": standing.state.value,
        "runs_out": standing.runs_out.isoformat() if standing.runs_out else None,
        "artifacts": standing.use.artifacts,
        "artifacts_limit": limits.artifacts,
        "score": standing.use.score,
        "score_limit": limits.score,
        "lower_by": None if limits.lower_by is None else decimal_hours(limits.lower_by),
        "lowered": None if standing.lowered is None else decimal_hours(standing.lowered),
        "by": limits.by.isoformat() if limits.by else None,
    }
