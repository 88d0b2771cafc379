"""Which code has tests: some are named after it, import it, lie beside it, or stand in it."""

import re
from collections.abc import Iterable
from functools import cached_property

from intake.languages.imports import INDEXES
from intake.languages.kinds import kind_of
from intake.languages.references import References

# How tests call themselves: `test_x`, `TestX`, `x_test`, `x.spec`, `x.e2e-spec`, `XTests`, `XIT`.
TEST_WORDS = re.compile(
    r"^test[_-]|^Test(?=[A-Z])|(?:[._-](?:unittest|tests?|specs?|cy|e2e|integration))+$"
    r"|(?<=[a-z0-9])(?:Tests?|TestCase|Specs?|IT|ITCase)$"
)
# Where tests always call themselves so, another file among them is a helper of theirs.
ALWAYS_CALLED = frozenset("py rb go java kt scala groovy cs php swift dart exs".split())
# Languages in which tests of a file may stand in the file itself, with how they begin
# (doc.rust-lang.org/book/ch11-03, ziglang.org/documentation, vitest.dev/guide/in-source).
WITHIN = {
    "rs": (b"#[cfg(test)]", b"#[test]"),
    "zig": (b'\ntest "', b"\ntest {"),
    "ts": (b"import.meta.vitest",),
    "js": (b"import.meta.vitest",),
}


def tests_itself(path: str, content: bytes) -> bool:
    """Whether tests stand in the file that they are of."""
    signs = WITHIN.get(path.rpartition(".")[2].lower(), ())
    return any(sign in content for sign in signs)


class Tests:
    """The tests among the files of a repository, and what they are of."""

    def __init__(self, paths: Iterable[str], references: References) -> None:
        self._tests = [path for path in paths if kind_of(path) == "test_suite"]
        self._references = references

    def are_of(self, path: str) -> bool:
        """Whether one of them is of this file."""
        directory = path.rpartition("/")[0]
        if path.endswith(".go") and directory in self._of_go:
            return True
        if _stem(path).lower() in self._names:
            return True
        return any(kind_of(by) == "test_suite" for by in self._references.into(path))

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name.lower() for path in self._tests if (name := _tested_by(path)))

    @cached_property
    def _of_go(self) -> frozenset[str]:
        """Go's tests are of the package in their directory, whatever they are called."""
        return frozenset(path.rpartition("/")[0] for path in self._tests if path.endswith(".go"))


def _tested_by(path: str) -> str | None:
    """The name of what a test is of, as far as its own name tells."""
    stem, suffix = _stem(path), path.rpartition(".")[2].lower()
    name = TEST_WORDS.sub("", stem)
    if name != stem:
        return name
    return None if suffix in ALWAYS_CALLED or stem in INDEXES else stem


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]
