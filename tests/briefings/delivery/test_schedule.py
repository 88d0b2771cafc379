"""When a weekly briefing is due: once an ISO week, in every zone, also when the clocks change."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.delivery.schedule import local_week, next_instant

ZONES = sorted(available_timezones())
CHANGING = [
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Auckland",
    "Europe/Dublin",
    "Africa/Casablanca",
    "America/Nuuk",
]
WEEK = timedelta(days=7)
START = datetime(2024, 1, 1, tzinfo=UTC)
instants = st.integers(0, 8 * 365 * 86_400).map(lambda passed: START + timedelta(seconds=passed))
weekdays = st.integers(0, 6)
wall_times = st.times().map(lambda at: at.strftime("%H:%M"))


@pytest.mark.parametrize(
    ("after", "weekday", "at", "zone", "due"),
    [
        ("2026-11-24T10:00Z", 0, "09:30", "Europe/Berlin", "2026-11-30T09:30+01:00"),
        ("2026-11-30T08:30Z", 0, "09:30", "Europe/Berlin", "2026-12-07T09:30+01:00"),
        ("2026-11-30T08:29Z", 0, "09:30", "Europe/Berlin", "2026-11-30T09:30+01:00"),
        # Sunday there, Saturday in UTC and the other way round.
        ("2026-11-28T10:00Z", 6, "00:15", "Pacific/Auckland", "2026-11-29T00:15+13:00"),
        ("2026-11-30T05:00Z", 6, "23:30", "Pacific/Honolulu", "2026-11-29T23:30-10:00"),
        # Skipped: 02:30 does not exist, so it comes when the clocks have moved on.
        ("2026-03-28T12:00Z", 6, "02:30", "Europe/Berlin", "2026-03-29T03:30+02:00"),
        ("2026-03-07T12:00Z", 6, "02:30", "America/New_York", "2026-03-08T03:30-04:00"),
        # Skipped at midnight.
        ("2026-04-23T12:00Z", 4, "00:30", "Africa/Cairo", "2026-04-24T01:30+03:00"),
        # Repeated: 02:30 comes twice, the first one counts, also when asked between the two.
        ("2026-10-24T12:00Z", 6, "02:30", "Europe/Berlin", "2026-10-25T02:30+02:00"),
        ("2026-10-25T01:00Z", 6, "02:30", "Europe/Berlin", "2026-11-01T02:30+01:00"),
        # Half an hour only.
        ("2026-10-03T00:00Z", 6, "02:15", "Australia/Lord_Howe", "2026-10-04T02:45+11:00"),
        # Over the end of an ISO year of 53 weeks.
        ("2026-12-31T00:00Z", 3, "09:30", "UTC", "2026-12-31T09:30Z"),
        ("2026-12-31T09:30Z", 3, "09:30", "UTC", "2027-01-07T09:30Z"),
    ],
)
def test_the_next_instant(after: str, weekday: int, at: str, zone: str, due: str) -> None:
    found = next_instant(datetime.fromisoformat(after), weekday, at, zone)
    assert found == datetime.fromisoformat(due)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("instant", "zone", "week"),
    [
        ("2026-11-30T08:30Z", "Europe/Berlin", "2026-W49"),
        ("2026-11-29T23:30Z", "Europe/Berlin", "2026-W49"),
        ("2026-11-29T23:30Z", "UTC", "2026-W48"),
        ("2027-01-03T12:00Z", "UTC", "2026-W53"),
        ("2027-01-04T12:00Z", "UTC", "2027-W01"),
        ("2024-12-30T12:00Z", "UTC", "2025-W01"),
    ],
)
def test_the_local_week(instant: str, zone: str, week: str) -> None:
    assert local_week(datetime.fromisoformat(instant), zone) == week


def _is_right(due: datetime, weekday: int, at: str, zone: str) -> None:
    """At that time there; or, where the clocks skip it, as much later as they skip."""
    local = due.astimezone(ZoneInfo(zone))
    wanted = time.fromisoformat(at)
    if (local.weekday(), local.time()) == (weekday, wanted):
        assert local.fold == 0
        return
    before = due - timedelta(hours=3)
    skipped = local.utcoffset() - before.astimezone(ZoneInfo(zone)).utcoffset()  # type: ignore[operator]  # aware datetimes have an offset
    assert skipped > timedelta(0)
    wall = local.replace(tzinfo=None) - skipped
    assert (wall.weekday(), wall.time()) == (weekday, wanted)


@given(instants, weekdays, wall_times, st.sampled_from(ZONES))
def test_it_is_later_right_and_within_a_week(
    after: datetime, weekday: int, at: str, zone: str
) -> None:
    due = next_instant(after, weekday, at, zone)
    assert after < due <= after + WEEK + timedelta(hours=2)
    _is_right(due, weekday, at, zone)


@given(weekdays, wall_times, st.sampled_from(CHANGING), st.integers(2024, 2030))
def test_a_year_has_each_iso_week_once(weekday: int, at: str, zone: str, year: int) -> None:
    """Nothing is doubled or skipped, whichever instant of the week the clocks change at."""
    due = next_instant(datetime(year, 1, 1, tzinfo=UTC), weekday, at, zone)
    monday = _monday_of(due, zone)
    for _ in range(60):
        later = next_instant(due, weekday, at, zone)
        monday += WEEK
        assert _monday_of(later, zone) == monday
        due = later


def _monday_of(due: datetime, zone: str) -> datetime:
    return datetime.strptime(local_week(due, zone) + "-1", "%G-W%V-%u")  # noqa: DTZ007  # a calendar week has no zone


def test_every_zone_has_one_instant_a_week_around_each_change_of_clocks() -> None:
    """All zones, two years of weeks, at the times at which clocks change."""
    for zone in ZONES:
        for weekday, at in ((6, "02:30"), (6, "00:00"), (5, "23:59")):
            due = next_instant(datetime(2025, 12, 28, tzinfo=UTC), weekday, at, zone)
            weeks = [local_week(due, zone)]
            for _ in range(54):
                due = next_instant(due, weekday, at, zone)
                weeks.append(local_week(due, zone))
            assert len(set(weeks)) == len(weeks), (zone, weeks)
            assert _monday_apart(weeks), (zone, weeks)


def _monday_apart(weeks: list[str]) -> bool:
    mondays = [datetime.strptime(f"{week}-1", "%G-W%V-%u") for week in weeks]  # noqa: DTZ007  # a calendar week has no zone
    return all(b - a == WEEK for a, b in pairwise(mondays))


@given(instants, weekdays, wall_times, st.sampled_from(CHANGING), st.integers(0, 13 * 24 * 60))
def test_asking_again_before_it_is_due_gives_the_same(
    after: datetime, weekday: int, at: str, zone: str, minutes: int
) -> None:
    due = next_instant(after, weekday, at, zone)
    between = min(after + timedelta(minutes=minutes), due - timedelta(microseconds=1))
    assert next_instant(between, weekday, at, zone) == due
