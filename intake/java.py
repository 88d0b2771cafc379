"""Which Maven packages a Java, Kotlin or Groovy file imports: `group:artifact` by Java packages.

A proxy: nothing but a habit binds a group to its packages (maven.apache.org/guides/mini/
guide-naming-conventions.html), and many artifacts share one. What does not fit is nobody's.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import takewhile

PACKAGE = re.compile(rb"^[ \t]*package[ \t]+(\w{1,100}(?:\.\w{1,100})?)", re.M)
# What is not in Java packages that begin with its group: by group, and by group and artifact.
GROUPS = {
    "com.squareup.okhttp3": "okhttp3", "com.squareup.okio": "okio",
    "com.squareup.retrofit2": "retrofit2", "org.jetbrains.kotlinx": "kotlinx",
}  # fmt: skip
ARTIFACTS = {
    "com.fasterxml.jackson.core:jackson-annotations": "com.fasterxml.jackson.annotation",
    "com.fasterxml.jackson.core:jackson-databind": "com.fasterxml.jackson.databind",
    "com.google.code.gson:gson": "com.google.gson",
    "com.google.guava:guava": "com.google.common",
    "commons-codec:commons-codec": "org.apache.commons.codec",
    "commons-io:commons-io": "org.apache.commons.io",
    "com.google.truth:truth": "com.google.common.truth",
    "org.projectlombok:lombok": "lombok",
}
# Words that say nothing of which part of a group an artifact is.
PLAIN = frozenset("all android api core java jvm kotlin ktx lib runtime sdk".split())
LONG_ENOUGH = 5


def of_others(found: Iterable[tuple[str, ...]], content: bytes) -> set[str]:
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


def known_as(name: str) -> str:
    """`group:artifact` with the Java package in place of the group; or the package alone that is
    known to be all of it.
    """
    group, colon, artifact = name.partition(":")
    return ARTIFACTS.get(name) or f"{GROUPS.get(group, group)}{colon}{artifact}"


def used(imported: Iterable[str], names: Iterable[str]) -> set[frozenset[str]]:
    """The packages, as they are `known_as`, that fit each import; several that fit it alike come
    together.
    """
    grouped = _grouped(names)
    return {found for each in imported if (found := _of_group(each, grouped))}


def _grouped(names: Iterable[str]) -> Mapping[str, set[str]]:
    """By the Java package that they are all below."""
    grouped = defaultdict(set)
    for name in names:
        grouped[name.partition(":")[0]].add(name)
    return grouped


def _of_group(package: str, grouped: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The artifacts of the longest group that a Java package is below; of those the ones whose own
    names fit the rest of it best. None where none fits.
    """
    group = next((above for above in _above(package) if above in grouped), None)
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


def _above(package: str) -> Iterator[str]:
    """A package and what it is below of, the longest first."""
    while package:
        yield package
        package = package.rpartition(".")[0]
