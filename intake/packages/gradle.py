"""What Gradle's build scripts and version catalogs say of the packages they name.

A build script is a program; read are the lines that ask for a package by words, in Groovy or
Kotlin: `implementation("g:a:1")`, `api group: 'g', name: 'a', version: '1'`, `libs.foo.bar`. A
version in a variable counts where the same file sets it, once and to plain text.

A catalog lists what a whole build may ask for; an alias `foo-bar` is `libs.foo.bar` in a script
(docs.gradle.org/current/userguide/version_catalogs.html). What a platform decides, or a rich
version that only prefers one, is unknown.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from intake.packages.maven_versions import coordinate
from intake.packages.versions import LONGEST_LINE, NAME, Dependency, agreed
from intake.text.shown import shown

# Configurations that bring a package to the code, plain or of a variant (`debugImplementation`);
# `classpath` is the build's own, and `platform(…)` names a list of versions.
ASKS = re.compile(
    r"\s*(?:dependencies\s*\{\s*)?[\"']?\w{0,80}(?:[iI]mplementation|[aA]pi|[cC]ompile|[rR]untime"
    r"|[cC]ompileOnly|[cC]ompileOnlyApi|[rR]untimeOnly|[aA]nnotationProcessor|[kK]apt|[kK]sp"
    r"|developmentOnly)[\"']?[ \t]*(?:\([ \t]*)?(?=[\"'\[gl])\[?"
)
NOTATION = re.compile(r"([\"'])([\w.-]+):([\w.-]+)(?::([^\"':@]+))?(?::[\w.-]*)?(?:@\w+)?\1")
NEXT = re.compile(r"\s*,\s*(?=[\"'])")
PART = re.compile(r"\b(group|name|version)\s*[:=]\s*(?:[\"']([^\"']{0,100})[\"'])?")
ACCESSOR = re.compile(r"libs(?:\.\w+)+")
CALLS = re.compile(r"(?:\.(?:get|asProvider))+$")
SET = re.compile(
    r"\s*(?:(?:private|internal|const|final)\s+)*(?:def\s+|va[lr]\s+|String\s+)?((?:\w+\.){0,5})"
    r"(\w+)\s*(?::\s*String\s*)?=\s*(.*)"
)
HERE = frozenset({"", "ext.", "extra.", "project.ext.", "rootProject.ext."})
PLAIN = re.compile(r"[\"']([^\"'$]{1,100})[\"']\s*;?\s*(?://.*)?")
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def dependencies_of(text: str) -> Iterator[Dependency]:
    """What a build script asks for; what it has from the catalog by its name there."""
    lines = [*_lines(text)]
    values = _values(lines)
    yield from agreed(dependency for line in lines for dependency in _asked(line, values))


def listed_in(text: str) -> Iterator[Dependency]:
    """What a version catalog offers, with the names by which scripts ask for it. Raises ValueError,
    AttributeError or TypeError for what is no catalog.
    """
    file = tomllib.loads(text)
    called = _called(file.get("bundles", {}))
    versions = file.get("versions", {})
    dependencies = []
    for alias, library in file.get("libraries", {}).items():
        if dependency := _library(library, versions):
            names = {_accessor(alias), *called.get(_plain(alias), ())}
            dependencies.append(replace(dependency, through=frozenset(names)))
    yield from agreed(dependencies)


def _lines(text: str) -> Iterator[str]:
    """Without comments that have lines of their own. A star in a path may look like one elsewhere
    (`src/**/*.java`), so only what begins a line begins a comment.
    """
    within = False
    for line in text.splitlines():
        begins = line.lstrip()[:2]
        within = within or begins == "/*"
        if not within and begins != "//":
            yield line[:LONGEST_LINE]
        within = within and "*/" not in line


def _values(lines: list[str]) -> Mapping[str, str]:
    """Variables that are set to one plain text and to nothing else; not the project's own version,
    with which it asks for its own modules.
    """
    values = defaultdict(set)
    for line in lines:
        if match := SET.match(line):
            plain = PLAIN.fullmatch(match[3]) if match[1] in HERE else None
            values[match[2]].add(plain[1] if plain else "")
    values.pop("version", None)
    return {name: next(iter(all_)) for name, all_ in values.items() if len(all_) == 1}


def _asked(line: str, values: Mapping[str, str]) -> Iterator[Dependency]:
    asks = ASKS.match(line)
    if not asks:
        return
    if match := ACCESSOR.match(line, asks.end()):
        yield Dependency(shown(CALLS.sub("", match[0]), NAME), "")
    elif line.startswith("group", asks.end()):
        yield from _in_parts(line[asks.end() :], values)
    else:
        yield from _in_words(line, asks.end(), values)


def _in_words(line: str, at: int, values: Mapping[str, str]) -> Iterator[Dependency]:
    """`'g:a:1', 'h:b:2'`; without a version it is somewhere else."""
    while match := NOTATION.match(line, at):
        yield coordinate(match[2], match[3], _version(match[4], values))
        another = NEXT.match(line, match.end())
        at = another.end() if another else len(line)


def _in_parts(words: str, values: Mapping[str, str]) -> Iterator[Dependency]:
    """`group: 'g', name: 'a', version: '1'`; what comes later on the line may be of an exclude."""
    parts: dict[str, str] = {}
    for name, text in PART.findall(words):
        parts.setdefault(name, text)
    if parts.get("group") and parts.get("name"):
        yield coordinate(parts["group"], parts["name"], _version(parts.get("version"), values))


def _version(version: str | None, values: Mapping[str, str]) -> str | None:
    variable = VARIABLE.fullmatch(version or "")
    return values.get(variable[1] or variable[2]) if variable else version


def _library(library: Any, versions: Mapping[str, Any]) -> Dependency | None:
    """`g:a:1`, or a table with `module`, or with `group` and `name`."""
    if isinstance(library, str):
        module, _, version = library.rpartition(":")
        library = {"module": module, "version": version}
    parts = (
        library["module"].split(":")
        if "module" in library
        else [library.get("group"), library.get("name")]
    )
    if len(parts) != 2 or not all(isinstance(part, str) for part in parts):
        return None
    return coordinate(parts[0], parts[1], _required(library.get("version"), versions))


def _required(version: Any, versions: Mapping[str, Any]) -> str | None:
    """A version as a text, by reference, or as a rich one; one that is only preferred is none."""
    if isinstance(version, dict) and "ref" in version:
        version = versions.get(version["ref"])
    if isinstance(version, dict):
        version = version.get("strictly") or version.get("require")
    return version if isinstance(version, str) else None


def _called(bundles: Mapping[str, Any]) -> Mapping[str, set[str]]:
    """The bundles that each alias is in, as a script calls them."""
    called = defaultdict(set)
    for bundle, aliases in bundles.items():
        for alias in aliases:
            called[_plain(alias)].add(_accessor(f"bundles.{bundle}"))
    return called


def _plain(alias: str) -> str:
    return re.sub(r"[-_]", ".", alias)


def _accessor(alias: str) -> str:
    return shown(f"libs.{_plain(alias)}", NAME)
