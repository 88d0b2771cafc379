"""Who added what to the files that stand, and where a tool had a hand: a Log read backwards.

Newest commit first, so that a rename met on the way leads older paths to the file that still
stands.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from intake.git import Repository
from intake.log import Log
from intake.markers import By, Evidence
from intake.notes import Claim, Note
from intake.traces import Span, lines_of

EVER = -(1 << 62)
NOBODY: frozenset[Evidence] = frozenset()
NOTHING: Note = {}


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
    """What happened to one file that still stands. `commits` are positions in the History."""

    added: int = 0
    ai_added: int = 0
    commits: "array[int]" = field(default_factory=lambda: array("I"))
    tools: dict[By, int] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    traced: list[Span] = field(default_factory=list)

    def trace(self, spans: list[Span]) -> None:
        """Lines of the file as it stands that traces give to tools; commits that name one win."""
        self.traced = spans
        if self.ai_added:
            return
        self.ai_added = min(lines_of(spans), self.added)
        for span in spans:
            share = min(lines_of([span]), self.added)
            self.tools[span.by] = self.tools.get(span.by, 0) + share


@dataclass(slots=True)
class History:
    """All that one pass found. A commit is its position in `ids`: 0 is the newest.

    `by_tools` are commits that name a tool, by their words or by a note; `credited` are those of
    them whose evidence no revert took away, `undone` all commits that a later one reverts. `marked`
    is what a commit's own words say, `shas` the ids of commits that files were told about, `moved`
    says by a path that is no more where its file stands. Authors are e-mail addresses in lower
    case, or names where there is none.
    """

    ids: list[bytes] = field(default_factory=list)
    files: dict[bytes, FileHistory] = field(default_factory=dict)
    moved: dict[bytes, bytes] = field(default_factory=dict)
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
    shas: Sequence[bytes],
    wanted: Collection[bytes],
    *,
    cut: Collection[bytes] = (),
    notes: Mapping[bytes, Note] | None = None,
    since: int = EVER,
) -> History:
    """What these commits, children before parents, did to the wanted paths.

    `cut` are commits at which a shallow clone ends: all they hold looks added, so it is no
    evidence. `notes` are by commit. What landed before `since` is left out.
    """
    reading = _Reading(log, wanted, cut, notes or {})
    row_of = {sha: row for row, sha in enumerate(log.shas)}
    for row in map(row_of.__getitem__, shas):
        if log.landed[row] >= since:
            reading.take(row)
        reading.follow(row)
    return reading.done()


def cut_off(repository: Repository) -> frozenset[bytes]:
    """The commits at which a shallow clone ends; empty for a full one."""
    with suppress(FileNotFoundError):
        return frozenset(repository.shallow_file.read_bytes().split())
    return frozenset()


class _Reading:
    """The state of one pass. Paths are positions in the log's."""

    def __init__(
        self,
        log: Log,
        wanted: Collection[bytes],
        cut: Collection[bytes],
        notes: Mapping[bytes, Note],
    ) -> None:
        self._log, self._cut, self._notes = log, cut, notes
        self._history = History(
            people=[author.known for author in log.authors],
            not_people={at for at, author in enumerate(log.authors) if author.is_machine},
        )
        self._files = [FileHistory() if path in wanted else None for path in log.paths]
        self._stands = list(range(len(log.paths)))
        self._reverted: dict[bytes, set[bytes]] = defaultdict(set)

    def take(self, row: int) -> None:
        """Add one commit; every child has been taken before its parents."""
        log, history = self._log, self._history
        position, sha = len(history.landed), log.shas[row]
        history.ids.append(sha)
        history.landed.append(log.landed[row])
        history.author.append(log.author[row])
        undone = self._is_undone(sha)
        undoes = not undone and self._note_reverts(row, position)
        found, note = log.named.get(row, NOBODY), self._notes.get(sha, NOTHING)
        if undone:
            history.undone.add(position)
        if not (found or note or undone or undoes):
            self._plain(row, position)
            return
        counted = not undone and not undoes
        by_note = any(self._claims(note, change) for change in self._changes(row))
        if found or by_note:
            history.by_tools.add(position)
        if not counted or sha in self._cut:
            found, note = NOBODY, NOTHING
        elif found or by_note:
            history.credited.add(position)
        if found or note:
            history.shas[position] = sha.decode("ascii", "replace")
        if found:
            history.marked[position] = found
        self._credit(row, position, found, note, counted=counted)

    def follow(self, row: int) -> None:
        """Only older commits mean a file that stands elsewhere now by its name before the move."""
        moves = self._log.renames.get(row)
        if moves:
            stands = [self._stands[path] for _, path in moves]
            for (before, _), standing in zip(moves, stands, strict=True):
                self._stands[before] = standing

    def done(self) -> History:
        files = zip(self._log.paths, self._files, strict=True)
        self._history.files = {path: file for path, file in files if file and file.commits}
        self._history.moved = {
            self._log.paths[before]: self._log.paths[after]
            for before, after in enumerate(self._stands)
            if before != after and self._files[before] is None and self._files[after]
        }
        return self._history

    def _changes(self, row: int) -> "zip[tuple[int, int]]":
        """Each path that a commit changed, with the lines added to it."""
        log = self._log
        span = slice(log.ends[row - 1] if row else 0, log.ends[row])
        return zip(log.changed[span], log.added[span], strict=True)

    def _plain(self, row: int, position: int) -> None:
        """A commit that is people's as far as anybody says: most are, so this has to be quick."""
        files, stands = self._files, self._stands
        for path, added in self._changes(row):
            file = files[stands[path]]
            if file is not None:
                file.commits.append(position)
                file.added += added

    def _credit(
        self, row: int, position: int, found: frozenset[Evidence], note: Note, *, counted: bool
    ) -> None:
        """Lines go to the file's standing path; an undone change is a commit without lines."""
        tools = _tools(found)
        for path, added in self._changes(row):
            file = self._files[self._stands[path]]
            if file is not None:
                file.commits.append(position)
                if counted:
                    claim = note.get(self._log.paths[path]) if note else None
                    _credit(file, Told(position, added, claim), tools)

    def _claims(self, note: Note, change: tuple[int, int]) -> bool:
        """Whether a note gives a tool lines of a file to which its commit added some."""
        path, added = change
        claim = note.get(self._log.paths[path])
        return bool(claim and claim.ai and added)

    def _note_reverts(self, row: int, position: int) -> bool:
        """Remember what a commit reverts; True when it does nothing else."""
        reverts = self._log.reverts.get(row)
        if reverts is None:
            return False
        for sha in reverts.shas:
            self._reverted[sha[:7]].add(sha)
        self._history.reverting.add(position)
        return reverts.only

    def _is_undone(self, sha: bytes) -> bool:
        return any(sha.startswith(known) for known in self._reverted.get(sha[:7], ()))


def _credit(file: FileHistory, told: Told, tools: tuple[By, ...]) -> None:
    """The commit's added lines; a tool that its words and its note name has them once."""
    file.added += told.added
    if not (tools or told.claim) or not told.added:
        return
    file.told.append(told)
    lines = told.ai_lines(marked=bool(tools))
    file.ai_added += lines
    for by, share in _shares(tools, told, lines).items():
        file.tools[by] = file.tools.get(by, 0) + share


def _shares(tools: tuple[By, ...], told: Told, lines: int) -> dict[By, int]:
    """Whose lines they are: the marked tools' all, another's as claimed; notes know models too."""
    claimed = told.claim.tools if told.claim else {}
    models = {by.tool: by.model for by in sorted(claimed, key=claimed.__getitem__)}
    shares = {By(by.tool, by.model or models.get(by.tool)): lines for by in tools}
    marked = {by.tool for by in tools}
    return shares | {
        by: min(number, lines) for by, number in claimed.items() if by.tool not in marked
    }


def _tools(found: frozenset[Evidence]) -> tuple[By, ...]:
    """Each tool once, with a model if any of its evidence tells one."""
    models: dict[str, str | None] = {}
    for item in sorted(found, key=lambda item: (item.tool, item.source, item.model or "")):
        models[item.tool] = models.get(item.tool) or item.model
    return tuple(By(tool, model) for tool, model in models.items())
