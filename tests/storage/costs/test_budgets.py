"""Budgets on the register: exact sums, past periods that stay, and what follows when over."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from math import hypot

import pytest

from debt.artifact.artifact import Artifact, Label, Stage
from debt.artifact.columns import Facts
from debt.budgets.budget import BudgetLimits, BudgetPeriod, BudgetState
from debt.change import Change
from debt.policy.roles import Powers
from debt.refusal import Refused
from debt.rules.estimate import EstimateBasis, estimate
from debt.rules.hours import Period, Work, span
from debt.scope import BudgetLine, Scope, ScopeKind
from storage.costs import budgets, hours_log, usage
from storage.lifecycle import approvals, proposals, requests
from storage.lifecycle.maintenance import Requested
from storage.lifecycle.registration import add
from storage.register.artifacts import save
from tests.storage.builders import (
    DANA,
    ERIN,
    NOW,
    POLICY,
    SAM,
    TODAY,
    Register,
    a_subscription,
    by,
    days,
)

PAYMENTS = BudgetLine(Scope(ScopeKind.TEAM, "payments"))
MONTHLY = BudgetPeriod(Period.MONTH)
NOVEMBER = span(Period.MONTH, TODAY, POLICY.sprint)
H = 60


def as_person(who: str, at: datetime = NOW) -> Change:
    return Change(who, at, POLICY, powers=Powers(admin=who == ERIN))


async def logs(register: Register, number: int, hours: float, on: date = TODAY) -> None:
    await register.told(
        DANA, hours_log.log, number, round(hours * H), kind=Work.REWORK, worked_on=on
    )


async def spent(register: Register, line: BudgetLine = PAYMENTS) -> int:
    return (await register.asked(usage.use_of, line, NOVEMBER)).spent


async def sets(register: Register, hours: int, at: datetime = NOW) -> None:
    change = as_person(ERIN, at)
    await register.told(change, budgets.put, PAYMENTS, MONTHLY, BudgetLimits(hours * H))


async def test_an_hour_counts_where_its_artifact_was_when_it_was_worked(
    register: Register,
) -> None:
    artifact = await register.holds(repo="acme/shop")
    await logs(register, 1, 2)
    moved = await register.artifact()
    await register.told(DANA, save, moved, replace(moved, team="growth"), action="edit")
    await logs(register, 1, 1.5)
    growth = BudgetLine(Scope(ScopeKind.TEAM, "growth"))
    assert await spent(register) == 2 * H
    assert await spent(register, growth) == 90
    assert await spent(register, BudgetLine(Scope(ScopeKind.REPO, artifact.repo))) == 210
    assert await spent(register, BudgetLine(Scope(ScopeKind.SERVICE, "checkout"))) == 210


async def test_what_is_to_come_is_what_live_artifacts_are_expected_to_cost(
    register: Register,
) -> None:
    await register.holds(monthly_minutes=600)
    await register.holds(monthly_minutes=300)
    await register.holds(monthly_minutes=900, stage=Stage.RETIRED)
    await register.holds(monthly_minutes=900, stage=Stage.PROPOSED)
    use = await register.asked(usage.use_of, PAYMENTS, NOVEMBER)
    assert (use.monthly, use.artifacts) == (900, 2)


async def test_a_sum_says_what_it_rests_on_and_how_sure_it_is(register: Register) -> None:
    await register.holds(monthly_minutes=480)
    await register.holds()
    rests = await register.asked(usage.rests_on, PAYMENTS)
    assert rests.learned == 0
    await logs(register, 1, 20, on=TODAY - days(40))
    rests = await register.asked(usage.rests_on, PAYMENTS)
    estimates = [estimate(await register.artifact(number), POLICY) for number in (1, 2)]
    assert rests.learned == estimates[0].minutes == 16 * H
    assert rests.spread == pytest.approx(hypot(*(one.spread for one in estimates)), abs=1)
    part = replace(PAYMENTS, only="tier:strict")
    assert await register.asked(usage.rests_on, part) == EstimateBasis(0, 0)


async def test_logged_months_move_the_estimate_and_one_taken_back_does_not(
    register: Register,
) -> None:
    await register.holds(monthly_minutes=480)
    await logs(register, 1, 20, on=TODAY - days(40))
    assert (await register.artifact()).months_logged == 1
    assert (await register.asked(usage.use_of, PAYMENTS, NOVEMBER)).monthly == 16 * H
    logged = await register.told(DANA, hours_log.log, 1, 60, kind=Work.REWORK, worked_on=TODAY)
    assert (await register.artifact()).months_logged == 2
    await register.told(DANA, hours_log.reverse, logged.entry_id)
    assert (await register.artifact()).months_logged == 1


async def test_a_part_of_a_scope_has_its_own_sum(register: Register) -> None:
    await register.holds(risk=5, surface="production", monthly_minutes=100)
    await register.holds(kind="throwaway_script", label="experimental", monthly_minutes=10)
    await logs(register, 1, 3)
    await logs(register, 2, 1)
    strict = replace(PAYMENTS, only="tier:strict")
    use = await register.asked(usage.use_of, strict, NOVEMBER)
    assert (use.spent, use.artifacts) == (3 * H, 1)
    loose = replace(PAYMENTS, only="label:experimental")
    assert await spent(register, loose) == H


async def test_a_change_never_rewrites_a_period_that_is_over(register: Register) -> None:
    await register.holds()
    await sets(register, 40, at=NOW - days(60))
    await sets(register, 30)
    then = await register.asked(budgets.find, PAYMENTS, TODAY - days(60))
    now = await register.asked(budgets.find, PAYMENTS, TODAY)
    assert then
    assert now
    assert (then.limits.minutes, now.limits.minutes) == (40 * H, 30 * H)
    await sets(register, 20)
    assert len([e for e in await register.entries() if e.action == "budget set"]) == 3
    await register.told(as_person(ERIN), budgets.end, PAYMENTS)
    assert await register.asked(budgets.find, PAYMENTS, TODAY) is None
    assert await register.asked(budgets.find, PAYMENTS, TODAY - days(60)) == then
    assert await register.asked(budgets.in_force, TODAY) == []


async def test_a_longer_period_replaces_what_was_said_within_it(register: Register) -> None:
    await register.holds()
    await sets(register, 40)
    quarterly = BudgetPeriod(Period.QUARTER)
    await register.told(as_person(ERIN), budgets.put, PAYMENTS, quarterly, BudgetLimits(90 * H))
    budget = await register.asked(budgets.find, PAYMENTS, TODAY)
    assert budget
    assert (budget.period, budget.limits.minutes) == (quarterly, 90 * H)
    await register.told(as_person(ERIN), budgets.end, PAYMENTS)
    assert await register.asked(budgets.find, PAYMENTS, TODAY) is None
    await register.told(as_person(ERIN), budgets.put, PAYMENTS, quarterly, BudgetLimits(80 * H))
    assert await register.asked(budgets.find, PAYMENTS, TODAY)


async def test_the_same_again_changes_nothing(register: Register) -> None:
    await sets(register, 40)
    last_id = (await register.last_entry()).id
    await sets(register, 40)
    assert (await register.last_entry()).id == last_id
    await sets(register, 41)
    assert (await register.last_entry()).id == last_id + 1


async def test_who_may_not_is_told_who_can(register: Register) -> None:
    with pytest.raises(Refused, match="You cannot change the budget of team:payments"):
        await register.told(as_person(DANA), budgets.put, PAYMENTS, MONTHLY, BudgetLimits(60))


async def test_what_uses_most_comes_first_spent_and_expected_together(register: Register) -> None:
    await register.holds(monthly_minutes=10)
    await register.holds(monthly_minutes=6_000)
    await register.holds(monthly_minutes=20)
    await logs(register, 1, 8)
    most = await register.asked(usage.costliest, PAYMENTS, NOVEMBER, 7)
    assert [artifact.id for artifact, _ in most] == [2, 1, 3]


async def test_over_and_within_again_are_each_noted_once(register: Register) -> None:
    await register.holds()
    await sets(register, 2)
    await logs(register, 1, 3)
    for day in (0, 1):
        budget = await register.asked(budgets.find, PAYMENTS, TODAY)
        assert budget
        await register.told(as_person(ERIN, NOW + days(day)), budgets.renew, budget)
    budget = await register.asked(budgets.find, PAYMENTS, TODAY)
    assert budget
    assert (budget.over_since, budget.back_on) == (TODAY, None)
    await sets(register, 10)
    budget = await register.asked(budgets.find, PAYMENTS, TODAY)
    assert budget
    assert (budget.over_since, budget.back_on) == (None, TODAY)
    actions = [entry.action for entry in await register.entries() if "budget" in entry.action]
    assert actions == ["budget set", "budget over", "budget set", "budget within again"]


@pytest.fixture
async def over(register: Register) -> Register:
    """Payments is over its two hours; its channel gets a digest."""
    await register.holds()
    async with register.store.change() as session:
        session.add(a_subscription("C0PAY", scope="team", scope_name="payments"))
    await sets(register, 2)
    await logs(register, 1, 3)
    return register


FACTS = Facts(name="New worker", repo="acme/shop", paths=("src/new.py",), team="payments")


async def test_something_new_in_a_scope_over_budget_waits_for_somebody_else(
    over: Register,
) -> None:
    outcome = await over.told(as_person(DANA), add, FACTS)
    assert isinstance(outcome, Requested)
    assert outcome.why == "the budget of team:payments is over"
    waiting = await over.artifact(2)
    assert (waiting.stage, waiting.expires_on) == (Stage.PROPOSED, None)
    with pytest.raises(Refused, match="somebody else decides"):
        await over.told(as_person(DANA), approvals.approve, outcome.approval.id or 0)
    await over.told(as_person(SAM), approvals.approve, outcome.approval.id or 0)
    accepted = await over.artifact(2)
    assert (accepted.stage, accepted.expires_on) == (Stage.CREATED, TODAY + timedelta(days=365))


async def test_elsewhere_and_for_who_runs_the_bot_nothing_waits(over: Register) -> None:
    elsewhere = await over.told(as_person(DANA), add, FACTS | Facts(team="growth"))
    assert isinstance(elsewhere, Artifact)
    assert isinstance(await over.told(by("cli:ops"), add, FACTS), Artifact)


async def test_a_proposal_waits_for_somebody_else_too_and_all_at_once_leaves_it(
    over: Register,
) -> None:
    await over.holds(stage=Stage.PROPOSED)
    await over.holds(stage=Stage.PROPOSED, team="growth")
    assert await over.told(as_person(DANA), proposals.accept_all) == 1
    outcome = await over.told(as_person(DANA), proposals.accept, 2)
    assert isinstance(outcome, Requested)
    await over.told(as_person(SAM), proposals.dismiss, 2, "not ours")
    [asked] = await over.asked(requests.of_artifact, 2)
    assert asked.state == "overtaken"


async def test_where_the_policy_only_tells_nothing_waits(over: Register) -> None:
    telling = POLICY.budgets.model_copy(update={"when_over": "tell"})
    change = replace(as_person(DANA), policy=POLICY.model_copy(update={"budgets": telling}))
    assert isinstance(await over.told(change, add, FACTS), Artifact)


async def test_a_standing_is_of_its_period_only(register: Register) -> None:
    await register.holds()
    await sets(register, 40)
    await logs(register, 1, 10, on=NOVEMBER.first - days(1))
    budget = await register.asked(budgets.find, PAYMENTS, TODAY)
    assert budget
    told = await register.told(as_person(ERIN), budgets.standing_of, budget)
    assert (told.use.spent, told.state) == (0, BudgetState.WITHIN)


async def test_days_add_up_to_what_is_spent_whatever_was_taken_back(
    register: Register,
) -> None:
    await register.holds(label=Label.TEMPORARY)
    await logs(register, 1, 2, on=NOVEMBER.first)
    await logs(register, 1, 3)
    await logs(register, 1, 1)
    entry = await register.asked(hours_log.last_entry, 1, DANA)
    await register.told(DANA, hours_log.reverse, entry or 0)
    await logs(register, 1, 9, on=NOVEMBER.first - days(1))
    by_day = await register.asked(usage.spent_by_day, PAYMENTS, NOVEMBER)
    assert by_day == {NOVEMBER.first: 2 * H, TODAY: 3 * H}
    assert sum(by_day.values()) == await spent(register)
    part = replace(PAYMENTS, only="label:temporary")
    assert await register.asked(usage.spent_by_day, part, NOVEMBER) == by_day
    other = replace(PAYMENTS, only="label:durable")
    assert await register.asked(usage.spent_by_day, other, NOVEMBER) == {}
