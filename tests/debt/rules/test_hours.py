from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.policy.policy import Sprint
from debt.refusal import Refused
from debt.rules.hours import (
    USUAL_WORK,
    Period,
    Span,
    Work,
    as_hours,
    decimal_hours,
    looks_like_amount,
    looks_like_minutes,
    parse_amount,
    parse_minutes,
    parse_quarter,
    roughly,
    span,
)
from tests.debt.builders import answer, near_days

SPRINT = Sprint(weeks=2, first_day=date(2026, 1, 5))


@given(st.integers(1, 24 * 60))
def test_a_length_of_time_is_read_back_as_it_is_shown(minutes: int) -> None:
    assert parse_minutes(as_hours(minutes)) == minutes


@given(st.integers(1, 24 * 60))
def test_decimal_hours_are_read_back_to_the_minute(minutes: int) -> None:
    assert parse_minutes(str(decimal_hours(minutes))) == minutes
    assert parse_minutes(str(decimal_hours(minutes)).replace(".", ",") + "h") == minutes


@pytest.mark.parametrize(
    "typed",
    [
        "90m", "90 min", "90 minutes", "1h30", "1h 30m", "1 h 30 min", "1:30", "1.5", "1,5", "1.5h",
        "1,5h", "1,5 h", "1.5 hours", "1.5hrs", " 1.5h ", "1H30", "1.50",
    ],
)  # fmt: skip
def test_an_hour_and_a_half_may_be_written_in_many_ways(typed: str) -> None:
    assert parse_minutes(typed) == 90
    assert looks_like_minutes(typed.strip())


@pytest.mark.parametrize(
    "typed", ["", "h", "m", "soon", "1.5d", "1h75", "-1h", "+1h", "1..5", "1,5,0", "½", "١h", "1e3"]
)
def test_what_is_no_length_of_time_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(Refused, match=r"is not a length of time. Say 1.5h, 90m or 1h30"):
        parse_minutes(typed)


@pytest.mark.parametrize("typed", ["0", "0h", "0m", "0h00", "0.001h"])
def test_no_time_at_all_is_not_logged(typed: str) -> None:
    with pytest.raises(Refused, match=r"^That is no time at all; log at least a minute\.$"):
        parse_minutes(typed)


@pytest.mark.parametrize(
    ("typed", "hours"), [("0", 0), ("0 h", 0), ("none", 0), ("1.5h", 1.5), ("20000h", 20_000)]
)
def test_an_amount_may_be_nothing_or_a_whole_company_s(typed: str, hours: float) -> None:
    assert parse_amount(typed) == hours * 60


@pytest.mark.parametrize("typed", ["25h", "1441m", "24h01", "9999", "99999m"])
def test_more_than_a_day_is_logged_day_by_day(typed: str) -> None:
    with pytest.raises(Refused, match="more than a day has; log it day by day"):
        parse_minutes(typed)


@given(st.text())
def test_any_text_is_a_length_of_time_or_refused_in_a_short_sentence(typed: str) -> None:
    said = answer(lambda: parse_minutes(typed))
    assert 1 <= said <= 24 * 60 if isinstance(said, int) else len(said) < 120


@pytest.mark.parametrize("word", ["debugging", "D-7", "", "rework"])
def test_other_words_of_a_command_are_not_taken_for_hours(word: str) -> None:
    assert not looks_like_minutes(word)


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (0, "0 h"),
        (20, "20 min"),
        (60, "1 h"),
        (75, "1.25 h"),
        (90, "1.5 h"),
        (100, "1 h 40 min"),
        (-20, "-20 min"),
        (-90, "-1.5 h"),
        (-100, "-1 h 40 min"),
        (740_745, "12345.75 h"),
        (60_000_000, "1000000 h"),
    ],
)
def test_minutes_are_shown_short_and_exact(minutes: int, shown: str) -> None:
    assert as_hours(minutes) == shown


def test_there_are_five_kinds_of_work_and_rework_is_the_usual_one() -> None:
    assert set(Work) == {"review", "rework", "debugging", "patching", "handoff"}
    assert USUAL_WORK == "rework"


@given(st.sampled_from(Period), near_days, st.integers(1, 12))
def test_every_day_falls_into_one_period_and_periods_touch(
    period: Period, day: date, weeks: int
) -> None:
    sprint = SPRINT.model_copy(update={"weeks": weeks})
    found = span(period, day, sprint)
    assert found.first <= day <= found.last
    assert span(period, found.first, sprint) == span(period, found.last, sprint) == found
    assert span(period, found.last + timedelta(days=1), sprint).first > found.last
    assert span(period, found.first - timedelta(days=1), sprint).last < found.first


@pytest.mark.parametrize(
    ("period", "day", "name", "first", "last"),
    [
        ("month", "2026-11-23", "November 2026", "2026-11-01", "2026-11-30"),
        ("month", "2028-02-29", "February 2028", "2028-02-01", "2028-02-29"),
        ("month", "2026-12-31", "December 2026", "2026-12-01", "2026-12-31"),
        ("quarter", "2026-11-23", "Q4 2026", "2026-10-01", "2026-12-31"),
        ("quarter", "2026-01-01", "Q1 2026", "2026-01-01", "2026-03-31"),
        ("sprint", "2026-01-05", "sprint of 2026-01-05", "2026-01-05", "2026-01-18"),
        ("sprint", "2026-01-18", "sprint of 2026-01-05", "2026-01-05", "2026-01-18"),
        ("sprint", "2026-01-19", "sprint of 2026-01-19", "2026-01-19", "2026-02-01"),
        ("sprint", "2026-01-04", "sprint of 2025-12-22", "2025-12-22", "2026-01-04"),
    ],
)
def test_periods_start_and_end_where_people_expect(
    period: str, day: str, name: str, first: str, last: str
) -> None:
    found = span(Period(period), date.fromisoformat(day), SPRINT)
    assert (found.name, str(found.first), str(found.last)) == (name, first, last)


@pytest.mark.parametrize(
    ("typed", "quarter"),
    [
        ("2026Q4", Span("Q4 2026", date(2026, 10, 1), date(2026, 12, 31))),
        (" 2026-q1 ", Span("Q1 2026", date(2026, 1, 1), date(2026, 3, 31))),
        ("2028Q2", Span("Q2 2028", date(2028, 4, 1), date(2028, 6, 30))),
        ("2027Q3", Span("Q3 2027", date(2027, 7, 1), date(2027, 9, 30))),
        ("0001Q1", Span("Q1 1", date(1, 1, 1), date(1, 3, 31))),
        ("9998Q4", Span("Q4 9998", date(9998, 10, 1), date(9998, 12, 31))),
    ],
)
def test_a_quarter_is_three_months_by_its_name(typed: str, quarter: Span) -> None:
    assert parse_quarter(typed) == quarter


@pytest.mark.parametrize("typed", ["", "4", "Q4", "2026", "2026Q5", "2026Q0", "0000Q1", "9999Q4"])
def test_what_no_calendar_has_is_no_quarter(typed: str) -> None:
    with pytest.raises(Refused, match=r"is not a quarter\. Quarters look like 2026Q4\."):
        parse_quarter(typed)


@pytest.mark.parametrize(
    ("typed", "is_amount"),
    [("1.5h", True), ("20000h", True), ("90m", True), ("soon", False), ("none", False)],
)
def test_an_amount_is_known_by_its_looks(typed: str, is_amount: bool) -> None:
    assert looks_like_amount(typed) is is_amount


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 h"), (10, "10 min"), (20, "30 min"), (95, "1.5 h"), (106, "2 h"), (-95, "-1.5 h")],
)
def test_an_estimate_is_told_to_the_half_hour(minutes: int, words: str) -> None:
    assert roughly(minutes) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 h"), (59, "59 min"), (-59, "-59 min"), (61, "1 h 1 min"), (-61, "-1 h 1 min")],
)
def test_hours_are_shown_short(minutes: int, words: str) -> None:
    assert as_hours(minutes) == words
