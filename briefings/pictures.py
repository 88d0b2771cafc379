"""What charts show, and what each of them says in one sentence for who cannot see it.

Values only: they are drawn in another process (`artist.py`). Nothing that a person wrote is in a
picture, so that every letter of it is in the font; the sentence beside it names the scope.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from debt.hours import as_hours
from debt.score import Quadrant


@dataclass(frozen=True, slots=True)
class BurnUp:
    """A budget's period so far: minutes spent on each day from its first to `today`.

    `forecast` is what will have been spent by its last day; `runs_out` the day on which the limit
    is reached at this rate, None where it is not.
    """

    first: date
    last: date
    today: date
    spent: tuple[int, ...]
    limit: int
    forecast: int
    runs_out: date | None = None

    def as_json(self) -> dict[str, Any]:
        days = {name: getattr(self, name) for name in _DAYS}
        return asdict(self) | {name: day and day.isoformat() for name, day in days.items()}


_DAYS = ("first", "last", "today", "runs_out")


def burn_up_in(said: Mapping[str, Any]) -> BurnUp:
    days = {name: said[name] and date.fromisoformat(said[name]) for name in _DAYS}
    return BurnUp(**{**said, **days, "spent": tuple(said["spent"])})


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
class CostTrend:
    """Minutes of maintenance per artifact, month by month, the oldest first; a month of which
    nothing is known is None. `people` is the same for code that people wrote, where known.
    """

    months: tuple[date, ...]
    generated: tuple[float | None, ...]
    people: tuple[float | None, ...] = ()


Picture = BurnUp | QuadrantMap | CostTrend


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


def cost_trend_alt(scope: str, shown: CostTrend) -> str:
    """Where it came from and where it is, and beside what people's code costs if that is known."""
    known = [(m, each) for m, each in _paired(shown, shown.generated) if each is not None]
    if not known:
        return f"{scope}: no hours of AI-produced code are known yet"
    (began, first), (now, last) = known[0], known[-1]
    said = f"{scope}: {_month(now)} cost {_rounded(last)} per AI-produced artifact"
    if began != now:
        said += f", {_rounded(first)} in {_month(began)}"
    theirs = [each for _, each in _paired(shown, shown.people) if each is not None]
    return f"{said}; people’s code {_rounded(theirs[-1])}" if theirs else said


def _paired(shown: CostTrend, minutes: tuple[float | None, ...]) -> Any:
    return zip(shown.months, minutes, strict=False)


def _of(spent: int, limit: int) -> str:
    """“31 of 40 h”: the unit once where both have the same."""
    has, may = as_hours(spent), as_hours(limit)
    same = has.endswith(" h") and may.endswith(" h")
    return f"{has.removesuffix(' h') if same else has} of {may}"


def _rounded(minutes: float) -> str:
    return f"{minutes / 60:.1f} h"


def _artifacts(count: int) -> str:
    return "1 artifact" if count == 1 else f"{count:,} artifacts"


def _day(day: date) -> str:
    return f"{day:%b} {day.day}"


def _month(day: date) -> str:
    return f"{day:%B %Y}"
