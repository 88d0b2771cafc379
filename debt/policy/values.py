"""What may stand in a policy file: each kind of value says itself what is allowed."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from debt.text import quoted

MOST_DAYS = 36_500
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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


def _worsening(value: object) -> object:
    if value is None or value == "never":
        return None
    if _is_number(value, 0.001, 100):
        return value
    raise ValueError('allowed are numbers from 0.001 to 100, and "never"')


def number(low: float, high: float) -> BeforeValidator:
    """A number within bounds, whole or not."""

    def within(value: object) -> object:
        if _is_number(value, low, high):
            return value
        raise ValueError(f"allowed are numbers from {low} to {high}")

    return BeforeValidator(within)


def _cuts(value: object) -> object:
    """Up to the first a value is 1, up to the second 2, beyond the last 5."""
    cuts = _listed(value)
    rise = all(map(_is_number, cuts)) and all(low < high for low, high in pairwise(cuts))
    if len(cuts) == 4 and rise:
        return cuts
    raise ValueError("allowed are four numbers, each more than the one before")


def _by_rating(value: object) -> object:
    """What each of the ratings 1 to 5 stands for."""
    five = _listed(value)
    if len(five) == 5 and all(map(_is_number, five)) and all(a <= b for a, b in pairwise(five)):
        return five
    raise ValueError("allowed are five numbers, none less than the one before")


def _steps(value: object) -> object:
    """“This many or more: so much on top”, the most first."""
    steps = tuple(map(_listed, _listed(value, [None])))
    if all(map(_is_step, steps)) and all(more[0] > fewer[0] for more, fewer in pairwise(steps)):
        return steps
    raise ValueError("allowed are pairs such as [[26, 2], [3, 1]], the highest number first")


def _is_step(pair: Sequence[Any]) -> bool:
    whole_numbers = len(pair) == 2 and all(type(part) is int for part in pair)
    return whole_numbers and pair[0] >= 1 and 0 <= pair[1] <= 4


def _files(value: object) -> object:
    """From how many to how many."""
    pair = _listed(value)
    if len(pair) == 2 and all(type(each) is int for each in pair) and 1 <= pair[0] <= pair[1]:
        return pair
    raise ValueError("allowed are two whole numbers such as [2, 200]")


def _listed(value: object, none: Sequence[Any] = ()) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else tuple(none)


def _is_number(value: object, low: float = 0, high: float = 1_000_000) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return low <= value <= high


def require_known(
    keys: tuple[str, ...], named: Iterable[str], known: Iterable[str], is_not: str
) -> None:
    """Every name is one of those that are there; `keys` lead from the table to the names."""
    there = tuple(known)
    unknown = next((each for each in named if each not in there), None)
    if unknown is not None:
        said = {"keys": keys, "unknown": quoted(unknown), "is_not": is_not}
        said |= {"allowed": ", ".join(there)}
        words = "{unknown} {is_not}; allowed are {allowed}"
        raise PydanticCustomError("not_there", words, said)


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
Share = Annotated[float, number(0, 1)]
Margin = Annotated[float, number(0, 0.5)]
Worsening = Annotated[float | None, BeforeValidator(_worsening)]
Cuts = Annotated[tuple[float, float, float, float], BeforeValidator(_cuts)]
HoursByRating = Annotated[tuple[float, float, float, float, float], BeforeValidator(_by_rating)]
Steps = Annotated[tuple[tuple[int, int], ...], BeforeValidator(_steps)]
Files = Annotated[tuple[int, int], BeforeValidator(_files)]
Hours = Annotated[float, number(0, 10_000)]
Day = Annotated[date, BeforeValidator(_day)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Group = Annotated[str | tuple[str, ...], BeforeValidator(_group)]
Text = Annotated[str, Field(min_length=1)]
Switch = Annotated[bool, Field(strict=True)]
