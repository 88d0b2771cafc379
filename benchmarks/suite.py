"""Where the tests' time goes: `pytest -n auto --durations=0 | python -m benchmarks.suite`.

Seconds of all workers together, by directory and by the modules that take longest. What takes
less than 5 ms is not among pytest's durations.
"""

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

_DURATION = re.compile(r"^([0-9.]+)s (setup|call|teardown) +([^ :]+)::")
_PHASES = ("setup", "call", "teardown")
Seconds = Mapping[str, Counter[str]]


def seconds(log: Iterable[str]) -> Seconds:
    """Of each module, by phase."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for match in filter(None, map(_DURATION.match, log)):
        duration, phase, module = match.groups()
        found[module][phase] += float(duration)  # type: ignore[assignment]  # a Counter adds floats as well
    return found


def by_directory(modules: Seconds) -> Seconds:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for module, phases in modules.items():
        found[module.rpartition("/")[0]].update(phases)
    return found


def table(rows: Seconds, most: int) -> Iterable[str]:
    """The longest first."""
    yield f"{'':40} {'set-up':>8} {'call':>8} {'tear-down':>9} {'all':>8}"
    longest = sorted(rows.items(), key=lambda row: -row[1].total())
    for name, phases in longest[:most]:
        setup, call, teardown = (phases[phase] for phase in _PHASES)
        yield f"{name:40} {setup:8.1f} {call:8.1f} {teardown:9.1f} {phases.total():8.1f}"


def main() -> None:
    modules = seconds(sys.stdin)
    for rows, most in ((by_directory(modules), 20), (modules, 20)):
        print(*table(rows, most), "", sep="\n")


if __name__ == "__main__":
    main()
