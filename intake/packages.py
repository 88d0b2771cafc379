"""Which packages of others a file imports, by the names its language calls them."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Literal

from intake.contents import IMPORTS, OF_SCRIPTS, Reference

Ecosystem = Literal["python", "npm", "go", "cargo", "rubygems", "maven"]

RUST = re.compile(rb"^[ \t]*(?:pub[ \t]+)?(?:use|extern[ \t]+crate)[ \t]+(?:::)?(\w{1,100})", re.M)
# Unlike `require`, `require_relative` names a file beside.
RUBY = re.compile(rb"^[ \t]*require[ \t(]+['\"]([\w/.-]{1,100})['\"]", re.M)
PACKAGE = re.compile(rb"^[ \t]*package[ \t]+(\w{1,100}(?:\.\w{1,100})?)", re.M)
SCRIPTS = frozenset(suffix for suffix, imports in IMPORTS.items() if imports is OF_SCRIPTS)
ECOSYSTEMS: dict[str, Ecosystem] = {
    **dict[str, Ecosystem].fromkeys(SCRIPTS, "npm"),
    "py": "python",
    "pyi": "python",
    "go": "go",
    "rs": "cargo",
    "rb": "rubygems",
    "java": "maven",
    "kt": "maven",
    "groovy": "maven",
}
# Packages that are imported by another name than they are installed by.
ALIASES = {
    "attrs": "attr", "beautifulsoup4": "bs4", "opencv_python": "cv2", "pillow": "pil",
    "psycopg2_binary": "psycopg2", "pycryptodome": "crypto", "pyjwt": "jwt",
    "python_dateutil": "dateutil", "python_dotenv": "dotenv", "pyyaml": "yaml",
    "scikit_learn": "sklearn",
}  # fmt: skip
GEMS = {
    "actionmailer": "action_mailer", "actionview": "action_view", "activejob": "active_job",
    "activemodel": "active_model", "activerecord": "active_record",
    "activesupport": "active_support", "concurrent-ruby": "concurrent", "ruby-openai": "openai",
    "ruby-vips": "vips", "rubyzip": "zip",
}  # fmt: skip
# What is not in Java packages that begin with its group: by group, and by group and artifact.
GROUPS = {
    "com.squareup.okhttp3": "okhttp3", "com.squareup.retrofit2": "retrofit2",
    "org.jetbrains.kotlinx": "kotlinx",
}  # fmt: skip
ARTIFACTS = {
    "com.fasterxml.jackson.core:jackson-annotations": "com.fasterxml.jackson.annotation",
    "com.fasterxml.jackson.core:jackson-databind": "com.fasterxml.jackson.databind",
    "com.google.code.gson:gson": "com.google.gson",
    "com.google.guava:guava": "com.google.common",
    "commons-codec:commons-codec": "org.apache.commons.codec",
    "commons-io:commons-io": "org.apache.commons.io",
    "org.projectlombok:lombok": "lombok",
}
# Words that say nothing of which part of a group an artifact is.
PLAIN = frozenset("all android api core java jvm kotlin ktx lib runtime sdk".split())
LONG_ENOUGH = 5


def ecosystem_of(path: str) -> Ecosystem | None:
    """Whose packages a file can import, as far as we can tell them."""
    return ECOSYSTEMS.get(path.rpartition(".")[2].lower())


def packages_in(path: str, content: bytes, references: Iterable[Reference]) -> tuple[str, ...]:
    """What the file imports that is not said to lie beside it; its own code may be among it."""
    ecosystem = ecosystem_of(path)
    if ecosystem is None:
        return ()
    if ecosystem == "cargo":
        return tuple(sorted({name.decode("utf-8", "replace") for name in RUST.findall(content)}))
    if ecosystem == "rubygems":
        return tuple(sorted({name.decode() for name in RUBY.findall(content)}))
    found = (each.parts for each in references if each.up is None)
    if ecosystem == "maven":
        return tuple(sorted(_of_others(found, content)))
    return tuple(sorted({_package(parts, ecosystem) for parts in found}))


def _package(parts: tuple[str, ...], ecosystem: Ecosystem) -> str:
    if ecosystem == "go":
        return "/".join(parts)
    if ecosystem == "npm":
        return "/".join(parts[:2]) if parts[0].startswith("@") else parts[0]
    return parts[0].lower()


def _of_others(found: Iterable[tuple[str, ...]], content: bytes) -> set[str]:
    """Java packages without the classes in them. What begins with the same two words as the file's
    own package (`com.acme`) is taken for the same people's code.
    """
    own = PACKAGE.search(content)
    mine = tuple(own[1].decode("utf-8", "replace").split(".")) if own else ()
    return {
        package
        for parts in found
        if (not mine or parts[: len(mine)] != mine) and (package := _without_class(parts))
    }


def _without_class(parts: Iterable[str]) -> str:
    """By convention packages are written small, and what is in them is not."""
    return ".".join(takewhile(lambda part: not part[:1].isupper(), parts))


def imported_as(name: str, ecosystem: Ecosystem) -> str:
    """What a package is called where it is imported. A gem's name has a dash where `require` has a
    slash (guides.rubygems.org/name-your-gem); a Maven package is `group:artifact`, or the Java
    package alone that is known to be all of it.
    """
    if ecosystem in {"npm", "go"}:
        return name
    if ecosystem == "rubygems":
        return GEMS.get(name, name).replace("-", "/")
    if ecosystem == "maven":
        group, colon, artifact = name.partition(":")
        return ARTIFACTS.get(name) or f"{GROUPS.get(group, group)}{colon}{artifact}"
    plain = re.sub(r"[-.]+", "_", name)
    return plain if ecosystem == "cargo" else ALIASES.get(plain.lower(), plain.lower())


def used(
    imported: Collection[str], names: Collection[str], ecosystem: Ecosystem
) -> Iterator[frozenset[str]]:
    """Which of these packages the imports are of. Where one import could be of any of several, they
    come together. In Go and Ruby whatever is below a package is of it, in Ruby of the longest one.
    """
    if ecosystem == "maven":
        grouped = _grouped(names)
        yield from {found for each in imported if (found := _of_group(each, grouped))}
    elif ecosystem == "rubygems":
        requires = (_above(each.replace("-", "/"), "/") for each in imported)
        nearest = (next((name for name in above if name in names), None) for above in requires)
        yield from {frozenset({name}) for name in nearest if name}
    else:
        yield from (frozenset({name}) for name in names if _imports(imported, name, ecosystem))


def _imports(imported: Collection[str], name: str, ecosystem: Ecosystem) -> bool:
    if name in imported:
        return True
    return ecosystem == "go" and any(each.startswith(f"{name}/") for each in imported)


def _above(name: str, separator: str) -> Iterator[str]:
    """A name and what it is below of, the longest first."""
    while name:
        yield name
        name = name.rpartition(separator)[0]


def _grouped(names: Iterable[str]) -> Mapping[str, set[str]]:
    """By the Java package that they are all below."""
    grouped = defaultdict(set)
    for name in names:
        grouped[name.partition(":")[0]].add(name)
    return grouped


def _of_group(package: str, grouped: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The artifacts of the longest group that a Java package is below; of those the ones whose own
    names fit the rest of it best. None where none fits.

    A proxy: nothing but a habit binds a group to its packages (maven.apache.org/guides/mini/
    guide-naming-conventions.html), and many artifacts share one.
    """
    group = next((above for above in _above(package, ".") if above in grouped), None)
    if group is None:
        return frozenset()
    rest = package.removeprefix(group).split(".")[1:]
    fits = {name: _fit(name, rest) for name in grouped[group]}
    best = max(fits.values())
    return frozenset(name for name, fit in fits.items() if fit == best and any(fit))


def _fit(name: str, rest: Collection[str]) -> tuple[int, bool, bool]:
    """How many words agree, the first for one; whether it is called as its group is; whether it is
    about the group's very own package, which may be in any of its artifacts.
    """
    group, _, artifact = name.partition(":")
    words = re.split(r"[-_.]", artifact.lower())
    agree = [any(_alike(word, part) for word in words) for part in rest]
    known = {part.rstrip("0123456789") for part in group.split(".")} | PLAIN | {""}
    after_group = {word.rstrip("0123456789") for word in words} <= known
    return sum(agree) if agree[:1] == [True] else 0, after_group, not rest


def _alike(word: str, part: str) -> bool:
    return word == part or (len(part) >= LONG_ENOUGH and word.startswith(part))
