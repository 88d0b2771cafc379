"""One streamed pass over a repository's history: who added what, and where a tool had a hand.

Newest commit first, so that a rename met on the way leads older paths to the file that still
stands. Times are committer dates in seconds since 1970, in UTC: when a change landed.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from intake.git import Repository
from intake.markers import Evidence, Markers, Person, tools_in

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


class By(NamedTuple):
    """A tool, and its model where the commit says."""

    tool: str
    model: str | None


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


@dataclass(slots=True)
class FileHistory:
    """What happened to one file that still stands. `commits` are positions in the History."""

    added: int = 0
    ai_added: int = 0
    commits: "array[int]" = field(default_factory=lambda: array("I"))
    tools: dict[By, int] = field(default_factory=dict)


@dataclass(slots=True)
class History:
    """All that one pass found. A commit is its position: 0 is the newest.

    `ai_commits` counts commits that name a tool; `credited` are those whose evidence no revert
    took away. Authors are e-mail addresses in lower case, or names where there is none.
    """

    files: dict[bytes, FileHistory] = field(default_factory=dict)
    landed: "array[int]" = field(default_factory=lambda: array("q"))
    author: "array[int]" = field(default_factory=lambda: array("I"))
    people: list[str] = field(default_factory=list)
    not_people: set[int] = field(default_factory=set)
    credited: set[int] = field(default_factory=set)
    reverting: set[int] = field(default_factory=set)
    ai_commits: int = 0

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
    progress: Progress | None = None,
) -> History:
    """The history of the wanted paths up to `head`.

    `cut` are commits at which a shallow clone ends: all they hold looks added, so it is no
    evidence. `progress` is told commits done and in all. Raises UnreadableRepository.
    """
    total = _count(repository, head) if progress else None
    reading = _Reading(wanted, markers, cut)
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

    def __init__(self, wanted: Collection[bytes], markers: Markers, cut: Collection[bytes]) -> None:
        self.history = History()
        self._wanted = wanted
        self._markers = markers
        self._cut = cut
        self._now_at: dict[bytes, bytes] = {}
        self._people: dict[str, int] = {}
        self._reverted: dict[bytes, set[bytes]] = defaultdict(set)

    def take(self, commit: Commit) -> None:
        """Add one commit; every child has been taken before its parents."""
        position = self._enter(commit)
        undone = self._is_undone(commit.sha)
        undoes = not undone and self._note_reverts(commit, position)
        found = self._evidence(commit)
        self.history.ai_commits += bool(found)
        tools = _tools(found) if found and not undone and not undoes else ()
        if tools and commit.sha not in self._cut:
            self.history.credited.add(position)
        else:
            tools = ()
        self._changes(commit.changes, position, tools, counted=not undone and not undoes)

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
        self, changes: list[Change], position: int, tools: tuple[By, ...], *, counted: bool
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
                _credit(file, added, tools)
        # Only older commits mean a file that stands elsewhere now by its name before the move.
        now_at.update(moved)


def _credit(file: FileHistory, added: int, tools: tuple[By, ...]) -> None:
    file.added += added
    file.ai_added += added if tools else 0
    for by in tools:
        file.tools[by] = file.tools.get(by, 0) + added


def _tools(found: frozenset[Evidence]) -> tuple[By, ...]:
    """Each tool once, with a model if any of its evidence tells one."""
    models: dict[str, str | None] = {}
    for item in sorted(found, key=lambda item: (item.tool, item.source, item.model or "")):
        models[item.tool] = models.get(item.tool) or item.model
    return tuple(By(tool, model) for tool, model in models.items())
