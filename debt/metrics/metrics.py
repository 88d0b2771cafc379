"""Metrics (R20–R22, R14), each declared once: words, how it is counted and read, what it asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from debt.artifact.signals import Sign
from debt.metrics.conditions import (
    ByHours,
    ByMentions,
    ByPriority,
    ColumnIs,
    Condition,
    DateIsOver,
    Drilldown,
    FirstInQuadrant,
    HasSign,
    ObservationKind,
)
from debt.metrics.figures import Moment
from debt.policy.vocabulary import MetricName
from debt.rules.score import Quadrant
from debt.rules.standing import Action


class Unit(StrEnum):
    SHARE = "share"
    MINUTES = "minutes"
    NUMBER = "number"
    EACH = "each"


class Better(StrEnum):
    MORE = "more"
    LESS = "less"


class MetricSource(StrEnum):
    """Where the figures come from, and so what is missing where there are none."""

    REGISTER = "register"
    HOURS = "hours"
    CHANGES = "changes"
    INCIDENTS = "incidents"
    WORKAROUNDS = "workarounds"


class MetricGroup(StrEnum):
    CORE = "core"
    CHANGE = "change"
    LEADING = "leading"


Read = Callable[[Moment], float | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """All that is to be known of a metric, so that a new one is declared here.

    `short` names it where there is little room. `value` reads it from a moment of a scope, `beside`
    the same of people's code; `size` tells about how many things it is. `counted` says which live
    artifacts it counts: snapshots keep that number. `behind` says how the artifacts that it counts
    against somebody are found, and `act` is the one thing to do about the first of them.
    """

    name: MetricName
    words: str
    short: str
    unit: Unit
    better: Better
    group: MetricGroup
    source: MetricSource
    ask: str
    value: Read
    size: Callable[[Moment], float]
    beside: Read | None = None
    counted: Condition | None = None
    behind: Drilldown | None = None
    act: Action = Action.REVIEW


def _live(moment: Moment) -> float:
    return moment.counts.live if moment.counts else 0


def _number(name: MetricName) -> Read:
    """How many a metric counted; None where nobody did."""
    return lambda moment: moment.counts.by_metric.get(name) if moment.counts else None


def _size(name: MetricName) -> Callable[[Moment], float]:
    """How many a metric counted; 0 where nobody did."""
    number_at = _number(name)
    return lambda moment: number_at(moment) or 0


def _share(name: MetricName) -> Read:
    """What a metric counted as a part of all live artifacts; None where there are none."""
    number_at = _number(name)

    def read(moment: Moment) -> float | None:
        number, live = number_at(moment), _live(moment)
        return number / live if number is not None and live else None

    return read


def _register(
    name: MetricName,
    words: str,
    short: str,
    *,
    counted: Condition,
    ask: str,
    among: str | None = None,
    act: Action = Action.REVIEW,
) -> Metric:
    """A leading sign: the share of a scope's live artifacts that meet a condition."""
    return Metric(
        name=name,
        words=words,
        short=short,
        unit=Unit.SHARE,
        better=Better.LESS,
        group=MetricGroup.LEADING,
        source=MetricSource.REGISTER,
        ask=ask,
        value=_share(name),
        size=_live,
        counted=counted,
        behind=ByPriority(counted, among),
        act=act,
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
        group=MetricGroup.CHANGE,
        source=MetricSource.CHANGES,
        ask=ask,
        value=lambda moment: getattr(moment.tools, of).share,
        size=lambda moment: getattr(moment.tools, of).of,
        beside=lambda moment: getattr(moment.people, of).share,
    )


def _cost(moment: Moment) -> float | None:
    return moment.minutes / moment.counts.live if moment.counts and moment.counts.live else None


def _deleted_per_retained(moment: Moment) -> float | None:
    counts = moment.counts
    return counts.retired / counts.retained if counts and counts.retained else None


METRICS: tuple[Metric, ...] = (
    Metric(
        name=MetricName.NAMED_OWNER,
        words="Artifacts with a named owner",
        short="named owner",
        unit=Unit.SHARE,
        better=Better.MORE,
        group=MetricGroup.CORE,
        source=MetricSource.REGISTER,
        ask="claim what nobody owns",
        value=_share(MetricName.NAMED_OWNER),
        size=_live,
        counted=ColumnIs("orphan", False),
        behind=ByPriority(ColumnIs("orphan"), among="orphan"),
        act=Action.CLAIM,
    ),
    Metric(
        name=MetricName.REVIEW_TIME,
        words="Median review time of generated code",
        short="review time",
        unit=Unit.MINUTES,
        better=Better.LESS,
        group=MetricGroup.CORE,
        source=MetricSource.CHANGES,
        ask="make generated changes smaller, or name who reviews them",
        value=lambda moment: moment.tools.median_minutes,
        size=lambda moment: len(moment.tools.review_minutes),
        beside=lambda moment: moment.people.median_minutes,
    ),
    Metric(
        name=MetricName.MONTHLY_HOURS,
        words="Maintenance hours in four weeks",
        short="hours in 4 weeks",
        unit=Unit.MINUTES,
        better=Better.LESS,
        group=MetricGroup.CORE,
        source=MetricSource.HOURS,
        ask="refactor or retire what costs most",
        value=lambda moment: moment.minutes,
        size=lambda moment: moment.minutes / 60,
        behind=ByHours(),
        act=Action.SHOW,
    ),
    Metric(
        name=MetricName.PAST_REVIEW,
        words="Artifacts past their review date",
        short="past review date",
        unit=Unit.NUMBER,
        better=Better.LESS,
        group=MetricGroup.CORE,
        source=MetricSource.REGISTER,
        ask="review them, or retire what nobody needs",
        value=_number(MetricName.PAST_REVIEW),
        size=_size(MetricName.PAST_REVIEW),
        counted=DateIsOver("review_on"),
        behind=ByPriority(DateIsOver("review_on"), among="attention"),
    ),
    Metric(
        name=MetricName.DELETED_RETAINED,
        words="Deleted for each one retained",
        short="deleted per retained",
        unit=Unit.EACH,
        better=Better.MORE,
        group=MetricGroup.CORE,
        source=MetricSource.REGISTER,
        ask="retire what is of low value before more is kept",
        value=_deleted_per_retained,
        size=lambda moment: moment.counts.retained if moment.counts else 0,
        behind=FirstInQuadrant(Quadrant.LOW_HIGH),
        act=Action.RETIRE,
    ),
    Metric(
        name=MetricName.COST_PER_ARTIFACT,
        words="Hours per artifact in four weeks",
        short="hours per artifact",
        unit=Unit.MINUTES,
        better=Better.LESS,
        group=MetricGroup.CORE,
        source=MetricSource.HOURS,
        ask="refactor or retire what costs most",
        value=_cost,
        size=lambda moment: moment.minutes / 60,
        behind=ByHours(),
        act=Action.SHOW,
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
        group=MetricGroup.CHANGE,
        source=MetricSource.INCIDENTS,
        ask="review the artifacts that incidents name",
        value=lambda moment: moment.incidents.share,
        size=lambda moment: moment.incidents.of,
        behind=ByMentions(ObservationKind.INCIDENT),
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
        counted=ColumnIs("provisional"),
        among="provisional",
        ask="say what they are for, or retire them",
        act=Action.EDIT,
    ),
    _register(
        MetricName.UNTESTED,
        "No tests",
        "no tests",
        counted=HasSign(Sign.UNTESTED),
        ask="test them before they change again",
    ),
    _register(
        MetricName.CHURN,
        "Change too often",
        "high churn",
        counted=HasSign(Sign.CHURN),
        ask="review why, then refactor",
    ),
    _register(
        MetricName.REGENERATED,
        "Generated anew again and again",
        "generated anew",
        counted=HasSign(Sign.REGENERATED),
        ask="fix the prompt, or let people write it",
    ),
    _register(
        MetricName.UNSTABLE,
        "Depend on what is not stable",
        "unstable dependencies",
        counted=HasSign(Sign.DEPENDENCIES),
        ask="pin or replace what they depend on",
    ),
    _register(
        MetricName.UNUSED,
        "No longer used",
        "no longer used",
        counted=HasSign(Sign.UNUSED),
        ask="retire them",
        act=Action.RETIRE,
    ),
    _register(
        MetricName.SHIFTED,
        "Dependencies shifted since the last review",
        "shifted dependencies",
        counted=HasSign(Sign.SHIFTED),
        ask="review them again",
    ),
    _register(
        MetricName.OWNER_GONE,
        "Their owner is gone",
        "owner gone",
        counted=ColumnIs("owner_gone"),
        among="orphan",
        ask="claim them, or hand them off",
        act=Action.CLAIM,
    ),
    _register(
        MetricName.OWNER_CHANGED,
        "Changed owner, not reviewed since",
        "changed owner",
        counted=HasSign(Sign.HANDED_ON),
        ask="review them with who owns them now",
    ),
    Metric(
        name=MetricName.WORKAROUNDS,
        words="Workarounds people use instead, in four weeks",
        short="workarounds",
        unit=Unit.NUMBER,
        better=Better.LESS,
        group=MetricGroup.LEADING,
        source=MetricSource.WORKAROUNDS,
        ask="ask why, then mend or retire what they go around",
        value=lambda moment: moment.workarounds,
        size=lambda moment: moment.workarounds,
        behind=ByMentions(ObservationKind.WORKAROUND),
    ),
)

# What snapshots count of live artifacts, by the metric that is read from it.
COUNTED: Mapping[MetricName, Condition] = {
    metric.name: metric.counted for metric in METRICS if metric.counted
}
