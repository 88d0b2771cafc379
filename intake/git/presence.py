"""Whether anything is left of an artifact's paths in a repository's newest commit."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WILD = re.compile(r"[*?\[]")
_NONE = "\0"  # no path is this


@dataclass(frozen=True, slots=True)
class TrackedPaths:
    """The files of one commit, sorted. A glob stands while any file begins as it does: an artifact
    is rather taken to be there still than to be gone.
    """

    files: tuple[str, ...]

    def stands(self, paths: Sequence[str]) -> bool:
        return any(self._has(path) for path in paths)

    def _has(self, path: str) -> bool:
        wild = _WILD.search(path)
        if wild:
            return self._begins(path[: wild.start()])
        return self._begins(path.rstrip("/") + "/") or self._next(path) == path

    def _begins(self, prefix: str) -> bool:
        path = self._next(prefix)
        return path != _NONE and path.startswith(prefix)

    def _next(self, text: str) -> str:
        at = bisect_left(self.files, text)
        return self.files[at] if at < len(self.files) else _NONE


def tracked(files: Iterable[str]) -> TrackedPaths:
    return TrackedPaths(tuple(sorted(files)))
