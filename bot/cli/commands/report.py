"""`debt report`: a page for a leadership discussion."""

import asyncio

from bot.cli.invocation import Invocation
from bot.features.subscribe import require_scope
from bot.slack.parsing import scope_in
from briefings.report import ReportQuery, asked, page
from debt.refusal import Refused
from debt.rules.hours import Period, parse_quarter, span
from storage.costs.budgets import SCOPE_WORDS


def report(invocation: Invocation) -> int:
    query, out = _query(invocation), invocation.arguments.out
    html = asyncio.run(_html(invocation, query))
    out.write_text(html, "utf-8")
    invocation.say(f"{out}: {query.scope}, {query.quarter.name}")
    return 0


def _query(invocation: Invocation) -> ReportQuery:
    arguments, change = invocation.arguments, invocation.change
    scope = scope_in(arguments.scope)
    if scope is None:
        raise Refused(f"“{arguments.scope[:60]}” is no scope; say all, {SCOPE_WORDS}.")
    if arguments.quarter:
        quarter = parse_quarter(arguments.quarter)
    else:
        quarter = span(Period.QUARTER, change.today, change.policy.sprint)
    if quarter.first > change.today:
        raise Refused(f"{quarter.name} has not begun yet.")
    return asked(scope, quarter, change)


async def _html(invocation: Invocation, query: ReportQuery) -> str:
    async with invocation.register() as store:
        async with store.read() as session:
            await require_scope(session, query.scope)
        return await page(store, query)
