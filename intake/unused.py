"""Whether anybody still uses it: code that nothing imports and no file names.

A careful proxy, for languages in which one file names another: whatever a framework, a tool or a
person starts is left out, and so is what is too young to have been taken up.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from debt.signals import Sign, Signal
from intake.contents import INDEXES
from intake.findings import DAY, Facts
from intake.grouping import Group
from intake.kinds import is_started
from intake.mentions import NAME, Mentions
from intake.packages import SCRIPTS

NAMING = frozenset({"py", "java", "kt", "rs", *SCRIPTS})
YOUNG_DAYS = 30
SHORTEST = 5
MOST_ASKED = 20_000
MOST_AHEAD = 60_000
KIND = "production_integration"


def unused(group: Group, asked: Collection[Group], mentions: Mentions) -> Signal | None:
    """Of those that were asked about, one that nobody names."""
    own = _raw(group)
    if group not in asked or any(mentions.has(name, own) for name in _names_of(group)):
        return None
    return Signal(Sign.UNUSED, "nothing imports or names it")


def doubtful(groups: Iterable[Group], facts: Facts) -> list[Group]:
    """Those of which it is worth asking who names them: nobody imports them, and somebody would
    have to. Of names that two of them share nobody could tell whose they are.
    """
    some = [group for group in groups if _may_be_unused(group, facts)]
    counted = Counter(name for group in some for name in _names_of(group))
    alone = (group for group in some if all(counted[name] == 1 for name in _names_of(group)))
    return list(_within(alone, MOST_ASKED))


def names_in(groups: Iterable[Group]) -> dict[str, frozenset[bytes]]:
    """By what others would speak of each, with the files that it is."""
    return {name: _raw(group) for group in groups for name in _names_of(group)}


def names_ahead(groups: Iterable[Group]) -> frozenset[str]:
    """All names that may be asked about one day."""
    some = _within(filter(_is_named, groups), MOST_AHEAD)
    return frozenset(name for group in some for name in _names_of(group))


def _within(groups: Iterable[Group], most: int) -> Iterator[Group]:
    """As many as have names of so many letters in all: they are looked for in one question."""
    for group in groups:
        most -= sum(len(name) + 1 for name in _names_of(group))
        if most < 0:
            return
        yield group


def _may_be_unused(group: Group, facts: Facts) -> bool:
    if not _is_named(group) or facts.references.dependants(group.files):
        return False
    traits = (facts.traits.get(path) for path in group.files)
    started = any(each is None or each.starts for each in traits)
    return not started and not _is_young(group, facts)


def _is_named(group: Group) -> bool:
    """Whether somebody has to name it, by names that can be looked for."""
    names = map(_is_telling, _names_of(group))
    return group.kind == KIND and all(map(_has_to_be_named, group.files)) and all(names)


def _names_of(group: Group) -> frozenset[str]:
    """The names of its files, and of its own directory."""
    return frozenset(_names(group))


def _names(group: Group) -> Iterator[str]:
    if group.whole:
        yield group.directory.rpartition("/")[2]
    for path in group.files:
        directory, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0]
        yield directory.rpartition("/")[2] if stem in INDEXES else stem


def _has_to_be_named(path: str) -> bool:
    return path.rpartition(".")[2] in NAMING and not is_started(path)


def _is_telling(name: str) -> bool:
    """A short name may be any word, and one that nobody can look for may be anywhere."""
    return len(name) >= SHORTEST and NAME.fullmatch(name) is not None


def _is_young(group: Group, facts: Facts) -> bool:
    landed = facts.history.landed
    files = [facts.files[path] for path in group.files if path in facts.files]
    created = min((landed[file.first] for file in files), default=facts.as_of)
    return facts.as_of - created < YOUNG_DAYS * DAY


def _raw(group: Group) -> frozenset[bytes]:
    return frozenset(path.encode("utf-8", "surrogateescape") for path in group.files)
