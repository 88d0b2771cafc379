"""When a weekly briefing is due: local wall time, kept as an instant (DESIGN.md, promise 2)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def next_instant(after: datetime, weekday: int, at: str, zone: str) -> datetime:
    """The first instant later than `after` at which it is that weekday and time there.

    Monday is 0. A time that the clocks skip comes when they have moved on; one that they
    repeat comes the first time.
    """
    there = ZoneInfo(zone)
    wall = time.fromisoformat(at)
    day = after.astimezone(there).date()
    day += timedelta(days=(weekday - day.weekday()) % 7)
    due = datetime.combine(day, wall, there).astimezone(UTC)
    if due <= after:
        due = datetime.combine(day + timedelta(days=7), wall, there).astimezone(UTC)
    return due


def local_week(instant: datetime, zone: str) -> str:
    """The ISO week of an instant on the calendar there, such as `2026-W48`."""
    year, week, _ = instant.astimezone(ZoneInfo(zone)).isocalendar()
    return f"{year}-W{week:02}"
