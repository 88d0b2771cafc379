"""Metrics in words: what each is, how it went, and what it asks of somebody (R20–R23)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from briefings.pictures.pictures import ChartLine, Multiples
from debt.metrics.figures import WEEK, WEEKS
from debt.metrics.metrics import MetricGroup, MetricSource, Unit
from debt.metrics.trend import MetricTrend, Trend, Turn
from debt.rules.hours import as_hours

NOT_CONNECTED = "not connected"
_HOW_TO_CONNECT = {
    MetricSource.REGISTER: "nothing is on the register here yet",
    MetricSource.HOURS: "log hours with /debt log, and they show here",
    MetricSource.CHANGES: "enter reviewed changes: debt metrics import FILE",
    MetricSource.INCIDENTS: "enter incidents: debt metrics import FILE",
    MetricSource.WORKAROUNDS: "enter workarounds: debt metrics import FILE",
}
_HEAD = ("Metric", "Now", "12 weeks ago", "Direction", "What it asks")


def in_unit(value: float | None, unit: Unit, nothing: str = "unknown") -> str:
    """“82%”, “6.5 h”, “40 min”, “12”, “0.33”."""
    if value is None:
        return nothing
    if unit is Unit.SHARE:
        return f"{value * 100:.0f}%"
    if unit is Unit.MINUTES:
        return length(value)
    return f"{value:,.0f}" if unit is Unit.NUMBER else f"{value:,.2f}"


def length(minutes: float) -> str:
    """To a tenth of an hour; what is shorter than one in minutes."""
    if minutes < 60:
        return as_hours(round(minutes))
    return f"{minutes / 60:,.1f}".removesuffix(".0") + " h"


def how_to_connect(told: MetricTrend) -> str:
    return _HOW_TO_CONNECT[told.metric.source]


def now_of(told: MetricTrend) -> str:
    """With people's code beside it, where that is known."""
    if not told.connected:
        return NOT_CONNECTED
    now = in_unit(told.now, told.metric.unit)
    if told.beside is None:
        return now
    return f"{now} (people’s {in_unit(told.beside, told.metric.unit)})"


def then_of(told: MetricTrend) -> str:
    if not told.connected:
        return ""
    nothing = "no snapshot" if told.metric.source is MetricSource.REGISTER else "unknown"
    return in_unit(told.then, told.metric.unit, nothing)


def ask_of(told: MetricTrend) -> str:
    """Nothing where it is fine: a number that asks nothing of anybody says so. What was entered
    once and is not known now has to be entered again.
    """
    if not told.connected or told.now is None:
        return how_to_connect(told)
    return told.metric.ask if asks(told) else ""


def asks(told: MetricTrend) -> bool:
    """Whether it got worse, or stays where somebody still has something to do."""
    if told.turn is Turn.WORSE:
        return True
    return told.turn is not Turn.BETTER and told.short


def set_apart(
    rows: Sequence[MetricTrend],
) -> tuple[list[MetricTrend], list[MetricTrend], list[MetricTrend]]:
    """What has something to say, what is as good as it can be, and what is not connected."""
    known = [each for each in rows if each.connected]
    fine = [each for each in known if each.metric.group is MetricGroup.LEADING and not asks(each)]
    said = [each for each in known if each not in fine]
    return said, fine, [each for each in rows if not each.connected]


def table(rows: Sequence[MetricTrend]) -> list[tuple[str, ...]]:
    """A row each under its head, in the order in which they are told."""
    return [_HEAD, *(_row(each) for each in rows)]


def _row(told: MetricTrend) -> tuple[str, ...]:
    turn = str(told.turn) if told.connected else ""
    return (told.metric.words, now_of(told), then_of(told), turn, ask_of(told))


def gaps(trend: Trend) -> tuple[list[date], list[date]]:
    """The weeks without a snapshot, each by its Monday, and the days of those taken late."""
    past = trend.moments[:-1]
    missing = [each.day - timedelta(days=each.day.weekday()) for each in past if not each.counts]
    late = [each.seen_on for each in past if each.seen_on and each.seen_on.weekday()]
    return missing, late


SHOWN = 6


def picture(trend: Trend, rows: Sequence[MetricTrend]) -> Multiples | None:
    """Of what is known in two weeks or more: what got worse, then the others in their order, as
    many as there is room for. None before there is any: one point shows no more than its number.
    """
    known = [each for each in rows if each.connected and _is_line(each)]
    if not known:
        return None
    known.sort(
        key=lambda each: (each.turn is not Turn.WORSE, each.metric.group is not MetricGroup.CORE)
    )
    first, last = trend.moments[0].day, trend.at(0).day
    return Multiples(first, last, tuple(_drawn(each) for each in known[:SHOWN]))


def _is_line(told: MetricTrend) -> bool:
    return sum(each is not None for each in told.series) > 1


def _drawn(told: MetricTrend) -> ChartLine:
    unit = told.metric.unit
    then, now = (in_unit(each, unit) for each in (told.then, told.now))
    return ChartLine(told.metric.short, told.series, then, now, str(told.turn))


def standing_out(values: Sequence[float | None], aging: bool, today: date) -> Multiples:
    """Twelve weeks of a team or repository that stands out: how many of its artifacts need
    somebody, or how old they are.
    """
    known = [each for each in values if each is not None] or [0.0]
    unit = " days" if aging else ""
    then, now = (f"{each:,.0f}{unit}" for each in (known[0], known[-1]))
    name = "mean age" if aging else "in need of somebody"
    line = ChartLine(name, tuple(values), then, now, str(Turn.WORSE))
    return Multiples(today - WEEK * WEEKS, today, (line,))


def lines(rows: tuple[MetricTrend, ...]) -> Iterator[str]:
    """For a terminal: columns of one width each."""
    cells = table(rows)
    widths = [max(len(row[at]) for row in cells) for at in range(len(_HEAD))]
    for row in cells:
        yield "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip()
