"""Globs: written for a path, matched against one, and looked up by the most specific one.

`**` crosses directories, `*` and `?` do not. Characters with a meaning are escaped; those that a
list of paths cannot carry (`;`, control characters, bytes that are no UTF-8) become `?`. Where two
globs match a path, the more specific one wins.
"""

import re
from collections.abc import Iterable, Iterator
from fnmatch import translate
from functools import lru_cache
from typing import Generic, TypeVar


def escaped(path: str) -> str:
    """A path as a glob that matches it alone, or nearly: see above on `?`."""
    return "".join(_escape(char) for char in path)


def _escape(char: str) -> str:
    if char in "*?[":
        return f"[{char}]"
    return char if char.isprintable() and char not in ";\\" else "?"


def matches(glob: str, path: str) -> bool:
    """`**` crosses directories, `*` and `?` do not, `[*]` is the sign itself.

    Takes steps in proportion to both lengths, whatever the glob.
    """
    return _matches(tuple(glob.split("/")), tuple(path.split("/")))


def _matches(globs: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    reached = {0}
    for glob in globs:
        if glob == "**":
            reached = set(range(min(reached), len(parts) + 1)) if reached else set()
        else:
            fits = _segment(glob).match
            reached = {at + 1 for at in reached if at < len(parts) and fits(parts[at])}
    return len(parts) in reached


@lru_cache(maxsize=4_096)
def _segment(glob: str) -> re.Pattern[str]:
    return re.compile(translate(glob))


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
