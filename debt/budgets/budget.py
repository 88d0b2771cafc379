"""The budget: how many maintenance hours a scope may cost in a period, and how it stands (R11)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import floor

from debt.policy.policy import Sprint
from debt.refusal import Refused
from debt.rules.hours import Period, Span, span

MONTH_DAYS = 365.25 / 12
LONGEST_MINUTES = 60 * 1_000_000


class BudgetState(StrEnum):
    WITHIN = "within"
    AT_RISK = "at risk"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """What may be used in a period: minutes, and optionally total score and live artifacts.

    `lower_by` minutes a month less are aimed at until the day `by`, counted from `lower_from`, what
    a month was expected to cost when that was set.
    """

    minutes: int
    score: int | None = None
    artifacts: int | None = None
    lower_by: int | None = None
    by: date | None = None
    lower_from: int | None = None

    @property
    def pay_down(self) -> tuple[int, date] | None:
        """Minutes a month to save, and the last day for it; None where nothing is aimed at."""
        return (self.lower_by, self.by) if self.lower_by is not None and self.by else None

    def with_minutes(self, minutes: int, today: date) -> "BudgetLimits":
        """The same limits with other minutes; a pay-down whose day has passed is dropped."""
        if self.by and self.by <= today:
            return BudgetLimits(minutes, self.score, self.artifacts)
        return replace(self, minutes=minutes)


@dataclass(frozen=True, slots=True)
class BudgetPeriod:
    """How long a period is; for a sprint of the scope's own also its weeks and the day on which the
    first one began.
    """

    length: Period
    weeks: int | None = None
    first_day: date | None = None

    def span(self, day: date, usual: Sprint) -> Span:
        if self.weeks and self.first_day:
            usual = Sprint(weeks=self.weeks, first_day=self.first_day)
        return span(self.length, day, usual)


@dataclass(frozen=True, slots=True)
class TrainPeriod:
    """The one period of a release train, from its first to its last day."""

    whole: Span

    def span(self, _day: date, _usual: Sprint) -> Span:
        return self.whole


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """What a scope uses: minutes spent in the period so far; of its live artifacts what a month of
    them is expected to cost, their scores' sum and their number.
    """

    spent: int = 0
    monthly: int = 0
    score: int = 0
    artifacts: int = 0


@dataclass(frozen=True, slots=True)
class BudgetStanding:
    """Where a budget stands today. `committed` is the forecast for the rest of the period,
    `runs_out` the day on which, at that rate, its hours are gone within the period; `run_rate` is
    what a month costs at the rate of the period so far, None before a day of it has gone.
    """

    limits: BudgetLimits
    span: Span
    use: BudgetUse
    committed: int
    run_rate: int | None
    state: BudgetState
    runs_out: date | None

    @property
    def forecast(self) -> int:
        return self.use.spent + self.committed

    @property
    def excess(self) -> int:
        """Minutes spent beyond the limit; below zero where some are left."""
        return self.use.spent - self.limits.minutes

    @property
    def short(self) -> int:
        """Minutes of the forecast beyond the limit; below zero where some will be left."""
        return self.forecast - self.limits.minutes

    @property
    def lowered(self) -> int | None:
        """Minutes a month saved since the pay-down was set; None where there is none."""
        if self.limits.lower_from is None or self.limits.lower_by is None:
            return None
        return self.limits.lower_from - self.use.monthly


def require_limits(limits: BudgetLimits, today: date) -> None:
    """Refuses numbers out of range and a pay-down without hours or a coming day, at the field."""
    if not 0 <= limits.minutes <= LONGEST_MINUTES:
        raise Refused("Hours go from 0 to 1,000,000.", field="minutes")
    for field in ("score", "artifacts"):
        number = getattr(limits, field)
        if number is not None and number < 0:
            raise Refused("This is a number from 0.", field=field)
    if (limits.lower_by is None) != (limits.by is None):
        raise Refused("Say how many hours a month less, and until when.", field="lower_by")
    if limits.by and limits.by <= today:
        raise Refused("Choose a day after today.", field="by")


def standing(limits: BudgetLimits, period: Span, use: BudgetUse, today: date) -> BudgetStanding:
    """Where a budget stands at the beginning of that day, which may be before the period begins."""
    left = days_left(period, today)
    gone = (min(today, period.last + timedelta(days=1)) - period.first).days
    daily = use.monthly / MONTH_DAYS
    committed = round(daily * left)
    return BudgetStanding(
        limits=limits,
        span=period,
        use=use,
        committed=committed,
        run_rate=round(use.spent / gone * MONTH_DAYS) if gone > 0 else None,
        state=_state(limits, use, committed),
        runs_out=_runs_out(limits, period, use, daily, today),
    )


def days_left(period: Span, today: date) -> int:
    """Days of the period that are still to come, today included."""
    return max(0, (period.last - max(today, period.first)).days + 1)


def _state(limits: BudgetLimits, use: BudgetUse, committed: int) -> BudgetState:
    if use.spent > limits.minutes or _exceeds(limits, use):
        return BudgetState.OVER
    return BudgetState.AT_RISK if use.spent + committed > limits.minutes else BudgetState.WITHIN


def _exceeds(limits: BudgetLimits, use: BudgetUse) -> bool:
    score = limits.score is not None and use.score > limits.score
    return score or (limits.artifacts is not None and use.artifacts > limits.artifacts)


def _runs_out(
    limits: BudgetLimits, period: Span, use: BudgetUse, daily: float, today: date
) -> date | None:
    """The day in the course of which the last minute is used; None where that is after the period,
    or the limit is exceeded already.
    """
    left = limits.minutes - use.spent
    if left < 0 or daily <= 0:
        return None
    day = max(today, period.first) + timedelta(days=min(floor(left / daily), 10_000))
    return day if day <= period.last else None
