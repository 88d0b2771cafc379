from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import Artifact, Label, Stage, Surface, Tier
from debt.artifact.lifecycle import ENDED
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.dates import (
    TEN_YEARS,
    default_expiry,
    default_review,
    extension,
    extension_base,
    extension_days,
    looks_like_day,
    looks_like_until,
    parse_day,
    parse_until,
    shifted,
)
from debt.rules.tier import tier
from tests.debt.builders import POLICY, TODAY, an_artifact, answer, artifacts, days

CREATED = date(2026, 1, 1)
WHY = "the migration slipped"


def _in(count: int) -> date:
    return TODAY + timedelta(days=count)


@pytest.mark.parametrize(
    ("kind", "label", "expires_after", "review_every"),
    [
        ("throwaway_script", "experimental", 30, None),
        ("throwaway_script", "temporary", 30, None),
        ("throwaway_script", "durable", 30, 90),
        ("prototype_service", "experimental", 90, 30),
        ("prototype_service", "temporary", 90, 30),
        ("prototype_service", "durable", 90, 30),
        ("production_integration", "experimental", 90, 90),
        ("production_integration", "temporary", 180, 90),
        ("production_integration", "durable", 365, 90),
        ("test_suite", "experimental", 90, 90),
        ("test_suite", "temporary", 180, 90),
        ("test_suite", "durable", 180, 90),
        ("iac_config", "experimental", 90, 60),
        ("iac_config", "temporary", 180, 60),
        ("iac_config", "durable", 365, 60),
    ],
)
def test_default_dates_take_the_shorter_of_kind_and_label(
    kind: str, label: str, expires_after: int, review_every: int | None
) -> None:
    expires = default_expiry(kind, Label(label), CREATED, POLICY)
    review = default_review(kind, Label(label), CREATED, POLICY)
    assert expires == CREATED + timedelta(days=expires_after)
    assert review == (CREATED + timedelta(days=review_every) if review_every else None)


@given(days, st.sampled_from([*POLICY.kinds]), st.sampled_from(Label))
def test_default_dates_exist_for_any_day_of_the_calendar(
    day: date, kind: str, label: Label
) -> None:
    assert (default_expiry(kind, label, day, POLICY) or day) >= day
    assert (default_review(kind, label, day, POLICY) or day) >= day


@given(days, st.integers(-5_000_000, 5_000_000))
def test_a_shifted_day_stops_at_the_ends_of_the_calendar(day: date, count: int) -> None:
    moved = shifted(day, count)
    assert moved - day == timedelta(days=count) or moved in {date.min, date.max}
    assert shifted(date.min, -1) == date.min
    assert shifted(date.max, 1) == date.max


@pytest.mark.parametrize(
    ("typed", "day", "until"),
    [
        ("2027-01-31", True, True), (" 2027-01-31 ", True, True), ("2027-02-30", True, True),
        ("30d", False, True), (" 2 weeks ", False, True), ("soon", False, False),
        ("", False, False),
    ],
)  # fmt: skip
def test_what_has_the_looks_of_a_date_or_a_time_is_known_before_it_is_read(
    typed: str, day: bool, until: bool
) -> None:
    assert (looks_like_day(typed), looks_like_until(typed)) == (day, until)


@given(days)
def test_a_date_is_read_back_as_it_is_shown(day: date) -> None:
    assert parse_day(day.isoformat()) == day
    assert parse_until(f" {day.isoformat()} ", TODAY) == day


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tomorrow",
        "31.01.2027",
        "2027-02-30",
        "2027-1-3",
        "20270131",
        "2027-W05-1",
        "٢٠٢٧-٠١-٠١",
    ],
)
def test_what_is_no_date_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match=r"is not a date. Dates look like 2027-01-31"):
        parse_day(typed)


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("30d", 30), ("2w", 14), ("3m", 90), ("1 month", 30), ("10 days", 10), ("+5d", 5),
        ("1W", 7), ("1 week", 7), ("30days", 30),
    ],
)  # fmt: skip
def test_days_weeks_and_months_are_counted_from_the_base(typed: str, count: int) -> None:
    assert parse_until(typed, TODAY) == _in(count)


@pytest.mark.parametrize("typed", ["", "soon", "30", "30h", "-3d", "2027/01/31", "d", "²d", "1.5w"])
def test_neither_a_time_nor_a_date_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(Refused, match="Say 30d, 2w or a date like 2027-01-31"):
        parse_until(typed, TODAY)


@given(days, st.integers(0, 999_999), st.sampled_from("dwm"))
def test_no_time_however_long_runs_off_the_calendar(base: date, count: int, unit: str) -> None:
    assert parse_until(f"{count}{unit}", base) >= base


def test_an_extension_counts_from_the_end_date_or_from_today_once_that_has_passed() -> None:
    assert extension_base(an_artifact(expires_on=_in(10)), TODAY) == _in(10)
    assert extension_base(an_artifact(expires_on=_in(-10)), TODAY) == TODAY
    assert extension_base(an_artifact(expires_on=None), TODAY) == TODAY


def _tiered(name: str, **changes: Any) -> Artifact:
    shape: dict[str, dict[str, Any]] = {
        "light": {"kind": "throwaway_script"},
        "standard": {},
        "strict": {"risk": 4, "surface": Surface.PRODUCTION},
    }
    artifact = an_artifact(**{"expires_on": _in(10)} | shape[name] | changes)
    assert tier(artifact, POLICY) == name
    return artifact


LIMITS = [("light", 3, 90), ("standard", 3, 90), ("strict", 1, 30)]


@pytest.mark.parametrize(("name", "count", "total"), LIMITS)
def test_an_extension_within_the_tier_says_what_is_left(name: str, count: int, total: int) -> None:
    granted = extension(_tiered(name), _in(10 + 20), WHY, TODAY, POLICY)
    assert (granted.until, granted.days) == (_in(30), 20)
    assert (granted.left, granted.days_left) == (count - 1, total - 20)


@pytest.mark.parametrize(("name", "count", "total"), LIMITS)
def test_the_last_extension_may_use_all_that_is_left(name: str, count: int, total: int) -> None:
    artifact = _tiered(name, extensions=count - 1, extended_days=0)
    granted = extension(artifact, _in(10 + total), WHY, TODAY, POLICY)
    assert (granted.left, granted.days_left) == (0, 0)


@pytest.mark.parametrize(("name", "count", "total"), LIMITS)
def test_more_extensions_than_the_tier_allows_are_for_others_to_agree_to(
    name: str, count: int, total: int
) -> None:
    artifact = _tiered(name, extensions=count)
    with pytest.raises(Refused, match=f"and the {name} tier allows {count}$"):
        extension(artifact, _in(11), WHY, TODAY, POLICY)


@pytest.mark.parametrize(("name", "count", "total"), LIMITS)
def test_more_days_than_the_tier_allows_are_for_others_to_agree_to(
    name: str, count: int, total: int
) -> None:
    with pytest.raises(Refused, match=f"the {name} tier allows {total} days in all") as refused:
        extension(_tiered(name, extended_days=20), _in(10 + total - 19), WHY, TODAY, POLICY)
    assert f"D-7 has {total - 20} left" in str(refused.value)
    assert f"that is {total - 19} days;" in str(refused.value)


def test_of_days_that_were_extended_before_the_rest_is_left() -> None:
    granted = extension(
        _tiered("light", extensions=1, extended_days=20), _in(40), WHY, TODAY, POLICY
    )
    assert (granted.left, granted.days_left) == (1, 40)
    with pytest.raises(Refused, match=r"and D-7 has 0 left$"):
        extension(_tiered("light", extended_days=95), _in(40), WHY, TODAY, POLICY)


def test_the_count_is_said_as_people_say_it() -> None:
    with pytest.raises(Refused, match="already extended once"):
        extension(_tiered("strict", extensions=1), _in(11), WHY, TODAY, POLICY)
    with pytest.raises(Refused, match="already extended 3 times"):
        extension(_tiered("light", extensions=3), _in(11), WHY, TODAY, POLICY)
    with pytest.raises(Refused, match="that is 1 day; "):
        extension(_tiered("light", extended_days=90), _in(11), WHY, TODAY, POLICY)


def test_a_tier_without_extensions_says_so(never: Policy) -> None:
    with pytest.raises(Refused, match="the light tier allows no extension"):
        extension(_tiered("light"), _in(11), WHY, TODAY, never)


@pytest.fixture
def never() -> Policy:
    light = POLICY.tier(Tier.LIGHT).model_copy(update={"extensions": 0})
    return POLICY.model_copy(update={"tiers": {**POLICY.tiers, Tier.LIGHT: light}})


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_an_extension_without_a_reason_is_refused(reason: str) -> None:
    words = "An extension needs its reason: it is what the next reader will ask for."
    with pytest.raises(Refused, match=f"^{words}$"):
        extension(_tiered("light"), _in(20), reason, TODAY, POLICY)


@pytest.mark.parametrize("until", [_in(0), _in(-1), date(1999, 1, 1), date.min])
def test_an_extension_into_the_past_is_refused(until: date) -> None:
    with pytest.raises(Refused, match=f"{until.isoformat()} is not in the future"):
        extension(_tiered("light"), until, WHY, TODAY, POLICY)


@pytest.mark.parametrize("until", [date(2046, 1, 1), date(2999, 1, 1), date.max])
def test_an_absurd_date_is_refused(until: date) -> None:
    with pytest.raises(Refused, match="more than ten years away"):
        extension(_tiered("light"), until, WHY, TODAY, POLICY)
    assert extension_days(_tiered("light"), TODAY + TEN_YEARS, WHY, TODAY) == TEN_YEARS.days - 10


@pytest.mark.parametrize("count", [1, 9, 10])
def test_an_extension_that_shortens_is_refused(count: int) -> None:
    with pytest.raises(Refused, match=f"already runs until {_in(10).isoformat()}"):
        extension(_tiered("light"), _in(count), WHY, TODAY, POLICY)


@pytest.mark.parametrize("stage", sorted(ENDED))
def test_what_has_ended_is_not_extended(stage: Stage) -> None:
    with pytest.raises(Refused, match=r"^D-7 has ended"):
        extension(_tiered("light", stage=stage), _in(20), WHY, TODAY, POLICY)


@given(artifacts(), days)
def test_an_extension_is_granted_within_the_limits_or_refused(
    artifact: Artifact, until: date
) -> None:
    granted = answer(lambda: extension(artifact, until, WHY, TODAY, POLICY))
    if isinstance(granted, str):
        assert granted.endswith(".") or "tier allows" in granted
    else:
        assert granted.until > TODAY
        assert granted.days > 0
        assert granted.left >= 0
        assert granted.days_left >= 0
