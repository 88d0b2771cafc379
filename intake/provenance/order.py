"""The order of commits: children before parents, else as they landed, newest first.

Merges are left out. Git needs to walk all of history for this; what came after a commit whose
order is known it tells at once.
"""

from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from intake.git.repository import Repository

ORDERED = ("rev-list", "--date-order")


class Order(NamedTuple):
    """Ids of commits, and those of them that came by no merge."""

    shas: list[bytes]
    straight: frozenset[bytes]


@contextmanager
def order_of_all(repository: Repository, head: str) -> Iterator[Callable[[], Order]]:
    """Git looks for everything up to `head` within; called, it is given."""
    with (
        repository.output(*ORDERED, "--no-merges", head, "--") as ids,
        repository.output("rev-list", "--first-parent", "--no-merges", head, "--") as straight,
    ):
        yield lambda: Order(ids.read().split(), frozenset(straight.read().split()))


def order_after(
    repository: Repository, head: str, before: str, known: Container[bytes]
) -> Order | None:
    """What came after the commit `before`, from which `head` came. None where that cannot be put
    ahead of what is `known`: a clock was wrong, or `before` was merged into another branch.

    By date and by parents, `before` is told first of all that it came of. What is newer than it is
    told earlier still, since of that there is always something all of whose children were told.
    """
    question = (*ORDERED, "--timestamp", "--parents", "--boundary", head, f"^{before}", "--")
    with repository.output(*question) as listed:
        lines = [line.split() for line in listed.read().splitlines()]
    landed = {sha: int(when) for when, sha, *_ in lines}
    parents = {sha: rest for _, sha, *rest in lines if not sha.startswith(b"-")}
    since = landed.get(b"-" + before.encode(), 0)
    if any(sha in known or landed[sha] <= since for sha in parents):
        return None
    straight, end = _straight(head.encode(), parents)
    if end != before.encode():
        return None
    return Order([sha for sha, of in parents.items() if len(of) < 2], straight)


def _straight(head: bytes, parents: dict[bytes, list[bytes]]) -> tuple[frozenset[bytes], bytes]:
    """Those that lead back by first parents, and where they end."""
    straight, at = set(), head
    while of := parents.get(at):
        if len(of) == 1:
            straight.add(at)
        at = of[0]
    return frozenset(straight), at
