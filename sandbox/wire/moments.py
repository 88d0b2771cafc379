"""Instants as Slack's client words them: in the reader's zone, near days by their name."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_TOKEN = re.compile(r"\{(\w+)\}")
_YEAR_IS_CLEAR = timedelta(days=183)
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}

Formats = dict[str, Callable[[datetime, datetime], str]]


def worded(form: str, timestamp: float, zone: ZoneInfo, now: datetime) -> str:
    """The format of a Slack date token filled in. Raises ValueError for an unknown name in it."""
    at, seen = datetime.fromtimestamp(timestamp, zone), now.astimezone(zone)

    def fill(token: re.Match[str]) -> str:
        if token[1] not in _FORMATS:
            raise ValueError(f"{token[0]} is no date format")
        return _FORMATS[token[1]](at, seen)

    words = _TOKEN.sub(fill, form)
    return words[:1].upper() + words[1:]


def clock_time(at: datetime) -> str:
    return f"{at:%I:%M %p}".lstrip("0")


def day_name(at: date, today: date) -> str:
    """What stands between two days of a conversation."""
    near = _NEAR.get((at - today).days)
    year = "" if at.year == today.year else f", {at.year}"
    return near.title() if near else f"{at:%A, %B} {_ordinal(at.day)}{year}"


def next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """The next Monday 09:30 there, never the present instant."""
    local = now.astimezone(zone)
    monday = local.date() + timedelta(days=-local.weekday())
    meeting = datetime(monday.year, monday.month, monday.day, 9, 30, tzinfo=zone)
    return meeting if meeting > now else _a_week_later(meeting)


def _a_week_later(meeting: datetime) -> datetime:
    """The same wall time, whatever the clocks do in between."""
    return meeting + timedelta(days=7)


def _ordinal(day: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _year(at: datetime, now: datetime) -> str:
    """Left out as long as nobody could mistake it."""
    return "" if abs(at - now) < _YEAR_IS_CLEAR else f", {at.year}"


def _date(at: datetime, now: datetime) -> str:
    return f"{at:%B} {_ordinal(at.day)}{_year(at, now)}"


def _short(at: datetime, now: datetime) -> str:
    return f"{at:%b} {at.day}{_year(at, now)}"


def _long(at: datetime, now: datetime) -> str:
    return f"{at:%A}, {_date(at, now)}"


def _pretty(otherwise: Callable[[datetime, datetime], str]) -> Callable[[datetime, datetime], str]:
    def words(at: datetime, now: datetime) -> str:
        return _NEAR.get((at.date() - now.date()).days) or otherwise(at, now)

    return words


def _ago(at: datetime, now: datetime) -> str:
    seconds = (now - at).total_seconds()
    units = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)]
    name, size = next((one for one in units if abs(seconds) >= one[1]), units[-1])
    count = int(abs(seconds) // size)
    said = f"{count} {name}{'' if count == 1 else 's'}"
    return f"{said} ago" if seconds >= 0 else f"in {said}"


_FORMATS: Formats = {
    "date_num": lambda at, _: f"{at:%Y-%m-%d}",
    "date_slash": lambda at, _: f"{at:%m/%d/%Y}",
    "date": _date,
    "date_short": _short,
    "date_long": _long,
    "date_long_full": _date,
    "date_pretty": _pretty(_date),
    "date_short_pretty": _pretty(_short),
    "date_long_pretty": _pretty(_long),
    "day_divider_pretty": _pretty(_long),
    "time": lambda at, _: clock_time(at),
    "time_secs": lambda at, _: f"{at:%I:%M:%S %p}".lstrip("0"),
    "ago": _ago,
}
