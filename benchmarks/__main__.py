"""`make bench`: every measurement, or those named: `python -m benchmarks serving digesting`."""

import asyncio
import importlib
import sys

ALL = (
    "serving",
    "home",
    "digesting",
    "snapshots",
    "budgets",
    "importing",
    "scanning",
    "charts",
    "year",
)


def main() -> None:
    for name in sys.argv[1:] or ALL:
        asyncio.run(importlib.import_module(f"benchmarks.{name}").measure())


main()
