"""Whose notes speak for a commit that has none: of what it was picked from, or squashed out of.

A cherry-pick made with `-x` names its original. A squash merge on GitHub ends its subject with the
request's number, “(#12)”, and the request's own commits are there where `refs/pull/12/head` was
fetched: a mirror has it, a plain clone does not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from intake.git.repository import Repository

PICKED = re.compile(rb"^[ \t>*-]*\(cherry picked from commit ([0-9a-f]{40,64})\)", re.M)
SQUASHED = re.compile(rb"\(#(\d{1,9})\)[ \t\r]*$")
REQUEST = re.compile(rb"refs/pull/(\d{1,9})/head")
MOST_COMMITS = 500


class CommitOrigin(NamedTuple):
    """What a commit says it was made of: other commits, and the number of a request."""

    of: tuple[bytes, ...] = ()
    request: int | None = None


def made_in(message: bytes) -> CommitOrigin | None:
    """What its message says; None where that is nothing."""
    picked = tuple(dict.fromkeys(PICKED.findall(message))) if b"cherry picked" in message else ()
    squashed = SQUASHED.search(message.partition(b"\n")[0])
    if not picked and not squashed:
        return None
    return CommitOrigin(picked, int(squashed[1]) if squashed else None)


def lenders_of(
    repository: Repository, head: str, made: Mapping[bytes, CommitOrigin]
) -> dict[bytes, tuple[bytes, ...]]:
    """By commit, those whose notes may speak for it. Raises UnreadableRepository."""
    asked = {origin.request for origin in made.values()} - {None}
    requests = dict(_commits_of_requests(repository, head, asked)) if asked else {}
    lenders = {sha: (*origin.of, *requests.get(origin.request, ())) for sha, origin in made.items()}
    return {sha: commits for sha, commits in lenders.items() if commits}


def _commits_of_requests(
    repository: Repository, head: str, asked: Iterable[int | None]
) -> Iterator[tuple[int | None, tuple[bytes, ...]]]:
    tips = {number: tip for number, tip in _tips(repository).items() if number in set(asked)}
    if not tips:
        return
    wanted = b"\n".join([*sorted(set(tips.values())), f"^{head}".encode(), b""])
    listed = repository.once("rev-list", "--parents", "--stdin", stdin=[wanted])
    parents = {sha: rest for sha, *rest in map(bytes.split, listed.splitlines())}
    for number, tip in tips.items():
        yield number, tuple(_behind(tip, parents))


def _tips(repository: Repository) -> dict[int, bytes]:
    """The newest commit of each request that was fetched."""
    printed = repository.once("for-each-ref", "--format=%(objectname) %(refname)", "refs/pull/")
    refs = (line.partition(b" ") for line in printed.splitlines())
    tips = ((REQUEST.fullmatch(name), tip) for tip, _, name in refs)
    return {int(match[1]): tip for match, tip in tips if match}


def _behind(tip: bytes, parents: Mapping[bytes, list[bytes]]) -> Iterator[bytes]:
    """The request's commits that are in no history but its own, newest first."""
    ahead, seen = [tip], {tip}
    while ahead and len(seen) <= MOST_COMMITS:
        sha = ahead.pop()
        if sha in parents:
            yield sha
            new = [parent for parent in parents[sha] if parent not in seen]
            seen.update(new)
            ahead += new
