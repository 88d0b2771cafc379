"""How time grows with size: told apart from how fast the machine happens to be."""

from collections.abc import Callable
from time import process_time

STEP = 8
LINEAR = 24  # times as long for eight times as much; by the square it would be 64


def growth(work: Callable[[int], object], size: int, *, runs: int = 5) -> float:
    """How many times as long the work takes for `STEP` times the size.

    In processor time of this process alone, the least of several runs each.
    """
    return _least(work, size * STEP, runs) / _least(work, size, runs)


def _least(work: Callable[[int], object], size: int, runs: int) -> float:
    took = []
    for _ in range(runs):
        began = process_time()
        work(size)
        took.append(process_time() - began)
    return max(min(took), 1e-4)
