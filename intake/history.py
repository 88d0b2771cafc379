"""Who added what to the files that stand, and where a tool had a hand: a Log read backwards.

Newest commit first, so that a rename met on the way leads older paths to the file that still
stands.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from intake.git import Repository
from intake.kinds import is_own_code
from intake.log import Log
from intake.markers import By, Evidence
from intake.notes import Claim, Note
from intake.traces import Span, lines_of

EVER = -(1 << 62)


class Told(NamedTuple):
    """That one commit's added lines of a file are said to be somebody's: by its words, which
    History has by position, or by its note, which claims some of them.
    """

    commit: int
    added: int
    claim: Claim | None

    def ai_lines(self, *, marked: bool) -> int:
        """At most what was added: all but people's by the commit's words, else what is claimed."""
        claimed = min(self.claim.ai, self.added) if self.claim else 0
        people = min(self.claim.people, self.added) if self.claim else 0
        return max(self.added - people, claimed) if marked else claimed


@dataclass(slots=True)
class FileHistory:
    """What happened to one file that still stands. `commits` are positions in the History, in no
    order.
    """

    added: int = 0
    ai_added: int = 0
    commits: "array[int]" = field(default_factory=lambda: array("I"))
    tools: dict[By, int] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    traced: list[Span] = field(default_factory=list)

    @property
    def first(self) -> int:
        """The commit that made it."""
        return max(self.commits)

    @property
    def ai_share(self) -> float:
        """AI-added lines in all lines ever added, 0 to 1."""
        return self.ai_added / self.added if self.added else 0.0

    def trace(self, spans: list[Span]) -> None:
        """Lines of the file as it stands that traces give to tools; commits that name one win."""
        self.traced = spans
        if self.ai_added:
            return
        self.ai_added = min(lines_of(spans), self.added)
        for span in spans:
            share = min(lines_of([span]), self.added)
            self.tools[span.by] = self.tools.get(span.by, 0) + share


class Gone(NamedTuple):
    """Lines that were added to a file that does not stand any more, and those of them by tools."""

    added: int
    ai_added: int

    @property
    def ai_share(self) -> float:
        return self.ai_added / self.added


class Moved(NamedTuple):
    """Where what was last at a path stands, and when it left, in seconds since 1970."""

    path: bytes
    landed: int


@dataclass(slots=True)
class History:
    """All that one pass found. A commit is its position in `ids`: 0 is the newest.

    `by_tools` are commits that name a tool, by their words or by a note; `credited` are those of
    them whose evidence no revert took away, `undone` all commits that a later one reverts. `marked`
    is what a commit's own words say, `shas` the ids of commits that files were told about, `moved`
    says by a path that is no more where its file went, `gone` are files of code that are no more
    at all. `unreviewed` landed on the main line by no merge and tell of no review, as far as
    anything here `tells_of_reviews`. Authors are e-mail addresses in lower case, or names where
    there is none.
    """

    ids: list[bytes] = field(default_factory=list)
    files: dict[bytes, FileHistory] = field(default_factory=dict)
    moved: dict[bytes, Moved] = field(default_factory=dict)
    gone: list[Gone] = field(default_factory=list)
    landed: "array[int]" = field(default_factory=lambda: array("q"))
    author: "array[int]" = field(default_factory=lambda: array("I"))
    people: list[str] = field(default_factory=list)
    not_people: set[int] = field(default_factory=set)
    credited: set[int] = field(default_factory=set)
    marked: dict[int, frozenset[Evidence]] = field(default_factory=dict)
    shas: dict[int, str] = field(default_factory=dict)
    reverting: set[int] = field(default_factory=set)
    undone: set[int] = field(default_factory=set)
    by_tools: set[int] = field(default_factory=set)
    unreviewed: set[int] = field(default_factory=set)

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
        return set(range(self.commits)) - self.by_tools

    @property
    def commits(self) -> int:
        """How many commits were read; merges are not among them."""
        return len(self.landed)


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
    row_of = {sha: row for row, sha in enumerate(log.shas)}
    noted = {row_of[sha]: note for sha, note in (notes or {}).items() if note}
    reading = _Reading(log, noted, {row_of[sha] for sha in cut if sha in row_of}, since)
    return reading.of(wanted)


def cut_off(repository: Repository) -> frozenset[bytes]:
    """The commits at which a shallow clone ends; empty for a full one."""
    with suppress(FileNotFoundError):
        return frozenset(repository.shallow_file.read_bytes().split())
    return frozenset()


_Column: TypeAlias = "array[int]"
_Told = tuple[int, bytes, int, Claim | None]
"""What Told says, with the path that the file had then."""


class _Reading:
    """The state of one pass: path by path, since what most commits did only has to be added up.

    A commit is its row in the log; `ages` say how many commits are newer.
    """

    def __init__(self, log: Log, noted: Mapping[int, Note], cut: set[int], since: int) -> None:
        self._log, self._noted, self._cut = log, noted, cut
        rows = log.order
        self._ages = dict(zip(rows, range(len(rows)), strict=True))
        self._moves = moves_in(log, self._ages)
        undone, reverting = undone_in(log, self._ages)
        counted = [row for row in rows if log.landed[row] >= since]
        every = len(counted) == len(rows)
        self._position = (
            self._ages if every else dict(zip(counted, range(len(counted)), strict=True))
        )
        self._nothing = undone | {row for row in reverting if log.reverts[row].only}
        self._special = self._nothing | log.named.keys() | noted.keys()
        self._files: dict[int, FileHistory] = defaultdict(FileHistory)
        self._told: dict[int, list[_Told]] = defaultdict(list)
        self._gone: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        self._by_note: set[int] = set()
        self._history = History(
            ids=list(map(log.shas.__getitem__, counted)),
            landed=array("q", map(log.landed.__getitem__, counted)),
            author=array("I", map(log.author.__getitem__, counted)),
            people=[author.known for author in log.authors],
            not_people={at for at, author in enumerate(log.authors) if author.is_machine},
            reverting={self._position[row] for row in reverting & self._position.keys()},
            undone={self._position[row] for row in undone & self._position.keys()},
        )

    def of(self, wanted: Collection[bytes]) -> History:
        log, every = self._log, self._position is self._ages
        stand = {at for at, path in enumerate(log.paths) if path in wanted}
        for at, (rows, added) in enumerate(zip(log.rows, log.added, strict=True)):
            if every and at not in self._moves:
                self._take(at, at, rows, added, stands=at in stand)
                continue
            for now, part in self._parts(at, rows, added).items():
                self._take(at, now, *part, stands=now in stand)
        self._mark()
        self._history.unreviewed = set(self._unreviewed())
        self._history.gone = [Gone(*lines) for lines in self._gone.values()]
        for standing, told in self._told.items():
            self._credit(self._files[standing], told)
        self._history.files = {log.paths[at]: file for at, file in self._files.items()}
        self._history.moved = self._moved(stand)
        return self._history

    def _moved(self, stand: set[int]) -> dict[bytes, Moved]:
        """By paths that are no more."""
        last = {at: moves[0] for at, moves in self._moves.items() if at not in stand}
        paths, landed, order = self._log.paths, self._log.landed, self._log.order
        return {
            paths[at]: Moved(paths[now], landed[order[age]])
            for at, (age, now) in last.items()
            if now in self._files
        }

    def _parts(self, at: int, rows: _Column, added: _Column) -> dict[int, tuple[_Column, _Column]]:
        """The commits that count, and their lines, by the path to which this one led then."""
        parts: dict[int, tuple[_Column, _Column]] = {}
        for row, lines in zip(rows, added, strict=True):
            if row in self._position:
                part = parts.setdefault(self._standing(at, row), (array("I"), array("I")))
                part[0].append(row)
                part[1].append(lines)
        return parts

    def _standing(self, at: int, row: int) -> int:
        """Where that is now, to which a path led before the moves that came after a commit."""
        moves = self._moves.get(at, ())
        later = bisect_left(moves, (self._ages[row],))
        return moves[later - 1][1] if later else at

    def _unreviewed(self) -> Iterator[int]:
        reviewed, straight = self._log.reviewed, self._log.straight
        for row, position in self._position.items():
            if straight[row] and not reviewed[row]:
                yield position

    def _take(self, at: int, now: int, rows: _Column, added: _Column, *, stands: bool) -> None:
        """Some commits of a path, and the file it became, whether that still stands or not."""
        if stands:
            file = self._files[now]
            file.commits.extend(map(self._position.__getitem__, rows))
            file.added += sum(added)
        elif is_own_code(self._log.paths[now]):
            self._gone[now][0] += sum(added)
        if not self._special.isdisjoint(rows):
            for row, lines in zip(rows, added, strict=True):
                if row in self._special:
                    self._look(at, now, row, lines, stands=stands)

    def _look(self, at: int, now: int, row: int, added: int, *, stands: bool) -> None:
        """A commit that counts for nothing, or of which something is said."""
        path, claim = self._log.paths[at], None
        if row in self._noted and (claim := self._noted[row].get(path)) and claim.ai and added:
            self._by_note.add(row)
        if not added or not (stands or now in self._gone):
            return
        if row in self._nothing:
            self._without(now, added, stands=stands)
        elif row not in self._cut and (claim or row in self._log.named):
            if stands:
                self._told[now].append((self._position[row], path, added, claim))
            else:
                told, marked = Told(row, added, claim), row in self._log.named
                self._gone[now][1] += told.ai_lines(marked=marked)

    def _without(self, now: int, added: int, *, stands: bool) -> None:
        """Lines that were taken back, or take others back, were never added."""
        if stands:
            self._files[now].added -= added
        else:
            self._gone[now][0] -= added

    def _mark(self) -> None:
        """What commits are evidence of, whichever files they changed."""
        history, log = self._history, self._log
        rows = self._position.keys() & (log.named.keys() | self._noted.keys())
        for row in sorted(rows, key=self._position.__getitem__):
            position, found = self._position[row], log.named.get(row)
            credited = bool(found) or row in self._by_note
            if credited:
                history.by_tools.add(position)
            if row in self._nothing or row in self._cut:
                continue
            history.shas[position] = log.shas[row].decode("ascii", "replace")
            if credited:
                history.credited.add(position)
            if found:
                history.marked[position] = found

    def _credit(self, file: FileHistory, told: list[_Told]) -> None:
        """Newest first; a tool that a commit's words and its note name has its lines once."""
        for position, _, added, claim in sorted(told, key=itemgetter(0, 1)):
            each, found = Told(position, added, claim), self._history.marked.get(position)
            file.told.append(each)
            lines = each.ai_lines(marked=found is not None) if claim else added
            file.ai_added += lines
            tools = _tools(found) if found else ()
            shares = _shares(tools, each, lines) if claim else dict.fromkeys(tools, lines)
            for by, share in shares.items():
                file.tools[by] = file.tools.get(by, 0) + share


def moves_in(log: Log, ages: Mapping[int, int]) -> dict[int, list[tuple[int, int]]]:
    """When a path was left, newest first, and where what it was then stands now."""
    stands: dict[int, int] = {}
    moves: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in sorted(log.renames, key=ages.__getitem__):
        there = [(before, stands.get(path, path)) for before, path in log.renames[row]]
        for before, standing in there:
            stands[before] = standing
            moves[before].append((ages[row], standing))
    return moves


def undone_in(log: Log, ages: Mapping[int, int]) -> tuple[set[int], set[int]]:
    """Commits that a later one says it reverts, and those that say so; not if it is undone too."""
    by_sha, by_request = _Ids(log.shas), _requests(log)
    undone: set[int] = set()
    reverting: set[int] = set()
    for row in sorted(log.reverts, key=ages.__getitem__):
        if row not in undone:
            reverting.add(row)
            named = (
                each
                for sha in log.reverts[row].shas
                for each in by_request.get(sha) or by_sha.beginning(sha)
            )
            undone.update(each for each in named if ages[each] > ages[row])
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


def _shares(tools: tuple[By, ...], told: Told, lines: int) -> dict[By, int]:
    """Whose lines they are: the marked tools' all, another's as claimed; notes know models too."""
    claimed = told.claim.tools if told.claim else {}
    models = {by.tool: by.model for by in sorted(claimed, key=claimed.__getitem__)}
    shares = {By(by.tool, by.model or models.get(by.tool)): lines for by in tools}
    marked = {by.tool for by in tools}
    return shares | {
        by: min(number, lines) for by, number in claimed.items() if by.tool not in marked
    }


@lru_cache(maxsize=4096)
def _tools(found: frozenset[Evidence]) -> tuple[By, ...]:
    """Each tool once, with a model if any of its evidence tells one."""
    models: dict[str, str | None] = {}
    for item in sorted(found, key=lambda item: (item.tool, item.source, item.model or "")):
        models[item.tool] = models.get(item.tool) or item.model
    return tuple(By(tool, model) for tool, model in models.items())
