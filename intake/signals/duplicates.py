"""AI-written files that are nearly alike: which one to keep, and which can go."""

from collections.abc import Collection, Iterable, Mapping

from debt.artifact.signals import Sign, Signal
from intake.findings.candidates import RepositoryFacts
from intake.findings.grouping import FileGroup
from intake.languages.kinds import is_called_for_its_place, is_migration
from intake.languages.similarity import alike
from intake.text.shown import shown

MATTERS = frozenset({"production_integration", "throwaway_script"})
"""Tests of one fixture, and configuration of one kind, are alike for good reasons; so are
migrations, and what each package or service has one of."""


def duplicates_of(
    groups: Iterable[FileGroup], written: Collection[str], facts: RepositoryFacts
) -> dict[str, str]:
    """The file to keep, by each file that is much like it and leaned on less."""
    files = (path for group in groups if group.kind in MATTERS for path in group.files)
    mine = [path for path in files if not (is_migration(path) or is_called_for_its_place(path))]
    sketches = {
        path: traits.sketch for path in mine if path in written and (traits := facts.traits(path))
    }
    kept: dict[str, str] = {}
    for pair in alike(sketches, facts.rules.signals.duplicate):
        goes, stays = sorted((pair.one, pair.other), key=lambda path: _weight(path, facts))
        kept[goes] = max(stays, kept.get(goes, stays), key=lambda path: _weight(path, facts))
    return kept


def duplicate(group: FileGroup, kept: Mapping[str, str]) -> Signal | None:
    """“much like src/retry.py: keep one”, on the one that can go."""
    pairs = [(path, kept[path]) for path in group.files if path in kept]
    if not pairs:
        return None
    goes, stays = pairs[0]
    which = "" if len(group.files) == 1 else f"{shown(goes, 60)} is "
    more = f" (and {len(pairs) - 1} more)" if len(pairs) > 1 else ""
    return Signal(Sign.DUPLICATE, f"{which}much like {shown(stays, 60)}{more}: keep one")


def _weight(path: str, facts: RepositoryFacts) -> tuple[int, int, str]:
    """Sort key: the file with more importers is kept, then the longer one."""
    return len(facts.references.into(path)), facts.files[path].lines, path
