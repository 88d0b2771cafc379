"""Pieces of evidence that commits, notes and traces give for some files."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from debt.artifact.evidence import Confidence, EvidencePiece, EvidenceSource
from intake.provenance.history import AttributedLines, FileHistory, History
from intake.provenance.markers import Evidence
from intake.provenance.markers import Source as Marker
from intake.provenance.traces import TracedLines
from intake.text.shown import shown

READ_FROM: dict[Marker, tuple[EvidenceSource, Confidence]] = {
    "trailer": (EvidenceSource.TRAILER, Confidence.HIGH),
    "session": (EvidenceSource.TRAILER, Confidence.HIGH),
    "author": (EvidenceSource.IDENTITY, Confidence.HIGH),
    "committer": (EvidenceSource.IDENTITY, Confidence.HIGH),
    "footer": (EvidenceSource.BODY, Confidence.MEDIUM),
}


class _Named(NamedTuple):
    """Whom a source names; without a tool, a person."""

    source: EvidenceSource
    tool: str | None
    model: str | None


def pieces_of(
    files: Mapping[str, FileHistory], history: History, unnamed: frozenset[str]
) -> Iterator[EvidencePiece]:
    """What commits and their notes say, newest commit first; then what traces say of files by
    their paths. Of `unnamed` tools the confidence is low.
    """
    by_commit: dict[int, list[AttributedLines]] = defaultdict(list)
    for file in files.values():
        for lines in file.attributed:
            by_commit[lines.commit].append(lines)
    for commit in sorted(by_commit, reverse=True):
        sha, written = history.ids[commit].decode("ascii"), by_commit[commit]
        yield from _by_words(sha, history.marked.get(commit, frozenset()), written, unnamed)
        yield from _by_note(sha, written, unnamed)
    for path in sorted(files):
        yield from _by_trace(path, files[path].traced)


def _by_words(
    sha: str, evidence: frozenset[Evidence], written: list[AttributedLines], unnamed: frozenset[str]
) -> Iterator[EvidencePiece]:
    """One piece for each source and tool: a trailer repeated is one trailer."""
    lines = sum(part.ai_lines for part in written)
    for source, item in _once(evidence):
        sure = Confidence.LOW if item.tool in unnamed else READ_FROM[item.source][1]
        yield EvidencePiece(source, item.tool, lines, sure, model=item.model, commit=sha)


@lru_cache(maxsize=4096)
def _once(evidence: frozenset[Evidence]) -> tuple[tuple[EvidenceSource, Evidence], ...]:
    """One item for each source and tool, sorted; one with a model comes before one without."""
    items: dict[tuple[EvidenceSource, str], Evidence] = {}
    for item in sorted(evidence, key=lambda item: (item.source, item.tool, item.model or "")):
        key = READ_FROM[item.source][0], item.tool
        items[key] = item if item.model or key not in items else items[key]
    return tuple((source, item) for (source, _), item in sorted(items.items()))


def _by_note(
    sha: str, written: list[AttributedLines], unnamed: frozenset[str]
) -> Iterator[EvidencePiece]:
    """A piece for each tool, most lines first; one for people where they wrote some."""
    claims = [(part.added, part.claim) for part in written if part.claim]
    if not claims:
        return
    lines: Counter[_Named] = Counter()
    exact = True
    for added, claim in claims:
        for by, number in claim.tools.items():
            lines[_Named(EvidenceSource.NOTE, *by)] += min(number, added)
        if claim.people:
            lines[_Named(EvidenceSource.NOTE, None, None)] += min(claim.people, added)
        exact = exact and claim.ai + claim.people <= added
    for named, number in sorted(lines.items(), key=lambda item: (-item[1], *map(str, item[0]))):
        sure = Confidence.HIGH if exact else Confidence.MEDIUM
        sure = Confidence.LOW if named.tool in unnamed else sure
        yield EvidencePiece(*named[:2], number, sure, model=named.model, commit=sha)


def _by_trace(path: str, spans: Sequence[TracedLines]) -> Iterator[EvidencePiece]:
    for by, (first, last), sure in sorted(spans, key=lambda span: span.lines):
        yield EvidencePiece(
            EvidenceSource.TRACE,
            by.tool,
            last - first + 1,
            sure,
            model=by.model,
            path=shown(path),
            first_line=first,
            last_line=last,
        )
