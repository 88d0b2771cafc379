"""Ranges of lines, first and last included: put together, cut out of each other, counted."""

from collections.abc import Iterable

Range = tuple[int, int]


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The same lines in ascending ranges that do not touch; what ends before it begins is none."""
    together: list[Range] = []
    for first, last in sorted((first, last) for first, last in ranges if first <= last):
        if together and first <= together[-1][1] + 1:
            together[-1] = together[-1][0], max(last, together[-1][1])
        else:
            together.append((first, last))
    return together


def without(ranges: Iterable[Range], others: Iterable[Range]) -> list[Range]:
    """The lines of some ranges that are in none of the others."""
    left, holes = [], merged(others)
    at = 0
    for first, last in merged(ranges):
        while at < len(holes) and holes[at][1] < first:
            at += 1
        start = first
        for hole in _holes(holes, at, last):
            if hole[0] > start:
                left.append((start, hole[0] - 1))
            start = hole[1] + 1
        if start <= last:
            left.append((start, last))
    return left


def length(ranges: Iterable[Range]) -> int:
    """How many lines; the ranges must not overlap."""
    return sum(last - first + 1 for first, last in ranges)


def _holes(holes: list[Range], at: int, last: int) -> Iterable[Range]:
    while at < len(holes) and holes[at][0] <= last:
        yield holes[at]
        at += 1
