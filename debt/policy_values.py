"""What may stand in a policy file: each kind of value says itself what is allowed."""

import re
from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

MOST_DAYS = 36_500
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def whole(low: int, high: int) -> BeforeValidator:
    """A whole number within bounds; neither true nor "4" is one."""

    def within(value: object) -> object:
        if type(value) is int and low <= value <= high:
            return value
        raise ValueError(f"allowed are whole numbers from {low} to {high}")

    return BeforeValidator(within)


def _days_or_never(value: object) -> object:
    if value is None or value == "never":
        return None
    if type(value) is int and 1 <= value <= MOST_DAYS:
        return value
    raise ValueError(f'allowed are whole numbers from 1 to {MOST_DAYS}, and "never"')


def _hours(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10_000:
        return value
    raise ValueError("allowed are numbers from 0 to 10000")


def _day(value: object) -> object:
    if type(value) is date:
        return value
    try:
        return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        raise ValueError("allowed are dates like 2026-12-24") from None


def _time_of_day(value: object) -> object:
    if isinstance(value, time):
        return value
    try:
        return datetime.strptime(str(value), "%H:%M").time()  # noqa: DTZ007  # wall time
    except ValueError:
        raise ValueError('allowed are times like "09:00"') from None


def _by_id(what: str, example: str, pattern: str) -> BeforeValidator:
    """A name or an e-mail would be noticed only when a message cannot be delivered."""

    def shaped(value: object) -> object:
        if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII):
            return value
        raise ValueError(f'allowed is {what} by its Slack id, such as "{example}"')

    return BeforeValidator(shaped)


def _group(value: object) -> object:
    named = value if isinstance(value, list) else [value]
    if all(isinstance(each, str) and each for each in named):
        return value
    raise ValueError('allowed are a user group ("@sre") and a list of people (["U123"])')


PersonId = Annotated[str, _by_id("a person", "U012AB3CD", "[UW][A-Z0-9]+")]
ChannelId = Annotated[str, _by_id("a channel", "C012AB3CD", "[CG][A-Z0-9]+")]
ChannelOrNone = Annotated[str, _by_id("a channel", "C012AB3CD", "([CG][A-Z0-9]+)?")]
Days = Annotated[int, whole(1, MOST_DAYS)]
DaysOrNever = Annotated[int | None, BeforeValidator(_days_or_never)]
Count = Annotated[int, whole(0, 10_000)]
RatingValue = Annotated[int, whole(1, 5)]
Hours = Annotated[float, BeforeValidator(_hours)]
Day = Annotated[date, BeforeValidator(_day)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Group = Annotated[str | tuple[str, ...], BeforeValidator(_group)]
Text = Annotated[str, Field(min_length=1)]
Switch = Annotated[bool, Field(strict=True)]
