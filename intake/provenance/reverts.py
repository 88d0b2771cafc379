"""Which commits of a log revert others, and which are reverted."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from intake.provenance.log import Log


def undone_in(log: Log) -> tuple[set[int], set[int]]:
    """Commits that a later one reverts, and the reverting ones. A revert that is itself reverted is
    not among the reverting ones, and what it reverted is not undone.
    """
    by_sha, by_request = _RowsBySha(log.shas if log.reverts else ()), _requests(log)
    undone: set[int] = set()
    reverting: set[int] = set()
    for row in sorted(log.reverts, reverse=True):
        if row not in undone:
            reverting.add(row)
            reverted = (
                earlier
                for sha in log.reverts[row].shas
                for earlier in by_request.get(sha) or by_sha.beginning(sha)
            )
            undone.update(earlier for earlier in reverted if earlier < row)
    return undone, reverting


def _requests(log: Log) -> dict[bytes, list[int]]:
    """Rows by the numbers of the requests that were squashed into them: `#12`."""
    rows: dict[bytes, list[int]] = defaultdict(list)
    for row, made in log.made.items():
        if made.request is not None:
            rows[b"#%d" % made.request].append(row)
    return rows


class _RowsBySha:
    """Rows by the commits' hashes, which reverts may abbreviate."""

    def __init__(self, shas: Sequence[bytes]) -> None:
        self._shas = shas
        self._row = {sha: row for row, sha in enumerate(shas)}

    def beginning(self, sha: bytes) -> Iterator[int]:
        if sha in self._row:
            yield self._row[sha]
            return
        at = bisect_left(self._sorted, sha)
        while at < len(self._sorted) and self._sorted[at].startswith(sha):
            yield self._row[self._sorted[at]]
            at += 1

    @cached_property
    def _sorted(self) -> list[bytes]:
        return sorted(self._shas)
