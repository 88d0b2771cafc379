"""AI-written code that nothing imports and no file names.

A careful proxy, for languages in which one file names another: whatever a framework, a tool or a
person starts is left out, and so is what is too young to have been taken up.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from debt.artifact.signals import Sign, Signal
from intake.findings.candidates import DAY, Candidate
from intake.findings.grouping import FileGroup
from intake.languages.imports import INDEXES
from intake.languages.kinds import is_started
from intake.packages.imported import SCRIPTS
from intake.reading.mentions import NAME, Mentions

# Of `base/FancyCard.vue` others speak as `<base-fancy-card>`, so that nobody can tell.
NAMING = frozenset({"py", "java", "kt", "rs", *SCRIPTS}) - {"vue", "svelte", "astro"}
YOUNG_DAYS = 30
SHORTEST = 5
MOST_ASKED = 20_000
MOST_AHEAD = 60_000
KIND = "production_integration"


def unused(candidate: Candidate, asked: Collection[Candidate], mentions: Mentions) -> Signal | None:
    """A signal for a candidate in `asked` that no file names."""
    own, names = _raw(candidate.group), _names_of(candidate.group)
    if candidate not in asked or any(mentions.has(name, own) for name in names):
        return None
    return Signal(Sign.UNUSED, "nothing imports or names it")


def doubtful(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those of which it is worth asking who names them: nobody imports them, and somebody would
    have to. Of names that two of them share nobody could tell whose they are.
    """
    some = [candidate for candidate in candidates if _may_be_unused(candidate)]
    counted = Counter(name for candidate in some for name in _names_of(candidate.group))
    alone = (
        candidate
        for candidate in some
        if all(counted[name] == 1 for name in _names_of(candidate.group))
    )
    return list(_within(alone, MOST_ASKED))


def names_in(candidates: Iterable[Candidate]) -> dict[str, frozenset[bytes]]:
    """By what others would speak of each, with the files that it is."""
    groups = [candidate.group for candidate in candidates]
    return {name: _raw(group) for group in groups for name in _names_of(group)}


def names_ahead(candidates: Iterable[Candidate]) -> frozenset[str]:
    """All names that may be asked about one day."""
    some = _within(
        (candidate for candidate in candidates if _is_named(candidate.group)), MOST_AHEAD
    )
    return frozenset(name for candidate in some for name in _names_of(candidate.group))


def _within(candidates: Iterable[Candidate], most: int) -> Iterator[Candidate]:
    """The first candidates whose names fit in `most` characters: all are searched for at once."""
    for candidate in candidates:
        most -= sum(len(name) + 1 for name in _names_of(candidate.group))
        if most < 0:
            return
        yield candidate


def _may_be_unused(candidate: Candidate) -> bool:
    if not _is_named(candidate.group) or candidate.dependants:
        return False
    traits = map(candidate.facts.traits, candidate.group.files)
    started = any(file is None or file.starts for file in traits)
    return not started and not _is_young(candidate)


def _is_named(group: FileGroup) -> bool:
    """Whether somebody has to name it, by names that can be looked for."""
    names = map(_is_telling, _names_of(group))
    return group.kind == KIND and all(map(_has_to_be_named, group.files)) and all(names)


def _names_of(group: FileGroup) -> frozenset[str]:
    """The names of its files, and of its own directory."""
    return frozenset(_names(group))


def _names(group: FileGroup) -> Iterator[str]:
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


def _is_young(candidate: Candidate) -> bool:
    as_of, landed = candidate.facts.as_of, candidate.facts.history.landed
    created = min((landed[file.first] for file in candidate.files.values()), default=as_of)
    return as_of - created < YOUNG_DAYS * DAY


def _raw(group: FileGroup) -> frozenset[bytes]:
    return frozenset(path.encode("utf-8", "surrogateescape") for path in group.files)
