"""What charts show, and what each of them says in one sentence for who cannot see it.

Values only: they are drawn in another process (`worker.py`). Nothing that a person wrote is in a
picture, so that every letter of it is in the font; the sentence beside it names the scope.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from debt.rules.hours import as_hours
from debt.rules.score import Quadrant


@dataclass(frozen=True, slots=True)
class BurnUp:
    """A budget's period so far: minutes spent on each day from its first to `today`.

    `forecast` is what will have been spent by its last day; `runs_out` the day on which the limit
    is reached at this rate, None where it is not. A `small` one leaves room in a message about
    other things.
    """

    first: date
    last: date
    today: date
    spent: tuple[int, ...]
    limit: int
    forecast: int
    runs_out: date | None = None
    small: bool = False


@dataclass(frozen=True, slots=True)
class QuadrantMap:
    """How many artifacts are in each quadrant of value × risk."""

    high_high: int
    high_low: int
    low_high: int
    low_low: int

    @property
    def total(self) -> int:
        return self.high_high + self.high_low + self.low_high + self.low_low


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One metric over some weeks, the oldest first; a week of which nothing is known is None.

    `then` and `now` are its first and last value in words, `turn` how it went.
    """

    name: str
    values: tuple[float | None, ...]
    then: str
    now: str
    turn: str


@dataclass(frozen=True, slots=True)
class Multiples:
    """Small charts of the same weeks, from `first` to `last`, beside one another."""

    first: date
    last: date
    lines: tuple[ChartLine, ...]


Picture = BurnUp | QuadrantMap | Multiples


def quadrant_map(counts: Mapping[Quadrant, int]) -> QuadrantMap:
    return QuadrantMap(*(counts.get(each, 0) for each in Quadrant))


def burn_up_alt(scope: str, shown: BurnUp) -> str:
    """“Payments has spent 31 of 40 h; at this rate it runs out on Nov 27”."""
    spent = sum(shown.spent)
    said = f"{scope} has spent {_of(spent, shown.limit)}"
    if spent > shown.limit:
        return f"{said}, {as_hours(spent - shown.limit)} more than its limit"
    if shown.runs_out:
        return f"{said}; at this rate it runs out on {_day(shown.runs_out)}"
    return f"{said}; at this rate about {round(shown.forecast / 60):,} h by {_day(shown.last)}"


def quadrant_map_alt(scope: str, shown: QuadrantMap) -> str:
    if not shown.low_high:
        return f"{scope}: none of {_artifacts(shown.total)} is of low value and high risk"
    are = "is" if shown.low_high == 1 else "are"
    return (
        f"{scope}: {shown.low_high:,} of {_artifacts(shown.total)} {are} of low value and high "
        "risk, to be deleted first"
    )


def multiples_alt(scope: str, shown: Multiples) -> str:
    """What got worse, then what got better; where neither, that all is much as it was."""
    told = [_turned(shown, turn) for turn in ("worse", "better") if _turned(shown, turn)]
    weeks = round((shown.last - shown.first).days / 7)
    said = "; ".join(told) or "nothing moved much, or little is known yet"
    return f"{scope}, {weeks} weeks: {said}"


def _turned(shown: Multiples, turn: str) -> str:
    those = [each for each in shown.lines if each.turn == turn]
    named = ", ".join(f"{each.name} from {each.then} to {each.now}" for each in those)
    return f"{turn}: {named}" if named else ""


def _of(spent: int, limit: int) -> str:
    """“31 of 40 h”: the unit once where both have the same."""
    has, may = as_hours(spent), as_hours(limit)
    same = has.endswith(" h") and may.endswith(" h")
    return f"{has.removesuffix(' h') if same else has} of {may}"


def _artifacts(count: int) -> str:
    return "1 artifact" if count == 1 else f"{count:,} artifacts"


def _day(day: date) -> str:
    return f"{day:%b} {day.day}"
