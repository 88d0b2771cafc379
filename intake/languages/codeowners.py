"""Whose code it is, by CODEOWNERS; the `codeowners` library matches, we keep its input sane.

GitHub's reading: a line with an owner that is none, or a pattern it does not know, is passed over.
GitLab's sections may carry default owners. Patterns with many wildcards are passed over too, since
matching them can take for ever.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codeowners import CodeOwners

SECTION = re.compile(r"\^?\[[^\]]+\](?:\[\d+\])?(?P<owners>(?:\s+@\S+)*)\s*")
OWNER = re.compile(r"@[\w.-]+(?:/[\w./-]+)?|[^\s@]+@[^\s@]+\.[^\s@]+")
CATCH_ALL = frozenset({"*", "**", "/", "/*", "/**", "**/*"})
MOST_WILDCARDS = 3
LONGEST_PATH = 400
LONGEST_LINE = 1000


@dataclass(frozen=True)
class Ownership:
    """What CODEOWNERS says of some files. `catch_all` when it is only the line for everything."""

    owners: tuple[str, ...] = ()
    catch_all: bool = False

    @property
    def person(self) -> str | None:
        """The first owner given by e-mail: the only spelling that names a person anywhere."""
        return next((owner for owner in self.owners if "@" in owner[1:]), None)

    @property
    def team(self) -> str | None:
        """The name of the first `@org/team`."""
        teams = (owner for owner in self.owners if owner.startswith("@") and "/" in owner)
        return next((team.partition("/")[2] for team in teams), None)

    @property
    def handle(self) -> str | None:
        """The first `@handle` of a person, or else of a team, as it stands in the file."""
        handles = [owner for owner in self.owners if owner.startswith("@")]
        return next((handle for handle in handles if "/" not in handle), next(iter(handles), None))


class Owners:
    """Answers for one CODEOWNERS file; with an empty text nobody owns anything."""

    def __init__(self, text: str) -> None:
        self._lines = [*_usable(text)]
        self.passed_over = sum(1 for line in text.splitlines() if _is_rule(line)) - len(self._lines)
        self._rules = CodeOwners("\n".join(self._lines))
        self._by_line: dict[int | None, Ownership] = {}

    def of(self, path: str) -> Ownership:
        """The last matching line decides; very long paths are not looked up."""
        if not self._lines or len(path) > LONGEST_PATH:
            return Ownership()
        owners, line, pattern, _ = self._rules.matching_line(path)
        known = self._by_line.get(line)
        if known is None:
            names = tuple(name for _, name in owners)
            known = self._by_line[line] = Ownership(names, bool(owners) and pattern in CATCH_ALL)
        return known


def _is_rule(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.startswith("#") and not SECTION.fullmatch(text)


def _usable(text: str) -> Iterator[str]:
    """Lines the library reads as GitHub would, section defaults written out."""
    default = ""
    for line in text.splitlines():
        if len(line) > LONGEST_LINE:
            continue
        words = re.split(r"\s#", line.strip())[0].strip()
        if section := SECTION.fullmatch(words):
            default = section["owners"].strip()
        elif _is_rule(words):
            pattern, *owners = re.split(r"(?<!\\)\s+", words)
            owners = owners or default.split()
            if _is_sound(pattern, owners):
                yield " ".join((pattern, *owners))


def _is_sound(pattern: str, owners: Iterable[str]) -> bool:
    if (
        pattern.startswith("!")
        or "[" in pattern
        or len(re.findall(r"\*+|\?", pattern)) > MOST_WILDCARDS
    ):
        return False
    return all(OWNER.fullmatch(owner) for owner in owners)
