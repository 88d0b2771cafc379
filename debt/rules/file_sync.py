"""Register and metadata block in step (R7): what of a block is taken, and what has to be asked."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import cast

from debt.artifact.artifact import (
    RATING_NAMES,
    Artifact,
    BlockDisagreement,
    Label,
    Surface,
    as_json,
)
from debt.artifact.columns import BY_FIELD, Facts, ValueKind

GOVERNED = frozenset({"owner", "kind", "label", "review_on", "expires_on"})
"""What has rules of its own in the register: a file cannot extend, hand over or relabel."""


BY_VERB: Mapping[str, str] = {"owner": "handoff", "expires_on": "extend", "review_on": "review"}
"""What no decision about a file changes, but a verb with rules of its own."""


def differing(artifact: Artifact, said: Facts) -> set[str]:
    """What the block says that the register does not say, or says otherwise."""
    return {name for name, value in said.items() if artifact.register_value(name) != value}


def in_conflict(artifact: Artifact, said: Facts, told: Collection[str]) -> list[str]:
    """What is asked and not guessed, in the block's order: the register has it otherwise, and a
    person told so, or it has rules of its own.

    `told` are the names that somebody gave or took away by any way but a scan.
    """
    differs = differing(artifact, said)
    return [name for name in said if name in differs and _stays(artifact, name, told)]


def _stays(artifact: Artifact, name: str, told: Collection[str]) -> bool:
    has = artifact.register_value(name) not in {None, ""}
    if name in RATING_NAMES:
        return has and name in told
    return name in told or (has and name in GOVERNED)


def otherwise(
    artifact: Artifact, names: Collection[str], said: Facts, where: Callable[[str], str]
) -> tuple[BlockDisagreement, ...]:
    """What is in conflict, in the file's own words; what somebody has decided stays so while the
    file says the same.
    """
    decided = {(each.field, each.said) for each in artifact.otherwise if each.kept}
    found = []
    for name in names:
        word = as_json(said[name])  # type: ignore[literal-required]  # names of Facts, as they came
        found.append(BlockDisagreement(name, word, where(name), (name, word) in decided))
    return tuple(found)


_FROM_TEXT: Mapping[ValueKind, Callable[[str], object]] = {
    ValueKind.DATE: date.fromisoformat,
    ValueKind.LABEL: Label,
    ValueKind.SURFACE: Surface,
}


def as_fact(each: BlockDisagreement) -> Facts:
    """What the block says, as a fact of the register."""
    value: object = each.said
    if isinstance(value, str):
        value = _FROM_TEXT.get(BY_FIELD[each.field].holds, str)(value)
    return cast("Facts", {each.field: value})


def taken(artifact: Artifact, said: Facts, told: Collection[str]) -> Facts:
    """What the register takes from the block: what nobody has told it otherwise."""
    stays = in_conflict(artifact, said, told)
    kept: Facts = {}
    for name in differing(artifact, said).difference(stays):
        kept[name] = said[name]  # type: ignore[literal-required]  # names of Facts, as they came
    return kept
