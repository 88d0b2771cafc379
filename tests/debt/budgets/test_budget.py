"""Spent and committed against a limit: within, at risk, over, and the day it runs out."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.budgets.budget import (
    LONGEST_MINUTES,
    BudgetLimits,
    BudgetPeriod,
    BudgetState,
    BudgetUse,
    TrainPeriod,
    days_left,
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


def test_a_budget_stands_for_a_scope_and_a_period() -> None:
    told = stands(spent=5 * H, artifacts=2)
    assert (told.limits, told.span, told.use) == (
        BudgetLimits(40 * H), NOVEMBER, BudgetUse(5 * H, artifacts=2),
    )  # fmt: skip


def test_a_forecast_that_comes_out_at_the_limit_to_the_minute_is_within_it() -> None:
    """On the last day of November a month of 30.4375 minutes has one minute to come."""
    last_day: dict[str, Any] = {"day": NOVEMBER.last, "monthly": 30}
    exactly = stands(spent=40 * H - 1, **last_day)
    assert (exactly.forecast, exactly.state) == (40 * H, BudgetState.WITHIN)
    assert stands(spent=40 * H, **last_day).state is BudgetState.AT_RISK


def test_a_budget_of_nothing_is_within_until_a_minute_is_spent_or_to_come() -> None:
    assert stands(0).state is BudgetState.WITHIN
    assert stands(0, monthly=H).state is BudgetState.AT_RISK
    assert stands(0, spent=1).state is BudgetState.OVER


def test_hours_run_out_within_the_period_on_its_last_day_at_the_latest() -> None:
    """A minute a day: what is left is the number of days to go."""
    daily: dict[str, Any] = {"monthly": 30, "day": HALF_TIME}
    assert stands(spent=40 * H - 14, **daily).runs_out == NOVEMBER.last
    assert stands(spent=40 * H - 15, **daily).runs_out is None
    assert stands(spent=40 * H - 5, monthly=20).runs_out == date(2026, 11, 23)


def test_no_day_is_left_of_a_period_that_is_over() -> None:
    assert days_left(NOVEMBER, NOVEMBER.first) == days_left(NOVEMBER, date(2026, 10, 1)) == 30
    assert days_left(NOVEMBER, NOVEMBER.last) == 1
    assert days_left(NOVEMBER, date(2026, 12, 1)) == days_left(NOVEMBER, date(2027, 1, 1)) == 0


def test_a_rate_is_known_once_a_day_is_over() -> None:
    assert stands(spent=H, day=date(2026, 11, 2)).run_rate == round(H * 30.4375)


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


def test_what_is_spent_or_forecast_beyond_the_limit_is_told_in_minutes() -> None:
    assert (stands(spent=42 * H).excess, stands(spent=5 * H).excess) == (2 * H, -35 * H)
    assert stands(spent=30 * H, monthly=30 * H).short == 5 * H - 13
    assert stands(spent=5 * H).short == -35 * H


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


def test_a_sprint_without_both_its_length_and_its_first_day_is_the_usual_one() -> None:
    usual = Sprint(weeks=2, first_day=date(2026, 1, 5))
    half_said = (
        BudgetPeriod(Period.SPRINT, weeks=3),
        BudgetPeriod(Period.SPRINT, first_day=date(2026, 11, 2)),
    )
    for rhythm in half_said:
        assert rhythm.span(HALF_TIME, usual) == BudgetPeriod(Period.SPRINT).span(HALF_TIME, usual)


def test_a_train_is_one_period_whatever_the_day() -> None:
    usual = Sprint(weeks=2, first_day=date(2026, 1, 5))
    assert TrainPeriod(NOVEMBER).span(date(2030, 1, 1), usual) == NOVEMBER


HOURS, NUMBER = "Hours go from 0 to 1,000,000.", "This is a number from 0."
BOTH = "Say how many hours a month less, and until when."


@pytest.mark.parametrize(
    ("limits", "field", "words"),
    [
        (BudgetLimits(-1), "minutes", HOURS),
        (BudgetLimits(LONGEST_MINUTES + 1), "minutes", HOURS),
        (BudgetLimits(60, score=-1), "score", NUMBER),
        (BudgetLimits(60, artifacts=-1), "artifacts", NUMBER),
        (BudgetLimits(60, lower_by=60), "lower_by", BOTH),
        (BudgetLimits(60, by=date(2027, 1, 1)), "lower_by", BOTH),
        (BudgetLimits(60, lower_by=60, by=HALF_TIME), "by", "Choose a day after today."),
    ],
)
def test_what_no_budget_can_be_is_refused_at_its_field(
    limits: BudgetLimits, field: str, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        require_limits(limits, HALF_TIME)
    assert (refused.value.field, str(refused.value)) == (field, words)


@pytest.mark.parametrize(
    "limits",
    [
        BudgetLimits(0),
        BudgetLimits(LONGEST_MINUTES),
        BudgetLimits(60, score=0, artifacts=0),
        BudgetLimits(60, lower_by=0, by=date(2026, 11, 17)),
    ],
)
def test_a_budget_may_be_nothing_at_all_or_a_million_hours(limits: BudgetLimits) -> None:
    require_limits(limits, HALF_TIME)


AIM = BudgetLimits(40 * H, 100, 3, lower_by=10 * H, by=date(2026, 11, 17), lower_from=50 * H)


def test_other_hours_leave_alone_what_else_was_set_but_an_aim_whose_day_has_passed() -> None:
    assert AIM.with_minutes(H, HALF_TIME) == replace(AIM, minutes=H)
    for day in (date(2026, 11, 17), date(2026, 11, 18)):
        assert AIM.with_minutes(H, day) == BudgetLimits(H, 100, 3)
    assert BudgetLimits(40 * H, 100, 3).with_minutes(H, HALF_TIME) == BudgetLimits(H, 100, 3)


def test_an_aim_has_both_its_hours_and_its_day() -> None:
    assert AIM.pay_down == (10 * H, date(2026, 11, 17))
    assert replace(AIM, lower_by=0).pay_down == (0, date(2026, 11, 17))
    assert replace(AIM, by=None).pay_down is replace(AIM, lower_by=None).pay_down is None
    assert standing(replace(AIM, lower_by=None), NOVEMBER, BudgetUse(), HALF_TIME).lowered is None
    assert standing(replace(AIM, lower_from=None), NOVEMBER, BudgetUse(), HALF_TIME).lowered is None
