"""Charts: the same bytes for the same values, nothing cut off, and one sentence each."""

import struct
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from briefings.parts.metrics import in_unit
from briefings.pictures import charts
from briefings.pictures.pictures import (
    BurnUp,
    ChartLine,
    Multiples,
    Picture,
    QuadrantMap,
    burn_up_alt,
    multiples_alt,
    quadrant_map,
    quadrant_map_alt,
)
from debt.metrics.metrics import Unit
from debt.rules.score import Quadrant

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
WEEK = timedelta(days=7)


def november(spent: tuple[int, ...], limit: int, forecast: int, out: date | None = None) -> BurnUp:
    """Hours by day from the first on, a limit and a forecast in hours."""
    minutes = tuple(60 * each for each in spent)
    today = FIRST.replace(day=max(1, len(spent)))
    return BurnUp(FIRST, LAST, today, minutes, limit * 60, forecast * 60, out)


def a_line(name: str, then: float | None, now: float | None, turn: str) -> ChartLine:
    """A share over twelve weeks, the third of which nobody looked at."""
    values = (then, then, None, *(now,) * 10)
    said = [in_unit(each, Unit.SHARE) for each in (then, now)]
    return ChartLine(name, values, said[0], said[1], turn)


SIX = (
    a_line("named owner", 0.82, 0.7, "worse"),
    a_line("unstable dependencies", 0.4, 0.3, "better"),
    a_line("shifted dependencies", 1, 1, "steady"),
    ChartLine("hours in 4 weeks", tuple(map(float, range(13))), "0 min", "1,234.5 h", "worse"),
    a_line("incidents with AI code", None, 0.5, "not known"),
    a_line("no tests", 0, 0, "steady"),
)


PICTURES: dict[str, Picture] = {
    "within": november((2,) * 10, 40, 38),
    "runs out": november((2,) * 14, 40, 44, date(2026, 11, 27)),
    "over": november((9,) * 25, 40, 230),
    "nothing yet": november((), 0, 0),
    "wide numbers": november((9_999,) * 30, 1_234_567, 299_970),
    "a map": QuadrantMap(5, 10, 3, 12),
    "an empty map": QuadrantMap(0, 0, 0, 0),
    "a full map": QuadrantMap(1_234_567, 1_234_567, 1_234_567, 1_234_567),
    "metrics": Multiples(FIRST, FIRST + WEEK * 12, SIX),
    "two metrics": Multiples(FIRST, FIRST + WEEK * 12, SIX[:2]),
    "one metric": Multiples(FIRST, FIRST + WEEK * 12, (a_line("no tests", None, None, ""),)),
}


SMALL: dict[str, Picture] = {
    f"small, {name}": replace(shown, small=True)
    for name, shown in PICTURES.items()
    if isinstance(shown, BurnUp)
}
PICTURES |= SMALL


@pytest.mark.parametrize("name", PICTURES)
def test_a_chart_is_a_png_of_its_size_and_the_same_each_time(name: str) -> None:
    drawn = charts.draw(PICTURES[name])
    assert drawn.startswith(b"\x89PNG")
    high = 420 if name in SMALL else 720
    assert struct.unpack(">II", drawn[16:24]) == (1080, high)
    assert charts.draw(PICTURES[name]) == drawn
    assert len(drawn) < 200_000


@pytest.mark.parametrize("name", PICTURES)
def test_no_word_is_cut_off_and_none_is_too_small_for_a_phone(name: str) -> None:
    figure = charts.figure_of(PICTURES[name])
    FigureCanvasAgg(figure).draw()  # type: ignore[no-untyped-call]  # matplotlib gives it no types
    taken = figure.get_tightbbox()
    assert min(taken.x0, taken.y0) >= 0
    assert taken.x1 <= charts.WIDTH
    assert taken.y1 <= charts.HEIGHT
    words = [each for each in figure.findobj(Text) if isinstance(each, Text)]
    assert min(float(each.get_fontsize()) for each in words) * 100 / 72 >= 11  # pixels of 360


def test_the_bot_itself_never_loads_the_library_that_draws() -> None:
    """It takes some 70 MB that most of a day nobody needs (`artist.py`)."""
    asked = "import sys, bot.process, bot.features; print('matplotlib' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True)
    assert said.stdout.strip() == b"False"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (
            november((2,) * 15 + (1,), 40, 44, date(2026, 11, 27)),
            "Payments has spent 31 of 40 h; at this rate it runs out on Nov 27",
        ),
        (
            november((1,) * 10, 40, 30),
            "Payments has spent 10 of 40 h; at this rate about 30 h by Nov 30",
        ),
        (
            november((5,) * 10, 40, 90, date(2026, 11, 8)),
            "Payments has spent 50 of 40 h, 10 h more than its limit",
        ),
        (
            BurnUp(FIRST, LAST, FIRST, (20,), 40 * 60, 600),
            "Payments has spent 20 min of 40 h; at this rate about 10 h by Nov 30",
        ),
    ],
)
def test_a_budget_is_told_in_one_sentence(shown: BurnUp, said: str) -> None:
    assert burn_up_alt("Payments", shown) == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (
            {Quadrant.LOW_HIGH: 3, Quadrant.HIGH_LOW: 20},
            "Payments: 3 of 23 artifacts are of low value and high risk, to be deleted first",
        ),
        (
            {Quadrant.LOW_HIGH: 1},
            "Payments: 1 of 1 artifact is of low value and high risk, to be deleted first",
        ),
        (
            {Quadrant.LOW_LOW: 1_200},
            "Payments: none of 1,200 artifacts is of low value and high risk",
        ),
    ],
)
def test_a_map_is_told_by_what_to_delete(counts: dict[Quadrant, int], said: str) -> None:
    assert quadrant_map_alt("Payments", quadrant_map(counts)) == said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            (a_line("named owner", 0.82, 0.7, "worse"), a_line("no tests", 0.2, 0.1, "better")),
            (
                "Payments, 12 weeks: worse: named owner from 82% to 70%; "
                "better: no tests from 20% to 10%"
            ),
        ),
        (
            (a_line("named owner", 0.82, 0.82, "steady"),),
            "Payments, 12 weeks: nothing moved much, or little is known yet",
        ),
    ],
)
def test_a_trend_is_told_by_what_got_worse_and_what_better(
    lines: tuple[ChartLine, ...], said: str
) -> None:
    assert multiples_alt("Payments", Multiples(FIRST, FIRST + WEEK * 12, lines)) == said
