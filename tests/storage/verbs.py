"""All that happens to one artifact, as verbs that take its key and a number saying how."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from debt.artifact.artifact import RATING_NAMES, Ending, Label, RatingName, Surface
from debt.artifact.columns import Facts
from debt.artifact.proxy import ProxyRating
from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.budgets.roi import PlannedWork, PlanState, Promise, WorkKind
from debt.budgets.train import Train
from debt.change import Change
from debt.rules import reminders
from debt.rules.ending import Leftover
from debt.rules.gate import gate, next_stage
from debt.rules.hours import Period, Work
from debt.scope import BudgetLine, Scope, ScopeKind
from storage.costs import budgets, hours_log, roi_plans, trains, value
from storage.database.store import Session
from storage.lifecycle import (
    approvals,
    maintenance,
    ownership,
    promotion,
    proposals,
    requests,
    retirement,
)
from storage.lifecycle.registration import edit
from storage.nudges import nudge_queue
from storage.register.artifacts import locked
from storage.register.people import owner_is
from storage.register.refresh import wake
from storage.scans import merge
from storage.scans.matching import ScanFinding
from storage.tables import REQUEST, ROI_PLAN
from tests.storage.builders import DANA, ERIN, LEE, SAM, TODAY, a_person, days

PRIYA = "U0PRIYA"
CAST = (DANA, ERIN, SAM, PRIYA, LEE)
ENDS = (None, Ending.RETIRE, Ending.REFACTOR, Ending.REGENERATE)
EDITS: tuple[Facts, ...] = (
    {"surface": Surface.PRODUCTION},
    {"surface": Surface.INTERNAL},
    {"dependants": 40},
    {"dependants": 0},
    {"expires_on": TODAY + days(20)},
    {"label": Label.EXPERIMENTAL},
    {"owner": ERIN},
    {"team": None},
    {"planned_end": Ending.REGENERATE},
    {"purpose": " "},
)
PAYMENTS = Scope(ScopeKind.TEAM, "payments")


def repo_of(key: int) -> str:
    return f"acme/{key}"


def train_of(key: int) -> str:
    return f"train-{key}"


def places_of(key: int) -> tuple[BudgetLine, BudgetLine]:
    """A repository and a train for each life, so that the sums are of this one."""
    repo, train = Scope(ScopeKind.REPO, repo_of(key)), Scope(ScopeKind.TRAIN, train_of(key))
    return BudgetLine(repo), BudgetLine(train)


def a_finding(repo: str, which: int, key: int | None = None, **facts: Any) -> ScanFinding:
    """What a scan says of it, a little different each time."""
    rating = ProxyRating(1 + which % 5, f"{which} changes in 90 days")
    usual: dict[str, Any] = {
        "name": "payments bridge",
        "repo": repo,
        "paths": ("src/bridge/**",),
        "team": "payments",
        "purpose": "charge cards of returning customers",
        "proxies": dict.fromkeys(RATING_NAMES, rating),
        "last_touched": TODAY - days(which),
        "dependants": which,
        "evidence": f"{which} of 10 lines by Claude Code",
        "signals": (),
        "scan_identity": "bridge",
    }
    return ScanFinding("bridge", Facts(**usual | facts), artifact_id=key)  # type: ignore[typeddict-item]  # lives name the facts they begin with


Verb = Callable[[Session, Change, int, int], Awaitable[object]]


async def handoff(session: Session, change: Change, key: int, which: int) -> object:
    return await ownership.handoff(session, change, key, a_person(CAST[which % 5]))


async def answer(session: Session, change: Change, key: int, which: int) -> object:
    newest = select(func.max(REQUEST.c.id)).where(REQUEST.c.artifact_id == key)
    number = (await session.execute(newest)).scalar_one() or 0
    asked = await ownership.request(session, number)
    who = asked.asked_of if asked and which > 1 else change.by
    return await ownership.answer(session, replace(change, by=who), number, accept=which > 4)


async def log(session: Session, change: Change, key: int, which: int) -> object:
    day = change.today - days(which)
    return await hours_log.log(session, change, key, 30, kind=Work.REWORK, worked_on=day)


async def reverse(session: Session, change: Change, key: int, _which: int) -> object:
    entry = await hours_log.last_entry(session, key, change.by)
    return await hours_log.reverse(session, change, entry or 0)


async def extend(session: Session, change: Change, key: int, which: int) -> object:
    until = change.today + days((5, 30, 60, 100, 400, -1)[which % 6])
    return await maintenance.extend(session, change, key, until, "once more")


async def rate(session: Session, change: Change, key: int, which: int) -> object:
    given: dict[RatingName, int | None] = {"risk": which if 1 <= which <= 5 else None}
    return await maintenance.rate(session, change, key, given, "seen")


async def ask(session: Session, change: Change, key: int, which: int) -> object:
    return await retirement.ask(session, change, key, ENDS[which % 4] or Ending.RETIRE, "unused")


async def promote(session: Session, change: Change, key: int, which: int) -> object:
    return await promotion.promote(session, change, key, ENDS[which % 4])


async def show_all(session: Session, change: Change, key: int, _which: int) -> None:
    """All that the gate asks evidence for."""
    artifact = await locked(session, key)
    for item in gate(artifact, change.policy, next_stage(artifact)):
        if not item.is_fact:
            await promotion.check(session, change, key, item, "https://ci/1")


async def waive(session: Session, change: Change, key: int, which: int) -> object:
    item = ("tests", "security", "rollback", "end")[which % 4]
    return await promotion.waive(session, change, key, item, "later", change.today + days(which))


async def settle(session: Session, change: Change, key: int, which: int) -> object:
    item = [*Leftover][which % 4]
    return await retirement.settle(session, change, key, item, "https://git/1")


async def settle_all(session: Session, change: Change, key: int, _which: int) -> None:
    for item in Leftover:
        await retirement.settle(session, change, key, item, "none there")


async def keep(session: Session, change: Change, key: int, which: int) -> object:
    return await retirement.keep(session, change, key, "" if which == 9 else "still used")


async def _request(session: Session, key: int, which: int) -> int:
    """The newest one mostly, else an older one; nought where there is none."""
    made = await requests.of_artifact(session, key)
    chosen = made[:1] if which < 7 else made[1 + which % 3 :]
    return chosen[0].id or 0 if chosen else 0


async def approve(session: Session, change: Change, key: int, which: int) -> object:
    return await approvals.approve(session, change, await _request(session, key, which))


async def take_back(session: Session, change: Change, key: int, which: int) -> object:
    return await approvals.withdraw_vote(session, change, await _request(session, key, which))


async def reject(session: Session, change: Change, key: int, which: int) -> object:
    return await approvals.reject(session, change, await _request(session, key, which), "not yet")


async def withdraw(session: Session, change: Change, key: int, which: int) -> object:
    return await approvals.withdraw(session, change, await _request(session, key, which))


async def snooze(session: Session, change: Change, key: int, which: int) -> object:
    return await nudge_queue.snooze(session, change, key, (1, 7, None)[which % 3])


async def nudge(session: Session, change: Change, key: int, _which: int) -> None:
    """A message about its dates arrives."""
    [artifact] = await nudge_queue.named(session, [key])
    dates = {due.kind for due in reminders.told_of(artifact, change.today, change.policy)}
    delivery = Change("delivery", change.at, change.policy)
    await nudge_queue.arrived(session, delivery, [(artifact, dates)], (), change.today)


async def leave(session: Session, change: Change, key: int, which: int) -> object:
    """Slack is asked whether its owner is still there."""
    artifact = await locked(session, key)
    owner = artifact.owner or DANA
    found = a_person(owner, active=which > 4)
    return await owner_is(session, Change("slack", change.at, change.policy), owner, found)


async def state_value(session: Session, change: Change, key: int, which: int) -> object:
    """What it saved at its creation, and saves a month."""
    said = ((600, 60), (0, 0), (None, None), (None, 30), (-1, 0))[which % 5]
    return await value.state(session, change, key, *said)


async def dismiss(session: Session, change: Change, key: int, _which: int) -> object:
    return await proposals.dismiss(session, change, key, "a person wrote it")


async def scan(session: Session, change: Change, key: int, which: int) -> object:
    """Its repository is read: what it is has changed a little, or its code is gone."""
    found = [] if which > 7 else [a_finding(repo_of(key), which, key)]
    scanning = Change("cli:scan", change.at, change.policy)
    return await merge.put(
        session, scanning, repo_of(key), found, "read at 1a2b3c", lambda _paths: which < 9
    )


async def plan(session: Session, change: Change, key: int, which: int) -> object:
    kind = (WorkKind.REFACTOR, WorkKind.RETIRE, WorkKind.REGENERATE, WorkKind.CACHING)[which % 4]
    promise = Promise(1_200, (60, 300, 1_200)[which % 3], 600)
    return await roi_plans.plan(session, change, key, PlannedWork(kind, promise))


async def move_plan(session: Session, change: Change, key: int, which: int) -> object:
    """The newest work on it, mostly, else other work."""
    about = ROI_PLAN.c.artifact_id == key if which < 8 else ROI_PLAN.c.artifact_id.is_(None)
    newest = (await session.execute(select(func.max(ROI_PLAN.c.id)).where(about))).scalar_one()
    state = (PlanState.DOING, PlanState.DONE, PlanState.DROPPED)[which % 3]
    return await roi_plans.move(session, change, newest or 0, state)


async def plan_other(session: Session, change: Change, _key: int, which: int) -> object:
    work = PlannedWork(WorkKind.CACHING, Promise(60 * which, 0, 600))
    return await roi_plans.plan_other(session, change, "Cache the prices", PAYMENTS, work)


async def budget(session: Session, change: Change, key: int, which: int) -> object:
    """Of its repository or its train."""
    place, limits = (
        places_of(key)[which % 2],
        BudgetLimits((0, 30, 60_000)[which % 3], artifacts=which),
    )
    return await budgets.put(session, change, place, BudgetPeriod(Period.MONTH), limits)


async def end_budget(session: Session, change: Change, key: int, which: int) -> object:
    return await budgets.end(session, change, places_of(key)[which % 2])


async def train(session: Session, change: Change, key: int, which: int) -> object:
    """Planned, or its days moved."""
    last = change.today + days((0, 20, 60)[which % 3])
    return await trains.put(session, change, Train(train_of(key), TODAY - days(which), last))


async def board(session: Session, change: Change, key: int, which: int) -> object:
    since = change.today - days((0, 1, 3, -1)[which % 4])
    return await trains.board(session, change, train_of(key), [key], since)


async def leave_train(session: Session, change: Change, key: int, _which: int) -> object:
    return await trains.leave(session, change, train_of(key), [key])


async def morning(session: Session, change: Change, key: int, _which: int) -> None:
    """What the bot does by itself, as days go by."""
    schedule = Change("schedule", change.at, change.policy, roster=change.roster)
    await wake(session, schedule)
    await budgets.renew_all(session, schedule, [place.scope for place in places_of(key)])
    for artifact in await nudge_queue.to_lapse(session, change.today, 10):
        await maintenance.lapse(session, schedule, artifact)
    for request in await requests.due(session, change.at, 10):
        await approvals.take_turn(session, schedule, request.id or 0)


VERBS: Mapping[str, Verb] = {
    "claim": lambda session, change, key, _: ownership.claim(session, change, key),
    "release": lambda session, change, key, _: ownership.release(session, change, key),
    "review": lambda session, change, key, _: maintenance.review(session, change, key),
    "end": lambda session, change, key, _: retirement.end(session, change, key),
    "edit": lambda session, change, key, n: edit(session, change, key, EDITS[n]),
    "accept": lambda session, change, key, _: proposals.accept(session, change, key),
} | {
    each.__name__: each
    for each in (
        handoff, answer, log, reverse, extend, rate, ask, promote, show_all, waive, settle,
        settle_all, keep, approve, take_back, reject, withdraw, snooze, nudge, leave, morning,
        state_value, dismiss, scan, plan, move_plan, plan_other, budget, end_budget, train, board,
        leave_train,
    )
}  # fmt: skip
