"""Who answers for an artifact: claim, release, hand off, and the other person's answer."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import col

from debt.artifact.artifact import Artifact
from debt.artifact.lifecycle import require_live
from debt.change import Change
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from storage.database.store import Session, concern
from storage.messages import outbox
from storage.messages.kinds import BriefingKind
from storage.register.artifacts import locked, save
from storage.register.people import require_can_own
from storage.tables import REQUEST, OwnershipRequest, PersonRow, RequestState


@dataclass(frozen=True, slots=True)
class Claimed:
    artifact: Artifact


@dataclass(frozen=True, slots=True)
class OwnershipAsked:
    """The other person was asked; ownership stays where it is until they accept."""

    artifact: Artifact
    asked: str


async def claim(session: Session, change: Change, artifact_id: int) -> Claimed | OwnershipAsked:
    """Makes `change.by` the owner, or asks the owner there is. Refused for an ended artifact."""
    artifact = await locked(session, artifact_id)
    change.require_may(Act.CLAIM, artifact)
    require_live(artifact.key, artifact.stage)
    if artifact.owner == change.by and not artifact.owner_gone:
        raise Refused(f"{artifact.key} is yours already.")
    if artifact.owner is None or artifact.owner_gone:
        return Claimed(await _give(session, change, artifact, change.by, "claimed"))
    _require_reachable(artifact)
    await _ask(session, change, artifact, "claim", artifact.owner, change.by)
    return OwnershipAsked(artifact, artifact.owner)


def _require_reachable(artifact: Artifact) -> None:
    if artifact.owner and "@" in artifact.owner:
        raise Refused(
            f"{artifact.key} belongs to {artifact.owner}, whom Slack does not know, "
            "so nobody can be asked. Its team’s lead can release it."
        )


async def release(
    session: Session, change: Change, artifact_id: int, *, admin: bool = False
) -> Artifact:
    """Leaves the artifact without an owner; for its owner, its team's lead, or an admin."""
    artifact = await locked(session, artifact_id)
    require_live(artifact.key, artifact.stage)
    if artifact.owner is None:
        raise Refused(f"{artifact.key} has no owner, so there is nothing to release.")
    _require_say(artifact, change, admin, "release")
    released = artifact.with_owner(None, change.today)
    return await save(session, change, artifact, released, action="release", how="released")


async def handoff(
    session: Session, change: Change, artifact_id: int, to: PersonRow, *, admin: bool = False
) -> OwnershipAsked:
    """Asks somebody to take it; for its owner, its team's lead, or an admin.

    For what nobody answers for, anybody may ask.
    """
    artifact = await locked(session, artifact_id)
    require_live(artifact.key, artifact.stage)
    if not artifact.orphan:
        _require_say(artifact, change, admin, "hand off")
    if to.slack_id == change.by:
        raise Refused(f"To take {artifact.key} yourself, say claim {artifact.key}.")
    if to.slack_id == artifact.owner:
        raise Refused(f"{artifact.key} belongs to {to.name} already.")
    require_can_own(to)
    await _ask(session, change, artifact, "handoff", to.slack_id, to.slack_id)
    return OwnershipAsked(artifact, to.slack_id)


def may_give_away(artifact: Artifact, by: str, lead: str | None, admin: bool) -> bool:
    return admin or by in {artifact.owner, lead}


def may_hand_off(artifact: Artifact, by: str, lead: str | None, admin: bool) -> bool:
    """For what nobody answers for, anybody may ask a colleague."""
    return artifact.orphan or may_give_away(artifact, by, lead, admin)


def _require_say(artifact: Artifact, change: Change, admin: bool, what: str) -> None:
    lead = change.policy.lead_of(artifact.team)
    if not may_give_away(artifact, change.by, lead, admin):
        owner = "its owner, " if artifact.owner else ""
        raise Refused(f"Only {owner}its team’s lead or an admin can {what} {artifact.key}.")


async def _give(
    session: Session, change: Change, artifact: Artifact, owner: str, how: str, why: str = ""
) -> Artifact:
    given = artifact.with_owner(owner, change.today)
    return await save(session, change, artifact, given, action=how, reason=why, how=how)


async def _ask(
    session: Session, change: Change, artifact: Artifact, kind: str, whom: str, new_owner: str
) -> None:
    await _refuse_asked_before(session, change, artifact, whom)
    request = OwnershipRequest(
        kind=kind,
        artifact_id=artifact.id,
        asked_by=change.by,
        asked_of=whom,
        new_owner=new_owner,
        owner=artifact.owner,
        at=change.at,
    )
    session.add(request)
    await session.flush()
    concern(session, change.by, whom)
    facts = {"request": request.id}
    await outbox.enqueue(
        session, f"ask:{request.id}", BriefingKind.OWNERSHIP_QUESTION, facts, change.at, person=whom
    )


async def _refuse_asked_before(
    session: Session, change: Change, artifact: Artifact, whom: str
) -> None:
    question = select(OwnershipRequest).where(
        col(OwnershipRequest.artifact_id) == artifact.id,
        col(OwnershipRequest.asked_by) == change.by,
        col(OwnershipRequest.asked_of) == whom,
        col(OwnershipRequest.state) == RequestState.OPEN,
    )
    if (await session.execute(question)).first():
        raise Refused("You have asked for that already; the answer is still to come.")


@dataclass(frozen=True, slots=True)
class Answer:
    artifact: Artifact
    accepted: bool
    asked_by: str


async def answer(session: Session, change: Change, request_id: int, *, accept: bool) -> Answer:
    """The asked person's word. Refused for anybody else, and once it has been given."""
    artifact = await locked(session, await _artifact_asked_for(session, request_id))
    request = await _open_request(session, change, request_id, artifact)
    request.answered_at = change.at
    request.state = RequestState.ACCEPTED if accept else RequestState.DECLINED
    concern(session, change.by, request.asked_by)
    session.add(request)
    await session.flush()
    if accept:
        artifact = await _taken(session, change, artifact, request)
    await outbox.tell_outcome(session, request_id, request.asked_by, change.at)
    return Answer(artifact, accept, request.asked_by)


async def _artifact_asked_for(session: Session, request_id: int) -> int:
    """Found without a lock: an artifact is locked before what hangs on it."""
    rows = await session.execute(select(REQUEST.c.artifact_id).where(REQUEST.c.id == request_id))
    return rows.scalar_one_or_none() or _not_asked()


def _not_asked() -> int:
    raise Refused("Only the person who was asked can answer that.")


async def _open_request(
    session: Session, change: Change, request_id: int, artifact: Artifact
) -> OwnershipRequest:
    request = await session.get_one(OwnershipRequest, request_id, with_for_update=True)
    if request.asked_of != change.by:
        _not_asked()
    if request.state != RequestState.OPEN:
        raise Refused(f"{artifact.key}: {_PAST[RequestState(request.state)]}")
    if request.owner != artifact.owner:
        raise Refused(f"{artifact.key}: {_PAST[RequestState.OVERTAKEN]}")
    return request


_PAST = {
    RequestState.ACCEPTED: "you have accepted that already.",
    RequestState.DECLINED: "you have declined that already.",
    RequestState.OVERTAKEN: "it has found another owner since; there is nothing left to answer.",
}


async def _taken(
    session: Session, change: Change, artifact: Artifact, request: OwnershipRequest
) -> Artifact:
    require_live(artifact.key, artifact.stage)
    how = "claimed" if request.kind == "claim" else "taken over"
    taker, why = replace(change, by=request.new_owner), f"{request.asked_of} accepted"
    return await _give(session, taker, artifact, request.new_owner, how, why)


async def request(session: Session, request_id: int) -> OwnershipRequest | None:
    return await session.get(OwnershipRequest, request_id)
