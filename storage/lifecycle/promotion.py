"""From created to validated to retained (R19): evidence, waivers, and the step itself."""

from dataclasses import dataclass, replace
from datetime import date

from debt.artifact.artifact import Artifact, Ending, Tier
from debt.change import Change
from debt.policy.vocabulary import Act
from debt.rules.approval import ApprovalKind, requirement
from debt.rules.gate import (
    GateItem,
    item_named,
    next_stage,
    require_evidence,
    require_waivable,
    require_waiver,
)
from debt.text import clean_field
from storage.database.store import Session
from storage.lifecycle import approvals
from storage.lifecycle.effects import promoted
from storage.lifecycle.gate import require_complete
from storage.lifecycle.maintenance import Requested
from storage.register import checklists
from storage.register.artifacts import locked
from storage.register.checklists import Checklist
from storage.tables import ShownRow


@dataclass(frozen=True, slots=True)
class GateItemSettled:
    """An item of the gate for which something stands from now on."""

    artifact: Artifact
    item: GateItem
    shown: ShownRow


async def promote(
    session: Session, change: Change, artifact_id: int, planned_end: Ending | None = None
) -> Artifact | Requested:
    """To the next stage; in the strict tier once others have agreed.

    Refused with the names of what is missing.
    """
    artifact = await locked(session, artifact_id)
    change.require_may(Act.PROMOTE, artifact)
    stage = next_stage(artifact)
    needed = requirement(artifact, change.by, change.policy)
    if needed.tier is not Tier.STRICT or not needed.count:
        await approvals.overtake(
            session, change, artifact_id, ApprovalKind.RETIRE, ApprovalKind.EXTEND
        )
        return await promoted(session, change, artifact, stage, planned_end)
    planned = replace(artifact, planned_end=planned_end or artifact.planned_end)
    await require_complete(session, change, planned, stage)
    wish = {"stage": stage, "end": planned.planned_end}
    asked = await approvals.ask(
        session, change, artifact, ApprovalKind.PROMOTE, wish, reason="", needed=needed
    )
    return Requested(artifact, asked)


async def check(
    session: Session, change: Change, artifact_id: int, item: str, evidence: str
) -> GateItemSettled:
    """Keeps what shows an item, a link or words; the human review is never its owner's."""
    artifact = await locked(session, artifact_id)
    named = item_named(item, artifact, change.policy)
    require_may_show(change, artifact, named)
    kept = await checklists.show(session, change, artifact, Checklist.PROMOTE, named, evidence)
    return GateItemSettled(artifact, named, kept)


def require_may_show(change: Change, artifact: Artifact, item: GateItem) -> None:
    change.require_may(Act.REVIEW if item is GateItem.REVIEW else Act.PROMOTE, artifact)
    require_evidence(item, artifact, change.by)


async def waive(
    session: Session, change: Change, artifact_id: int, item: str, reason: str, until: date
) -> GateItemSettled:
    """Lets an item go until a day, for a reason; by those whom the policy lets."""
    artifact = await locked(session, artifact_id)
    named = item_named(item, artifact, change.policy)
    require_may_waive(change, artifact, named)
    reason = clean_field("reason", reason)
    require_waiver(reason, until, change.today, change.policy)
    kept = await checklists.show(
        session, change, artifact, Checklist.PROMOTE, named, reason, waived_until=until
    )
    return GateItemSettled(artifact, named, kept)


def require_may_waive(change: Change, artifact: Artifact, item: GateItem) -> None:
    change.require_may(Act.WAIVE, artifact)
    require_waivable(item, artifact, change.by, change.policy)
