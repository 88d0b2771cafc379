"""One streamed pass over a repository's history: who added what, and where a tool had a hand.

Newest commit first, so that a rename met on the way leads older paths to the file that still
stands. Times are committer dates in seconds since 1970, in UTC: when a change landed.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from intake.git import Repository
from intake.markers import By, Evidence, Markers, Person, tools_in
from intake.notes import Claim, Note
from intake.traces import Span, lines_of

Progress = Callable[[int, int | None], None]

START = b"\1"
FORMAT = "--format=%x01%H%n%ct%n%an%n%ae%n%cn%n%ce%n%B"
LOG = (
    "log",
    "-z",
    "--numstat",
    "--date-order",
    "--no-merges",
    "--root",
    "-M",
    "-O/dev/null",
    "--diff-algorithm=myers",
    "--no-relative",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-decorate",
    "--no-notes",
    "--no-mailmap",
    "--no-show-signature",
    "--encoding=UTF-8",
    FORMAT,
)
REVERTS = re.compile(rb"^[ \t>*-]*This reverts commit ([0-9a-f]{7,64})\b", re.M)
STEP = 1000


class Change(NamedTuple):
    """One file of one commit; `before` is its path before a rename."""

    added: int
    path: bytes
    before: bytes | None


class Commit(NamedTuple):
    """One commit as git prints it."""

    sha: bytes
    landed: int
    author: Person
    committer: Person
    message: bytes
    changes: list[Change]


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
    """All that one pass found. A commit is its position: 0 is the newest.

    `by_tools` are commits that name a tool, by their words or by a note; `credited` are those of
    them whose evidence no revert took away, `undone` all commits that a later one reverts. `marked`
    is what a commit's own words say, `shas` the ids of commits that files were told about. Authors
    are e-mail addresses in lower case, or names where there is none.
    """

    files: dict[bytes, FileHistory] = field(default_factory=dict)
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


def read_history(
    repository: Repository,
    head: str,
    wanted: Collection[bytes],
    markers: Markers,
    *,
    cut: Collection[bytes] = (),
    notes: Mapping[bytes, Note] | None = None,
    progress: Progress | None = None,
) -> History:
    """The history of the wanted paths up to `head`.

    `cut` are commits at which a shallow clone ends: all they hold looks added, so it is no
    evidence. `notes` are by commit. `progress` is told commits done and in all. Raises
    UnreadableRepository.
    """
    total = _count(repository, head) if progress else None
    reading = _Reading(wanted, markers, cut, notes or {})
    with repository.tokens(*LOG, head, "--") as tokens:
        for done, commit in enumerate(commits_in(tokens), 1):
            reading.take(commit)
            if progress and done % STEP == 0:
                progress(done, total)
    if progress:
        progress(reading.history.commits, reading.history.commits)
    return reading.history


def cut_off(repository: Repository) -> frozenset[bytes]:
    """The commits at which a shallow clone ends; empty for a full one."""
    with suppress(FileNotFoundError):
        return frozenset(repository.shallow_file.read_bytes().split())
    return frozenset()


def commits_in(tokens: Iterator[bytes]) -> Iterator[Commit]:
    """Commits out of NUL-separated `git log -z --numstat` in FORMAT, newest first."""
    header: bytes | None = None
    changes: list[Change] = []
    for token in tokens:
        if token.startswith(START):
            if header is not None:
                yield _commit(header, changes)
            header, changes = token, []
        elif change := _change(token, tokens):
            changes.append(change)
    if header is not None:
        yield _commit(header, changes)


def _change(token: bytes, tokens: Iterator[bytes]) -> Change | None:
    """One numstat entry; a rename takes its two paths from the tokens that follow."""
    added, _, rest = token.partition(b"\t")
    _, tab, path = rest.partition(b"\t")
    if not tab:
        return None
    count = int(added) if added.strip().isdigit() else 0
    if path:
        return Change(count, path, None)
    before = next(tokens, b"")
    return Change(count, next(tokens, b""), before)


def _commit(header: bytes, changes: list[Change]) -> Commit:
    sha, landed, *names, message = (header[1:].split(b"\n", 6) + [b""] * 6)[:7]
    author, email, committer, address = (name.decode("utf-8", "replace") for name in names)
    return Commit(
        sha,
        int(landed) if landed.isdigit() else 0,
        Person(author, email),
        Person(committer, address),
        message,
        changes,
    )


def _count(repository: Repository, head: str) -> int:
    return int(repository.once("rev-list", "--count", "--no-merges", head, "--"))


class _Reading:
    """The state of one pass."""

    def __init__(
        self,
        wanted: Collection[bytes],
        markers: Markers,
        cut: Collection[bytes],
        notes: Mapping[bytes, Note],
    ) -> None:
        self.history = History()
        self._wanted = wanted
        self._markers = markers
        self._cut = cut
        self._notes = notes
        self._now_at: dict[bytes, bytes] = {}
        self._people: dict[str, int] = {}
        self._reverted: dict[bytes, set[bytes]] = defaultdict(set)

    def take(self, commit: Commit) -> None:
        """Add one commit; every child has been taken before its parents."""
        position = self._enter(commit)
        undone = self._is_undone(commit.sha)
        undoes = not undone and self._note_reverts(commit, position)
        found, note = self._evidence(commit), self._notes.get(commit.sha, {})
        by_note = any(_claims(note, change) for change in commit.changes)
        if found or by_note:
            self.history.by_tools.add(position)
        if undone:
            self.history.undone.add(position)
        counted = not undone and not undoes
        if not counted or commit.sha in self._cut:
            found, note = frozenset(), {}
        elif found or by_note:
            self.history.credited.add(position)
        if found or note:
            self.history.shas[position] = commit.sha.decode("ascii", "replace")
        if found:
            self.history.marked[position] = found
        self._changes(commit.changes, position, _tools(found), note, counted=counted)

    def _enter(self, commit: Commit) -> int:
        position = len(self.history.landed)
        self.history.landed.append(min(commit.landed, (1 << 62)))
        self.history.author.append(self._author(commit.author))
        return position

    def _author(self, author: Person) -> int:
        known = author.email.lower() or author.name
        number = self._people.get(known)
        if number is None:
            number = self._people[known] = len(self.history.people)
            self.history.people.append(known)
            if self._is_machine(author):
                self.history.not_people.add(number)
        return number

    def _is_machine(self, author: Person) -> bool:
        tool = self._markers.by_address(author)
        return tool is not None or author.name.endswith("[bot]") or "[bot]@" in author.email

    def _evidence(self, commit: Commit) -> frozenset[Evidence]:
        low = commit.message.lower()
        hinted = any(hint in low for hint in self._markers.hints)
        message = commit.message.decode("utf-8", "replace") if hinted else ""
        return tools_in(commit.author, commit.committer, message, self._markers)

    def _note_reverts(self, commit: Commit, position: int) -> bool:
        """Remember what a commit reverts; True when it does nothing else."""
        if b"This reverts commit" not in commit.message:
            return False
        shas = REVERTS.findall(commit.message)
        for sha in shas:
            self._reverted[sha[:7]].add(sha)
        if shas:
            self.history.reverting.add(position)
        return bool(shas) and commit.message.startswith((b'Revert "', b'Reapply "'))

    def _is_undone(self, sha: bytes) -> bool:
        return any(sha.startswith(known) for known in self._reverted.get(sha[:7], ()))

    def _changes(
        self,
        changes: list[Change],
        position: int,
        tools: tuple[By, ...],
        note: Note,
        *,
        counted: bool,
    ) -> None:
        """Lines go to the file's standing path; an undone change is a commit without lines."""
        files, now_at, moved = self.history.files, self._now_at, {}
        for added, path, before in changes:
            stands = now_at.get(path, path)
            if stands not in self._wanted:
                continue
            if before is not None:
                moved[before] = stands
            file = files.get(stands) or files.setdefault(stands, FileHistory())
            file.commits.append(position)
            if counted:
                _credit(file, Told(position, added, note.get(path)), tools)
        # Only older commits mean a file that stands elsewhere now by its name before the move.
        now_at.update(moved)


def _claims(note: Note, change: Change) -> bool:
    """Whether a note gives a tool lines of a file to which its commit added some."""
    claim = note.get(change.path)
    return bool(claim and claim.ai and change.added)


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
