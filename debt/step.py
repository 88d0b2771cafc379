"""Register and metadata block in step (R7): what of a block is taken, and what has to be asked."""

from collections.abc import Collection

from debt.artifact import RATING_NAMES, Artifact
from debt.facts import Facts

GOVERNED = frozenset({"owner", "kind", "label", "review_on", "expires_on"})
"""What has rules of its own in the register: a file cannot extend, hand over or relabel."""


def registered(artifact: Artifact, name: str) -> object:
    """What the register holds under one of the block's names; of a rating, what a person said."""
    for rating in RATING_NAMES:
        if name == rating:
            return artifact.ratings[rating].person
    return getattr(artifact, name)


def differing(artifact: Artifact, said: Facts) -> set[str]:
    """What the block says that the register does not say, or says otherwise."""
    return {name for name, value in said.items() if registered(artifact, name) != value}


def in_conflict(artifact: Artifact, said: Facts, told: Collection[str]) -> list[str]:
    """What is asked and not guessed, in the block's order: the register has it otherwise, and a
    person told so, or it has rules of its own.

    `told` are the names that somebody gave or took away by any way but a scan.
    """
    differs = differing(artifact, said)
    return [name for name in said if name in differs and _stays(artifact, name, told)]


def _stays(artifact: Artifact, name: str, told: Collection[str]) -> bool:
    has = registered(artifact, name) not in {None, ""}
    if name in RATING_NAMES:
        return has and name in told
    return name in told or (has and name in GOVERNED)


def taken(artifact: Artifact, said: Facts, told: Collection[str]) -> Facts:
    """What the register takes from the block: what nobody has told it otherwise."""
    stays = in_conflict(artifact, said, told)
    kept: Facts = {}
    for name in differing(artifact, said).difference(stays):
        kept[name] = said[name]  # type: ignore[literal-required]  # names of Facts, as they came
    return kept
