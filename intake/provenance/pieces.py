"""What the history and the traces of some files say of them, as pieces of evidence."""

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
    their paths. `unnamed` tools are nobody sure.
    """
    told: dict[int, list[AttributedLines]] = defaultdict(list)
    for file in files.values():
        for each in file.told:
            told[each.commit].append(each)
    for commit in sorted(told, reverse=True):
        sha = history.ids[commit].decode("ascii")
        yield from _by_words(sha, history.marked.get(commit, frozenset()), told[commit], unnamed)
        yield from _by_note(sha, told[commit], unnamed)
    for path in sorted(files):
        yield from _by_trace(path, files[path].traced)


def _by_words(
    sha: str, found: frozenset[Evidence], told: list[AttributedLines], unnamed: frozenset[str]
) -> Iterator[EvidencePiece]:
    """One piece for each source and tool: a trailer repeated is one trailer."""
    lines = sum(each.ai_lines for each in told)
    for source, item in _said(found):
        sure = Confidence.LOW if item.tool in unnamed else READ_FROM[item.source][1]
        yield EvidencePiece(source, item.tool, lines, sure, model=item.model, commit=sha)


@lru_cache(maxsize=4096)
def _said(found: frozenset[Evidence]) -> tuple[tuple[EvidenceSource, Evidence], ...]:
    said: dict[tuple[EvidenceSource, str], Evidence] = {}
    for item in sorted(found, key=lambda item: (item.source, item.tool, item.model or "")):
        key = READ_FROM[item.source][0], item.tool
        said[key] = item if item.model or key not in said else said[key]
    return tuple((source, item) for (source, _), item in sorted(said.items()))


def _by_note(
    sha: str, told: list[AttributedLines], unnamed: frozenset[str]
) -> Iterator[EvidencePiece]:
    """A piece for each tool, most lines first; one for people where they wrote some."""
    claims = [(each.added, each.claim) for each in told if each.claim]
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
