"""What every commit of a repository did, in columns: some bytes for each commit and each change.

A commit never changes, so what is read here once holds for every later reading. Which files still
stand is not asked: that is another question every time (history.py).
"""

import re
from array import array
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from intake.commits import Commit, commits_of
from intake.git import PastLimit, Repository, UnreadableRepository, shown
from intake.markers import Evidence, Markers, Person, tools_in

Progress = Callable[[int, int | None], None]

REVERTS = re.compile(rb"^[ \t>*-]*This reverts commit ([0-9a-f]{7,64})\b", re.M)
STEP = 1000
MOST_LANDED = 1 << 62
MOST_ADDED = (1 << 32) - 1


class Reverts(NamedTuple):
    """Which commits one says it reverts, and whether it does nothing else."""

    shas: tuple[bytes, ...]
    only: bool


class Author(NamedTuple):
    """An e-mail address in lower case, or a name where there is none."""

    known: str
    is_machine: bool


class Rename(NamedTuple):
    """From one path to another, as positions in the Log's paths."""

    before: int
    path: int


@dataclass(slots=True)
class Log:
    """Commits by the row in which they were read; children may come after their parents.

    `ends` says where in `added` and `changed` (positions in `paths`) a row's changes end. What few
    commits have stands by row: renames, whom their own words `named`, what they revert. They are
    all commits up to `head` but merges.
    """

    head: str = ""
    shas: list[bytes] = field(default_factory=list)
    landed: "array[int]" = field(default_factory=lambda: array("q"))
    author: "array[int]" = field(default_factory=lambda: array("I"))
    ends: "array[int]" = field(default_factory=lambda: array("Q"))
    added: "array[int]" = field(default_factory=lambda: array("I"))
    changed: "array[int]" = field(default_factory=lambda: array("I"))
    paths: list[bytes] = field(default_factory=list)
    authors: list[Author] = field(default_factory=list)
    renames: dict[int, list[Rename]] = field(default_factory=dict)
    named: dict[int, frozenset[Evidence]] = field(default_factory=dict)
    reverts: dict[int, Reverts] = field(default_factory=dict)

    def extended(self, head: str) -> "Log":
        """A copy, to which more commits can be added."""
        columns = {each.name: copy(getattr(self, each.name)) for each in fields(self)}
        return Log(**columns | {"head": head})


def shas_of(repository: Repository, head: str) -> list[bytes]:
    """Every commit up to `head` but merges: children before parents, else as they landed."""
    listed = repository.once("rev-list", "--date-order", "--no-merges", head, "--")
    return listed.split(b"\n")[:-1]


def read_log(
    repository: Repository,
    head: str,
    markers: Markers,
    total: int,
    *,
    known: Log,
    progress: Progress | None = None,
) -> Log:
    """What all commits up to `head` did, so many in all; those in `known`, whose head is an
    ancestor, are not read again. `progress` is told commits done and in all. Raises
    UnreadableRepository.
    """
    to_read = total - len(known.shas)
    log = known if known.head == head else known.extended(head)
    if to_read:
        revisions = (head, f"^{known.head}") if known.head else (head,)
        _read(repository, revisions, _Reading(log, markers, repository), to_read, progress)
    if progress:
        progress(to_read, to_read)
    if len(log.shas) == total:
        return log
    if known.head:
        return read_log(repository, head, markers, total, known=Log(), progress=progress)
    raise UnreadableRepository(f"{shown(repository.path)}: it changed while it was read.")


def _read(
    repository: Repository,
    revisions: Iterable[str],
    reading: "_Reading",
    to_read: int,
    progress: Progress | None,
) -> None:
    with commits_of(repository, *revisions) as commits:
        for done, commit in enumerate(commits, 1):
            reading.take(commit)
            if progress and done % STEP == 0:
                progress(done, to_read)


class _Reading:
    """The state of one pass."""

    def __init__(self, log: Log, markers: Markers, repository: Repository) -> None:
        self._log, self._markers, self._repository = log, markers, repository
        self._paths = {path: at for at, path in enumerate(log.paths)}
        self._authors = {author: at for at, author in enumerate(log.authors)}
        self._left = repository.limits.log_bytes - sum(map(len, log.paths))

    def take(self, commit: Commit) -> None:
        log, row = self._log, len(self._log.shas)
        log.shas.append(commit.sha)
        log.landed.append(min(commit.landed, MOST_LANDED))
        log.author.append(self._author(commit.author))
        if found := self._evidence(commit):
            log.named[row] = found
        if reverts := reverts_in(commit.message):
            log.reverts[row] = reverts
        self._changes(commit, row)

    def _changes(self, commit: Commit, row: int) -> None:
        log = self._log
        for added, path, before in commit.changes:
            at = self._path(path)
            log.changed.append(at)
            log.added.append(min(added, MOST_ADDED))
            if before is not None:
                log.renames.setdefault(row, []).append(Rename(self._path(before), at))
        log.ends.append(len(log.changed))
        self._left -= 8 * len(commit.changes)
        if self._left < 0:
            limit = f"{self._repository.limits.log_bytes >> 20:,} MB"
            where = shown(self._repository.path)
            raise PastLimit(f"{where}: its history takes more than {limit} of memory.")

    def _path(self, path: bytes) -> int:
        at = self._paths.get(path)
        if at is None:
            at = self._paths[path] = len(self._log.paths)
            self._log.paths.append(path)
            self._left -= len(path)
        return at

    def _author(self, person: Person) -> int:
        author = Author(person.email.lower() or person.name, self._is_machine(person))
        at = self._authors.get(author)
        if at is None:
            at = self._authors[author] = len(self._log.authors)
            self._log.authors.append(author)
        return at

    def _is_machine(self, person: Person) -> bool:
        tool = self._markers.by_address(person)
        return tool is not None or person.name.endswith("[bot]") or "[bot]@" in person.email

    def _evidence(self, commit: Commit) -> frozenset[Evidence]:
        low = commit.message.lower()
        hinted = any(hint in low for hint in self._markers.hints)
        message = commit.message.decode("utf-8", "replace") if hinted else ""
        return tools_in(commit.author, commit.committer, message, self._markers)


def reverts_in(message: bytes) -> Reverts | None:
    """What a commit says it reverts."""
    if b"This reverts commit" not in message:
        return None
    shas = tuple(dict.fromkeys(REVERTS.findall(message)))
    return Reverts(shas, message.startswith((b'Revert "', b'Reapply "'))) if shas else None
