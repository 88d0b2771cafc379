"""What people have said of files before they are grouped: in their blocks, and on the register."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from intake.claims import Claims, matches
from intake.grouping import Group
from intake.kinds import KINDS, kind_of
from storage.known import Declared, Known

T = TypeVar("T")

_BRACKETED = re.compile(r"\[(.)\]")
_WILD = re.compile(r"[*?\[]")


class ByGlob(Generic[T]):
    """What a path's most specific glob stands for. Literal paths and whole directories, which is
    what scans write, are looked up; other globs are tried one by one.
    """

    def __init__(self, pairs: Iterable[tuple[str, T]] = ()) -> None:
        self._files: dict[str, T] = {}
        self._directories: dict[str, T] = {}
        others: list[tuple[str, T]] = []
        for glob, value in pairs:
            if (path := _literal(glob)) is not None:
                self._files[path] = self._directories[path.rstrip("/")] = value
            elif (path := _literal(glob.removesuffix("/**"))) is not None:
                self._directories[path] = value
            else:
                others.append((glob, value))
        others.sort(key=lambda other: -len(_WILD.sub("", other[0])))
        self._others = [(_WILD.split(glob, 1)[0], glob, value) for glob, value in others]

    def of(self, path: str) -> T | None:
        if path in self._files:
            return self._files[path]
        for directory in _above(path) if self._directories else ():
            if directory in self._directories:
                return self._directories[directory]
        for beginning, glob, value in self._others:
            if path.startswith(beginning) and matches(glob, path):
                return value
        return None


def _literal(glob: str) -> str | None:
    """The one path that a glob means, where it has no wildcard: `[*]` is the sign itself."""
    return None if _WILD.search(_BRACKETED.sub("", glob)) else _BRACKETED.sub(r"\1", glob)


def _above(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition("/")[0]
        if path:
            yield path


@dataclass(frozen=True)
class Theirs:
    """The files of an artifact whose globs a person gave."""

    declared: Declared
    files: tuple[str, ...]

    def group(self) -> Group:
        kinds = (kind for kind in KINDS if kind == self.declared.kind)
        kind = next(kinds, kind_of(self.files[0]))
        apart = ("declared", str(self.declared.artifact_id))
        return Group(kind, "", False, self.files, self.declared.paths, self.declared.name, apart)


@dataclass(frozen=True)
class Settled:
    """Files that are not for a scan to group: what a block or a person on the register says of them
    counts, the block's word before the register's.
    """

    claims: Claims
    theirs: tuple[Theirs, ...]
    taken: frozenset[str]
    denied: frozenset[str]
    dismissed: frozenset[str]

    @property
    def groups(self) -> list[Group]:
        """The artifacts that are as somebody said."""
        claimed = [claim.group() for claim in self.claims.claims]
        return claimed + [theirs.group() for theirs in self.theirs]

    def has(self, path: str) -> bool:
        return path in self.denied or path in self.taken


def incidents_of(known: Known) -> Callable[[Group], int]:
    """How many incidents name an artifact that a group's files belong to."""
    globs = ((glob, number) for number in known.incidents for glob in known.places.get(number, ()))
    named = ByGlob(globs)

    def count(group: Group) -> int:
        numbers = {named.of(path) for path in group.files} if known.incidents else set[int | None]()
        return sum(known.incidents[number] for number in numbers if number is not None)

    return count


def settled(
    claims: Claims, files: Iterable[str], known: Known, moved_away: Container[str] = ()
) -> Settled:
    """Of files of code, in their order. Those `moved_away` were dismissed where they lay before."""
    declared = ByGlob((path, each) for each in known.declared for path in each.paths)
    dismissed = ByGlob(known.dismissed.items())
    theirs: dict[Declared, list[str]] = defaultdict(list)
    away: set[str] = set()
    for path in files:
        if path in claims.claimed or path in claims.denied:
            continue
        if owner := declared.of(path):
            theirs[owner].append(path)
        elif path in moved_away or dismissed.of(path):
            away.add(path)
    found = tuple(Theirs(each, tuple(sorted(paths))) for each, paths in theirs.items())
    taken = claims.claimed.union(*(each.files for each in found))
    return Settled(claims, found, taken, claims.denied | away, frozenset(away))
