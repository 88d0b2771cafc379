"""Who added what to the files that stand, and where a tool had a hand.

Renames are followed backwards, so that each leads older paths to the file that still stands.
"""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import compress
from operator import gt
from typing import NamedTuple, TypeAlias

from intake.git.repository import Repository
from intake.languages.kinds import is_own_code
from intake.provenance.log import Log
from intake.provenance.markers import By, Evidence
from intake.provenance.notes import Note, NoteClaim
from intake.provenance.traces import TracedLines, lines_of

EVER = -(1 << 62)
NOBODY: frozenset[Evidence] = frozenset()


class AttributedLines(NamedTuple):
    """That one commit's added lines of a file are said to be somebody's: by its words, which
    History has by row, or by its note, which claims some of them. `path` is what the file was
    called then, `ai_lines` are those of tools.
    """

    commit: int
    path: bytes
    added: int
    claim: NoteClaim | None
    ai_lines: int


def ai_lines(added: int, claim: NoteClaim | None, *, marked: bool) -> int:
    """At most what was added: all but people's by the commit's words, else what is claimed."""
    if claim is None:
        return added if marked else 0
    claimed = min(claim.ai, added)
    return max(added - min(claim.people, added), claimed) if marked else claimed


@dataclass(slots=True)
class FileHistory:
    """What happened to one file that still stands. `commits` are rows of the History, of which the
    `first` made it; they and what is `told` are in no order.
    """

    added: int
    commits: "array[int]"
    first: int
    ai_added: int = 0
    told: list[AttributedLines] = field(default_factory=list)
    traced: Sequence[TracedLines] = ()

    @property
    def ai_share(self) -> float:
        """AI-added lines in all lines ever added, 0 to 1."""
        return self.ai_added / self.added if self.added else 0.0

    def trace(self, spans: list[TracedLines]) -> None:
        """Lines of the file as it stands that traces give to tools; commits that name one win."""
        self.traced = spans
        if not self.ai_added:
            self.ai_added = min(lines_of(spans), self.added)


class RemovedFile(NamedTuple):
    """Lines that were added to a file that does not stand any more, and those of them by tools."""

    added: int
    ai_added: int

    @property
    def ai_share(self) -> float:
        return self.ai_added / self.added


class MovedFile(NamedTuple):
    """Where what was last at a path stands, and when it left, in seconds since 1970."""

    path: bytes
    landed: int


@dataclass(slots=True)
class History:
    """All that one pass found. A commit is its row in the log: 0 is the oldest.

    `by_tools` are commits that name a tool, by their words or by a note; `credited` are those of
    them whose evidence no revert took away, `undone` all commits that a later one reverts. `marked`
    is what a commit's own words say, `moved` says by a path that is no more where its file went,
    `gone` are files of code that are no more at all. `unreviewed` landed on the main line by no
    merge and tell of no review, as far as anything here `tells_of_reviews`. Commits that are too
    `early` count nowhere. Authors are e-mail addresses in lower case, or names where there is none.
    """

    ids: list[bytes]
    landed: "array[int]"
    author: "array[int]"
    people: list[str]
    not_people: set[int]
    early: set[int] = field(default_factory=set)
    files: dict[bytes, FileHistory] = field(default_factory=dict)
    moved: dict[bytes, MovedFile] = field(default_factory=dict)
    gone: list[RemovedFile] = field(default_factory=list)
    credited: set[int] = field(default_factory=set)
    marked: dict[int, frozenset[Evidence]] = field(default_factory=dict)
    reverting: set[int] = field(default_factory=set)
    undone: set[int] = field(default_factory=set)
    by_tools: set[int] = field(default_factory=set)
    unreviewed: set[int] = field(default_factory=set)

    def tools_of(self, *files: FileHistory) -> Counter[By]:
        """Whose lines of some files they are, by their commits, the newest first, or else by their
        traces. A tool that a commit's words and its note name has its lines once.
        """
        tools: Counter[By] = Counter()
        for file in files:
            for told in sorted(file.told, reverse=True):
                found = _tools(self.marked.get(told.commit, NOBODY))
                shares = _shares(found, told) if told.claim else dict.fromkeys(found, told.ai_lines)
                for by, lines in shares.items():
                    tools[by] += lines
            if not any(told.ai_lines for told in file.told):
                for span in file.traced:
                    tools[span.by] += min(lines_of([span]), file.added)
        return tools

    @property
    def tells_of_reviews(self) -> bool:
        return len(self.unreviewed) < self.commits

    @property
    def ai_commits(self) -> int:
        """How many name a tool."""
        return len(self.by_tools)

    @property
    def own(self) -> set[int]:
        """Commits that name no tool."""
        return set(range(len(self.ids))) - self.by_tools - self.early

    @property
    def commits(self) -> int:
        """How many commits count; merges are not among them."""
        return len(self.ids) - len(self.early)


def history_in(
    log: Log,
    wanted: Collection[bytes],
    *,
    cut: Collection[bytes] = (),
    notes: Mapping[bytes, Note] | None = None,
    since: int = EVER,
) -> History:
    """What these commits did to the wanted paths.

    `cut` are commits at which a shallow clone ends: all they hold looks added, so it is no
    evidence. `notes` are by commit. What landed before `since` is left out.
    """
    row_of = {sha: row for row, sha in enumerate(log.shas)} if notes or cut else {}
    noted = {row_of[sha]: note for sha, note in (notes or {}).items() if note}
    reading = _Reading(log, noted, {row_of[sha] for sha in cut if sha in row_of}, since)
    return reading.of(wanted)


def cut_off(repository: Repository) -> frozenset[bytes]:
    """The commits at which a shallow clone ends; empty for a full one."""
    with suppress(FileNotFoundError):
        return frozenset(repository.shallow_file.read_bytes().split())
    return frozenset()


_Column: TypeAlias = "array[int]"


class _Reading:
    """The state of one pass: path by path, since what most commits did only has to be added up."""

    def __init__(self, log: Log, noted: Mapping[int, Note], cut: set[int], since: int) -> None:
        self._log, self._noted, self._cut = log, noted, cut
        self._moves = moves_in(log)
        undone, reverting = undone_in(log)
        self._nothing = undone | {row for row in reverting if log.reverts[row].only}
        self._special = self._nothing | log.named.keys() | noted.keys()
        self._stand: set[int] = set()
        self._files: dict[int, FileHistory] = {}
        self._gone: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        self._by_note: set[int] = set()
        early = {row for row, landed in enumerate(log.landed) if landed < since}
        self._history = History(
            ids=log.shas,
            landed=log.landed,
            author=log.author,
            people=[author.known for author in log.authors],
            not_people={at for at, author in enumerate(log.authors) if author.is_machine},
            early=early,
            reverting=reverting - early,
            undone=undone - early,
        )

    def of(self, wanted: Collection[bytes]) -> History:
        log, history = self._log, self._history
        self._stand = {at for at, path in enumerate(log.paths) if path in wanted}
        for at, (rows, added) in enumerate(zip(log.rows, log.added, strict=True)):
            if at in self._moves or history.early:
                for now, part in self._parts(at, rows, added).items():
                    self._take(at, now, *part)
            else:
                self._take(at, at, rows, added)
        self._mark()
        history.unreviewed = self._unreviewed() - history.early
        history.gone = [RemovedFile(*lines) for lines in self._gone.values()]
        history.files = {log.paths[at]: file for at, file in self._files.items()}
        history.moved = self._moved()
        return history

    def _moved(self) -> dict[bytes, MovedFile]:
        """By paths that are no more."""
        last = {at: moves[0] for at, moves in self._moves.items() if at not in self._stand}
        paths, landed = self._log.paths, self._log.landed
        return {
            paths[at]: MovedFile(paths[now], landed[row])
            for at, (row, now) in last.items()
            if now in self._files
        }

    def _parts(self, at: int, rows: _Column, added: _Column) -> dict[int, tuple[_Column, _Column]]:
        """The commits that count, and their lines, by the path to which this one led then."""
        first = self._moves[at][-1] if at in self._moves else None
        if first and not self._history.early and max(rows, default=0) < first[0]:
            return {first[1]: (rows, added)}
        parts: dict[int, tuple[_Column, _Column]] = {}
        for row, lines in zip(rows, added, strict=True):
            if row not in self._history.early:
                part = parts.setdefault(self._standing(at, row), (array("I"), array("I")))
                part[0].append(row)
                part[1].append(lines)
        return parts

    def _standing(self, at: int, row: int) -> int:
        """Where that is now, to which a path led before the moves that came after a commit."""
        later = [standing for moved, standing in self._moves.get(at, ()) if moved > row]
        return later[-1] if later else at

    def _unreviewed(self) -> set[int]:
        straight, reviewed = self._log.straight, self._log.reviewed
        return set(compress(range(len(straight)), map(gt, straight, reviewed)))

    def _take(self, at: int, now: int, rows: _Column, added: _Column) -> None:
        """Some commits of a path, and the file it became, whether that still stands or not."""
        if not rows:
            return
        if now in self._stand:
            self._add(now, rows, sum(added))
        elif is_own_code(self._log.paths[now]):
            self._gone[now][0] += sum(added)
        if not self._special.isdisjoint(rows):
            for row, lines in zip(rows, added, strict=True):
                if row in self._special:
                    self._look(at, now, row, lines)

    def _add(self, now: int, rows: _Column, added: int) -> None:
        file, first = self._files.get(now), min(rows)
        if file is None:
            self._files[now] = FileHistory(added, rows, first)
        else:
            file.added += added
            file.first = min(file.first, first)
            file.commits = file.commits + rows  # anew: the log's own columns stay as they are

    def _look(self, at: int, now: int, row: int, added: int) -> None:
        """A commit that counts for nothing, or of which something is said."""
        path, claim = self._log.paths[at], None
        if row in self._noted and (claim := self._noted[row].get(path)) and claim.ai and added:
            self._by_note.add(row)
        if not added or not (now in self._stand or now in self._gone):
            return
        if row in self._nothing:
            self._without(now, added)
        elif row not in self._cut and (claim or row in self._log.named):
            lines = ai_lines(added, claim, marked=row in self._log.named)
            if now in self._stand:
                file = self._files[now]
                file.told.append(AttributedLines(row, path, added, claim, lines))
                file.ai_added += lines
            else:
                self._gone[now][1] += lines

    def _without(self, now: int, added: int) -> None:
        """Lines that were taken back, or take others back, were never added."""
        if now in self._stand:
            self._files[now].added -= added
        else:
            self._gone[now][0] -= added

    def _mark(self) -> None:
        """What commits are evidence of, whichever files they changed."""
        history, named = self._history, self._log.named
        history.by_tools = (self._by_note | named.keys()) - history.early
        history.credited = history.by_tools - self._nothing - self._cut
        history.marked = {row: named[row] for row in history.credited & named.keys()}


def moves_in(log: Log) -> dict[int, list[tuple[int, int]]]:
    """When a path was left, newest first, and where what it was then stands now."""
    stands: dict[int, int] = {}
    moves: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in sorted(log.renames, reverse=True):
        there = [(before, stands.get(path, path)) for before, path in log.renames[row]]
        for before, standing in there:
            stands[before] = standing
            moves[before].append((row, standing))
    return moves


def undone_in(log: Log) -> tuple[set[int], set[int]]:
    """Commits that a later one says it reverts, and those that say so; not if it is undone too."""
    by_sha, by_request = _Ids(log.shas if log.reverts else ()), _requests(log)
    undone: set[int] = set()
    reverting: set[int] = set()
    for row in sorted(log.reverts, reverse=True):
        if row not in undone:
            reverting.add(row)
            named = (
                each
                for sha in log.reverts[row].shas
                for each in by_request.get(sha) or by_sha.beginning(sha)
            )
            undone.update(each for each in named if each < row)
    return undone, reverting


def _requests(log: Log) -> dict[bytes, list[int]]:
    """Rows by the numbers of the requests that were squashed into them: `#12`."""
    rows: dict[bytes, list[int]] = defaultdict(list)
    for row, made in log.made.items():
        if made.request is not None:
            rows[b"#%d" % made.request].append(row)
    return rows


class _Ids:
    """Rows by the ids of their commits, which reverts may abbreviate."""

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


def _shares(tools: tuple[By, ...], told: AttributedLines) -> dict[By, int]:
    """Whose lines they are: the marked tools' all, another's as claimed; notes know models too."""
    claimed = told.claim.tools if told.claim else {}
    models = {by.tool: by.model for by in sorted(claimed, key=claimed.__getitem__)}
    shares = {By(by.tool, by.model or models.get(by.tool)): told.ai_lines for by in tools}
    marked = {by.tool for by in tools}
    return shares | {
        by: min(number, told.ai_lines) for by, number in claimed.items() if by.tool not in marked
    }


@lru_cache(maxsize=4096)
def _tools(found: frozenset[Evidence]) -> tuple[By, ...]:
    """Each tool once, with a model if any of its evidence tells one."""
    models: dict[str, str | None] = {}
    for item in sorted(found, key=lambda item: (item.tool, item.source, item.model or "")):
        models[item.tool] = models.get(item.tool) or item.model
    return tuple(By(tool, model) for tool, model in models.items())
