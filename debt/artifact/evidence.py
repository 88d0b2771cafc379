"""What says that a tool wrote an artifact (R29): pieces by source, and where the sources agree.

No source is complete and none is proof: each piece keeps where it comes from and how far it is to
be trusted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

MOST_OF_A_SOURCE = 200
MOST = 500


class EvidenceSource(StrEnum):
    """Where a piece was read. The first three are a commit's own words, the last two a person's: in
    a metadata block, or on the register.
    """

    TRAILER = "trailer"
    IDENTITY = "identity"
    BODY = "body"
    NOTE = "note"
    TRACE = "trace"
    BLOCK = "block"
    DECLARED = "declared"


MARKERS = frozenset({EvidenceSource.TRAILER, EvidenceSource.IDENTITY, EvidenceSource.BODY})


class Confidence(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class EvidencePiece(NamedTuple):
    """One place that says who wrote how many of an artifact's lines.

    `tool` is None where it says that a person did. A commit is named by its id; a trace by its
    path and lines at the head of the branch, a block by where it begins; what it says and what was
    declared is about all there is.
    """

    source: EvidenceSource
    tool: str | None
    lines: int
    confidence: Confidence
    model: str | None = None
    commit: str | None = None
    path: str | None = None
    first_line: int | None = None
    last_line: int | None = None


SOME_TOOL = "a tool that nobody named"


def declared(tool: str | None, model: str | None) -> EvidencePiece:
    """Somebody put it on the register as AI-produced."""
    return EvidencePiece(EvidenceSource.DECLARED, tool or SOME_TOOL, 0, Confidence.HIGH, model)


def in_block(tool: str | None, model: str | None, path: str, line: int) -> EvidencePiece:
    """A metadata block says it of its file or directory."""
    named = tool or SOME_TOOL
    return EvidencePiece(
        EvidenceSource.BLOCK, named, 0, Confidence.HIGH, model, path=path, first_line=line
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """Commits that name a tool by a marker, by a note, by both, and where these contradict each
    other; and files that traces are about.
    """

    marked: int = 0
    noted: int = 0
    both: int = 0
    contradict: int = 0
    traced: int = 0

    @property
    def words(self) -> str | None:
        """“markers on 9 commits, notes on 7 of them and 2 more, contradicting on 1”.

        None where commits' own markers are all there is.
        """
        if not (self.noted or self.contradict or self.traced):
            return None
        parts = [*self._of_commits()]
        if self.traced:
            parts.append(f"traces on {_counted(self.traced, 'file')}")
        return ", ".join(parts)

    def _of_commits(self) -> Iterator[str]:
        alone = self.noted - self.both
        if self.marked:
            yield f"markers on {_counted(self.marked, 'commit')}"
            if self.noted or self.contradict:
                more = f" and {alone:,} more" if alone else ""
                yield f"notes on {self.both:,} of them{more}"
        elif self.noted:
            yield f"notes on {_counted(self.noted, 'commit')}"
        if self.contradict:
            yield f"contradicting on {self.contradict:,}"


def agreement(pieces: Iterable[EvidencePiece]) -> Agreement:
    """How far an artifact's sources agree, over all that there is of them."""
    by_marker: dict[str, set[str | None]] = defaultdict(set)
    by_note: dict[str, set[str | None]] = defaultdict(set)
    traced = set()
    for piece in pieces:
        if piece.commit is None:
            traced.add(piece.path)
        else:
            told = by_marker if piece.source in MARKERS else by_note
            told[piece.commit].add(_certain(piece))
    noted = {commit for commit, tools in by_note.items() if tools != {None}}
    both = by_marker.keys() & by_note.keys()
    return Agreement(
        marked=len(by_marker),
        noted=len(noted),
        both=len(by_marker.keys() & noted),
        contradict=sum(_contradict(by_marker[commit], by_note[commit]) for commit in both),
        traced=len(traced),
    )


def kept(pieces: Iterable[EvidencePiece]) -> tuple[EvidencePiece, ...]:
    """Of pieces that come newest first, those that a register keeps: so many of each source."""
    room: dict[EvidenceSource, int] = dict.fromkeys(EvidenceSource, MOST_OF_A_SOURCE)
    some: list[EvidencePiece] = []
    for piece in pieces:
        if room[piece.source] and len(some) < MOST:
            room[piece.source] -= 1
            some.append(piece)
    return tuple(some)


_UNCERTAIN = ""


def _certain(piece: EvidencePiece) -> str | None:
    """The tool, as far as it is certain: one that nobody named contradicts no other."""
    return _UNCERTAIN if piece.tool and piece.confidence is Confidence.LOW else piece.tool


def _contradict(marked: set[str | None], noted: set[str | None]) -> bool:
    """Whether the two name different tools, or the note a person alone."""
    if noted == {None}:
        return True
    if _UNCERTAIN in marked | noted:
        return False
    return not marked & noted


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
