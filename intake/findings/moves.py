"""Moved artifacts: where the files of paths that are gone stand now (R29)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from posixpath import commonpath
from typing import NamedTuple

from debt.artifact.registered_paths import RegisteredPaths
from intake.git.tree import text_of
from intake.provenance.history import History
from intake.text.globs import ByGlob, escaped

Stands = Callable[[Sequence[str]], bool]


class Move(NamedTuple):
    """Where what was at a path stands, and when it left, in seconds since 1970."""

    path: str
    landed: int

    def is_since(self, day: date) -> bool:
        """Whether it left on that day in UTC, or later."""
        return self.landed >= datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def moves_of(history: History) -> dict[str, Move]:
    """By the path before."""
    return {text_of(old): Move(text_of(new), when) for old, (new, when) in history.moved.items()}


def followed(
    files_of: Mapping[str, Iterable[str]],
    moved: Mapping[str, Move],
    known: RegisteredPaths,
    stands: Stands,
) -> dict[str, int]:
    """Which artifact each finding is, by files that history moved out of the artifact's paths.

    `files_of` are the files of each finding, `moved` is by the path before. An artifact goes, once
    no code at its globs stands, where most of its files went since it began. What people declared
    goes by itself (`moved_on`).
    """
    declared = {artifact.artifact_id for artifact in known.declared}
    places = {number: globs for number, globs in known.places.items() if number not in declared}
    gone = {number: globs for number, globs in places.items() if not stands(globs)}
    owner = ByGlob((glob, number) for number, globs in gone.items() for glob in globs)
    finding_of = {path: finding for finding, files in files_of.items() for path in files}
    went: Counter[tuple[str, int]] = Counter()
    for before, move in moved.items() if gone else ():
        number, finding = owner.of(before), finding_of.get(move.path)
        if number is not None and finding is not None and move.is_since(known.begun[number]):
            went[finding, number] += 1
    return _paired(went)


def _paired(went: Counter[tuple[str, int]]) -> dict[str, int]:
    """Each artifact with one finding at most, and the other way round; most files first."""
    pairs: dict[str, int] = {}
    for (finding, number), _ in sorted(went.items(), key=lambda pair: (-pair[1], pair[0])):
        if finding not in pairs and number not in pairs.values():
            pairs[finding] = number
    return pairs


def moved_on(
    known: RegisteredPaths, moved: Mapping[str, Move], files: Collection[str], stands: Stands
) -> RegisteredPaths:
    """With the globs of where it went now for what a person declared and none of whose own stands.
    `files` are all there are of code.
    """
    gone = {
        artifact.artifact_id: artifact.paths
        for artifact in known.declared
        if not stands(artifact.paths)
    }
    owner = ByGlob((glob, number) for number, globs in gone.items() for glob in globs)
    went: dict[int, set[str]] = defaultdict(set)
    for before, move in moved.items() if gone else ():
        if (number := owner.of(before)) is not None:
            went[number].add(move.path)
    places = {number: _globs(gone[number], where, files) for number, where in went.items()}
    declared = tuple(
        replace(artifact, paths=places[artifact.artifact_id], moved=True)
        if artifact.artifact_id in places
        else artifact
        for artifact in known.declared
    )
    return replace(known, declared=declared, places={**known.places, **places})


def _globs(globs: Sequence[str], went: Collection[str], files: Collection[str]) -> tuple[str, ...]:
    """Globs of the new place: a directory where it holds nothing else, otherwise each file."""
    outer = commonpath(path.rpartition("/")[0] for path in went)
    inside = {path for path in files if path.startswith(f"{outer}/")}
    if outer and inside <= set(went) and any(glob.endswith("/**") for glob in globs):
        return (f"{escaped(outer)}/**",)
    return tuple(sorted(map(escaped, went)))
