"""`debt budget`: how budgets stand, and many of them set at once from a CSV file."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from bot.cli.commands.arguments import Commands, add_scope_or_import, command, scope_or_import
from bot.cli.commands.invocation import Invocation

if TYPE_CHECKING:
    from briefings.parts.budgets import BudgetFacts

_BUDGET = """\
Prints how each budget stands: hours spent and to come in its period against its limit.
`debt budget import FILE` sets budgets from a CSV file first, all of it or nothing.

  columns    scope,only,period,weeks,first_day,hours,score,artifacts,lower_by,by
  required   scope (team:payments, repo:acme/shop, service:checkout, train:2027.1) and hours
  only       a part of the scope: tier:strict, label:experimental
  period     month (usual), quarter, sprint; of a train, the train itself
  weeks, first_day  of a sprint of its own: 3, 2026-11-30
  lower_by, by      the pay-down: how many hours a month less, and until when: 4h, 2027-02-28

What a file has no column for stays as it was; an empty cell says that there is none."""


def add(commands: Commands) -> None:
    summary = "print how budgets stand, or set them from a file"
    parser = command(commands, "budget", summary, _budget)
    parser.description = _BUDGET
    add_scope_or_import(parser, "team:x, repo:x, service:x or train:x")
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def _budget(invocation: Invocation) -> int:
    facts = asyncio.run(_facts(invocation))
    if invocation.arguments.json:
        invocation.say(
            json.dumps([_public(of_one) for of_one in facts], ensure_ascii=False, indent=2)
        )
    else:
        invocation.say(*([_line(of_one) for of_one in facts] or ["No budget yet."]))
    return 0


async def _facts(invocation: Invocation) -> "list[BudgetFacts]":
    from briefings.parts.budgets import standings
    from intake.sheets.budgets import put_all

    asked, change = scope_or_import(invocation.arguments), invocation.change
    async with invocation.register() as store:
        if asked.file:
            with asked.file.open("rb") as file:
                await put_all(store, change, file, asked.file.name)
        async with store.read() as session:
            return await standings(session, change, [asked.scope] if asked.scope else None)


def _line(facts: "BudgetFacts") -> str:
    from briefings.words.words import readable, say

    return readable(say("budget.line", facts=facts))


def _public(facts: "BudgetFacts") -> dict[str, Any]:
    from debt.rules.hours import decimal_hours

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
