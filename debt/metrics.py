"""Metrics (R20–R22, R14): what each says of a scope, whether it got worse, and what it asks.

A moment's facts are how the scope stood that week, and what happened in the four weeks up to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median

from debt.named import MetricName
from debt.policy import Policy

WEEKS = 12
WINDOW = timedelta(days=28)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Counts:
    """How a scope stands: numbers and sums of its live artifacts, so that scopes add up.

    `retired` and `refactored` are all that ever ended so.
    """

    live: int = 0
    owned: int = 0
    owner_gone: int = 0
    provisional: int = 0
    needing: int = 0
    past_review: int = 0
    ephemeral: int = 0
    retained: int = 0
    untested: int = 0
    churning: int = 0
    regenerated: int = 0
    unstable: int = 0
    shifted: int = 0
    unused: int = 0
    age_days: int = 0
    expected_minutes: int = 0
    retired: int = 0
    refactored: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a scope stood in a week, and when in that week it was looked at."""

    taken_at: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Tally:
    """A sum, and over how many it is: nothing is known of the others."""

    total: int = 0
    of: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.total + other.total, self.of + other.of)

    @property
    def share(self) -> float | None:
        return self.total / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Changes:
    """Reviewed changes of one kind of author: minutes each waited for its review, and tallies."""

    review_minutes: tuple[int, ...] = ()
    failed: Tally = Tally()
    rolled_back: Tally = Tally()
    comments: Tally = Tally()
    loops: Tally = Tally()
    follow_ups: Tally = Tally()

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            self.review_minutes + other.review_minutes,
            self.failed + other.failed,
            self.rolled_back + other.rolled_back,
            self.comments + other.comments,
            self.loops + other.loops,
            self.follow_ups + other.follow_ups,
        )

    @property
    def median_minutes(self) -> float | None:
        return median(self.review_minutes) if self.review_minutes else None


@dataclass(frozen=True, slots=True)
class Facts:
    """One moment of a scope. `counts` are None in a week without a snapshot.

    `minutes`, `tools` (changes that AI tools wrote), `people` and `incidents` (those that name an
    artifact of the register, of all) are of the four weeks that end on `day`.
    """

    day: date
    counts: Counts | None = None
    seen_on: date | None = None
    minutes: int = 0
    tools: Changes = field(default_factory=Changes)
    people: Changes = field(default_factory=Changes)
    incidents: Tally = Tally()


class Unit(StrEnum):
    SHARE = "share"
    MINUTES = "minutes"
    NUMBER = "number"
    EACH = "each"


class Better(StrEnum):
    MORE = "more"
    LESS = "less"


class Source(StrEnum):
    """Where the figures come from, and so what is missing where there are none."""

    REGISTER = "register"
    HOURS = "hours"
    CHANGES = "changes"
    INCIDENTS = "incidents"


class Group(StrEnum):
    CORE = "core"
    CHANGE = "change"
    LEADING = "leading"


Read = Callable[[Facts], float | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """`value` reads it, `size` tells about how many things it is; `beside` is people's code.
    `short` names it where there is little room.
    """

    name: MetricName
    words: str
    short: str
    unit: Unit
    better: Better
    group: Group
    source: Source
    ask: str
    value: Read
    size: Callable[[Facts], float]
    beside: Read | None = None


def _live(facts: Facts) -> float:
    return facts.counts.live if facts.counts else 0


def _counted(name: str, *, of: str | None = "live") -> Read:
    """A share of the live ones, or the number itself."""

    def read(facts: Facts) -> float | None:
        if facts.counts is None:
            return None
        number: int = getattr(facts.counts, name)
        if of is None:
            return number
        whole: int = getattr(facts.counts, of)
        return number / whole if whole else None

    return read


def _size(name: str) -> Callable[[Facts], float]:
    return lambda facts: getattr(facts.counts, name) if facts.counts else 0


def _register(
    name: MetricName,
    words: str,
    short: str,
    *,
    of: str,
    ask: str,
    better: Better = Better.LESS,
) -> Metric:
    """A share of a scope's live artifacts."""
    core = name is MetricName.NAMED_OWNER
    return Metric(
        name=name,
        words=words,
        short=short,
        unit=Unit.SHARE,
        better=better,
        group=Group.CORE if core else Group.LEADING,
        source=Source.REGISTER,
        ask=ask,
        value=_counted(of),
        size=_live,
    )


def _changed(
    name: MetricName,
    words: str,
    short: str,
    *,
    of: str,
    ask: str,
    unit: Unit = Unit.EACH,
    better: Better = Better.LESS,
) -> Metric:
    """A tally of changes that AI tools wrote, beside that of people's."""
    return Metric(
        name=name,
        words=words,
        short=short,
        unit=unit,
        better=better,
        group=Group.CHANGE,
        source=Source.CHANGES,
        ask=ask,
        value=lambda facts: getattr(facts.tools, of).share,
        size=lambda facts: getattr(facts.tools, of).of,
        beside=lambda facts: getattr(facts.people, of).share,
    )


def _cost(facts: Facts) -> float | None:
    return facts.minutes / facts.counts.live if facts.counts and facts.counts.live else None


METRICS: tuple[Metric, ...] = (
    _register(
        MetricName.NAMED_OWNER,
        "Artifacts with a named owner",
        "named owner",
        of="owned",
        ask="claim what nobody owns",
        better=Better.MORE,
    ),
    Metric(
        name=MetricName.REVIEW_TIME,
        words="Median review time of generated code",
        short="review time",
        unit=Unit.MINUTES,
        better=Better.LESS,
        group=Group.CORE,
        source=Source.CHANGES,
        ask="make generated changes smaller, or name who reviews them",
        value=lambda facts: facts.tools.median_minutes,
        size=lambda facts: len(facts.tools.review_minutes),
        beside=lambda facts: facts.people.median_minutes,
    ),
    Metric(
        name=MetricName.MONTHLY_HOURS,
        words="Maintenance hours in four weeks",
        short="hours in 4 weeks",
        unit=Unit.MINUTES,
        better=Better.LESS,
        group=Group.CORE,
        source=Source.HOURS,
        ask="refactor or retire what costs most",
        value=lambda facts: facts.minutes,
        size=lambda facts: facts.minutes / 60,
    ),
    Metric(
        name=MetricName.PAST_REVIEW,
        words="Artifacts past their review date",
        short="past review date",
        unit=Unit.NUMBER,
        better=Better.LESS,
        group=Group.CORE,
        source=Source.REGISTER,
        ask="review them, or retire what nobody needs",
        value=_counted("past_review", of=None),
        size=_size("past_review"),
    ),
    Metric(
        name=MetricName.DELETED_RETAINED,
        words="Deleted for each one retained",
        short="deleted per retained",
        unit=Unit.EACH,
        better=Better.MORE,
        group=Group.CORE,
        source=Source.REGISTER,
        ask="retire what is of low value before more is kept",
        value=_counted("retired", of="retained"),
        size=_size("retained"),
    ),
    Metric(
        name=MetricName.COST_PER_ARTIFACT,
        words="Hours per artifact in four weeks",
        short="hours per artifact",
        unit=Unit.MINUTES,
        better=Better.LESS,
        group=Group.CORE,
        source=Source.HOURS,
        ask="refactor or retire what costs most",
        value=_cost,
        size=lambda facts: facts.minutes / 60,
    ),
    _changed(
        MetricName.CHANGE_FAILURE,
        "AI-written changes that failed",
        "failed changes",
        of="failed",
        ask="test what fails before it is merged",
        unit=Unit.SHARE,
    ),
    Metric(
        name=MetricName.INCIDENTS,
        words="Incidents that AI-produced code had a part in",
        short="incidents with AI code",
        unit=Unit.SHARE,
        better=Better.LESS,
        group=Group.CHANGE,
        source=Source.INCIDENTS,
        ask="review the artifacts that incidents name",
        value=lambda facts: facts.incidents.share,
        size=lambda facts: facts.incidents.of,
    ),
    _changed(
        MetricName.ROLLBACKS,
        "AI-written changes rolled back",
        "rolled back",
        of="rolled_back",
        ask="ask for a rollback plan and a second reader",
        unit=Unit.SHARE,
    ),
    _changed(
        MetricName.REVIEW_COMMENTS,
        "Review comments on an AI-written change",
        "review comments",
        of="comments",
        ask="read generated changes as closely as people’s",
        better=Better.MORE,
    ),
    _changed(
        MetricName.REVIEW_LOOPS,
        "Revisions an AI-written change takes",
        "revisions",
        of="loops",
        ask="put into the prompt what reviews keep asking for",
    ),
    _changed(
        MetricName.FOLLOW_UPS,
        "Follow-up changes to an AI-written change",
        "follow-up changes",
        of="follow_ups",
        ask="finish a change before it is merged",
    ),
    _register(
        MetricName.MISSING_METADATA,
        "No owner, purpose, lifespan or removal impact",
        "missing intent",
        of="provisional",
        ask="say what they are for, or retire them",
    ),
    _register(
        MetricName.UNTESTED,
        "No tests",
        "no tests",
        of="untested",
        ask="test them before they change again",
    ),
    _register(
        MetricName.CHURN,
        "Change too often",
        "high churn",
        of="churning",
        ask="review why, then refactor",
    ),
    _register(
        MetricName.REGENERATED,
        "Generated anew again and again",
        "generated anew",
        of="regenerated",
        ask="fix the prompt, or let people write it",
    ),
    _register(
        MetricName.UNSTABLE,
        "Depend on what is not stable",
        "unstable dependencies",
        of="unstable",
        ask="pin or replace what they depend on",
    ),
    _register(
        MetricName.UNUSED,
        "No longer used",
        "no longer used",
        of="unused",
        ask="retire them",
    ),
    _register(
        MetricName.SHIFTED,
        "Dependencies shifted since the last review",
        "shifted dependencies",
        of="shifted",
        ask="review them again",
    ),
    _register(
        MetricName.OWNER_GONE,
        "Their owner is gone",
        "owner gone",
        of="owner_gone",
        ask="claim them, or hand them off",
    ),
)


@dataclass(frozen=True, slots=True)
class Trend:
    """Thirteen moments of a scope, a week apart, the oldest first and the last one now."""

    moments: tuple[Facts, ...]

    def at(self, weeks_ago: int) -> Facts:
        return self.moments[-1 - weeks_ago]

    def series(self, metric: Metric) -> tuple[float | None, ...]:
        return tuple(metric.value(each) for each in self.moments)


class Turn(StrEnum):
    """How a metric went."""

    BETTER = "better"
    STEADY = "steady"
    WORSE = "worse"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Told:
    """A metric of a scope: now, twelve weeks ago and in between; people's code beside it."""

    metric: Metric
    series: tuple[float | None, ...]
    turn: Turn
    beside: float | None = None

    @property
    def now(self) -> float | None:
        return self.series[-1]

    @property
    def then(self) -> float | None:
        return self.series[0]

    @property
    def short(self) -> bool:
        """Whether what it counts is not as good as it can be: somebody has something to do."""
        if self.now is None or self.metric.source is not Source.REGISTER:
            return False
        best = 1 if self.metric.better is Better.MORE else 0
        return self.metric.unit in {Unit.SHARE, Unit.NUMBER} and self.now != best

    @property
    def connected(self) -> bool:
        """Whether anything was ever known of it in these weeks."""
        silent = self.metric.source is Source.HOURS and not any(self.series)
        return not silent and any(each is not None for each in self.series)


def told(trend: Trend, policy: Policy) -> tuple[Told, ...]:
    """All metrics, in the order in which they are told."""
    return tuple(_told(metric, trend, policy) for metric in METRICS)


def _told(metric: Metric, trend: Trend, policy: Policy) -> Told:
    series = trend.series(metric)
    beside = metric.beside(trend.at(0)) if metric.beside else None
    limit = policy.metrics[metric.name].worse_by
    return Told(metric, series, _turn(metric, series[0], series[-1], limit), beside)


def _turn(metric: Metric, then: float | None, now: float | None, limit: float | None) -> Turn:
    if then is None or now is None:
        return Turn.UNKNOWN
    worse = worsening(metric, then, now)
    if abs(worse) < (limit or _USUAL):
        return Turn.STEADY
    return Turn.WORSE if worse > 0 else Turn.BETTER


_USUAL = 0.05
_CEILING = 100.0


def worsening(metric: Metric, then: float, now: float) -> float:
    """How much worse it is than then: of a share in points, of all else as a part of what it was;
    below zero where it is better.
    """
    by = now - then if metric.better is Better.LESS else then - now
    if metric.unit is Unit.SHARE:
        return by
    if then == 0:
        return 0 if by == 0 else _CEILING if by > 0 else -_CEILING
    return by / then


@dataclass(frozen=True, slots=True)
class Moved:
    """A metric that got so much worse that somebody is asked for something."""

    metric: Metric
    then: float
    now: float
    weeks: int

    @property
    def excess(self) -> float:
        return worsening(self.metric, self.then, self.now)


def moved(trend: Trend, policy: Policy) -> Moved | None:
    """The metric that lately got worst beyond its threshold, measured by that; None where none did.
    What had so a week ago was said then.
    """
    found = [each for metric in METRICS if (each := _newly_moved(metric, trend, policy))]
    return max(found, key=lambda each: each.excess / _limit(each.metric, policy), default=None)


def _newly_moved(metric: Metric, trend: Trend, policy: Policy) -> Moved | None:
    now = _moved(metric, trend, policy, 0)
    return now if now and not _moved(metric, trend, policy, 1) else None


def _limit(metric: Metric, policy: Policy) -> float:
    return policy.metrics[metric.name].worse_by or _CEILING


def _moved(metric: Metric, trend: Trend, policy: Policy, weeks_ago: int) -> Moved | None:
    rules, limit = policy.trend, policy.metrics[metric.name].worse_by
    before, today = trend.at(weeks_ago + rules.weeks), trend.at(weeks_ago)
    then, now = metric.value(before), metric.value(today)
    if limit is None or then is None or now is None or metric.size(today) < rules.at_least:
        return None
    if metric.source is Source.HOURS and not before.minutes:
        return None  # that somebody has begun to log hours is no worsening
    is_worse = worsening(metric, then, now) >= limit
    return Moved(metric, then, now, rules.weeks) if is_worse else None


def immature(then: float | None, now: float | None, policy: Policy) -> bool:
    """Whether a programme has had twelve weeks and did not bring down what an artifact costs."""
    if not then or now is None:
        return False
    return now > then * (1 - policy.trend.mature_by)


def is_new_top(tops: Sequence[str | None], weeks: int) -> bool:
    """Whether who is first in the last week has been so for just so many weeks running.

    `tops` are one more than that, the oldest first; a week without a snapshot ends a run.
    """
    *before, last = tops
    run = before[-(weeks - 1) :]
    return last is not None and all(each == last for each in run) and before[0] != last


def ages_faster(then: Counts, now: Counts, all_then: Counts, all_now: Counts) -> float | None:
    """By how many days the mean age grew more than that of all others; None where there is none."""
    ours = _grown(then, now)
    others = _grown(_without(all_then, then), _without(all_now, now))
    return None if ours is None or others is None else ours - others


def _grown(then: Counts, now: Counts) -> float | None:
    if not (then.live and now.live):
        return None
    return now.age_days / now.live - then.age_days / then.live


def _without(whole: Counts, part: Counts) -> Counts:
    return Counts(live=whole.live - part.live, age_days=whole.age_days - part.age_days)
