"""The gate (R19): what has to be shown before something is promoted, and what of it is missing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol

from debt.artifact.artifact import Artifact, Label, Stage
from debt.artifact.intent import is_vague
from debt.artifact.lifecycle import require_live
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.dates import shifted
from debt.rules.tier import tier
from debt.text import quoted


class GateItem(StrEnum):
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
    GateItem.TESTS: "automated tests",
    GateItem.SECURITY: "security checks",
    GateItem.OBSERVABILITY: "observability hook",
    GateItem.STYLE: "style rules",
    GateItem.ARCHITECTURE: "architecture constraints",
    GateItem.REVIEW: "human maintainability review",
    GateItem.DOCUMENTATION: "documentation",
    GateItem.OWNER: "named owner",
    GateItem.ROLLBACK: "rollback strategy",
    GateItem.MONITORING: "monitoring hook",
    GateItem.RESPONDER: "responder",
    GateItem.END: "planned end",
}
_FACTS = frozenset(
    {GateItem.OWNER, GateItem.ROLLBACK, GateItem.MONITORING, GateItem.RESPONDER, GateItem.END}
)
_NEXT = {Stage.CREATED: Stage.VALIDATED, Stage.VALIDATED: Stage.RETAINED}
# What the human review answers, each with yes.
REVIEWED = ("readable", "modular", "replaceable", "fits the roadmap")


class GateEvidence(Protocol):
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


def gate(artifact: Artifact, policy: Policy, stage: Stage) -> tuple[GateItem, ...]:
    """What is asked of it on the way to a stage: by kind, tier, label, surface, and the stage."""
    return tuple(dict.fromkeys(_asked(artifact, policy, stage)))


def _asked(artifact: Artifact, policy: Policy, stage: Stage) -> Iterator[GateItem]:
    kind, durable = policy.kind(artifact.kind), artifact.label is Label.DURABLE
    yield from map(GateItem, kind.gate)
    if tier(artifact, policy) in policy.gate.human_review_tiers:
        yield GateItem.REVIEW
    if durable:
        yield GateItem.DOCUMENTATION
    if durable or kind.owner_required:
        yield GateItem.OWNER
    if artifact.surface in policy.thresholds.exposed_surfaces:
        yield from (GateItem.ROLLBACK, GateItem.MONITORING, GateItem.RESPONDER)
    if stage is Stage.RETAINED:
        yield GateItem.END


def missing(
    items: Sequence[GateItem], shown: Mapping[str, GateEvidence], artifact: Artifact, today: date
) -> tuple[GateItem, ...]:
    return tuple(item for item in items if not settled(item, shown.get(item), artifact, today))


def settled(item: GateItem, kept: GateEvidence | None, artifact: Artifact, today: date) -> bool:
    """By the artifact itself, by evidence, or by a waiver up to its last day.

    The review of somebody who owns it by now counts no more.
    """
    if item.is_fact and fact(item, artifact):
        return True
    if kept is None:
        return False
    if kept.waived_until:
        return today <= kept.waived_until
    return item is not GateItem.REVIEW or kept.by != artifact.owner


def fact(item: GateItem, artifact: Artifact) -> str | None:
    """What the artifact says of itself there; None where it says nothing that means anything."""
    if item is GateItem.OWNER:
        return None if artifact.orphan else artifact.owner
    if item is GateItem.END:
        return artifact.planned_end
    said: str | None = getattr(artifact, item)
    return said if said and not is_vague(said, words=1) else None


def require_complete(artifact: Artifact, stage: Stage, lacking: Sequence[GateItem]) -> None:
    """Refused with the names of what is missing."""
    if lacking:
        named = ", ".join(item.words for item in lacking)
        raise Refused(f"{artifact.key} cannot become {stage} yet; missing: {named}.")


def item_named(word: str, artifact: Artifact, policy: Policy) -> GateItem:
    """Refused, with what there is, for what the gate does not ask of this artifact."""
    asked = gate(artifact, policy, next_stage(artifact))
    named = next((item for item in asked if item == word.strip().casefold()), None)
    if named is None:
        words = f"{quoted(word)} is not asked of {artifact.key}; {', '.join(asked)} are."
        raise Refused(words, field="item")
    return named


def require_evidence(item: GateItem, artifact: Artifact, by: str) -> None:
    """Refused for what is no matter of evidence, and for an owner's review of their own."""
    if item.is_fact:
        how = {GateItem.OWNER: "claim it", GateItem.END: "it is chosen with the promotion"}
        what = how.get(item, f"say it with edit {artifact.key}")
        raise Refused(f"The {item.words} is a fact about {artifact.key}: {what}.", field="item")
    if item is GateItem.REVIEW and by == artifact.owner:
        raise Refused(
            f"You own {artifact.key}; its {item.words} is for somebody who is not the owner."
        )


def require_waivable(item: GateItem, artifact: Artifact, by: str, policy: Policy) -> None:
    """Refused for a planned end, and for an owner where the tier lets nobody decide alone."""
    if item is GateItem.END:
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
