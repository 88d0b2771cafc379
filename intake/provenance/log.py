"""What every commit of a repository did, in columns: some bytes for each commit and each change.

A commit never changes, so what is read here once holds for every later reading. Which files still
stand is not asked: that is another question every time (history.py).
"""

import re
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from intake.git.repository import PastLimit, Repository, UnreadableRepository
from intake.provenance.commits import Commit, commits_of
from intake.provenance.markers import Evidence, Identity, Markers, tools_in
from intake.provenance.order import Order, order_after, order_of_all
from intake.provenance.reviews import is_reviewed
from intake.provenance.squashes import CommitOrigin, made_in
from intake.text.numbers import Numbers
from intake.text.shown import shown

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
    """All commits up to `head` but merges, each a row, in the order of order.py: oldest first.

    `straight` is 1 where a commit came by no merge, `reviewed` where its own words tell of a
    review. For each of the `paths` there ever were, `rows` are the commits that changed it, in no
    order, and `added` the lines that each of them added. What few commits have stands by row:
    renames, whom their own words `named`, what they revert, what they were made of.
    """

    head: str = ""
    shas: list[bytes] = field(default_factory=list)
    straight: Numbers = field(default_factory=lambda: array("B"))
    landed: Numbers = field(default_factory=lambda: array("q"))
    author: Numbers = field(default_factory=lambda: array("I"))
    reviewed: Numbers = field(default_factory=lambda: array("B"))
    authors: list[Author] = field(default_factory=list)
    paths: list[bytes] = field(default_factory=list)
    rows: list[Numbers] = field(default_factory=list)
    added: list[Numbers] = field(default_factory=list)
    renames: dict[int, list[Rename]] = field(default_factory=dict)
    named: dict[int, frozenset[Evidence]] = field(default_factory=dict)
    reverts: dict[int, Reverts] = field(default_factory=dict)
    made: dict[int, CommitOrigin] = field(default_factory=dict)


class LogQuery(NamedTuple):
    """What git was asked for: those commits that are not known, and where none is, the order of
    all.
    """

    head: str
    commits: Iterator[Commit]
    known: Log
    order: Callable[[], Order] | None


@contextmanager
def asked(repository: Repository, head: str, known: Log) -> Iterator[LogQuery]:
    """Asks git for all commits up to `head` but merges; it looks for them while others work.
    `known` has those up to a commit from which `head` came.
    """
    if known.head:
        with commits_of(repository, head, f"^{known.head}") as commits:
            yield LogQuery(head, commits, known, None)
    else:
        with order_of_all(repository, head) as order, commits_of(repository, head) as commits:
            yield LogQuery(head, commits, known, order)


class Read(NamedTuple):
    """A log, and how many of its commits git has not told of, though they are in its order."""

    log: Log
    missing: int


def read_log(
    repository: Repository, asked: LogQuery, markers: Markers, progress: Progress | None = None
) -> Read:
    """Takes what git was asked for; what was known grows by it. `progress` is told commits done and
    in all. Raises UnreadableRepository.
    """
    known = frozenset(asked.known.shas)
    log = replace(_with_room(repository, asked, known), head=asked.head)
    waiting = {sha: row for row, sha in enumerate(log.shas) if sha not in known}
    builder, new = _LogBuilder(log, markers, repository), len(waiting)
    # Where clocks were wrong, git also lists commits from which the known ones came.
    unknown = (commit for commit in asked.commits if commit.sha not in known)
    for done, commit in enumerate(unknown, 1):
        if commit.sha not in waiting:
            raise _changed(repository)
        builder.add(commit, waiting.pop(commit.sha))
        if progress and done % STEP == 0:
            progress(done, new)
    if progress:
        progress(new, new)
    return Read(log, len(waiting))


def whole(repository: Repository, read: Read) -> Log:
    """The log, once git has ended well. Raises UnreadableRepository where it left commits out."""
    if read.missing:
        raise _changed(repository)
    return read.log


def _changed(repository: Repository) -> UnreadableRepository:
    where = shown(repository.path)
    return UnreadableRepository(f"{where}: its history changed while it was read.")


def _with_room(repository: Repository, asked: LogQuery, known: frozenset[bytes]) -> Log:
    """What is known, with empty rows for the commits that are not."""
    if asked.order:
        return _grown(asked.known, asked.order())
    later = order_after(repository, asked.head, asked.known.head, known)
    if later:
        return _grown(asked.known, later)
    with order_of_all(repository, asked.head) as order:
        every = order()
    if not known.issubset(every.shas):
        raise _changed(repository)
    return _rearranged(asked.known, every)


def _grown(log: Log, later: Order) -> Log:
    """With rows for what came after everything that is known."""
    shas = later.shas[::-1]
    room = array("B", bytes(len(shas)))
    return replace(
        log,
        shas=log.shas + shas,
        straight=log.straight + array("B", map(later.straight.__contains__, shas)),
        landed=log.landed + array("q", room),
        author=log.author + array("I", room),
        reviewed=log.reviewed + room,
    )


def _rearranged(log: Log, every: Order) -> Log:
    """With rows for all commits there are, among which those that are known find new places."""
    grown = _grown(Log(), every)
    rows = {sha: row for row, sha in enumerate(grown.shas)}
    to = [rows[sha] for sha in log.shas]
    for before, row in enumerate(to):
        grown.landed[row] = log.landed[before]
        grown.author[row] = log.author[before]
        grown.reviewed[row] = log.reviewed[before]
    return replace(
        grown,
        authors=log.authors,
        paths=log.paths,
        rows=[array("I", map(to.__getitem__, some)) for some in log.rows],
        added=log.added,
        renames={to[row]: renames for row, renames in log.renames.items()},
        named={to[row]: named for row, named in log.named.items()},
        reverts={to[row]: reverts for row, reverts in log.reverts.items()},
        made={to[row]: made for row, made in log.made.items()},
    )


class _LogBuilder:
    """Adds commits to a log. Raises PastLimit once it takes more memory than the limit allows."""

    def __init__(self, log: Log, markers: Markers, repository: Repository) -> None:
        self._log, self._markers, self._repository = log, markers, repository
        self._paths = {path: at for at, path in enumerate(log.paths)}
        self._authors = {author: at for at, author in enumerate(log.authors)}
        self._left = (
            repository.limits.log_bytes - sum(map(len, log.paths)) - PATH_BYTES * len(log.paths)
        )

    def add(self, commit: Commit, row: int) -> None:
        log = self._log
        log.landed[row] = min(commit.landed, MOST_LANDED)
        log.author[row] = self._author(commit.author)
        log.reviewed[row] = is_reviewed(commit.message, self._markers)
        if evidence := self._evidence(commit):
            log.named[row] = evidence
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

    def _author(self, person: Identity) -> int:
        author = Author(person.email.lower() or person.name, self._is_machine(person))
        at = self._authors.get(author)
        if at is None:
            at = self._authors[author] = len(self._log.authors)
            self._log.authors.append(author)
        return at

    def _is_machine(self, person: Identity) -> bool:
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
