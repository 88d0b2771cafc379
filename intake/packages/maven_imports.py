"""Which Maven packages a Java, Kotlin or Groovy file imports: `group:artifact` by Java packages.

A proxy: nothing but a habit binds a group to its packages (maven.apache.org/guides/mini/
guide-naming-conventions.html), and many artifacts share one. What does not fit is nobody's.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, takewhile

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
LONG_ENOUGH, LONGEST = 5, 16
MOST_PARTS = 4
MOST_ALIKE = 30


@dataclass(frozen=True)
class MavenGroup:
    """The artifacts below one Java package, each with what a part of a package may be called to
    mean it, and by that. `named` are those that are called as their group is.
    """

    words: Mapping[str, frozenset[str]]
    by_word: Mapping[str, list[str]]
    named: frozenset[str]


def of_others(imported: Iterable[tuple[str, ...]], content: bytes) -> set[str]:
    """Java packages without the classes in them. What begins with the same two words as the file's
    own package (`com.acme`) is taken for the same people's code.
    """
    own = PACKAGE.search(content)
    mine = tuple(own[1].decode("utf-8", "replace").split(".")) if own else ()
    return {
        package
        for parts in imported
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
    groups = _groups(frozenset(names))
    return {packages for name in imported if (packages := _meant(name, groups))}


def _meant(package: str, groups: Mapping[str, MavenGroup]) -> frozenset[str]:
    """Of the longest group that a Java package is below the artifacts whose own names have most of
    the words that follow, the first one at least. Where none has, those that are called as their
    group is; for the group's very own package, otherwise any.
    """
    longest = next((above for above in _above(package) if above in groups), None)
    if longest is None:
        return frozenset()
    group, rest = groups[longest], package.removeprefix(longest).split(".")[1 : MOST_PARTS + 1]
    fitting = _fitting(group, rest)
    if len(fitting) > MOST_ALIKE:
        return frozenset()
    fits = {name: len(group.words[name].intersection(rest)) for name in fitting}
    best = {name for name, fit in fits.items() if fit == max(fits.values())}
    return frozenset(best & group.named or best)


def _fitting(group: MavenGroup, rest: Sequence[str]) -> Collection[str]:
    if rest and rest[0] in group.by_word:
        return group.by_word[rest[0]]
    return group.named or ([] if rest else group.words)


@lru_cache(maxsize=4)
def _groups(names: frozenset[str]) -> Mapping[str, MavenGroup]:
    """By the Java package that all of a group are below."""
    members = defaultdict(set)
    for name in names:
        members[name.partition(":")[0]].add(name)
    return {package: _group(package, some) for package, some in members.items()}


def _group(package: str, names: Iterable[str]) -> MavenGroup:
    known = {_unnumbered(part) for part in package.split(".")} | PLAIN | {""}
    wholes = {name: _words(name) for name in names}
    named = frozenset(name for name, some in wholes.items() if {*map(_unnumbered, some)} <= known)
    words = {name: frozenset(chain(*map(_beginnings, some))) for name, some in wholes.items()}
    by_word = defaultdict(list)
    for name, some in words.items():
        for word in some:
            by_word[word].append(name)
    return MavenGroup(words, by_word, named)


def _words(name: str) -> set[str]:
    return set(re.split(r"[-_.]", name.partition(":")[2].lower()))


def _beginnings(word: str) -> Iterator[str]:
    """A word, and what may stand for it: `hikari` for `hikaricp`."""
    yield word
    yield from (word[:end] for end in range(LONG_ENOUGH, min(len(word), LONGEST)))


def _unnumbered(word: str) -> str:
    return word.rstrip("0123456789")


def _above(package: str) -> Iterator[str]:
    """A package and what it is below of, the longest first."""
    while package:
        yield package
        package = package.rpartition(".")[0]
