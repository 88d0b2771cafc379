"""What a manifest says of the packages it names: which versions, and how firmly.

Read are requirements*.txt, pyproject.toml, package.json, go.mod, Cargo.toml, Gemfile, *.gemspec,
pom.xml, build.gradle[.kts] and gradle/libs.versions.toml, as far as they say so themselves: nothing
is resolved, nothing is run, nothing is asked of a registry.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from intake.packages import gemfiles, gradle, maven
from intake.packages.imported import Ecosystem, imported_as
from intake.packages.requirements import requirements_in
from intake.packages.versions import FIRM_URL, NAME, VERSION, Dependency, is_early
from intake.text.shown import shown

LARGEST = 1 << 19

CLAUSE = re.compile(r"(===?|~=|!=|<=?|>=?)\s*v?(\d[\w.*+!-]*)")
REQUIRED = re.compile(r"^\s*(?:require\s+)?([\w.~-]+\.[\w./~-]+)\s+(v\d[\w.+-]*)", re.M)
LOCAL = ("file:", "link:", "portal:", "workspace:", "catalog:", ".", "/")
REMOTE = re.compile(r"(?:git|https?|ssh|github|gitlab|bitbucket)[:+@]|[\w.-]+/[\w.-]+(?:#|$)")
ANY = frozenset({"", "*", "x", "latest", "next", "any"})

LOCKS: dict[Ecosystem, tuple[str, ...]] = {
    "python": ("uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock"),
    "npm": (
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock",
        "bun.lockb",
    ),
    "cargo": ("cargo.lock",),
    "rubygems": ("gemfile.lock", "gems.locked"),
    "maven": ("gradle.lockfile",),  # Maven itself has none
}  # fmt: skip


Dependencies = Mapping[str, Dependency]
"""By the name they are imported by."""


class Manifests:
    """Where the manifests and lock files of a repository lie."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._at: dict[tuple[str, Ecosystem], list[str]] = {}
        self._catalogs: dict[str, str] = {}
        self._locked: set[tuple[str, Ecosystem]] = set()
        for path in paths:
            directory, _, name = path.rpartition("/")
            if ecosystem := _locks(name.lower()):
                self._locked.add((directory, ecosystem))
            elif ecosystem := manifest_of(path):
                if _is_catalog(path.lower()):
                    self._catalogs[directory.rpartition("/")[0]] = path
                else:
                    home = _home(directory) if name.lower().endswith(".txt") else directory
                    self._at.setdefault((home, ecosystem), []).append(path)

    def near(self, path: str, ecosystem: Ecosystem) -> tuple[str, ...]:
        """Those of the nearest directory above the file that has any, and what Gradle's lead to."""
        for directory in _above(path):
            if manifests := self._at.get((directory, ecosystem)):
                catalog = self._catalog(manifests[0]) if ecosystem == "maven" else None
                return (*sorted(manifests), *filter(None, (catalog,)))
        return ()

    def _catalog(self, manifest: str) -> str | None:
        """The nearest version catalog above a manifest."""
        catalogs = (
            self._catalogs[directory]
            for directory in _above(manifest)
            if directory in self._catalogs
        )
        return next(catalogs, None)

    def locks(self, path: str, ecosystem: Ecosystem) -> bool:
        """Whether a lock file beside or above says which versions are meant."""
        return any((directory, ecosystem) in self._locked for directory in _above(path))


def manifest_of(path: str) -> Ecosystem | None:
    """Whose packages a file lists, by its name."""
    if not (lowered := path.lower()).endswith(_ENDINGS):
        return None
    directory, _, name = lowered.rpartition("/")
    if name.endswith(".txt"):
        listed = name.startswith("requirements") or directory.endswith("requirements")
        return "python" if listed else None
    if name.endswith(".gemspec"):
        return "rubygems"
    return "maven" if _is_catalog(lowered) else _NAMES.get(name)


CATALOG = "gradle/libs.versions.toml"
_NAMES: dict[str, Ecosystem] = {
    "pyproject.toml": "python",
    "package.json": "npm",
    "go.mod": "go",
    "cargo.toml": "cargo",
    "gemfile": "rubygems",
    "gems.rb": "rubygems",
    "pom.xml": "maven",
    "build.gradle": "maven",
    "build.gradle.kts": "maven",
}
_ENDINGS = (".txt", ".gemspec", CATALOG, *_NAMES)


def dependencies_in(path: str, content: bytes) -> Dependencies:
    """The manifest's dependencies; none where it cannot be read."""
    ecosystem = manifest_of(path)
    if ecosystem is None or len(content) > LARGEST:
        return {}
    read = _reader(path.lower().rpartition("/")[2])
    with suppress(ValueError, RecursionError, AttributeError, TypeError):
        dependencies = list(read(content.decode("utf-8", "replace")))
        return {
            imported_as(name, ecosystem): dependency
            for dependency in dependencies
            for name in (dependency.name, *dependency.imported)
        }
    return {}


def _reader(name: str) -> Callable[[str], Iterator[Dependency]]:
    if name.endswith(".gemspec"):
        return gemfiles.dependencies_of_gem
    return _READ.get(name, _requirements)


def _is_catalog(lowered: str) -> bool:
    """The one that Gradle looks for by itself."""
    return lowered == CATALOG or lowered.endswith(f"/{CATALOG}")


def _locks(name: str) -> Ecosystem | None:
    if name.startswith("requirements") and name.endswith(".lock"):
        return "python"
    return next((ecosystem for ecosystem, names in LOCKS.items() if name in names), None)


def _home(directory: str) -> str:
    """`requirements/base.txt` speaks for the directory around."""
    outer, _, last = directory.rpartition("/")
    return outer if last.lower() == "requirements" else directory


def _above(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path


def _requirements(text: str) -> Iterator[Dependency]:
    return requirements_in(text.splitlines())


def _pyproject(text: str) -> Iterator[Dependency]:
    file = tomllib.loads(text)
    project = file.get("project", {})
    groups = [project.get("dependencies", [])]
    groups += project.get("optional-dependencies", {}).values()
    groups += file.get("dependency-groups", {}).values()
    lines = (line for group in groups for line in group if isinstance(line, str))
    yield from requirements_in(lines, open_ended_is_pinned=True)
    poetry = file.get("tool", {}).get("poetry", {})
    for table in (poetry, *poetry.get("group", {}).values()):
        yield from _table({**table.get("dependencies", {}), **table.get("dev-dependencies", {})})


def _package_json(text: str) -> Iterator[Dependency]:
    file = json.loads(text)
    for name in ("devDependencies", "optionalDependencies", "dependencies"):
        for package, version in file.get(name, {}).items():
            if isinstance(version, str) and not version.startswith(LOCAL):
                renamed = version.startswith("npm:")
                yield _ranged(package, version.rpartition("@")[2] if renamed else version)


def _cargo(text: str) -> Iterator[Dependency]:
    file = tomllib.loads(text)
    tables = [file, file.get("workspace", {}), *file.get("target", {}).values()]
    for table in tables:
        for name in ("build-dependencies", "dev-dependencies", "dependencies"):
            yield from _table(table.get(name, {}))


def _go_mod(text: str) -> Iterator[Dependency]:
    for name, version in REQUIRED.findall(text):
        yield Dependency(shown(name, NAME), shown(version, VERSION), version.startswith("v0."))


def _table(table: Mapping[str, Any]) -> Iterator[Dependency]:
    """Poetry's and Cargo's way: a version, or a table with one. What lies in the tree is ours."""
    for name, value in table.items():
        version = value.get("version", "") if isinstance(value, dict) else value
        if isinstance(value, dict) and ("path" in value or value.get("workspace")):
            continue
        if isinstance(value, dict) and "git" in value:
            yield Dependency(shown(name, NAME), "", pinned=bool({"rev", "tag"} & value.keys()))
        elif isinstance(version, str) and name != "python":
            yield _ranged(name, version)


def _ranged(name: str, version: str) -> Dependency:
    """A range as npm, Cargo and Poetry write it: `^1.2` ends by itself, `>=1` does not."""
    text = version.strip()
    if REMOTE.match(text):
        return Dependency(name, "", pinned=bool(FIRM_URL.search(text)))
    ways = [way.strip() for way in text.split("||")]
    early = all(map(_stays_early, ways))
    pinned = not any(way.lower() in ANY or _is_open(way) for way in ways)
    return Dependency(shown(name, NAME), shown(text, VERSION), early, pinned)


def _stays_early(way: str) -> bool:
    clauses = CLAUSE.findall(way)
    if clauses:
        return any(is_early((sign, version)) for sign, version in clauses)
    return re.match(r"[\^~=v ]*0(?:\.|$)", way) is not None


def _is_open(way: str) -> bool:
    return way.startswith(">") and "<" not in way


_READ: dict[str, Callable[[str], Iterator[Dependency]]] = {
    "pyproject.toml": _pyproject,
    "package.json": _package_json,
    "go.mod": _go_mod,
    "cargo.toml": _cargo,
    "gemfile": gemfiles.dependencies_of,
    "gems.rb": gemfiles.dependencies_of,
    "pom.xml": maven.dependencies_of,
    "build.gradle": gradle.dependencies_of,
    "build.gradle.kts": gradle.dependencies_of,
    "libs.versions.toml": gradle.listed_in,
}
