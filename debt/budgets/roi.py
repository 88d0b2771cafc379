"""What work on an artifact buys back (R13), and whether it did.

    freed       = minutes a month now - minutes a month once the work is done
    bought back = freed × months of the horizon that are left then - cost of the work
    payback     = cost of the work / freed, in months from then on

The horizon begins with the next month; work is done within as many months as its cost is of what a
team puts into such work in one. Worked, on November 24, for 12 months: 20 h a month now, 8 h after
and 40 h of work at 40 h a month free 12 h from December on, which buys back 12 × 12 - 40 = 104 h
and is paid back after 3.3 months; begun in January it frees them from February on, and buys back
12 × 10 - 40 = 80 h.

The cost of the work is a debt's principal, the hours it would save its interest (Ampatzoglou,
Ampatzoglou, Chatzigeorgiou and Avgeriou 2015, Information and Software Technology 64, 52-73);
payback is the usual period of capital budgeting, with nothing discounted. What a month costs now is
the estimate (`debt.estimate`). The horizon, what a refactor costs and leaves where nobody says so,
and from when on a promise was kept are proposals of ours, in the policy.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from debt.artifact.artifact import Artifact
from debt.policy.policy import Policy, RoiPolicy
from debt.refusal import Refused
from debt.rules.estimate import estimate
from debt.rules.score import Quadrant, quadrant

_HOUR = 60
MOST_MINUTES = 10_000 * _HOUR
MOST_MONTHS = 60


class WorkKind(StrEnum):
    """What is done: with an artifact, or instead of that with what many of them stand on."""

    REFACTOR = "refactor"
    RETIRE = "retire"
    REGENERATE = "regenerate"
    INFRASTRUCTURE = "infrastructure"
    CACHING = "caching"
    TELEMETRY = "telemetry"
    OTHER = "other"


WITH_AN_ARTIFACT = (WorkKind.REFACTOR, WorkKind.RETIRE, WorkKind.REGENERATE)
OPERATIONAL = tuple(kind for kind in WorkKind if kind not in WITH_AN_ARTIFACT)


class PlanState(StrEnum):
    PLANNED = "planned"
    DOING = "doing"
    DONE = "done"
    DROPPED = "dropped"


OPEN = (PlanState.PLANNED, PlanState.DOING)
_NEXT = {
    PlanState.PLANNED: (PlanState.DOING, PlanState.DONE, PlanState.DROPPED),
    PlanState.DOING: (PlanState.DONE, PlanState.DROPPED),
}


def require_next(state: PlanState, following: PlanState) -> None:
    if following not in _NEXT.get(state, ()):
        raise Refused(f"That is {state} already; it cannot be {following} any more.")


@dataclass(frozen=True, slots=True)
class Promise:
    """What work promises: minutes a month before and after it, for a cost in minutes of work."""

    before: int
    after: int
    cost: int

    @property
    def freed(self) -> int:
        """Minutes a month."""
        return self.before - self.after

    @property
    def payback(self) -> float | None:
        """Months until the cost is paid back; None where it never is."""
        return self.cost / self.freed if self.freed > 0 else None


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """Work, what it promises, and when it begins: as soon as possible where that is None."""

    kind: WorkKind
    promise: Promise
    starts_on: date | None = None


def require_promise(promise: Promise) -> None:
    """Refuses numbers out of range and work that frees nothing, at the field."""
    for name in ("before", "after", "cost"):
        if not 0 <= getattr(promise, name) <= MOST_MINUTES:
            raise Refused("Say between 0 and 10,000 hours.", field=name)
    if promise.freed <= 0:
        raise Refused("That frees no hours: a month has to take less by it.", field="after")


def usual_kind(artifact: Artifact, policy: Policy) -> WorkKind:
    """Retire what is rated low in value and high in risk; else refactor."""
    place = quadrant(artifact.value, artifact.ratings.risk.value, policy)
    is_rated = artifact.value is not None
    return WorkKind.RETIRE if is_rated and place is Quadrant.LOW_HIGH else WorkKind.REFACTOR


def usual_promise(artifact: Artifact, kind: WorkKind, policy: Policy) -> Promise:
    """Minutes a month by the estimate; minutes after it and its cost by the policy."""
    before = estimate(artifact, policy).minutes
    after = 0 if kind is WorkKind.RETIRE else round(before * policy.roi.after_share)
    hours = policy.roi.cost_hours[artifact.ratings.complexity.value - 1]
    return Promise(before, after, round(hours * _HOUR))


@dataclass(frozen=True, slots=True)
class Return:
    """What work returns within a horizon: the day from which it frees hours, and for how many
    months of the horizon it does.
    """

    promise: Promise
    frees_from: date
    months: int

    @property
    def bought_back(self) -> int:
        """Minutes; below zero where the work costs more than the horizon gives back."""
        return self.promise.freed * self.months - self.promise.cost


def return_of(
    promise: Promise, starts_on: date | None, today: date, horizon: int, policy: RoiPolicy
) -> Return:
    """The return of work that begins on that day, or today where that is past or None."""
    begun = _month(max(starts_on or today, today))
    done = begun + max(1, ceil(promise.cost / (policy.pace_hours * _HOUR)))
    first = _month(today) + 1
    return Return(promise, _first_day(done), max(0, first + horizon - done))


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(min(month // 12, date.max.year), month % 12 + 1, 1)


def risk_after(artifact: Artifact, kind: WorkKind, policy: Policy) -> int:
    """The Risk rating after it: 0 once retired, at most the policy's limit after a refactor, else
    unchanged.
    """
    risk = artifact.ratings.risk.value
    if kind is WorkKind.RETIRE:
        return 0
    return min(risk, policy.roi.risk_after) if kind is WorkKind.REFACTOR else risk


class PromiseVerdict(StrEnum):
    KEPT = "kept"
    BROKEN = "not kept"
    UNKNOWN = "nobody knows"


@dataclass(frozen=True, slots=True)
class PromiseCheck:
    """Minutes a month before, as promised, and as logged since. `took` is None where nobody logged
    hours on an artifact that lives on: that is unknown, not zero.
    """

    before: int
    promised: int
    took: int | None

    def verdict(self, policy: RoiPolicy) -> PromiseVerdict:
        """Kept where at least the policy's share of the promised minutes was saved."""
        if self.took is None:
            return PromiseVerdict.UNKNOWN
        enough = policy.kept_share * (self.before - self.promised)
        return PromiseVerdict.KEPT if self.before - self.took >= enough else PromiseVerdict.BROKEN


def check(kind: WorkKind, promise: Promise, worked: int, months: int) -> PromiseCheck:
    """`worked` are the minutes logged in so many months since the work was done."""
    is_known = worked > 0 or kind is WorkKind.RETIRE
    took = round(worked / months) if is_known else None
    return PromiseCheck(promise.before, promise.after, took)


def check_on(done_on: date, months: int) -> date:
    """The first day on which so many months have passed since the work was done."""
    month = _month(done_on) + months
    return min(_first_day(month) + timedelta(days=done_on.day - 1), _first_day(month + 1))
