"""What signals need of one AI-written file: its packages, its words, whether it starts or tests."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from intake.languages.imports import Reference
from intake.languages.similarity import sketch_of
from intake.languages.tests_of import tests_itself
from intake.packages.imported import packages_in
from intake.text.numbers import Numbers

STARTS = (
    b"__main__", b"main(", b"createRoot(", b".listen(", b"self.addEventListener(",
    b"export default", b"export const handler", b"export const metadata", b"export const config",
    b"export const loader", b"export const action",
)  # fmt: skip
# What an annotation or a decorator of these names does stays in the file; others register it.
REGISTERED = re.compile(
    rb"\n@(?!dataclass|overload|final|cache|lru_cache|contextmanager|unique|total_ordering|wraps"
    rb"|runtime_checkable|functools\.|contextlib\.|dataclasses\.|attrs?\b|define\b|frozen\b"
    rb"|staticmethod|property|override|Override|Suppress|JvmStatic|Data\b|Deprecated)"
)


class FileSignals(NamedTuple):
    """Packages it imports, what stands for its words, whether a framework or a person starts it
    without naming it, and whether it holds tests of itself.
    """

    packages: tuple[str, ...]
    sketch: Numbers
    starts: bool
    tested: bool = False


def traits_of(path: str, content: bytes, references: Iterable[Reference]) -> FileSignals:
    packages = packages_in(path, content, references)
    return FileSignals(packages, sketch_of(content), _starts(content), tests_itself(path, content))


def _starts(content: bytes) -> bool:
    if content.startswith((b"#!", b"@")) or any(sign in content for sign in STARTS):
        return True
    return REGISTERED.search(content) is not None
