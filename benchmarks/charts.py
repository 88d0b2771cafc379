"""Each chart, drawn warm, and what the drawing costs the process that does it."""

import statistics
import time
from collections.abc import Mapping
from datetime import date, timedelta

from benchmarks.memory import peak_mb
from briefings.pictures.charts import draw
from briefings.pictures.pictures import BurnUp, ChartLine, Multiples, Picture, QuadrantMap

TIMES = 20
FIRST = date(2026, 10, 1)
PICTURES: Mapping[str, Picture] = {
    "burn-up of a quarter": BurnUp(
        first=FIRST,
        last=date(2026, 12, 31),
        today=FIRST + timedelta(days=59),
        spent=tuple(number * 7 % 90 for number in range(60)),
        limit=60 * 60,
        forecast=66 * 60,
        runs_out=date(2026, 12, 20),
    ),
    "quadrant map": QuadrantMap(5, 10, 3, 12),
    "six metrics": Multiples(
        FIRST,
        FIRST + timedelta(weeks=12),
        tuple(
            ChartLine(
                f"metric {at}", tuple(float(at * week % 9) for week in range(13)), "1", "2", "worse"
            )
            for at in range(1, 7)
        ),
    ),
}


def _seconds(picture: Picture) -> list[float]:
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        draw(picture)
        taken.append(time.perf_counter() - started)
    return sorted(taken)


async def measure() -> None:
    for name, picture in PICTURES.items():
        draw(picture)
        taken = _seconds(picture)
        median, worst = statistics.median(taken) * 1e3, taken[-1] * 1e3
        size = len(draw(picture)) / 1024
        print(f"{name}: {median:.0f} ms, worst {worst:.0f} ms, {size:.0f} KB")
    print(f"  the process that draws: {peak_mb():.0f} MB at most")
