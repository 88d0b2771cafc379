"""Files that are nearly alike, by the words in them.

Every run of four words of a file, without comments and imports, is a number; the smallest of these
numbers stand for the file, so that two files share as large a part of them as of all (bottom-k
sketches: Broder 1997). Runs that many files have are boilerplate and count for nothing.
"""

import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations
from typing import NamedTuple

from intake.languages.size import WORDS, outside

SIZE = 128
ASKED = 8
FEWEST = 32
MOST_SHARED = 20
LARGEST = 1 << 14

NOISE = (
    b"#", b"//", b"/*", b"*", b"--", b"import ", b"from ", b"use ", b"using ", b"package ",
)  # fmt: skip
RANGE = 1 << 32


class SimilarPair(NamedTuple):
    """Two files that are alike, with the share of what both say."""

    one: str
    other: str
    share: float


def sketch_of(content: bytes) -> "array[int]":
    """The sketch of a file's words, ascending; of a large file only its beginning counts."""
    lines = map(bytes.lstrip, _without_blocks(content[:LARGEST]).split(b"\n"))
    code = b"\n".join([line for line in lines if not line.startswith(NOISE)])
    words = list(map(zlib.crc32, code.translate(WORDS).split()))
    few = _runs(words, below=RANGE * 4 * SIZE // (len(words) + 1))
    smallest = few if len(few) >= SIZE else _runs(words, below=RANGE)
    return array("I", sorted(smallest)[:SIZE])


def _runs(words: list[int], below: int) -> set[int]:
    """A number for each four words in a row, as far as it is small enough to matter. Python hashes
    numbers, and tuples of them, the same in every process.
    """
    fours = zip(words, words[1:], words[2:], words[3:], strict=False)
    return {run for four in fours if (run := hash(four) % RANGE) < below}


def alike(sketches: Mapping[str, "array[int]"], least: float) -> list[SimilarPair]:
    """Every pair of files that share at least so much, in order.

    Takes time in proportion to the files: a run that more than a few of them have is left out.
    """
    boilerplate = _boilerplate(sketches.values())
    own = {path: _own(runs, boilerplate) for path, runs in sketches.items()}
    own = {path: runs for path, runs in own.items() if len(runs) >= FEWEST}
    some = {path: frozenset(runs) for path, runs in own.items()}
    pairs = [
        SimilarPair(one, other, _share(some[one], some[other], least))
        for one, other in _candidates(own)
    ]
    return [pair for pair in pairs if pair.share >= least]


def _own(runs: "array[int]", boilerplate: set[int]) -> "Sequence[int]":
    if boilerplate.isdisjoint(runs):
        return runs
    return [run for run in runs if run not in boilerplate]


def _candidates(own: Mapping[str, Sequence[int]]) -> list[tuple[str, str]]:
    """Files that share one of their very smallest numbers, as nearly all that are alike do."""
    having: dict[int, list[str]] = defaultdict(list)
    for path in sorted(own):
        for run in own[path][:ASKED]:
            having[run].append(path)
    return sorted({pair for paths in having.values() for pair in combinations(paths, 2)})


def _boilerplate(sketches: Iterable["array[int]"]) -> set[int]:
    counted = Counter(chain.from_iterable(sketches))
    return {run for run, files in counted.items() if files > MOST_SHARED}


def _share(one: frozenset[int], other: frozenset[int], least: float) -> float:
    """Of the smallest numbers of both together, those that both have; 0 where it is clear that they
    are too few.
    """
    both = one & other
    if len(both) < least * max(len(one), len(other)):
        return 0.0
    smallest = sorted(one | other)[:SIZE]
    return len(both.intersection(smallest)) / len(smallest)


def _without_blocks(content: bytes) -> bytes:
    """Without `/* … */` and triple-quoted texts, where licenses and examples are alike."""
    for opening, closing in ((b'"""', b'"""'), (b"'''", b"'''"), (b"/*", b"*/")):
        content = outside(content, opening, closing)
    return content
