"""Charts as PNG: matplotlib's object interface, values in, bytes out, the same for the same.

Drawn for a phone: at 360 pixels an inch is 100 of them and the smallest letters are 11 high. They
bring their own background, so that they read on dark and light alike, and use the palette of Okabe
and Ito, which color-blind people tell apart; no meaning is in color alone.
"""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, Literal, assert_never

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from briefings.pictures.pictures import BurnUp, ChartLine, Multiples, Picture, QuadrantMap

mpl.rcdefaults()  # not what a matplotlibrc of the machine's says

Side = Literal["left", "right"]

WIDTH, HEIGHT, LOW, MARGIN, DPI = 3.6, 2.4, 1.4, 0.08, 300
SMALL, LARGE = 8, 9.5
PAPER, INK, FAINT = "#ffffff", "#1f2933", "#d5dae1"
BLUE, ORANGE, VERMILION, GREEN, SKY = "#0072b2", "#e69f00", "#d55e00", "#009e73", "#56b4e9"
_STYLE: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, whatever the machine has
    "font.size": SMALL,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.linewidth": 1.8,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
}


def draw(picture: Picture) -> bytes:
    """The picture as PNG, 1,080 × 720; a small one 1,080 × 420."""
    written = io.BytesIO()
    canvas = FigureCanvasAgg(figure_of(picture))
    canvas.print_png(written, metadata={"Software": None})  # type: ignore[no-untyped-call]  # matplotlib gives it no types
    return written.getvalue()


def figure_of(picture: Picture) -> Figure:
    with mpl.rc_context(_STYLE):
        layout = ConstrainedLayoutEngine(w_pad=MARGIN, h_pad=MARGIN)
        height = LOW if isinstance(picture, BurnUp) and picture.small else HEIGHT
        figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout=layout)
        match picture:
            case BurnUp():
                burn_up(figure.add_subplot(), picture)
            case QuadrantMap():
                quadrant_map(figure.add_subplot(), picture)
            case Multiples():
                multiples(figure, picture)
            case _:
                assert_never(picture)
    return figure


def burn_up(axes: Axes, shown: BurnUp) -> None:
    """Spent by day, on to the forecast, under the limit."""
    days = [shown.first + timedelta(days=each) for each in range(len(shown.spent))]
    hours = [minutes / 60 for minutes in accumulate(shown.spent)]
    spent, limit, forecast = hours[-1] if hours else 0, shown.limit / 60, shown.forecast / 60
    over = VERMILION if forecast > limit else BLUE
    _title(axes, f"{_number(spent)} of {_h(limit)} spent")
    axes.fill_between(_x(days), hours, color=SKY, alpha=0.35, linewidth=0)
    axes.plot(_x(days), hours, color=BLUE)
    axes.plot(_x([shown.today, shown.last]), [spent, forecast], color=over, linestyle=(0, (2, 1)))
    axes.axhline(limit, color=INK, linewidth=1)
    axes.set_xlim(shown.first.toordinal(), shown.last.toordinal())
    top = max(limit, forecast, spent) * (1.5 if shown.small else 1.22) or 1
    axes.set_ylim(0, top)
    _beside(axes, shown.first, limit, f"limit {_h(limit)}", side="left")
    # Just below the limit its words would stand on that line: they go above both.
    close = 0 < limit - forecast < (0.35 if shown.small else 0.15) * top
    at = limit if close else forecast
    _beside(axes, shown.last, at, f"forecast {_h(forecast)}", side="right", color=over)
    _dates(axes, [shown.first, shown.today, shown.last])
    _hours(axes, steps=2 if shown.small else 4)


def _beside(
    axes: Axes, day: date, hours: float, words: str, *, side: Side, color: str = INK
) -> None:
    """Above its line, inside the axes."""
    axes.annotate(
        words,
        (day.toordinal(), hours),
        (3 if side == "left" else -3, 4),
        textcoords="offset points",
        color=color,
        weight="bold",
        ha=side,
        va="bottom",
        bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.75, "pad": 0.5},
    )


def _dates(axes: Axes, days: Sequence[date]) -> None:
    """The first, today and the last; today only where it does not run into the others."""
    far = (days[-1] - days[0]).days * 0.22
    kept = [days[0], *(d for d in days[1:-1] if _apart(d, days, far)), days[-1]]
    axes.set_xticks(_x(kept), [f"{each:%b} {each.day}" for each in kept])
    first, *_, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")


def _apart(day: date, days: Sequence[date], far: float) -> bool:
    return (day - days[0]).days >= far and (days[-1] - day).days >= far


_CELLS = (
    # left, bottom, field, color, action
    ("high_high", 1, 1, ORANGE, "refactor"),
    ("high_low", 1, 0, GREEN, "keep, watch"),
    ("low_high", 0, 1, VERMILION, "delete first"),
    ("low_low", 0, 0, SKY, "owner and date"),
)


def quadrant_map(axes: Axes, shown: QuadrantMap) -> None:
    """Four fields, each with its number and its action; the fuller, the stronger its color."""
    most = max(1, shown.high_high, shown.high_low, shown.low_high, shown.low_low)
    for name, left, bottom, color, action in _CELLS:
        count = getattr(shown, name)
        alpha = 0.12 + 0.5 * count / most
        field = Rectangle((left + 0.02, bottom + 0.03), 0.96, 0.94, color=color, alpha=alpha)
        axes.add_patch(field)
        middle = left + 0.5
        axes.text(
            middle, bottom + 0.6, f"{count:,}", size=17, weight="bold", ha="center", va="center"
        )
        axes.text(middle, bottom + 0.24, action, size=LARGE, ha="center", va="center")
    axes.set(xlim=(0, 2), ylim=(0, 2), xlabel="value →", ylabel="risk →")
    axes.set_xticks([0.5, 1.5], ["low", "high"])
    axes.set_yticks([0.5, 1.5], ["low", "high"], rotation=90, va="center")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def multiples(figure: Figure, shown: Multiples) -> None:
    """A small chart for each metric, two beside one another, under the last ones the dates."""
    columns = min(2, len(shown.lines))
    places = figure.subplots(-(-len(shown.lines) // columns), columns, squeeze=False).flatten()
    ends = [f"{day:%b} {day.day}" for day in (shown.first, shown.last)]
    for axes, line in zip(places, shown.lines, strict=False):
        _small(axes, line)
    for axes in places[len(shown.lines) :]:
        axes.set_axis_off()
    for axes in places[len(shown.lines) - columns : len(shown.lines)]:
        axes.set_xticks([0, len(shown.lines[0].values) - 1], ends)
        for label, side in zip(axes.get_xticklabels(), ("left", "right"), strict=True):
            label.set_horizontalalignment(side)


def _small(axes: Axes, line: ChartLine) -> None:
    """From zero; a week of which nothing is known leaves a gap. What got worse ends in a point."""
    worse = line.turn == "worse"
    color = VERMILION if worse else BLUE
    known = [(at, each) for at, each in enumerate(line.values) if each is not None]
    values = [float("nan") if each is None else each for each in line.values]
    axes.plot(values, color=color, linewidth=1.5, marker="o", markersize=1.8, clip_on=False)
    for at, value in known[-1:]:
        axes.plot(at, value, color=color, marker="v" if worse else "o", markersize=5, clip_on=False)
    axes.set_xlim(-0.5, len(values) - 0.5)
    axes.set_ylim(0, max((value for _, value in known), default=0) * 1.25 or 1)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title(line.name, loc="left", size=SMALL)
    axes.set_title(line.now, loc="right", size=SMALL, weight="bold", color=color)


def _hours(axes: Axes, steps: int) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(steps, integer=True))
    axes.yaxis.set_major_formatter("{x:,.0f} h")
    axes.spines["left"].set_visible(False)


def _title(axes: Axes, words: str) -> None:
    axes.set_title(words, loc="left", size=LARGE, weight="bold")


def _x(days: Sequence[date]) -> list[int]:
    return [each.toordinal() for each in days]


def _h(hours: float) -> str:
    return f"{_number(hours)} h"


def _number(hours: float) -> str:
    return f"{hours:,.1f}".removesuffix(".0")
