"""What every commit of a repository did, in columns: some bytes for each commit and each change.

A commit never changes, so what is read here once holds for every later reading. Which files still
stand is not asked: that is another question every time (history.py).
"""

import re
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

from intake.borrowing import Made, made_in
from intake.commits import Commit, commits_of
from intake.git import PastLimit, Repository, UnreadableRepository, shown
from intake.markers import Evidence, Markers, Person, tools_in
from intake.order import Order, order_after, order_of_all
from intake.reviews import is_reviewed

Progress = Callable[[int, int | None], None]

REVERTS = re.compile(rb"^[ \t>*-]*This reverts commit ([0-9a-f]{7,64})\b", re.M)
# Where requests are squashed, all that GitHub may leave of a revert is its title and description.
REQUESTS = re.compile(
    rb'\ARevert "[^\n]*\(#(\d{1,9})\)"|^[ \t]*Reverts (?:[\w.-]+/[\w.-]+)?#(\d{1,9})[ \t\r]*$',
    re.M,
)
STEP = 1000
MOST_LANDED = 1 << 62
MOST_ADDED = (1 << 32) - 1
PATH_BYTES = 500


class Reverts(NamedTuple):
    """Which commits one says it reverts, and whether it does nothing else. `#12` among them is the
    one that a squashed request became.
    """

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
    """All commits up to `head` but merges, each a row; children may come after their parents.

    `order` has the rows newest first, as order.py tells them; `straight` is 1 where a commit came
    by no merge. For each of the `paths` there ever were, `rows` are the commits that changed it and
    `added` the lines that each of them added; `reviewed` is 1 where its own words tell of a review.
    What few commits have stands by row: renames, whom their own words `named`, what they revert,
    what they were made of.
    """

    head: str = ""
    shas: list[bytes] = field(default_factory=list)
    order: "array[int]" = field(default_factory=lambda: array("I"))
    straight: "array[int]" = field(default_factory=lambda: array("B"))
    landed: "array[int]" = field(default_factory=lambda: array("q"))
    author: "array[int]" = field(default_factory=lambda: array("I"))
    reviewed: "array[int]" = field(default_factory=lambda: array("B"))
    authors: list[Author] = field(default_factory=list)
    paths: list[bytes] = field(default_factory=list)
    rows: "list[array[int]]" = field(default_factory=list)
    added: "list[array[int]]" = field(default_factory=list)
    renames: dict[int, list[Rename]] = field(default_factory=dict)
    named: dict[int, frozenset[Evidence]] = field(default_factory=dict)
    reverts: dict[int, Reverts] = field(default_factory=dict)
    made: dict[int, Made] = field(default_factory=dict)


class Asked(NamedTuple):
    """What git was asked for: those commits that are not known, and where none is, the order of
    all.
    """

    head: str
    commits: Iterator[Commit]
    known: Log
    order: Callable[[], Order] | None


@contextmanager
def asked(repository: Repository, head: str, known: Log) -> Iterator[Asked]:
    """Asks git for all commits up to `head` but merges; it looks for them while others work.
    `known` has those up to a commit from which `head` came.
    """
    if known.head:
        with commits_of(repository, head, f"^{known.head}") as commits:
            yield Asked(head, commits, known, None)
    else:
        with order_of_all(repository, head) as order, commits_of(repository, head) as commits:
            yield Asked(head, commits, known, order)


class Read(NamedTuple):
    """Commits as git gave them, and their order: of all, or only of those that are not `known`."""

    log: Log
    order: Order
    known: int


def read_log(
    repository: Repository, asked: Asked, markers: Markers, progress: Progress | None = None
) -> Read:
    """Takes what git was asked for; what was known grows by it. `progress` is told commits done and
    in all.
    """
    log, known = replace(asked.known, head=asked.head), frozenset(asked.known.shas)
    order, grows = _order(repository, asked, known)
    new = len(order.shas) - (0 if grows else len(known))
    reading = _Reading(log, markers, repository)
    # Where clocks were wrong, git also lists commits from which the known ones came.
    unknown = (commit for commit in asked.commits if commit.sha not in known)
    for done, commit in enumerate(unknown, 1):
        reading.take(commit)
        if progress and done % STEP == 0:
            progress(done, new)
    if progress:
        progress(new, new)
    return Read(log, order, len(known) if grows else 0)


def arranged(repository: Repository, read: Read) -> Log:
    """The log with its commits in order, once git has ended well. Raises UnreadableRepository."""
    log, order, known = read
    rows = {sha: row for row, sha in enumerate(islice(log.shas, known, None), known)}
    if len(rows) != len(order.shas) or not all(sha in rows for sha in order.shas):
        where = shown(repository.path)
        raise UnreadableRepository(f"{where}: its history changed while it was read.")
    straight = array("B", (sha in order.straight for sha in rows))
    return replace(
        log,
        order=array("I", map(rows.__getitem__, order.shas)) + log.order[:known],
        straight=log.straight[:known] + straight,
    )


def _order(repository: Repository, asked: Asked, known: frozenset[bytes]) -> tuple[Order, bool]:
    """Of what came after the known ones, if it goes ahead of them as they are; else of all."""
    if asked.order:
        return asked.order(), False
    later = order_after(repository, asked.head, asked.known.head, known)
    if later:
        return later, True
    with order_of_all(repository, asked.head) as order:
        return order(), False


class _Reading:
    """The state of one pass."""

    def __init__(self, log: Log, markers: Markers, repository: Repository) -> None:
        self._log, self._markers, self._repository = log, markers, repository
        self._paths = {path: at for at, path in enumerate(log.paths)}
        self._authors = {author: at for at, author in enumerate(log.authors)}
        self._left = (
            repository.limits.log_bytes - sum(map(len, log.paths)) - PATH_BYTES * len(log.paths)
        )

    def take(self, commit: Commit) -> None:
        log, row = self._log, len(self._log.shas)
        log.shas.append(commit.sha)
        log.landed.append(min(commit.landed, MOST_LANDED))
        log.author.append(self._author(commit.author))
        log.reviewed.append(is_reviewed(commit.message, self._markers))
        if found := self._evidence(commit):
            log.named[row] = found
        if reverts := reverts_in(commit.message):
            log.reverts[row] = reverts
        if made := made_in(commit.message):
            log.made[row] = made
        self._changes(commit, row)

    def _changes(self, commit: Commit, row: int) -> None:
        log = self._log
        for added, path, before in commit.changes:
            at = self._path(path)
            log.rows[at].append(row)
            log.added[at].append(min(added, MOST_ADDED))
            if before is not None:
                log.renames.setdefault(row, []).append(Rename(self._path(before), at))
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
            self._log.rows.append(array("I"))
            self._log.added.append(array("I"))
            self._left -= len(path) + PATH_BYTES
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
        hinted = any(map(low.__contains__, self._markers.hints))
        message = commit.message.decode("utf-8", "replace") if hinted else ""
        return tools_in(commit.author, commit.committer, message, self._markers)


def reverts_in(message: bytes) -> Reverts | None:
    """What a commit says it reverts."""
    only = message.startswith((b'Revert "', b'Reapply "'))
    if not only and b"This reverts commit" not in message:
        return None
    named = REVERTS.findall(message)
    if only and not named:
        named = [b"#" + (title or line) for title, line in REQUESTS.findall(message)]
    return Reverts(tuple(dict.fromkeys(named)), only) if named else None
