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
    """A value in words: “82%”, “6.5 h”, “40 min”, “12”, “0.33”; `nothing` where it is None."""
    if value is None:
        return nothing
    if unit is Unit.SHARE:
        return f"{value * 100:.0f}%"
    if unit is Unit.MINUTES:
        return length(value)
    return f"{value:,.0f}" if unit is Unit.NUMBER else f"{value:,.2f}"


def length(minutes: float) -> str:
    """Minutes in words: in tenths of an hour, below one hour in minutes."""
    if minutes < 60:
        return as_hours(round(minutes))
    return f"{minutes / 60:,.1f}".removesuffix(".0") + " h"


def how_to_connect(row: MetricTrend) -> str:
    return _HOW_TO_CONNECT[row.metric.source]


def now_of(row: MetricTrend) -> str:
    """The value now in words, with that of people's code beside it where it is known."""
    if not row.connected:
        return NOT_CONNECTED
    now = in_unit(row.now, row.metric.unit)
    if row.beside is None:
        return now
    return f"{now} (people’s {in_unit(row.beside, row.metric.unit)})"


def then_of(row: MetricTrend) -> str:
    if not row.connected:
        return ""
    nothing = "no snapshot" if row.metric.source is MetricSource.REGISTER else "unknown"
    return in_unit(row.then, row.metric.unit, nothing)


def ask_of(row: MetricTrend) -> str:
    """What the metric asks for now; empty where it asks for nothing. Where its value now is not
    known, how to enter it.
    """
    if not row.connected or row.now is None:
        return how_to_connect(row)
    return row.metric.ask if asks(row) else ""


def asks(row: MetricTrend) -> bool:
    """Whether it got worse, or did not get better while there is something to do."""
    if row.turn is Turn.WORSE:
        return True
    return row.turn is not Turn.BETTER and row.short


def set_apart(
    rows: Sequence[MetricTrend],
) -> tuple[list[MetricTrend], list[MetricTrend], list[MetricTrend]]:
    """Metrics for the table, leading signs that ask for nothing, and those not connected; each in
    the order given.
    """
    connected = [row for row in rows if row.connected]
    fine = [row for row in connected if row.metric.group is MetricGroup.LEADING and not asks(row)]
    tabled = [row for row in connected if row not in fine]
    return tabled, fine, [row for row in rows if not row.connected]


def table(rows: Sequence[MetricTrend]) -> list[tuple[str, ...]]:
    """The head and a row of cells for each metric, in the order given."""
    return [_HEAD, *(_cells(row) for row in rows)]


def _cells(row: MetricTrend) -> tuple[str, ...]:
    turn = str(row.turn) if row.connected else ""
    return (row.metric.words, now_of(row), then_of(row), turn, ask_of(row))


def gaps(trend: Trend) -> tuple[list[date], list[date]]:
    """The Mondays of weeks without a snapshot, and the days of snapshots taken after Monday."""
    past = trend.moments[:-1]
    unseen = [moment.day for moment in past if not moment.counts]
    missing = [day - timedelta(days=day.weekday()) for day in unseen]
    late = [moment.seen_on for moment in past if moment.seen_on and moment.seen_on.weekday()]
    return missing, late


SHOWN = 6


def picture(trend: Trend, rows: Sequence[MetricTrend]) -> Multiples | None:
    """Charts of the first `SHOWN` metrics with values in two weeks or more: those that got worse
    first, then core ones, else in the order given. None where no metric has two values.
    """
    charted = [row for row in rows if row.connected and _is_line(row)]
    if not charted:
        return None
    charted.sort(
        key=lambda row: (row.turn is not Turn.WORSE, row.metric.group is not MetricGroup.CORE)
    )
    first, last = trend.moments[0].day, trend.at(0).day
    return Multiples(first, last, tuple(_drawn(row) for row in charted[:SHOWN]))


def _is_line(row: MetricTrend) -> bool:
    return sum(value is not None for value in row.series) > 1


def _drawn(row: MetricTrend) -> ChartLine:
    unit = row.metric.unit
    then, now = (in_unit(value, unit) for value in (row.then, row.now))
    return ChartLine(row.metric.short, row.series, then, now, str(row.turn))


def standing_out(values: Sequence[float | None], aging: bool, today: date) -> Multiples:
    """A chart of twelve weeks of a team or repository: the mean age of its artifacts in days, or
    the number of those in need of somebody.
    """
    known = [value for value in values if value is not None] or [0.0]
    unit = " days" if aging else ""
    then, now = (f"{value:,.0f}{unit}" for value in (known[0], known[-1]))
    name = "mean age" if aging else "in need of somebody"
    line = ChartLine(name, tuple(values), then, now, str(Turn.WORSE))
    return Multiples(today - WEEK * WEEKS, today, (line,))


def lines(rows: tuple[MetricTrend, ...]) -> Iterator[str]:
    """The table as lines for a terminal, each column of one width."""
    cells = table(rows)
    widths = [max(len(row[at]) for row in cells) for at in range(len(_HEAD))]
    for row in cells:
        yield "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip()
