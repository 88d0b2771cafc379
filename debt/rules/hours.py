"""Maintenance work in minutes: how people write it, how it is shown, its periods (R9)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from debt.policy.policy import Sprint
from debt.refusal import Refused
from debt.text import quoted

MINUTES_A_DAY = 24 * 60
_FORMS = (
    re.compile(r"(?P<hours>[0-9]{1,4}(?:[.,][0-9]{1,4})?)\s*(?:h|hours?|hrs?)?", re.I | re.ASCII),
    re.compile(r"(?P<minutes>[0-9]{1,5})\s*(?:m|min|mins|minutes?)", re.I | re.ASCII),
    re.compile(
        r"(?P<hours>[0-9]{1,4})\s*(?:h|:)\s*(?P<minutes>[0-5]?[0-9])\s*(?:m|min)?", re.I | re.ASCII
    ),
)
_MANY = re.compile(r"(?P<hours>[0-9]{5,7})\s*(?:h|hours?)?", re.I | re.ASCII)
_NOTHING = re.compile(r"none|0\s*(?:h|hours?)?", re.I | re.ASCII)


class Work(StrEnum):
    """What the hours went into."""

    REVIEW = "review"
    REWORK = "rework"
    DEBUGGING = "debugging"
    PATCHING = "patching"
    HANDOFF = "handoff"


USUAL_WORK = Work.REWORK


class Period(StrEnum):
    SPRINT = "sprint"
    MONTH = "month"
    QUARTER = "quarter"


def parse_minutes(text: str) -> int:
    """As `parse_length`, of work on one day; refused where it is more than a day has."""
    minutes = parse_length(text)
    if minutes > MINUTES_A_DAY:
        raise Refused(f"{quoted(text)} is more than a day has; log it day by day.")
    return minutes


def parse_length(text: str) -> int:
    """`1.5h`, `1,5h`, `1.5`, `90m`, `1h30` and `1:30` as 90 minutes; at least one."""
    for form in _FORMS:
        match = form.fullmatch(text.strip())
        if match:
            return _some(_minutes(match.groupdict()))
    raise Refused(f"{quoted(text)} is not a length of time. Say 1.5h, 90m or 1h30.")


def parse_amount(text: str) -> int:
    """As `parse_length`, `0`, `0h` or `none` as nothing at all, and hours of a whole company."""
    if many := _MANY.fullmatch(text.strip()):
        return int(many["hours"]) * 60
    return 0 if _NOTHING.fullmatch(text.strip()) else parse_length(text)


def looks_like_minutes(text: str) -> bool:
    return any(form.fullmatch(text) for form in _FORMS)


def looks_like_amount(text: str) -> bool:
    return looks_like_minutes(text) or _MANY.fullmatch(text) is not None


def _minutes(parts: dict[str, str]) -> int:
    hours = float(parts.get("hours", "0").replace(",", "."))
    return round(hours * 60) + int(parts.get("minutes", "0"))


def _some(minutes: int) -> int:
    if minutes <= 0:
        raise Refused("That is no time at all; log at least a minute.")
    return minutes


def as_hours(minutes: int) -> str:
    """90 as `1.5 h`, 20 as `20 min`: short, and read back as the same number of minutes."""
    if minutes and abs(minutes) < 60:
        return f"{minutes} min"
    if minutes % 15 == 0:
        return f"{minutes / 60:.12g} h"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 0 else f"-{as_hours(-minutes)}"


def roughly(minutes: int) -> str:
    """An estimate, to the half hour: “6.5 h”."""
    return as_hours(round(minutes / 30) * 30 or minutes)


def decimal_hours(minutes: int) -> float:
    return round(minutes / 60, 4)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, the last one included."""

    name: str
    first: date
    last: date


_QUARTER = re.compile(r"([0-9]{4})-?Q([1-4])", re.I | re.ASCII)


def parse_quarter(text: str) -> Span:
    """`2026Q4`."""
    match = _QUARTER.fullmatch(text.strip())
    if not match or not date.min.year <= int(match[1]) < date.max.year:
        raise Refused(f"{quoted(text)} is not a quarter. Quarters look like 2026Q4.")
    return _months(date(int(match[1]), int(match[2]) * 3 - 2, 1), 3)


def span(period: Period, day: date, sprint: Sprint) -> Span:
    """The sprint, month or quarter that a day falls into."""
    if period is Period.SPRINT:
        first = day - (day - sprint.first_day) % timedelta(weeks=sprint.weeks)
        return Span(f"sprint of {first}", first, first + timedelta(weeks=sprint.weeks, days=-1))
    months = 1 if period is Period.MONTH else 3
    return _months(date(day.year, (day.month - 1) // months * months + 1, 1), months)


def _months(first: date, months: int) -> Span:
    last = (first + timedelta(days=31 * months)).replace(day=1) - timedelta(days=1)
    name = f"{first:%B %Y}" if months == 1 else f"Q{(first.month + 2) // 3} {first.year}"
    return Span(name, first, last)
