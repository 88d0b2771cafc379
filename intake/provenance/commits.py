"""Commits out of `git log --numstat`, streamed: who, when, in which words, lines added per file.

Times are committer dates in seconds since 1970, in UTC: when a change landed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from intake.git.repository import Repository
from intake.provenance.markers import Identity

START = b"\1"
AHEAD = 32 << 20
"""So many bytes of history git may be ahead, while contents are read: seconds of its work."""
FORMAT = "--format=%x01%H%n%ct%n%an%n%ae%n%cn%n%ce%n%B"
LOG = (
    "log",
    "-z",
    "--numstat",
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


class FileChange(NamedTuple):
    """One file of one commit; `before` is its path before a rename."""

    added: int
    path: bytes
    before: bytes | None


class Commit(NamedTuple):
    """One commit as git prints it."""

    sha: bytes
    landed: int
    author: Identity
    committer: Identity
    message: bytes
    changes: list[FileChange]


@contextmanager
def commits_of(repository: Repository, *revisions: str) -> Iterator[Iterator[Commit]]:
    """All commits of some revisions but merges, in git's own order. Raises UnreadableRepository."""
    with repository.tokens(*LOG, *revisions, "--", ahead=AHEAD) as tokens:
        yield commits_in(tokens)


def commits_in(tokens: Iterator[bytes]) -> Iterator[Commit]:
    """Commits out of NUL-separated `git log -z --numstat` in FORMAT."""
    header: bytes | None = None
    changes: list[FileChange] = []
    for token in tokens:
        if token.startswith(START):
            if header is not None:
                yield _commit(header, changes)
            header, changes = token, []
        elif change := _change(token, tokens):
            changes.append(change)
    if header is not None:
        yield _commit(header, changes)


def _change(token: bytes, tokens: Iterator[bytes]) -> FileChange | None:
    """One numstat entry; a rename takes its two paths from the tokens that follow."""
    added, _, rest = token.partition(b"\t")
    _, tab, path = rest.partition(b"\t")
    if not tab:
        return None
    count = int(added) if added.strip().isdigit() else 0
    if path:
        return FileChange(count, path, None)
    before = next(tokens, b"")
    return FileChange(count, next(tokens, b""), before)


def _commit(header: bytes, changes: list[FileChange]) -> Commit:
    sha, landed, *names, message = (header[1:].split(b"\n", 6) + [b""] * 6)[:7]
    author, email, committer, address = (name.decode("utf-8", "replace") for name in names)
    return Commit(
        sha,
        int(landed) if landed.isdigit() else 0,
        Identity(author, email),
        Identity(committer, address),
        message,
        changes,
    )
