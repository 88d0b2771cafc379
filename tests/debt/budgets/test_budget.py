"""Spent and committed against a limit: within, at risk, over, and the day it runs out."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.budgets.budget import (
    BudgetLimits,
    BudgetPeriod,
    BudgetState,
    BudgetUse,
    advice,
    require_limits,
    standing,
)
from debt.policy.policy import Sprint
from debt.refusal import Refused
from debt.rules.hours import Period, Span

NOVEMBER = Span("November 2026", date(2026, 11, 1), date(2026, 11, 30))
HALF_TIME = date(2026, 11, 16)
H = 60


def stands(limit: int = 40, day: date = HALF_TIME, **use: Any) -> Any:
    return standing(BudgetLimits(limit * H), NOVEMBER, BudgetUse(**use), day)


def test_what_is_to_come_is_the_share_of_a_month_that_is_left() -> None:
    now = stands(spent=10 * H, monthly=30 * H)
    assert now.committed == pytest.approx(15 * 30 * H / 30.4375, abs=1)
    assert now.state is BudgetState.WITHIN
    assert now.run_rate == pytest.approx(10 * H / 15 * 30.4375, abs=1)


@pytest.mark.parametrize(
    ("spent", "monthly", "state", "runs_out"),
    [
        (10, 20, BudgetState.WITHIN, None),
        (30, 30, BudgetState.AT_RISK, date(2026, 11, 26)),
        (40, 30, BudgetState.AT_RISK, HALF_TIME),
        (41, 30, BudgetState.OVER, None),
        (30, 0, BudgetState.WITHIN, None),
    ],
)
def test_a_budget_is_within_at_risk_or_over(
    spent: int, monthly: int, state: BudgetState, runs_out: date | None
) -> None:
    now = stands(spent=spent * H, monthly=monthly * H)
    assert (now.state, now.runs_out) == (state, runs_out)


def test_a_rate_is_of_the_days_of_the_period_that_are_over() -> None:
    assert stands(spent=3 * H, day=NOVEMBER.first).run_rate is None
    assert stands(day=date(2026, 10, 20)).run_rate is None
    last, later = (stands(spent=30 * H, day=date(2026, 12, day)).run_rate for day in (1, 20))
    assert last == later == pytest.approx(30 * H / 30 * 30.4375, abs=1)


def test_too_many_artifacts_or_points_are_over_too() -> None:
    limits = BudgetLimits(40 * H, score=100, artifacts=3)
    assert standing(limits, NOVEMBER, BudgetUse(score=101), HALF_TIME).state is BudgetState.OVER
    assert standing(limits, NOVEMBER, BudgetUse(artifacts=4), HALF_TIME).state is BudgetState.OVER
    assert (
        standing(limits, NOVEMBER, BudgetUse(score=100, artifacts=3), HALF_TIME).state
        is BudgetState.WITHIN
    )


def test_each_standing_says_what_to_do() -> None:
    assert advice(stands(spent=5 * H), "D-7") == "nothing to do: about 35 h will be left of it"
    over = advice(stands(spent=42 * H), "D-7")
    assert over.startswith("2 h over: retire or refactor before anything new comes in; D-7 uses")
    assert "short at this rate" in advice(stands(spent=30 * H, monthly=30 * H), None)


def test_what_was_to_be_saved_is_counted_from_when_it_was_said() -> None:
    limits = BudgetLimits(40 * H, lower_by=10 * H, by=date(2027, 3, 1), lower_from=50 * H)
    assert standing(limits, NOVEMBER, BudgetUse(monthly=44 * H), HALF_TIME).lowered == 6 * H
    assert (
        standing(BudgetLimits(40 * H), NOVEMBER, BudgetUse(monthly=44 * H), HALF_TIME).lowered
        is None
    )


@given(st.integers(0, 6_000), st.integers(0, 6_000), st.integers(0, 6_000), st.integers(0, 29))
def test_the_day_it_runs_out_lies_within_the_period_and_only_then_is_it_at_risk(
    limit: int, spent: int, monthly: int, gone: int
) -> None:
    day = date(2026, 11, 1 + gone)
    now = standing(BudgetLimits(limit), NOVEMBER, BudgetUse(spent=spent, monthly=monthly), day)
    if now.runs_out:
        assert day <= now.runs_out <= NOVEMBER.last
    assert (now.state is BudgetState.OVER) == (spent > limit)
    assert now.forecast == spent + now.committed


def test_a_sprint_of_its_own_has_its_own_first_day() -> None:
    usual = Sprint(weeks=2, first_day=date(2026, 1, 5))
    own = BudgetPeriod(Period.SPRINT, weeks=3, first_day=date(2026, 11, 2))
    assert own.span(HALF_TIME, usual).last == date(2026, 11, 22)
    assert BudgetPeriod(Period.SPRINT).span(HALF_TIME, usual).first == date(2026, 11, 9)


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (BudgetLimits(-1), "minutes"),
        (BudgetLimits(60, score=-1), "score"),
        (BudgetLimits(60, lower_by=60), "lower_by"),
        (BudgetLimits(60, lower_by=60, by=HALF_TIME), "by"),
    ],
)
def test_what_no_budget_can_be_is_refused_at_its_field(limits: BudgetLimits, field: str) -> None:
    with pytest.raises(Refused) as refused:
        require_limits(limits, HALF_TIME)
    assert refused.value.field == field
