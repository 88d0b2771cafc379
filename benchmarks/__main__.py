"""`make bench`: every measurement, or those named: `python -m benchmarks serving digesting`.

Each is made in a process of its own, so that its memory can be told and none slows the next.
"""

import asyncio
import importlib
import subprocess
import sys

ALL = (
    "structure",
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
    names = sys.argv[1:] or ALL
    if len(names) == 1:
        asyncio.run(importlib.import_module(f"benchmarks.{names[0]}").measure())
        return
    for name in names:
        subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)


main()
