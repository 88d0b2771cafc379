"""A package as a manifest asks for it, with its version and how firmly it is pinned."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from intake.text.shown import shown

NAME = 100
VERSION = 24
LONGEST_LINE = 500
FIRM_URL = re.compile(r"@[0-9a-f]{7,40}\b|\.(?:whl|zip|tar\.gz|tgz)\b|#.*[0-9a-f]{7,40}")
"""Names one commit or one archive, or has a digest of what is there."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package as a manifest asks for it. `early` versions are all below 1.0; what is not `pinned`
    may be any version tomorrow. Without a version nothing is known of it but that it is asked for.

    Where `through` has names, the manifest only lists it: it is asked for where another manifest
    asks for one of these.
    """

    name: str
    version: str
    early: bool = False
    pinned: bool = True
    through: frozenset[str] = frozenset()
    imported: tuple[str, ...] = ()
    """Names to import it by, beside its own, where the manifest says some."""

    @property
    def exact(self) -> str:
        """The one version that it asks for; nothing where several will do."""
        one = re.fullmatch(r"(?:={1,3}|v)?\s*(\d[\w.+-]*)", self.version)
        return one[1] if one else ""

    @property
    def line(self) -> tuple[int, ...] | None:
        """The line of versions it is on: the major one, below 1.0 the minor too. None where it says
        no more than which ones it ends before or leaves out.
        """
        numbers = re.search(r"(\d+)(?:\.(\d+))?", self.version)
        if not numbers or not self.pinned or self.version.startswith(("<", "!", "(", "]")):
            return None
        major = int(numbers[1])
        return (major,) if major else (0, int(numbers[2] or 0))


def unknown(name: str) -> Dependency:
    """Asked for in a version that the manifest does not say itself."""
    return Dependency(shown(name, NAME), "")


def agreed(dependencies: Iterable[Dependency]) -> Iterator[Dependency]:
    """Each once; of one that is asked for in two ways, as under two conditions, the version is
    unknown.
    """
    by_name: dict[str, Dependency] = {}
    for dependency in dependencies:
        was = by_name.setdefault(dependency.name, dependency)
        if was != dependency:
            through = was.through | dependency.through
            same = replace(was, through=through) == replace(dependency, through=through)
            by_name[dependency.name] = replace(
                was if same else unknown(dependency.name), through=through
            )
    yield from by_name.values()


def is_early(clause: tuple[str, str]) -> bool:
    """Whether it keeps the version below 1.0; the version begins with a digit."""
    sign, version = clause
    if sign == "<":
        return _major(version) == 0 or re.fullmatch(r"1(?:\.0)*", version) is not None
    return sign in {"==", "===", "~=", "<="} and _major(version) == 0


def _major(version: str) -> int:
    return int(re.match(r"\d+", version)[0])  # type: ignore[index]  # begins with a digit
