"""What an approved request does to its artifact."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

from debt.artifact.artifact import Artifact, Ending, Stage
from debt.artifact.lifecycle import move
from debt.change import Change
from debt.rules.approval import ApprovalKind
from debt.rules.dates import extension_days
from debt.rules.proposal import accepted
from storage.database.store import Session
from storage.lifecycle.gate import require_complete
from storage.register.artifacts import save
from storage.tables import Approval


async def grant(
    session: Session, change: Change, approval: Approval, artifact: Artifact
) -> Artifact:
    """Does what was asked for. Refused where the artifact has changed so that it cannot be."""
    done = _GRANTS[ApprovalKind(approval.kind)]
    return await done(session, change, approval, artifact)


async def _retire(
    session: Session, change: Change, approval: Approval, artifact: Artifact
) -> Artifact:
    ending = Ending(approval.wish["end"])
    how = f"approved to {ending}"
    return await begin_retiring(session, change, artifact, ending, approval.reason, how)


async def begin_retiring(
    session: Session, change: Change, artifact: Artifact, ending: Ending, reason: str, how: str
) -> Artifact:
    """On its way out, with a checklist; where it was before is kept, in case it stays after all."""
    retiring = replace(
        artifact,
        stage=move(artifact.key, artifact.stage, Stage.RETIRING),
        stage_before=artifact.stage,
        planned_end=ending,
    )
    return await save(session, change, artifact, retiring, action="retire", reason=reason, how=how)


async def _extend(
    session: Session, change: Change, approval: Approval, artifact: Artifact
) -> Artifact:
    until = date.fromisoformat(approval.wish["until"])
    days = extension_days(artifact, until, approval.reason, change.today)
    return await extended(session, change, artifact, until, days, approval.reason)


async def extended(
    session: Session, change: Change, artifact: Artifact, until: date, days: int, reason: str
) -> Artifact:
    later = replace(
        artifact,
        expires_on=until,
        originally_expires_on=None,
        extensions=artifact.extensions + 1,
        extended_days=artifact.extended_days + days,
    )
    how = f"extended to {until.isoformat()}"
    return await save(session, change, artifact, later, action="extend", reason=reason, how=how)


async def _promote(
    session: Session, change: Change, approval: Approval, artifact: Artifact
) -> Artifact:
    stage, end = Stage(approval.wish["stage"]), approval.wish.get("end")
    return await promoted(session, change, artifact, stage, Ending(end) if end else None)


async def promoted(
    session: Session, change: Change, artifact: Artifact, stage: Stage, end: Ending | None
) -> Artifact:
    """On to a stage. Refused with the names of what its gate still misses."""
    further = replace(
        artifact,
        stage=move(artifact.key, artifact.stage, stage),
        planned_end=end or artifact.planned_end,
    )
    await require_complete(session, change, further, stage)
    return await save(session, change, artifact, further, action="promote", how=f"{stage}")


async def _add(
    session: Session, change: Change, approval: Approval, artifact: Artifact
) -> Artifact:
    new = accepted(artifact, change.today, change.policy)
    why = str(approval.wish["over"])
    return await save(session, change, artifact, new, action="accept", reason=why, how="accepted")


_Grant = Callable[[Session, Change, Approval, Artifact], Awaitable[Artifact]]
_GRANTS: dict[ApprovalKind, _Grant] = {
    ApprovalKind.RETIRE: _retire,
    ApprovalKind.EXTEND: _extend,
    ApprovalKind.PROMOTE: _promote,
    ApprovalKind.ADD: _add,
}
