"""Whether any other file of the tree names something, whatever its language: `git grep`, once for
all names, and the next time only where something changed.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, NamedTuple

from intake.git.repository import Repository, UnreadableRepository
from intake.git.tree import Blob

CHUNK = 1 << 18
GREP = (
    "grep", "-z", "-o", "-w", "-I", "-E", "--no-color", "--no-line-number", "--no-column",
    "--no-recurse-submodules", "--no-textconv", "--no-break", "--no-heading",
)  # fmt: skip
NAME = re.compile(r"\w(?:[\w-]{0,98}\w)?", re.ASCII)
NOTHING_FOUND = 1
MOST_KEPT = 16
MOST_CHANGED = 5_000
ROOM = 100_000
"""So many bytes fit in one word of a command line (128 kB on Linux)."""
POINTER = 8


class FileVersion(NamedTuple):
    """A file as it was when it had the name."""

    path: bytes
    blob: bytes


class Mention(NamedTuple):
    """Files that have a name, and whether there may be more of them."""

    places: tuple[FileVersion, ...] = ()
    more: bool = False

    def elsewhere(self, own: Collection[bytes]) -> bool:
        """Whether any file but these has the name, among the places that are kept."""
        return any(place.path not in own for place in self.places)


@dataclass(frozen=True)
class Mentions:
    """By name, as of a commit."""

    head: str = ""
    of: Mapping[str, Mention] = field(default_factory=dict)

    def has(self, name: str, own: Collection[bytes]) -> bool:
        """Whether a file other than its own has the name; True where nobody searched for it."""
        mention = self.of.get(name)
        return mention is None or mention.more or mention.elsewhere(own)

    def answers(self, name: str, own: Collection[bytes]) -> bool:
        mention = self.of.get(name)
        return mention is not None and (not mention.more or mention.elsewhere(own))


def mentions_of(
    repository: Repository,
    head: str,
    asked: Mapping[str, Collection[bytes]],
    *,
    ahead: Collection[str],
    files: Mapping[bytes, Blob],
    known: Mentions,
) -> Mentions:
    """`asked` are names with the files that they belong to, `files` all of the commit `head`; what
    is known of it is not searched for. Where all files have to be, it is for the names, too, of
    which somebody may ask `ahead`.
    """
    if all(known.answers(name, own) for name, own in asked.items()):
        return known
    return Mentions(head, _searched(repository, head, {*asked, *ahead}, files, None))


def brought_forward(
    repository: Repository, head: str, files: Mapping[bytes, Blob], known: Mentions
) -> Mentions:
    """The mentions as of `head`: those of an older commit, searched again in changed files."""
    if not known.of or known.head == head:
        return known
    changed = _changed(repository, known, head)
    if len(changed) > MOST_CHANGED or max(map(len, changed), default=0) > ROOM:
        return Mentions()
    new = _searched(repository, head, known.of, files, changed)
    return Mentions(head, {name: _with(was, new[name], files) for name, was in known.of.items()})


def _with(was: Mention, new: Mention, files: Mapping[bytes, Blob]) -> Mention:
    there = ((place, files.get(place.path)) for place in was.places)
    standing = [place for place, blob in there if blob and blob.oid == place.blob]
    places = [*standing, *(place for place in new.places if place not in standing)]
    return Mention(tuple(places[:MOST_KEPT]), was.more or new.more or len(places) > MOST_KEPT)


def _changed(repository: Repository, known: Mentions, head: str) -> list[bytes]:
    """Files that are not as they were, as far as anybody wants to know."""
    question = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", known.head, head)
    with repository.tokens(*question) as paths:
        return list(paths)


def _searched(
    repository: Repository,
    head: str,
    names: Collection[str],
    files: Mapping[bytes, Blob],
    paths: Collection[bytes] | None,
) -> dict[str, Mention]:
    """Some of the files that have each name, of these paths or of all."""
    versions: dict[str, dict[bytes, FileVersion]] = {name: {} for name in names}
    for some in [()] if paths is None else _some(paths):
        for path, name in _grepped(repository, head, names, some):
            kept = versions[name]
            if path in files and len(kept) <= MOST_KEPT:
                kept[path] = FileVersion(path, files[path].oid)
    return {
        name: Mention(tuple(islice(places.values(), MOST_KEPT)), len(places) > MOST_KEPT)
        for name, places in versions.items()
    }


def _grepped(
    repository: Repository, head: str, names: Collection[str], paths: Collection[bytes]
) -> Iterator[tuple[bytes, str]]:
    """Each path with each name that it has as a whole word; binary files are not looked at."""
    if not names:
        return
    pattern = f"({'|'.join(sorted(names))})"
    literal = (path.decode("utf-8", "surrogateescape") for path in paths)
    try:
        with repository.output(*GREP, pattern, head, "--", *literal) as stdout:
            yield from _matches(stdout)
    except UnreadableRepository as error:
        if error.status != NOTHING_FOUND:
            raise


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


def _some(paths: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The paths in lists, each short enough for one command line."""
    some: list[bytes] = []
    room = ROOM
    for path in paths:
        if some and len(path) > room:
            yield some
            some, room = [], ROOM
        some.append(path)
        room -= len(path) + POINTER
    if some:
        yield some
