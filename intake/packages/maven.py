"""What a Maven pom.xml says of the packages it names, as far as this one file says it.

Properties and versions under dependencyManagement count where they stand in the same file; what a
parent or an imported list of versions decides is unknown here (maven.apache.org/pom.html). Modules
of the same project are its own code.

The file is a stranger's. Expat reads nothing from elsewhere by itself, and every way to make it
work or store without end needs a document type (docs.python.org/3/library/xml.html, “XML
security”), which no pom.xml has: with one it is not read. Elements are seen one after the other, so
that no depth costs anything, and a property leads to another one but is never pasted into a text.
"""

import re
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from intake.packages.maven_versions import coordinate
from intake.packages.versions import Dependency, agreed

DEEPEST = 7
LONGEST_NAME = 200
MOST_STEPS = 5

PROJECT = ("project",)
PROFILE = ("project", "profiles", "profile")
ENTRY = ("dependencies", "dependency")
LISTED = frozenset({PROJECT + ENTRY, PROFILE + ENTRY})
MANAGED = frozenset({(*above, "dependencyManagement", *ENTRY) for above in (PROJECT, PROFILE)})
PROPERTIES = frozenset({(*PROJECT, "properties"), (*PROFILE, "properties")})
ITSELF = frozenset({PROJECT, (*PROJECT, "parent")})

PROPERTY = re.compile(r"\$\{([^${}]{1,200})\}")
OWN = re.compile(r"\$\{(?:(?:project|pom)\.)?(?:parent\.)?(?:version|groupId)\}")
WORD = re.compile(r"[\w.-]{1,200}")
ELSEWHERE = frozenset({"system", "import"})

Entry = Mapping[str, str]


class Pom:
    """The elements of a pom.xml that matter here. Raises ValueError for what is no such file."""

    def __init__(self, text: str) -> None:
        self.listed: list[Entry] = []
        self.managed: list[Entry] = []
        self._itself: dict[tuple[str, ...], str] = {}
        self._properties: dict[str, set[str]] = {}
        self._path: list[str] = []
        self._depth = 0
        self._entry: dict[str, str] = {}
        self._text: list[str] = []
        self._read(text)

    @property
    def group(self) -> str | None:
        """Its own, or its parent's."""
        return self._itself.get(("groupId",)) or self._itself.get(("parent", "groupId"))

    @property
    def version(self) -> str | None:
        return self._itself.get(("version",)) or self._itself.get(("parent", "version"))

    def value(self, text: str) -> str | None:
        """The text with the file's own properties put in; None where one is missing."""
        for _ in range(MOST_STEPS):
            named = PROPERTY.fullmatch(text)
            if not named:
                return None if "${" in text else text
            values = self._properties.get(named[1], set())
            if len(values) != 1:
                return None
            (text,) = values
        return None

    def _read(self, text: str) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._text.append
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            raise ValueError("no XML") from error

    def _started(self, name: str, _: Mapping[str, str]) -> None:
        if len(name) > LONGEST_NAME:
            raise ValueError("no name of an element")
        self._depth += 1
        self._text.clear()
        if self._depth <= DEEPEST:
            self._path.append(name.rpartition(":")[2])

    def _ended(self, _: str) -> None:
        if self._depth <= DEEPEST:
            self._take(tuple(self._path), "".join(self._text).strip())
            self._path.pop()
        self._depth -= 1
        self._text.clear()

    def _take(self, path: tuple[str, ...], text: str) -> None:
        above, name = path[:-1], path[-1]
        if path in LISTED or path in MANAGED:
            (self.listed if path in LISTED else self.managed).append(self._entry)
            self._entry = {}
        elif above in LISTED or above in MANAGED:
            self._entry[name] = text
        elif above in PROPERTIES:
            self._properties.setdefault(name, set()).add(text)
        elif above in ITSELF:
            self._itself[path[1:]] = text


def dependencies_of(text: str) -> Iterator[Dependency]:
    """Each dependency of the project, of whatever scope. Raises ValueError."""
    pom = Pom(text)
    managed = {dependency.name: dependency for dependency in agreed(_asked(pom, pom.managed))}
    for dependency in agreed(_asked(pom, pom.listed)):
        yield dependency if dependency.version else managed.get(dependency.name, dependency)


def _refuse(*_: object) -> None:
    raise ValueError("a document type")


def _asked(pom: Pom, entries: list[Entry]) -> Iterator[Dependency]:
    for entry in entries:
        group, artifact = (pom.value(entry.get(name, "")) for name in ("groupId", "artifactId"))
        if not (group and artifact and WORD.fullmatch(group) and WORD.fullmatch(artifact)):
            continue
        if not _is_own(pom, entry, group):
            yield coordinate(group, artifact, pom.value(entry.get("version", "")))


def _is_own(pom: Pom, entry: Entry, group: str) -> bool:
    """Whether it is a module of the same project, or no package that somebody publishes."""
    version = entry.get("version", "")
    if entry.get("scope") in ELSEWHERE or group == pom.group:
        return True
    return OWN.fullmatch(version) is not None or ("${" in version and version == pom.version)
