"""Metrics (R20–R22, R14): what each says of a moment of a scope, and what it asks of somebody."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from debt.metrics.figures import Moment
from debt.policy.vocabulary import MetricName


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
    """`value` reads it, `size` tells about how many things it is; `beside` is people's code.
    `short` names it where there is little room.
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


def _live(moment: Moment) -> float:
    return moment.counts.live if moment.counts else 0


def _counted(name: str, *, of: str | None = "live") -> Read:
    """A share of the live ones, or the number itself."""

    def read(moment: Moment) -> float | None:
        if moment.counts is None:
            return None
        number: int | None = getattr(moment.counts, name)
        if of is None or number is None:
            return number
        whole: int = getattr(moment.counts, of)
        return number / whole if whole else None

    return read


def _size(name: str) -> Callable[[Moment], float]:
    return lambda moment: getattr(moment.counts, name) if moment.counts else 0


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
        group=MetricGroup.CORE if core else MetricGroup.LEADING,
        source=MetricSource.REGISTER,
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
        group=MetricGroup.CHANGE,
        source=MetricSource.CHANGES,
        ask=ask,
        value=lambda moment: getattr(moment.tools, of).share,
        size=lambda moment: getattr(moment.tools, of).of,
        beside=lambda moment: getattr(moment.people, of).share,
    )


def _cost(moment: Moment) -> float | None:
    return moment.minutes / moment.counts.live if moment.counts and moment.counts.live else None


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
        value=_counted("past_review", of=None),
        size=_size("past_review"),
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
        value=_counted("retired", of="retained"),
        size=_size("retained"),
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
    _register(
        MetricName.OWNER_CHANGED,
        "Changed owner, not reviewed since",
        "changed owner",
        of="handed_on",
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
    ),
)
