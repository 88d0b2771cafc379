"""The gate (R19): what has to be shown before something is promoted, and what of it is missing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol

from debt.artifact import Artifact, Label, Stage
from debt.dates import shifted
from debt.intent import is_vague
from debt.lifecycle import require_live
from debt.policy import Policy
from debt.refusal import Refused
from debt.text import quoted
from debt.tier import tier


class Item(StrEnum):
    """One line of the checklist, by the name it is called in commands and on the register."""

    TESTS = "tests"
    SECURITY = "security"
    OBSERVABILITY = "observability"
    STYLE = "style"
    ARCHITECTURE = "architecture"
    REVIEW = "review"
    DOCUMENTATION = "documentation"
    OWNER = "owner"
    ROLLBACK = "rollback"
    MONITORING = "monitoring"
    RESPONDER = "responder"
    END = "end"

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def is_fact(self) -> bool:
        """Whether the artifact itself says it, so that no evidence is asked for."""
        return self in _FACTS


_WORDS = {
    Item.TESTS: "automated tests",
    Item.SECURITY: "security checks",
    Item.OBSERVABILITY: "observability hook",
    Item.STYLE: "style rules",
    Item.ARCHITECTURE: "architecture constraints",
    Item.REVIEW: "human maintainability review",
    Item.DOCUMENTATION: "documentation",
    Item.OWNER: "named owner",
    Item.ROLLBACK: "rollback strategy",
    Item.MONITORING: "monitoring hook",
    Item.RESPONDER: "responder",
    Item.END: "planned end",
}
_FACTS = frozenset({Item.OWNER, Item.ROLLBACK, Item.MONITORING, Item.RESPONDER, Item.END})
_NEXT = {Stage.CREATED: Stage.VALIDATED, Stage.VALIDATED: Stage.RETAINED}
# What the human review answers, each with yes.
REVIEWED = ("readable", "modular", "replaceable", "fits the roadmap")


class Kept(Protocol):
    """What was shown for an item: by whom, and until when it is waived where it is."""

    by: str
    waived_until: date | None


def ahead(stage: Stage) -> Stage | None:
    """The stage that promotion leads to, None where it leads no further."""
    return _NEXT.get(stage)


def next_stage(artifact: Artifact) -> Stage:
    """As `ahead`; refused where promotion leads no further."""
    require_live(artifact.key, artifact.stage)
    stage = ahead(artifact.stage)
    if stage is None:
        raise Refused(
            f"{artifact.key} is {artifact.stage}; only what is created or validated is promoted."
        )
    return stage


def gate(artifact: Artifact, policy: Policy, stage: Stage) -> tuple[Item, ...]:
    """What is asked of it on the way to a stage: by kind, tier, label, surface, and the stage."""
    return tuple(dict.fromkeys(_asked(artifact, policy, stage)))


def _asked(artifact: Artifact, policy: Policy, stage: Stage) -> Iterator[Item]:
    kind, durable = policy.kind(artifact.kind), artifact.label is Label.DURABLE
    yield from map(Item, kind.gate)
    if tier(artifact, policy) in policy.gate.human_review_tiers:
        yield Item.REVIEW
    if durable:
        yield Item.DOCUMENTATION
    if durable or kind.owner_required:
        yield Item.OWNER
    if artifact.surface in policy.thresholds.exposed_surfaces:
        yield from (Item.ROLLBACK, Item.MONITORING, Item.RESPONDER)
    if stage is Stage.RETAINED:
        yield Item.END


def missing(
    items: Sequence[Item], shown: Mapping[str, Kept], artifact: Artifact, today: date
) -> tuple[Item, ...]:
    return tuple(item for item in items if not settled(item, shown.get(item), artifact, today))


def settled(item: Item, kept: Kept | None, artifact: Artifact, today: date) -> bool:
    """By the artifact itself, by evidence, or by a waiver up to its last day.

    The review of somebody who owns it by now counts no more.
    """
    if item.is_fact and fact(item, artifact):
        return True
    if kept is None:
        return False
    if kept.waived_until:
        return today <= kept.waived_until
    return item is not Item.REVIEW or kept.by != artifact.owner


def fact(item: Item, artifact: Artifact) -> str | None:
    """What the artifact says of itself there; None where it says nothing that means anything."""
    if item is Item.OWNER:
        return None if artifact.orphan else artifact.owner
    if item is Item.END:
        return artifact.planned_end
    said: str | None = getattr(artifact, item)
    return said if said and not is_vague(said, words=1) else None


def require_complete(artifact: Artifact, stage: Stage, lacking: Sequence[Item]) -> None:
    """Refused with the names of what is missing."""
    if lacking:
        named = ", ".join(item.words for item in lacking)
        raise Refused(f"{artifact.key} cannot become {stage} yet; missing: {named}.")


def item_named(word: str, artifact: Artifact, policy: Policy) -> Item:
    """Refused, with what there is, for what the gate does not ask of this artifact."""
    asked = gate(artifact, policy, next_stage(artifact))
    named = next((item for item in asked if item == word.strip().casefold()), None)
    if named is None:
        words = f"{quoted(word)} is not asked of {artifact.key}; {', '.join(asked)} are."
        raise Refused(words, field="item")
    return named


def require_evidence(item: Item, artifact: Artifact, by: str) -> None:
    """Refused for what is no matter of evidence, and for an owner's review of their own."""
    if item.is_fact:
        how = {Item.OWNER: "claim it", Item.END: "it is chosen with the promotion"}
        what = how.get(item, f"say it with edit {artifact.key}")
        raise Refused(f"The {item.words} is a fact about {artifact.key}: {what}.", field="item")
    if item is Item.REVIEW and by == artifact.owner:
        raise Refused(
            f"You own {artifact.key}; its {item.words} is for somebody who is not the owner."
        )


def require_waivable(item: Item, artifact: Artifact, by: str, policy: Policy) -> None:
    """Refused for a planned end, and for an owner where the tier lets nobody decide alone."""
    if item is Item.END:
        raise Refused("Whatever is retained has a planned end; that is not waived.", field="item")
    name = tier(artifact, policy)
    if by == artifact.owner and not policy.tier(name).own_request:
        raise Refused(f"You own {artifact.key}, and in the {name} tier somebody else waives.")


def require_waiver(reason: str, until: date, today: date, policy: Policy) -> None:
    """Refused without a reason, and for an end date that has passed or is too far away."""
    if not reason.strip():
        raise Refused(
            "A waiver needs its reason: it is what the next reader will ask for.", field="reason"
        )
    if until <= today:
        raise Refused(
            f"{until.isoformat()} is not in the future; a waiver ends after today.", field="until"
        )
    latest = last_waiver_day(today, policy)
    if until > latest:
        raise Refused(
            f"A waiver ends on {latest.isoformat()} at the latest, "
            f"within {policy.gate.waive_days} days.",
            field="until",
        )


def last_waiver_day(today: date, policy: Policy) -> date:
    return shifted(today, policy.gate.waive_days)
