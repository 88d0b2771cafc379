"""Work that is to buy hours back goes through verbs; what it gives and gave is asked of a scope."""

import pytest

from debt.artifact.artifact import Ending, Stage
from debt.budgets.roi import PlannedWork, PlanState, Promise, PromiseVerdict, WorkKind
from debt.change import Change
from debt.policy.roles import Powers
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.hours import Work
from debt.scope import ALL, Scope, ScopeKind
from storage.costs import hours_log, roi, roi_plans
from storage.costs.roi import RankedWork
from storage.lifecycle import retirement
from tests.storage.builders import DANA, ERIN, NOW, POLICY, TODAY, Register, by, days

H = 60
PAYMENTS, GROWTH = Scope(ScopeKind.TEAM, "payments"), Scope(ScopeKind.TEAM, "growth")
REFACTOR = PlannedWork(WorkKind.REFACTOR, Promise(20 * H, 8 * H, 40 * H))
CACHE = PlannedWork(WorkKind.CACHING, Promise(30 * H, 0, 20 * H))


async def ranked(register: Register, scope: Scope = ALL, horizon: int = 12) -> list[RankedWork]:
    return await register.asked(roi.ranked_work, scope, POLICY, TODAY, horizon)


async def test_a_plan_is_in_the_history_and_a_second_one_changes_the_first(
    register: Register,
) -> None:
    await register.holds()
    first = await register.told(DANA, roi_plans.plan, 1, REFACTOR)
    entry = await register.last_entry()
    assert (entry.action, entry.reason, entry.artifact_id) == ("plan", "refactor of D-1", 1)
    assert entry.before is None
    later = PlannedWork(WorkKind.RETIRE, Promise(20 * H, 0, 4 * H), TODAY)
    second = await register.told(ERIN, roi_plans.plan, 1, later)
    assert (second.id, second.kind, second.stated_by) == (first.id, "retire", ERIN)
    entry = await register.last_entry()
    assert entry.before
    assert entry.after
    assert (entry.before["kind"], entry.after["kind"]) == ("refactor", "retire")
    assert "before_minutes" not in entry.after
    count = await register.count()
    await register.told(DANA, roi_plans.plan, 1, later)
    assert await register.count() == count
    assert await register.fault() is None


async def test_once_it_is_done_a_new_one_may_be_planned(register: Register) -> None:
    await register.holds()
    first = await register.told(DANA, roi_plans.plan, 1, REFACTOR)
    await register.told(DANA, roi_plans.move, first.id or 0, PlanState.DONE)
    second = await register.told(DANA, roi_plans.plan, 1, REFACTOR)
    assert second.id != first.id
    with pytest.raises(Refused, match="done already"):
        await register.told(DANA, roi_plans.move, first.id or 0, PlanState.DOING)
    with pytest.raises(Refused, match="no such work"):
        await register.told(DANA, roi_plans.move, 99, PlanState.DONE)


@pytest.mark.parametrize(
    ("title", "scope", "work", "words"),
    [
        ("", PAYMENTS, CACHE, "Say what it is"),
        ("x" * 201, PAYMENTS, CACHE, "Say what it is"),
        ("a cache", ALL, CACHE, "Say whose work"),
        ("a cache", PAYMENTS, REFACTOR, "planned on the artifact"),
        ("a cache", PAYMENTS, PlannedWork(WorkKind.OTHER, Promise(0, 0, 60)), "frees no hours"),
    ],
)
async def test_other_work_says_what_whose_and_what_it_returns(
    title: str, scope: Scope, work: PlannedWork, words: str, register: Register
) -> None:
    with pytest.raises(Refused, match=words):
        await register.told(DANA, roi_plans.plan_other, title, scope, work)
    assert await register.entries() == []


async def test_an_artifact_is_not_cached_and_what_has_ended_is_not_planned(
    register: Register,
) -> None:
    await register.holds()
    await register.holds(stage=Stage.RETIRED)
    with pytest.raises(Refused, match="refactored, retired or regenerated"):
        await register.told(DANA, roi_plans.plan, 1, CACHE)
    with pytest.raises(Refused, match="D-2"):
        await register.told(DANA, roi_plans.plan, 2, REFACTOR)


async def test_only_those_the_policy_names_plan(register: Register) -> None:
    await register.holds()
    leads = POLICY.model_copy(update={"roles": dict(POLICY.roles) | {Act.PLAN: ("lead",)}})
    dana = Change(DANA, NOW, leads, powers=Powers())
    with pytest.raises(Refused, match="You cannot plan work on D-1 here; the team’s lead"):
        await register.told(dana, roi_plans.plan, 1, REFACTOR)
    with pytest.raises(Refused, match="You cannot plan work here"):
        await register.told(dana, roi_plans.plan_other, "a cache", PAYMENTS, CACHE)


async def test_work_is_ranked_by_what_it_buys_back_whoever_thought_of_it(
    register: Register,
) -> None:
    await register.holds(monthly_minutes=20 * H)
    await register.holds(monthly_minutes=2 * H)
    await register.holds(monthly_minutes=90 * H, stage=Stage.RETIRING)
    await register.holds(monthly_minutes=40 * H, team="growth")
    await register.told(DANA, roi_plans.plan, 2, PlannedWork(WorkKind.RETIRE, Promise(2 * H, 0, H)))
    await register.told(DANA, roi_plans.plan_other, "a cache", PAYMENTS, CACHE)
    works = await ranked(register, PAYMENTS)
    assert [work.artifact and work.artifact.key for work in works] == [None, "D-1", "D-2"]
    assert [bool(work.plan) for work in works] == [True, False, True]
    assert [work.expected.bought_back // H for work in works] == [340, 136, 23]
    assert "D-4" in [work.artifact and work.artifact.key for work in await ranked(register)]


async def test_review_that_is_saved_is_its_share_of_the_hours_logged(register: Register) -> None:
    await register.holds(monthly_minutes=20 * H)
    for kind, minutes in ((Work.REVIEW, 3 * H), (Work.REWORK, 9 * H)):
        await register.told(DANA, hours_log.log, 1, minutes, kind=kind, worked_on=TODAY)
    [work] = await ranked(register)
    assert work.review_share == 0.25
    assert work.review_saved == round(work.expected.promise.freed * 0.25)


async def test_what_ends_is_done(register: Register) -> None:
    await register.holds(kind="throwaway_script", planned_end=Ending.RETIRE)
    plan = await register.told(DANA, roi_plans.plan, 1, REFACTOR)
    await register.holds(
        id=2, stage=Stage.RETIRING, stage_before=Stage.RETAINED, planned_end=Ending.REFACTOR
    )
    other = await register.told(DANA, roi_plans.plan, 2, REFACTOR)
    await register.told(DANA, retirement.gone, 2)
    assert (await register.asked(roi_plans.require, other.id or 0)).state == PlanState.DONE
    assert (await register.asked(roi_plans.require, plan.id or 0)).state == PlanState.PLANNED


async def test_a_promise_is_checked_by_the_hours_of_the_months_after_it(
    register: Register,
) -> None:
    """Hours of the day itself and of later months are no part of it."""
    await register.holds()
    await register.holds(team="growth")
    for number in (1, 2):
        plan = await register.told(DANA, roi_plans.plan, number, REFACTOR)
        await register.told(DANA, roi_plans.move, plan.id or 0, PlanState.DONE)
    for day, minutes in ((0, 9 * H), (10, 20 * H), (40, 7 * H), (95, 9 * H)):
        change = by(DANA, at=NOW + days(100))
        worked_on = TODAY + days(day)
        await register.told(
            change, hours_log.log, 1, minutes, kind=Work.REWORK, worked_on=worked_on
        )
    early = await register.asked(roi.checked_promises, ALL, POLICY, TODAY + days(91))
    assert early == []
    due = TODAY + days(92)
    promises = await register.asked(roi.checked_promises, ALL, POLICY, due)
    assert {promise.artifact.key: promise.check.took for promise in promises} == {
        "D-1": 9 * H,
        "D-2": None,
    }
    verdicts = {promise.artifact.key: promise.verdict for promise in promises}
    assert verdicts == {"D-1": PromiseVerdict.KEPT, "D-2": PromiseVerdict.UNKNOWN}
    [payments] = await register.asked(roi.checked_promises, PAYMENTS, POLICY, due)
    assert payments.kept
    later = await register.asked(
        roi.checked_promises, ALL, POLICY, due + days(9), since=due + days(1)
    )
    assert later == []
