"""What work buys back, when it pays, and whether it did."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.budgets.roi import (
    PlanState,
    Promise,
    PromiseCheck,
    PromiseVerdict,
    WorkKind,
    check,
    check_on,
    require_next,
    require_promise,
    return_of,
    risk_after,
    usual_kind,
    usual_promise,
)
from debt.refusal import Refused
from debt.rules.estimate import estimate
from debt.rules.value import whole_months
from tests.debt.builders import POLICY, TODAY, an_artifact, answer

H = 60
RULES = POLICY.roi
PROMISE = Promise(20 * H, 8 * H, 40 * H)


def test_the_example_of_the_module() -> None:
    day = date(2026, 11, 24)
    at_once = return_of(PROMISE, None, day, 12, RULES)
    assert (at_once.frees_from, at_once.months) == (date(2026, 12, 1), 12)
    assert at_once.bought_back == 104 * H
    assert PROMISE.payback == pytest.approx(3.33, abs=0.01)
    later = return_of(PROMISE, date(2027, 1, 11), day, 12, RULES)
    assert (later.frees_from, later.bought_back) == (date(2027, 2, 1), 80 * H)


@pytest.mark.parametrize(
    ("cost", "starts_on", "frees_from", "months"),
    [
        (0, None, "2026-12-01", 12), (41, None, "2027-01-01", 11), (120, None, "2027-02-01", 10),
        (40, "2026-01-01", "2026-12-01", 12), (40, "2027-12-31", "2028-01-01", 0),
        (40, "2030-01-01", "2030-02-01", 0),
    ],
)  # fmt: skip
def test_what_takes_longer_frees_hours_later(
    cost: int, starts_on: str | None, frees_from: str, months: int
) -> None:
    begins = date.fromisoformat(starts_on) if starts_on else None
    expected = return_of(Promise(20 * H, 0, cost * H), begins, TODAY, 12, RULES)
    assert (expected.frees_from.isoformat(), expected.months) == (frees_from, months)


@given(st.integers(0, 40_000), st.integers(0, 40_000), st.integers(0, 40_000), st.integers(1, 59))
def test_a_longer_horizon_never_gives_less_back(
    before: int, after: int, cost: int, horizon: int
) -> None:
    promise = Promise(before + after + 1, after, cost)
    shorter, longer = (return_of(promise, None, TODAY, n, RULES) for n in (horizon, horizon + 1))
    assert shorter.bought_back <= longer.bought_back


NO_HOURS = "That frees no hours: a month has to take less by it."
BETWEEN = "Say between 0 and 10,000 hours."


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        (Promise(60, 60, 0), ("after", NO_HOURS)), (Promise(60, 90, 0), ("after", NO_HOURS)),
        (Promise(60, 0, -1), ("cost", BETWEEN)), (Promise(600_001, 0, 0), ("before", BETWEEN)),
        (Promise(60, -1, 0), ("after", BETWEEN)), (Promise(60, 0, 600_001), ("cost", BETWEEN)),
    ],
)  # fmt: skip
def test_work_that_frees_nothing_is_no_plan(promise: Promise, said: tuple[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        require_promise(promise)
    assert (refused.value.field, str(refused.value)) == said


@pytest.mark.parametrize("promise", [PROMISE, Promise(1, 0, 0), Promise(600_000, 599_999, 600_000)])
def test_work_that_frees_a_minute_may_be_planned(promise: Promise) -> None:
    require_promise(promise)


def test_what_a_month_takes_now_is_the_estimate() -> None:
    artifact = an_artifact(minutes_logged=600, months_logged=2)
    expected = estimate(artifact, POLICY).minutes
    assert usual_promise(artifact, WorkKind.REFACTOR, POLICY).before == expected > 0


def test_where_nobody_says_the_policy_does() -> None:
    """Complexity 4 is 40 h of work, and a refactor leaves four tenths of the hours."""
    artifact = an_artifact(monthly_minutes=20 * H, complexity=4, risk=4, value=5)
    assert usual_kind(artifact, POLICY) is WorkKind.REFACTOR
    assert usual_promise(artifact, WorkKind.REFACTOR, POLICY) == PROMISE
    assert usual_promise(artifact, WorkKind.RETIRE, POLICY).after == 0
    assert [risk_after(artifact, kind, POLICY) for kind in list(WorkKind)[:3]] == [2, 0, 4]


@pytest.mark.parametrize(
    ("value", "risk", "kind"),
    [
        (1, 5, WorkKind.RETIRE),
        (1, 1, WorkKind.REFACTOR),
        (5, 5, WorkKind.REFACTOR),
        (None, 5, WorkKind.REFACTOR),
    ],
)
def test_what_is_deleted_first_is_not_refactored(
    value: int | None, risk: int, kind: WorkKind
) -> None:
    assert usual_kind(an_artifact(value=value, risk=risk), POLICY) is kind


@pytest.mark.parametrize("state", PlanState)
@pytest.mark.parametrize("following", PlanState)
def test_what_is_done_or_dropped_stays_so(state: PlanState, following: PlanState) -> None:
    ends = (PlanState.DONE, PlanState.DROPPED)
    may = {
        (PlanState.PLANNED, PlanState.DOING),
        *product((PlanState.PLANNED, PlanState.DOING), ends),
    }
    refused = isinstance(answer(lambda: require_next(state, following)), str)
    assert refused == ((state, following) not in may)


@pytest.mark.parametrize(
    ("took", "verdict"),
    [
        (0, PromiseVerdict.KEPT),
        (150, PromiseVerdict.KEPT),
        (210, PromiseVerdict.KEPT),
        (211, PromiseVerdict.BROKEN),
        (900, PromiseVerdict.BROKEN),
        (None, PromiseVerdict.UNKNOWN),
    ],
)
def test_a_promise_is_kept_where_three_quarters_of_it_came_true(
    took: int | None, verdict: PromiseVerdict
) -> None:
    """8 h to 2 h: 6 h were promised, 4.5 h are enough."""
    assert PromiseCheck(8 * H, 2 * H, took).verdict(RULES) is verdict


def test_no_hours_are_unknown_but_for_what_is_gone() -> None:
    assert check(WorkKind.REFACTOR, PROMISE, 0, 3).took is None
    assert check(WorkKind.RETIRE, PROMISE, 0, 3).took == 0
    assert check(WorkKind.REFACTOR, PROMISE, 450, 3) == PromiseCheck(20 * H, 8 * H, 150)
    assert check(WorkKind.REFACTOR, PROMISE, 1, 1).took == 1


def test_a_check_of_work_done_on_a_day_the_later_month_lacks_is_due_on_the_first_after() -> None:
    assert check_on(date(2026, 1, 31), 1) == date(2026, 3, 1)
    assert check_on(date(2026, 1, 15), 1) == date(2026, 2, 15)


@given(st.dates(max_value=date(2900, 1, 1)), st.integers(1, 24))
def test_a_check_is_due_on_the_first_day_on_which_the_months_are_over(
    done_on: date, months: int
) -> None:
    due = check_on(done_on, months)
    assert whole_months(done_on, due) == months
    assert whole_months(done_on, date.fromordinal(due.toordinal() - 1)) == months - 1


def test_what_cannot_be_moved_says_so() -> None:
    with pytest.raises(Refused, match="done already"):
        require_next(PlanState.DONE, PlanState.DROPPED)
