"""Artifacts follow their code: where the files of those stand whose paths are gone (R29)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from intake.known import ByGlob

Stands = Callable[[Sequence[str]], bool]


def followed(
    files_of: Mapping[str, Iterable[str]],
    moved: Mapping[str, str],
    places: Mapping[int, Sequence[str]],
    stands: Stands,
) -> dict[str, int]:
    """Which artifact each finding is, by files that history moved out of the artifact's paths.

    `files_of` are the files of each finding, `moved` paths before and after, `places` the globs of
    each artifact. An artifact goes, once none of its globs stands, where most of its files went.
    """
    gone = {number: globs for number, globs in places.items() if not stands(globs)}
    owner = ByGlob((glob, number) for number, globs in gone.items() for glob in globs)
    finding_of = {path: finding for finding, files in files_of.items() for path in files}
    went: Counter[tuple[str, int]] = Counter()
    for before, after in moved.items():
        number, finding = owner.of(before), finding_of.get(after)
        if number is not None and finding is not None:
            went[finding, number] += 1
    return _paired(went)


def _paired(went: Counter[tuple[str, int]]) -> dict[str, int]:
    """Each artifact with one finding at most, and the other way round; most files first."""
    pairs: dict[str, int] = {}
    for (finding, number), _ in sorted(went.items(), key=lambda each: (-each[1], each[0])):
        if finding not in pairs and number not in pairs.values():
            pairs[finding] = number
    return pairs
