"""What an artifact saved against what it cost, and when that is deferred work with interest."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.refusal import Refused
from debt.rules.value import Balance, balance, require_value, whole_months
from tests.debt.builders import POLICY, TODAY, an_artifact, days

H = 60


def test_what_nobody_stated_has_no_balance() -> None:
    assert balance(an_artifact(minutes_logged=40 * H), TODAY) is None


def test_savings_grow_by_the_month_and_work_takes_from_them() -> None:
    """The example of the module: created in January, ten months are over in November."""
    saving = an_artifact(saved_minutes=10 * H, saved_monthly_minutes=H, minutes_logged=40 * H)
    assert balance(saving, date(2026, 6, 15)) == Balance(15 * H, 40 * H)
    assert balance(saving, TODAY) == Balance(20 * H, 40 * H)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2026-01-15", "2026-01-15", 0), ("2026-01-15", "2026-02-14", 0),
        ("2026-01-15", "2026-02-15", 1), ("2026-01-31", "2026-02-28", 0),
        ("2026-01-31", "2026-03-01", 1), ("2025-12-01", "2026-12-01", 12),
        ("2026-05-01", "2026-01-01", 0),
    ],
)  # fmt: skip
def test_only_whole_months_count(first: str, last: str, months: int) -> None:
    assert whole_months(date.fromisoformat(first), date.fromisoformat(last)) == months


@given(days, days, st.integers(0, 600), st.integers(0, 600))
def test_as_time_passes_what_is_owed_never_grows(
    one: date, other: date, once: int, monthly: int
) -> None:
    """What makes the stored debt the most that can be owed later."""
    earlier, later = sorted((one, other))
    saving = an_artifact(saved_minutes=once, saved_monthly_minutes=monthly, minutes_logged=900)
    then, now = balance(saving, earlier), balance(saving, later)
    assert then is not None
    assert now is not None
    assert now.owed <= then.owed


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ((None, None), (None, None)), ((60, None), (60, 0)), ((None, 60), (0, 60)),
        ((0, None), (0, 0)), ((600_000, 600_000), (600_000, 600_000)),
    ],
)  # fmt: skip
def test_both_are_said_or_neither(said: tuple[int | None, int | None], kept: object) -> None:
    assert require_value(*said) == kept


@pytest.mark.parametrize(
    ("said", "field"), [((-1, 0), "saved"), ((0, 600_001), "monthly"), ((600_001, -1), "saved")]
)
def test_what_nobody_can_mean_is_refused_at_its_field(said: tuple[int, int], field: str) -> None:
    with pytest.raises(Refused, match=r"^Say between 0 and 10,000 hours\.$") as refused:
        require_value(*said)
    assert refused.value.field == field


def test_what_is_saved_at_creation_alone_does_not_grow() -> None:
    assert balance(an_artifact(saved_minutes=60), TODAY) == Balance(60, 0)


def test_balances_add_up() -> None:
    assert Balance(60, 20) + Balance(5, 7) == Balance(65, 27)


@pytest.mark.parametrize(("cost", "interest"), [(60, False), (61, True), (62, True)])
def test_a_policy_may_call_any_minute_too_much_interest(cost: int, interest: bool) -> None:
    strict = POLICY.value.model_copy(update={"interest_hours": 0})
    policy = POLICY.model_copy(update={"value": strict})
    assert Balance(60, cost).with_interest(policy) is interest
