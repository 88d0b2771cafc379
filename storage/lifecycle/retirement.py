"""An artifact on its way out (R6, R27): asked for, settled item by item, ended, or kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from debt.artifact.artifact import Artifact, Ending, Stage
from debt.artifact.lifecycle import move, require_accepted
from debt.change import Change
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.approval import ApprovalKind, requirement
from debt.rules.ending import (
    Leftover,
    ended,
    kept,
    next_generation,
    require_gone,
    require_not_retiring,
    require_retiring,
    still_open,
)
from debt.rules.hours import Span
from debt.rules.proposal import withdrawn
from debt.scope import Scope
from debt.text import clean_field
from storage.costs import roi_plans
from storage.database.store import Session
from storage.lifecycle import approvals
from storage.lifecycle.effects import begin_retiring
from storage.lifecycle.maintenance import Requested
from storage.lifecycle.ownership import may_give_away
from storage.register import checklists
from storage.register.artifacts import locked, save
from storage.register.checklists import Checklist
from storage.register.queries import several, within
from storage.tables import ARTIFACT, HISTORY

ENDED = "end"


@dataclass(frozen=True, slots=True)
class Retiring:
    """On its way out at once: its tier asks nobody else."""

    artifact: Artifact


async def ask(
    session: Session, change: Change, artifact_id: int, ending: Ending, reason: str, link: str = ""
) -> Retiring | Requested:
    """Begins to retire it, or asks those who have to agree; `link` leads to the change."""
    reason, link = _reason(reason), clean_field("link", link)
    artifact = await locked(session, artifact_id)
    change.require_may(Act.RETIRE, artifact)
    require_accepted(artifact.key, artifact.stage)
    require_not_retiring(artifact)
    move(artifact.key, artifact.stage, Stage.RETIRING)
    needed = requirement(artifact, change.by, change.policy)
    if needed.count:
        wish = {"end": ending, "link": link}
        asked = await approvals.ask(
            session, change, artifact, ApprovalKind.RETIRE, wish, reason=reason, needed=needed
        )
        return Requested(artifact, asked)
    why = f"{reason} ({link})" if link else reason
    retiring = await begin_retiring(session, change, artifact, ending, why, f"set to {ending}")
    await approvals.overtake(session, change, artifact_id)
    return Retiring(retiring)


def _reason(reason: str) -> str:
    reason = clean_field("reason", reason)
    if not reason:
        raise Refused("Say why: those who decide, and the next reader, will ask.", field="reason")
    return reason


@dataclass(frozen=True, slots=True)
class LeftoverSettled:
    """One item less on the checklist, and what is left of it."""

    artifact: Artifact
    item: Leftover
    left: tuple[Leftover, ...]


async def settle(
    session: Session, change: Change, artifact_id: int, item: Leftover, evidence: str
) -> LeftoverSettled:
    """Keeps that something is gone: a link or commit, or that there was none."""
    artifact = await locked(session, artifact_id)
    change.require_may(Act.RETIRE, artifact)
    require_retiring(artifact)
    await checklists.show(session, change, artifact, Checklist.RETIRE, item, evidence)
    shown = await checklists.shown(session, artifact, Checklist.RETIRE)
    return LeftoverSettled(artifact, item, still_open(shown))


async def end(session: Session, change: Change, artifact_id: int) -> Artifact:
    """Confirms that it is gone. The answer is the next generation where it was regenerated.

    Refused while its checklist has open items, and for who does not answer for it.
    """
    artifact = await locked(session, artifact_id)
    require_retiring(artifact)
    _require_say(artifact, change, "say that it is gone")
    require_gone(artifact, await checklists.shown(session, artifact, Checklist.RETIRE))
    return await _ended(session, change, artifact, "")


async def gone(session: Session, change: Change, artifact_id: int) -> Artifact:
    """A scan finds none of its paths any more, which is all that its checklist asks of the code;
    what was only proposed is over, too.
    """
    why = "none of its paths is in the repository any more"
    artifact = await locked(session, artifact_id)
    if artifact.stage is Stage.PROPOSED:
        over = withdrawn(artifact)
        return await save(session, change, artifact, over, action="withdraw", reason=why)
    require_retiring(artifact)
    return await _ended(session, change, artifact, why)


async def _ended(session: Session, change: Change, artifact: Artifact, why: str) -> Artifact:
    over, how = ended(artifact), str(ended(artifact).stage)
    over = await save(session, change, artifact, over, action=ENDED, reason=why, how=how)
    await approvals.overtake(session, change, artifact.id)
    await roi_plans.ended(session, change, artifact)
    if over.stage is not Stage.REGENERATED:
        return over
    following = next_generation(over, change.today, change.policy)
    how = f"regenerated: generation {following.generation}"
    return await save(session, change, over, following, action="begin again", how=how)


async def keep(session: Session, change: Change, artifact_id: int, reason: str) -> Artifact:
    """It stays after all; should it go another time, its checklist begins anew."""
    reason = _reason(reason)
    artifact = await locked(session, artifact_id)
    require_retiring(artifact)
    _require_say(artifact, change, "decide that it stays")
    await checklists.forget(session, artifact, Checklist.RETIRE)
    return await save(
        session, change, artifact, kept(artifact), action="keep", reason=reason, how="kept"
    )


def may_finish(artifact: Artifact, by: str, lead: str | None, admin: bool) -> bool:
    """For what nobody answers for, anybody may say that it is gone, or that it stays."""
    return artifact.orphan or may_give_away(artifact, by, lead, admin)


def _require_say(artifact: Artifact, change: Change, what: str) -> None:
    lead, powers = change.policy.lead_of(artifact.team), change.powers
    if not may_finish(artifact, change.by, lead, powers.admin or powers.operator):
        raise Refused(
            f"Only its owner, its team’s lead or an admin can {what}; {artifact.key} is not yours."
        )


@dataclass(frozen=True, slots=True)
class EndedArtifact:
    """An artifact that was ended: as what, when, by whom."""

    artifact: Artifact
    how: str
    at: datetime
    by: str


async def ended_in(session: Session, scope: Scope, span: Span) -> list[EndedArtifact]:
    """What was ended in a scope on those days (in UTC), the latest first."""
    since = datetime.combine(span.first, time(), UTC)
    until = datetime.combine(span.last + timedelta(days=1), time(), UTC)
    question = (
        select(HISTORY.c.artifact_id, HISTORY.c.after, HISTORY.c.at, HISTORY.c.by)
        .join(ARTIFACT, ARTIFACT.c.id == HISTORY.c.artifact_id)
        .where(HISTORY.c.at >= since, HISTORY.c.at < until, HISTORY.c.action == ENDED)
        .order_by(HISTORY.c.id.desc())
    )
    rows = (await session.execute(within(question, scope))).all()
    known = await several(session, sorted({row.artifact_id for row in rows}))
    return [
        EndedArtifact(known[row.artifact_id], row.after["stage"], row.at, row.by) for row in rows
    ]
