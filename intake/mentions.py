"""Whether any other file of the tree names something, whatever its language: `git grep`, once for
all names, and the next time only where something changed.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import IO, NamedTuple, TypeVar

from intake.git import Repository, UnreadableRepository
from intake.tree import Blob

T = TypeVar("T")

CHUNK = 1 << 18
GREP = (
    "grep", "-z", "-o", "-w", "-I", "--no-color", "--no-line-number", "--no-column",
    "--no-recurse-submodules", "--no-textconv", "--no-break", "--no-heading",
)  # fmt: skip
NAME = re.compile(r"\w(?:[\w-]{0,98}\w)?", re.ASCII)
NOTHING_FOUND = 1
MOST_KEPT = 8
AT_ONCE = 500
FEW = 8
MOST_CHANGED = 5_000


class Place(NamedTuple):
    """A file as it was when it had the name."""

    path: bytes
    blob: bytes


class Mention(NamedTuple):
    """Some of the files that have a name, but for those it belongs to, which `own` stands for."""

    own: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Mentions:
    """By name, as of a commit."""

    head: str = ""
    of: Mapping[str, Mention] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether anybody else names it; where nobody asked, somebody may."""
        mention = self.of.get(name)
        return mention is None or bool(mention.places)


def mentions_of(
    repository: Repository,
    head: str,
    own: Mapping[str, Collection[bytes]],
    files: Mapping[bytes, Blob],
    known: Mentions,
) -> Mentions:
    """`own` are names with the files that they belong to, `files` all of the commit `head`, which
    came of the one that is known.
    """
    asked = {name: Mention(_fingerprint(paths)) for name, paths in own.items()}
    before = {name: known.of[name] for name, new in asked.items() if _is_known(name, new, known)}
    found = {name: _standing(mention, files) for name, mention in before.items()}
    unsure = {name for name, places in found.items() if not places}
    if unsure and known.head != head:
        found |= _searched(repository, head, unsure, own, files, _changed(repository, known, head))
    lost = {name for name in unsure if before[name].places and not found.get(name)}
    anew = (asked.keys() - before.keys()) | lost
    found |= _searched(repository, head, anew, own, files, None)
    named = {name: mention._replace(places=found[name]) for name, mention in asked.items()}
    return Mentions(head, named)


def _is_known(name: str, new: Mention, known: Mentions) -> bool:
    return name in known.of and known.of[name].own == new.own


def _standing(mention: Mention, files: Mapping[bytes, Blob]) -> tuple[Place, ...]:
    """The places that are as they were."""
    there = ((place, files.get(place.path)) for place in mention.places)
    return tuple(place for place, blob in there if blob and blob.oid == place.blob)


def _fingerprint(paths: Iterable[bytes]) -> str:
    return sha256(b"\0".join(sorted(paths))).hexdigest()[:16]


def _changed(repository: Repository, known: Mentions, head: str) -> list[bytes] | None:
    """Files that are not as they were; None where they are too many to name."""
    question = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", known.head, head)
    with repository.tokens(*question) as paths:
        changed = list(paths)
    return changed if len(changed) <= MOST_CHANGED else None


def _searched(
    repository: Repository,
    head: str,
    names: Collection[str],
    own: Mapping[str, Collection[bytes]],
    files: Mapping[bytes, Blob],
    paths: Collection[bytes] | None,
) -> dict[str, tuple[Place, ...]]:
    """A few files that have each name, of these paths or of all."""
    found: dict[str, dict[bytes, Place]] = {name: {} for name in names}
    for some in [()] if paths is None else _some(paths):
        for path, name in _grepped(repository, head, names, some):
            kept = found[name]
            if path not in own[name] and len(kept) < MOST_KEPT and path in files:
                kept[path] = Place(path, files[path].oid)
    return {name: tuple(places.values()) for name, places in found.items()}


def _grepped(
    repository: Repository, head: str, names: Collection[str], paths: Collection[bytes]
) -> Iterator[tuple[bytes, str]]:
    """Each path with each name that it has as a whole word; binary files are not looked at."""
    if not names:
        return
    literal = (path.decode("utf-8", "surrogateescape") for path in paths)
    try:
        with repository.output(*GREP, *_patterns(names), head, "--", *literal) as stdout:
            yield from _matches(stdout)
    except UnreadableRepository as error:
        if error.status != NOTHING_FOUND:
            raise


def _patterns(names: Collection[str]) -> list[str]:
    """Git is quicker with a few words one by one, and with many as one expression."""
    if len(names) > FEW:
        return ["-E", f"({'|'.join(sorted(names))})"]
    return ["-F", *(word for name in sorted(names) for word in ("-e", name))]


def _matches(stdout: IO[bytes]) -> Iterator[tuple[bytes, str]]:
    """`HEAD:path`, a NUL, the name and a line feed, again and again."""
    path, pending = b"", b""
    while chunk := stdout.read(CHUNK):
        *whole, pending = (pending + chunk).split(b"\0")
        for part in whole:
            name, _, after = part.partition(b"\n") if path else (b"", b"", part)
            if path:
                yield path.partition(b":")[2], name.decode("ascii", "replace")
            path = after
    if path:
        yield path.partition(b":")[2], pending.partition(b"\n")[0].decode("ascii", "replace")


def _some(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, AT_ONCE)):
        yield some
