"""`debt roi`: which work buys back most maintenance hours, for a terminal or a roadmap's sheet."""

import asyncio
import csv
import json
from typing import Any

from bot.cli.invocation import Invocation
from bot.slack.parsing import scope_in
from debt.refusal import Refused
from debt.rules.hours import decimal_hours, roughly
from debt.scope import ALL
from intake.columns.cells import guarded
from storage.costs.roi import RankedWork, ranked_work
from storage.costs.roi_plans import scope_of


def roi(invocation: Invocation) -> int:
    ranked = [*enumerate(asyncio.run(_weighed(invocation)), 1)]
    rows = [_public(rank, work) for rank, work in ranked]
    if invocation.arguments.json:
        invocation.say(json.dumps(rows, ensure_ascii=False, indent=2))
    elif invocation.arguments.format == "csv":
        _write(invocation, rows)
    else:
        lines = [_line(rank, work) for rank, work in ranked]
        invocation.say(*(lines or ["Nothing would buy back its cost."]))
    return 0


async def _weighed(invocation: Invocation) -> list[RankedWork]:
    """What buys back most hours first."""
    arguments, policy = invocation.arguments, invocation.policy
    scope = scope_in(arguments.scope) if arguments.scope else ALL
    if scope is None:
        raise Refused(f"“{arguments.scope[:60]}” is no scope; say team:x, repo:x or service:x.")
    horizon = arguments.horizon or policy.roi.horizon_months
    async with invocation.register() as store, store.read() as session:
        return await ranked_work(session, scope, policy, invocation.change.today, horizon)


def _public(rank: int, work: RankedWork) -> dict[str, Any]:
    """As JSON has it: hours are decimal, what does not apply is null."""
    promise, plan, artifact = work.expected.promise, work.plan, work.artifact
    saved = work.review_saved
    return {
        "rank": rank,
        "key": artifact.key if artifact else None,
        "title": artifact.name if artifact else plan and plan.title,
        "kind": work.kind.value,
        "scope": _scope(work),
        "state": plan.state if plan else "not planned",
        "monthly_hours_now": decimal_hours(promise.before),
        "monthly_hours_after": decimal_hours(promise.after),
        "cost_hours": decimal_hours(promise.cost),
        "payback_months": round(promise.payback, 1) if promise.payback is not None else None,
        "bought_back_hours": decimal_hours(work.expected.bought_back),
        "frees_from": work.expected.frees_from.isoformat(),
        "risk_now": work.risk[0] if work.risk else None,
        "risk_after": work.risk[1] if work.risk else None,
        "review_hours_saved_monthly": None if saved is None else decimal_hours(saved),
        "rests_on": work.basis,
    }


def _scope(work: RankedWork) -> str:
    if work.artifact:
        team = work.artifact.team
        return f"team:{team}" if team else f"repo:{work.artifact.repo}"
    return str(scope_of(work.plan)) if work.plan else ""


def _write(invocation: Invocation, rows: list[dict[str, Any]]) -> None:
    """Writes CSV; cells that a spreadsheet would run as a formula begin with an apostrophe."""
    out = csv.writer(invocation.world.out, lineterminator="\n")
    out.writerow(COLUMNS)
    for row in rows:
        cells = (row[name] for name in COLUMNS)
        out.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])


COLUMNS = (
    "rank", "key", "title", "kind", "scope", "state", "monthly_hours_now", "monthly_hours_after",
    "cost_hours", "payback_months", "bought_back_hours", "frees_from", "risk_now", "risk_after",
    "review_hours_saved_monthly", "rests_on",
)  # fmt: skip


def _line(rank: int, work: RankedWork) -> str:
    """One line of the ranking, its hours rounded as in Slack."""
    promise, plan, artifact = work.expected.promise, work.plan, work.artifact
    title = artifact.name if artifact else plan.title if plan else ""
    what = " ".join(f"{artifact.key if artifact else ''} {title}".split())
    now = roughly(promise.before) + (f" ({work.basis})" if work.basis else "")
    bought, starts = roughly(work.expected.bought_back), work.expected.frees_from
    return (
        f"{rank:>3}  {what} ({work.kind}, {plan.state if plan else 'not planned'}): "
        f"{now} → {roughly(promise.after)} a month for {roughly(promise.cost)}, "
        f"{bought} bought back, from {starts:%Y-%m} on"
    )
