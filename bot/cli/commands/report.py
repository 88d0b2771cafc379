"""`debt report`: a page for a leadership discussion."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.commands.arguments import Commands, command
from bot.cli.commands.invocation import Invocation

if TYPE_CHECKING:
    from briefings.report import ReportQuery

_REPORT = """\
Writes one page of HTML, pictures and all, to read on a screen or to print: how budgets stand, hours
month by month, twelve weeks of metrics, value × risk, what buys back most and whether promises were
kept, what costs most, what to delete first, and what was ended in the quarter. The numbers are
those that Slack shows."""


def add(commands: Commands) -> None:
    summary = "write a page for a leadership discussion"
    parser = command(commands, "report", summary, _report)
    parser.description = _REPORT
    about = "all (usual), team:x, repo:x, service:x or train:x"
    parser.add_argument("--scope", metavar="SCOPE", default="all", help=about)
    parser.add_argument("--quarter", metavar="2026Q4", help="the quarter of today is usual")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="where to write it")


def _report(invocation: Invocation) -> int:
    asked, out = _asked(invocation), invocation.arguments.out
    page = asyncio.run(_page(invocation, asked))
    out.write_text(page, "utf-8")
    invocation.say(f"{out}: {asked.scope}, {asked.quarter.name}")
    return 0


def _asked(invocation: Invocation) -> "ReportQuery":
    from bot.slack.parsing import scope_in
    from briefings.report import asked
    from debt.refusal import Refused
    from debt.rules.hours import Period, parse_quarter, span
    from storage.costs.budgets import SCOPE_WORDS

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


async def _page(invocation: Invocation, asked: "ReportQuery") -> str:
    from bot.features.subscribe import require_scope
    from briefings.report import page

    async with invocation.register() as store:
        async with store.read() as session:
            await require_scope(session, asked.scope)
        return await page(store, asked)
