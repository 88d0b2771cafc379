"""Lines and commits of the files that stand, and which of them are a tool's.

Renames are followed backwards, so that each leads older paths to the file that still stands.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress
from operator import gt
from typing import NamedTuple

from intake.git.repository import Repository
from intake.languages.kinds import is_own_code
from intake.provenance.log import Log
from intake.provenance.markers import By, Evidence
from intake.provenance.notes import Note, NoteClaim
from intake.provenance.reverts import undone_in
from intake.provenance.traces import TracedLines, lines_of
from intake.text.numbers import Numbers

EVER = -(1 << 62)
NO_EVIDENCE: frozenset[Evidence] = frozenset()


class AttributedLines(NamedTuple):
    """Lines that one commit added to a file, and how many of them are tools' (`ai_lines`).

    Either the commit's own words name a tool (History has them by row), or its note claims some of
    the lines. `path` is what the file was called then.
    """

    commit: int
    path: bytes
    added: int
    claim: NoteClaim | None
    ai_lines: int


def ai_lines(added: int, claim: NoteClaim | None, *, marked: bool) -> int:
    """Added lines that are tools', at most all: by a `marked` commit's words all but those that
    its note gives to people, else those that its note gives to tools.
    """
    if claim is None:
        return added if marked else 0
    claimed = min(claim.ai, added)
    return max(added - min(claim.people, added), claimed) if marked else claimed


@dataclass(slots=True)
class FileHistory:
    """What happened to one file that still stands. `commits` are rows of the History, of which the
    `first` made it; they and the `attributed` lines are in no order.
    """

    added: int
    commits: Numbers
    first: int
    ai_added: int = 0
    attributed: list[AttributedLines] = field(default_factory=list)
    traced: Sequence[TracedLines] = ()

    @property
    def ai_share(self) -> float:
        """AI-added lines in all lines ever added, 0 to 1."""
        return self.ai_added / self.added if self.added else 0.0

    def trace(self, spans: list[TracedLines]) -> None:
        """Notes lines that traces give to tools; they count only where no commit names a tool."""
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
    """What all commits did to some files. A commit is its row in the log: 0 is the oldest.

    `by_tools` are commits that name a tool, by their words or by a note; `credited` are those of
    them whose evidence no revert took away, `undone` all commits that a later one reverts. `marked`
    is what a commit's own words say, `moved` says by a path that is no more where its file went,
    `gone` are files of code that are no more at all. `unreviewed` landed on the main line by no
    merge and show no review; that says something only where a commit `shows_reviews`. Commits that
    are too `early` count nowhere. Authors are e-mail addresses in lower case, or names where there
    is none.
    """

    ids: list[bytes]
    landed: Numbers
    author: Numbers
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
        """Lines of each tool in some files: by commits, the newest first, or else by traces. Lines
        that both a commit's words and its note give to a tool count once.
        """
        tools: Counter[By] = Counter()
        for file in files:
            for lines in sorted(file.attributed, reverse=True):
                marked = _tools(self.marked.get(lines.commit, NO_EVIDENCE))
                for tool, number in _shares(marked, lines).items():
                    tools[tool] += number
            if not any(lines.ai_lines for lines in file.attributed):
                for span in file.traced:
                    tools[span.by] += min(lines_of([span]), file.added)
        return tools

    @property
    def shows_reviews(self) -> bool:
        """Whether any commit was reviewed, as far as git shows it."""
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
    shallow: Collection[bytes] = (),
    notes: Mapping[bytes, Note] | None = None,
    since: int = EVER,
) -> History:
    """What these commits did to the wanted paths.

    `shallow` are commits at which a shallow clone ends: all they hold looks added, so it is no
    evidence. `notes` are by commit. What landed before `since`, in seconds since 1970, is left out.
    """
    row_of = {sha: row for row, sha in enumerate(log.shas)} if notes or shallow else {}
    noted = {row_of[sha]: note for sha, note in (notes or {}).items() if note}
    ends = {row_of[sha] for sha in shallow if sha in row_of}
    return _HistoryBuilder(log, noted, ends, since).build(wanted)


def shallow_commits(repository: Repository) -> frozenset[bytes]:
    """The commits at which a shallow clone ends; empty for a full one."""
    with suppress(FileNotFoundError):
        return frozenset(repository.shallow_file.read_bytes().split())
    return frozenset()


class _HistoryBuilder:
    """Builds a History path by path: the lines of most commits only have to be added up.

    A path is its index in the log's paths. `path` is the one that commits wrote to, `current` the
    one that leads to today: the same, unless the file was moved since.
    """

    def __init__(self, log: Log, noted: Mapping[int, Note], shallow: set[int], since: int) -> None:
        self._log, self._noted, self._shallow = log, noted, shallow
        self._moves = moves_in(log)
        undone, reverting = undone_in(log)
        self._discounted = undone | {row for row in reverting if log.reverts[row].only}
        self._singular = self._discounted | log.named.keys() | noted.keys()
        self._wanted: set[int] = set()
        self._files: dict[int, FileHistory] = {}
        self._removed: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        self._by_note: set[int] = set()
        early = {row for row, landed in enumerate(log.landed) if landed < since}
        self._history = History(
            ids=log.shas,
            landed=log.landed,
            author=log.author,
            people=[author.known for author in log.authors],
            not_people={number for number, author in enumerate(log.authors) if author.is_machine},
            early=early,
            reverting=reverting - early,
            undone=undone - early,
        )

    def build(self, wanted: Collection[bytes]) -> History:
        log, history = self._log, self._history
        self._wanted = {path for path, name in enumerate(log.paths) if name in wanted}
        for path, (rows, added) in enumerate(zip(log.rows, log.added, strict=True)):
            if path in self._moves or history.early:
                for current, columns in self._by_current(path, rows, added).items():
                    self._add_commits(path, current, *columns)
            else:
                self._add_commits(path, path, rows, added)
        self._sum_up_evidence()
        history.unreviewed = self._unreviewed() - history.early
        history.gone = [RemovedFile(*lines) for lines in self._removed.values()]
        history.files = {log.paths[path]: file for path, file in self._files.items()}
        history.moved = self._moved()
        return history

    def _moved(self) -> dict[bytes, MovedFile]:
        """By paths at which no wanted file stands any more."""
        last = {path: moves[0] for path, moves in self._moves.items() if path not in self._wanted}
        names, landed = self._log.paths, self._log.landed
        return {
            names[path]: MovedFile(names[current], landed[row])
            for path, (row, current) in last.items()
            if current in self._files
        }

    def _by_current(
        self, path: int, rows: Numbers, added: Numbers
    ) -> dict[int, tuple[Numbers, Numbers]]:
        """The path's commits that count, and their lines, by the current path of what they wrote
        to.
        """
        oldest = self._moves[path][-1] if path in self._moves else None
        if oldest and not self._history.early and max(rows, default=0) < oldest[0]:
            return {oldest[1]: (rows, added)}
        columns: dict[int, tuple[Numbers, Numbers]] = {}
        for row, lines in zip(rows, added, strict=True):
            if row not in self._history.early:
                current = self._current(path, row)
                some_rows, some_added = columns.setdefault(current, (array("I"), array("I")))
                some_rows.append(row)
                some_added.append(lines)
        return columns

    def _current(self, path: int, row: int) -> int:
        """The current path of the file that lay at a path when a commit was made."""
        later = [current for moved, current in self._moves.get(path, ()) if moved > row]
        return later[-1] if later else path

    def _unreviewed(self) -> set[int]:
        straight, reviewed = self._log.straight, self._log.reviewed
        return set(compress(range(len(straight)), map(gt, straight, reviewed)))

    def _add_commits(self, path: int, current: int, rows: Numbers, added: Numbers) -> None:
        """Adds commits of one path to the file it became, whether that still stands or not."""
        if not rows:
            return
        if current in self._wanted:
            self._add_to_file(current, rows, sum(added))
        elif is_own_code(self._log.paths[current]):
            self._removed[current][0] += sum(added)
        if not self._singular.isdisjoint(rows):
            for row, lines in zip(rows, added, strict=True):
                if row in self._singular:
                    self._add_singular(path, current, row, lines)

    def _add_to_file(self, current: int, rows: Numbers, added: int) -> None:
        file, first = self._files.get(current), min(rows)
        if file is None:
            self._files[current] = FileHistory(added, rows, first)
        else:
            file.added += added
            file.first = min(file.first, first)
            file.commits = (
                file.commits + rows
            )  # a new array: the log's own columns stay as they are

    def _add_singular(self, path: int, current: int, row: int, added: int) -> None:
        """Takes back the lines of a commit that counts for nothing; attributes those of a commit
        whose words or note say who wrote them.
        """
        name, claim = self._log.paths[path], None
        if row in self._noted and (claim := self._noted[row].get(name)) and claim.ai and added:
            self._by_note.add(row)
        if not added or not (current in self._wanted or current in self._removed):
            return
        if row in self._discounted:
            self._take_back(current, added)
        elif row not in self._shallow and (claim or row in self._log.named):
            lines = ai_lines(added, claim, marked=row in self._log.named)
            if current in self._wanted:
                file = self._files[current]
                file.attributed.append(AttributedLines(row, name, added, claim, lines))
                file.ai_added += lines
            else:
                self._removed[current][1] += lines

    def _take_back(self, current: int, added: int) -> None:
        """Lines that were reverted, or that revert others, count as never added."""
        if current in self._wanted:
            self._files[current].added -= added
        else:
            self._removed[current][0] -= added

    def _sum_up_evidence(self) -> None:
        """Which commits name a tool, whatever files they changed."""
        history, named = self._history, self._log.named
        history.by_tools = (self._by_note | named.keys()) - history.early
        history.credited = history.by_tools - self._discounted - self._shallow
        history.marked = {row: named[row] for row in history.credited & named.keys()}


def moves_in(log: Log) -> dict[int, list[tuple[int, int]]]:
    """By path: the commits that moved its file away, newest first, each with the file's current
    path.
    """
    current: dict[int, int] = {}
    moves: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in sorted(log.renames, reverse=True):
        ends = [(before, current.get(path, path)) for before, path in log.renames[row]]
        for before, end in ends:
            current[before] = end
            moves[before].append((row, end))
    return moves


def _shares(marked: tuple[By, ...], lines: AttributedLines) -> dict[By, int]:
    """Tools' lines of one commit: all of them each tool's that the commit's words name, another
    tool's as the note claims. The note may add the model to a tool of the words.
    """
    if lines.claim is None:
        return dict.fromkeys(marked, lines.ai_lines)
    claimed = lines.claim.tools
    models = {by.tool: by.model for by in sorted(claimed, key=claimed.__getitem__)}
    shares = {By(by.tool, by.model or models.get(by.tool)): lines.ai_lines for by in marked}
    named = {by.tool for by in marked}
    return shares | {
        by: min(number, lines.ai_lines) for by, number in claimed.items() if by.tool not in named
    }


@lru_cache(maxsize=4096)
def _tools(evidence: frozenset[Evidence]) -> tuple[By, ...]:
    """Each tool once, with its model where any of the evidence has one."""
    models: dict[str, str | None] = {}
    for item in sorted(evidence, key=lambda item: (item.tool, item.source, item.model or "")):
        models[item.tool] = models.get(item.tool) or item.model
    return tuple(By(tool, model) for tool, model in models.items())
