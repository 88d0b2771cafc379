"""How metrics went: better, worse, so much worse that somebody is asked, and who stands out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from debt.metrics.figures import Counts, Moment
from debt.metrics.metrics import METRICS, Better, Metric, MetricSource, Unit
from debt.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Trend:
    """Thirteen moments of a scope, a week apart, the oldest first and the last one now."""

    moments: tuple[Moment, ...]

    def at(self, weeks_ago: int) -> Moment:
        return self.moments[-1 - weeks_ago]

    def series(self, metric: Metric) -> tuple[float | None, ...]:
        return tuple(metric.value(moment) for moment in self.moments)


_COUNTED_FROM_NONE = {MetricSource.HOURS, MetricSource.WORKAROUNDS}


class Turn(StrEnum):
    """How a metric went."""

    BETTER = "better"
    STEADY = "steady"
    WORSE = "worse"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class MetricTrend:
    """A metric of a scope week by week, the oldest first and the last one now; `beside` is the
    value now of people's code.
    """

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
        """Whether a share or number of the register is not at its best, so that there is work."""
        if self.now is None or self.metric.source is not MetricSource.REGISTER:
            return False
        best = 1 if self.metric.better is Better.MORE else 0
        return self.metric.unit in {Unit.SHARE, Unit.NUMBER} and self.now != best

    @property
    def connected(self) -> bool:
        """Whether anything was known of it in any of these weeks."""
        silent = self.metric.source in _COUNTED_FROM_NONE and not any(self.series)
        return not silent and any(value is not None for value in self.series)


def metric_trends(trend: Trend, policy: Policy) -> tuple[MetricTrend, ...]:
    """The trend of each metric, in the order of `METRICS`."""
    return tuple(_metric_trend(metric, trend, policy) for metric in METRICS)


def _metric_trend(metric: Metric, trend: Trend, policy: Policy) -> MetricTrend:
    series = trend.series(metric)
    beside = metric.beside(trend.at(0)) if metric.beside else None
    limit = policy.metrics[metric.name].worse_by
    return MetricTrend(metric, series, _turn(metric, series[0], series[-1], limit), beside)


def _turn(metric: Metric, then: float | None, now: float | None, limit: float | None) -> Turn:
    if then is None or now is None or _is_begun(metric, then):
        return Turn.UNKNOWN
    worse = worsening(metric, then, now)
    if abs(worse) < (limit or _USUAL):
        return Turn.STEADY
    return Turn.WORSE if worse > 0 else Turn.BETTER


def _is_begun(metric: Metric, then: float) -> bool:
    """Whether hours or workarounds were first entered since then, which is no worsening."""
    return metric.source in _COUNTED_FROM_NONE and not then


_USUAL = 0.05
_CEILING = 100.0


def worsening(metric: Metric, then: float, now: float) -> float:
    """How much worse it is than then: of a share in points from 0 to 1, of all else as a part of
    the value then; below zero where it is better.
    """
    by = now - then if metric.better is Better.LESS else then - now
    if metric.unit is Unit.SHARE:
        return by
    if then == 0:
        return 0 if by == 0 else _CEILING if by > 0 else -_CEILING
    return by / then


@dataclass(frozen=True, slots=True)
class WorsenedMetric:
    """A metric that got worse by its limit or more within so many weeks."""

    metric: Metric
    then: float
    now: float
    weeks: int

    @property
    def excess(self) -> float:
        return worsening(self.metric, self.then, self.now)


def moved(trend: Trend, policy: Policy) -> WorsenedMetric | None:
    """The metric that got worst beyond its limit this week, as a multiple of it; None if none did.
    One that was beyond it a week ago already does not count.
    """
    worsened = [of_one for metric in METRICS if (of_one := _newly_moved(metric, trend, policy))]
    return max(worsened, key=lambda of_one: _in_limits(of_one, policy), default=None)


def _in_limits(worsened: WorsenedMetric, policy: Policy) -> float:
    limit = policy.metrics[worsened.metric.name].worse_by or _CEILING
    return worsened.excess / limit


def _newly_moved(metric: Metric, trend: Trend, policy: Policy) -> WorsenedMetric | None:
    now = _moved(metric, trend, policy, 0)
    return now if now and not _moved(metric, trend, policy, 1) else None


def _moved(metric: Metric, trend: Trend, policy: Policy, weeks_ago: int) -> WorsenedMetric | None:
    rules, limit = policy.trend, policy.metrics[metric.name].worse_by
    before, today = trend.at(weeks_ago + rules.weeks), trend.at(weeks_ago)
    then, now = metric.value(before), metric.value(today)
    if limit is None or then is None or now is None or metric.size(today) < rules.at_least:
        return None
    if metric.source is MetricSource.HOURS and not before.minutes:
        return None  # an artifact then cost nothing since nobody logged
    if _is_begun(metric, then):
        return None
    is_worse = worsening(metric, then, now) >= limit
    return WorsenedMetric(metric, then, now, rules.weeks) if is_worse else None


def immature(then: float | None, now: float | None, policy: Policy) -> bool:
    """Whether hours per artifact did not fall enough in twelve weeks; False where either is not
    known.
    """
    if not then or now is None:
        return False
    return now > then * (1 - policy.trend.mature_by)


def is_new_top(tops: Sequence[str | None], weeks: int) -> bool:
    """Whether the first of the last week has been first for exactly so many weeks running.

    `tops` are the firsts of one week more than that, the oldest week first; a week without a
    snapshot ends a run.
    """
    *before, last = tops
    run = before[-(weeks - 1) :]
    return last is not None and all(top == last for top in run) and before[0] != last


def ages_faster(then: Counts, now: Counts, all_then: Counts, all_now: Counts) -> float | None:
    """Days by which the mean age grew more than that of all others; None where either has no
    artifacts then or now.
    """
    ours = _grown(then, now)
    others = _grown(_without(all_then, then), _without(all_now, now))
    return None if ours is None or others is None else ours - others


def _grown(then: Counts, now: Counts) -> float | None:
    if not (then.live and now.live):
        return None
    return now.age_days / now.live - then.age_days / then.live


def _without(whole: Counts, part: Counts) -> Counts:
    return Counts(live=whole.live - part.live, age_days=whole.age_days - part.age_days)
