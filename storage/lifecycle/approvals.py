"""What others have to agree to (R27): asked, voted on, decided, and done in the same transaction.

The artifact is locked before its request, as everywhere, so that two people who press at the same
instant are counted one after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NoReturn

from sqlalchemy import delete, select, text
from sqlmodel import col

from debt.artifact.artifact import Artifact, Tier
from debt.change import Change
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.approval import ApprovalKind, Requirement, VoteCount, count, require_vote
from debt.text import clean_field
from storage.database import history
from storage.database.store import ANYBODY, Session, concern, insert_new
from storage.lifecycle.effects import grant
from storage.lifecycle.requests import find, votes
from storage.messages import outbox
from storage.messages.kinds import BriefingKind
from storage.messages.recipients import Recipient, behind, people_of
from storage.register.artifacts import locked, require
from storage.tables import APPROVAL, VOTE, Approval, ApprovalState

_ASKS = "ask to "


@dataclass(frozen=True, slots=True)
class DecidedRequest:
    """A request after somebody did something about it, and the artifact as it is now."""

    approval: Approval
    artifact: Artifact
    still: VoteCount

    @property
    def open(self) -> bool:
        return self.approval.state == ApprovalState.OPEN


def requirement_of(approval: Approval) -> Requirement:
    """What it needed when it was asked for."""
    return Requirement(
        Tier(approval.tier),
        approval.needed,
        tuple(approval.groups),
        approval.own,
        tuple(approval.only),
    )


async def ask(
    session: Session,
    change: Change,
    artifact: Artifact,
    wish: ApprovalKind,
    details: Mapping[str, Any],
    *,
    reason: str,
    needed: Requirement,
) -> Approval:
    """Puts a request to those who decide. Needs the artifact locked.

    Refused while the same is being asked already, and where nobody could be asked at all.
    """
    await _require_none_open(session, artifact, wish)
    rules = change.policy.approvals
    approval = Approval(
        kind=wish,
        artifact_id=artifact.id,
        asked_by=change.by,
        at=change.at,
        reason=clean_field("reason", reason),
        wish=dict(details),
        tier=needed.tier,
        needed=needed.count,
        groups=list(needed.groups),
        own=needed.own,
        only=list(needed.only),
        next_at=change.at + timedelta(days=rules.remind_after_days),
        lapses_at=change.at + timedelta(days=rules.lapse_after_days),
    )
    session.add(approval)
    await session.flush()
    places = await _those_to_ask(session, change, artifact, needed) or _nobody(artifact)
    await _tell(session, change, approval, places, BriefingKind.APPROVAL, {"approval": approval.id})
    _record(session, change, approval, f"{_ASKS}{wish}", None, approval.reason)
    return approval


def asked_for(entry: history.HistoryEntry) -> ApprovalKind | None:
    """What others were asked to agree to, where an entry of the history is such a request."""
    asks = entry.action.startswith(_ASKS)
    return ApprovalKind(entry.action.removeprefix(_ASKS)) if asks else None


async def _require_none_open(session: Session, artifact: Artifact, wish: ApprovalKind) -> None:
    question = select(APPROVAL.c.id).where(
        APPROVAL.c.artifact_id == artifact.id,
        APPROVAL.c.kind == wish,
        text("state = 'open'"),
    )
    if (await session.execute(question)).first():
        raise Refused(
            f"A request to {wish} {artifact.key} waits for answers already; "
            "“approvals” shows it to those who can give one."
        )


async def _those_to_ask(
    session: Session, change: Change, artifact: Artifact, needed: Requirement
) -> list[Recipient]:
    """Who decides, and the owner where somebody else asks. Empty where there is nobody."""
    if needed.only:
        return [Recipient(person=who) for who in needed.only]
    places = await behind(session, change, artifact, needed.groups)
    if artifact.owner not in {None, change.by} and artifact.reachable:
        places.append(Recipient(person=artifact.owner))
    return places


def _nobody(artifact: Artifact) -> NoReturn:
    raise Refused(
        f"Nobody can be asked about {artifact.key}: its team has neither a channel nor a lead. "
        "Subscribe a channel to it, or name a lead in the policy."
    )


async def _tell(
    session: Session,
    change: Change,
    approval: Approval,
    places: Sequence[Recipient],
    why: str,
    facts: Mapping[str, Any],
) -> None:
    for place in dict.fromkeys(places):
        await outbox.enqueue(
            session,
            f"{why}:{approval.id}:{place}",
            BriefingKind.APPROVAL,
            facts,
            change.at,
            channel=place.channel,
            person=place.person,
            mentions=[approval.artifact_id],
        )


async def approve(session: Session, change: Change, approval_id: int) -> DecidedRequest:
    """One person's word for it; the last one that was missing has it done.

    Refused for who may not decide, once it is settled, and for who has said so already.
    """
    artifact, approval = await _waiting(session, change, approval_id)
    needed = requirement_of(approval)
    _require_say(change, approval, artifact, needed)
    vote = {"approval_id": approval_id, "person": change.by, "at": change.at}
    fresh = insert_new(session, VOTE).values(vote).returning(VOTE.c.person)
    new = (await session.execute(fresh)).first() is not None
    still = await standing(session, change, approval)
    if not new and not still.enough:
        raise Refused(f"You have approved that already; {_still(still)}.")
    if new:
        await _record_word(session, change, approval, f"approve to {approval.kind}", given=True)
    if still.enough:
        artifact = await _granted(session, change, approval, artifact)
    return DecidedRequest(approval, artifact, still)


async def _granted(
    session: Session, change: Change, approval: Approval, artifact: Artifact
) -> Artifact:
    artifact = await grant(session, change, approval, artifact)
    await _settle(session, change, approval, ApprovalState.APPROVED)
    if approval.kind == ApprovalKind.RETIRE:
        await overtake(session, change, artifact.id)
    return artifact


def _still(still: VoteCount) -> str:
    more = "1 more person has" if still.missing == 1 else f"{still.missing} more people have"
    groups = f", one of them of {' or '.join(still.missing_groups)}" if still.missing_groups else ""
    return f"{more} to agree{groups}"


async def withdraw_vote(session: Session, change: Change, approval_id: int) -> DecidedRequest:
    """Takes one's word back, until the decision."""
    artifact, approval = await _waiting(session, change, approval_id)
    gone = await session.execute(
        delete(VOTE)
        .where(VOTE.c.approval_id == approval_id, VOTE.c.person == change.by)
        .returning(VOTE.c.person)
    )
    if gone.first() is None:
        raise Refused("You have not approved that, so there is nothing to take back.")
    said = f"approval to {approval.kind} taken back"
    await _record_word(session, change, approval, said, given=False)
    return DecidedRequest(approval, artifact, await standing(session, change, approval))


async def reject(session: Session, change: Change, approval_id: int, reason: str) -> DecidedRequest:
    """Ends the request with a reason, which the one who asked gets to read."""
    reason = clean_field("reason", reason)
    if not reason:
        raise Refused("Say why: the one who asked has to know.", field="reason")
    artifact, approval = await _waiting(session, change, approval_id)
    _require_say(change, approval, artifact, requirement_of(approval))
    await _settle(session, change, approval, ApprovalState.REJECTED, reason)
    _record(session, change, approval, f"reject to {approval.kind}", {"state": "open"}, reason)
    return DecidedRequest(approval, artifact, await standing(session, change, approval))


async def decidable(session: Session, change: Change, approval_id: int) -> Approval:
    """The request, looked at only. Refused for who may not decide, and once it is settled."""
    approval = await find(session, approval_id)
    if approval is None:
        raise Refused("There is no such request any more.")
    artifact = await require(session, approval.artifact_id)
    _require_open(change, approval, artifact)
    _require_say(change, approval, artifact, requirement_of(approval))
    return approval


async def withdraw(session: Session, change: Change, approval_id: int) -> DecidedRequest:
    """Whoever asked thinks better of it."""
    artifact, approval = await _waiting(session, change, approval_id)
    if approval.asked_by != change.by:
        raise Refused("Only the person who asked can withdraw that.")
    await _settle(session, change, approval, ApprovalState.WITHDRAWN)
    _record(session, change, approval, f"withdraw to {approval.kind}", {"state": "open"})
    return DecidedRequest(approval, artifact, await standing(session, change, approval))


def _require_say(
    change: Change, approval: Approval, artifact: Artifact, needed: Requirement
) -> None:
    change.require_may(Act.APPROVE, artifact)
    require_vote(needed, change.by, approval.asked_by, artifact.key)


async def standing(session: Session, change: Change, approval: Approval) -> VoteCount:
    """What is missing, by who is in the groups now."""
    voters = {vote.person for vote in await votes(session, approval.id or 0)}
    return count(requirement_of(approval), voters, change.roster)


async def _waiting(session: Session, change: Change, approval_id: int) -> tuple[Artifact, Approval]:
    """Both locked, the artifact first. Refused once the request is settled."""
    question = select(APPROVAL.c.artifact_id).where(APPROVAL.c.id == approval_id)
    artifact_id = (await session.execute(question)).scalar_one_or_none()
    if artifact_id is None:
        raise Refused("There is no such request any more.")
    artifact = await locked(session, artifact_id)
    approval = await session.get_one(
        Approval, approval_id, with_for_update=True, populate_existing=True
    )
    _require_open(change, approval, artifact)
    return artifact, approval


def _require_open(change: Change, approval: Approval, artifact: Artifact) -> None:
    state = ApprovalState(approval.state)
    if state is ApprovalState.OPEN and approval.lapses_at <= change.at:
        state = ApprovalState.LAPSED
    if state is not ApprovalState.OPEN:
        raise Refused(f"The request about {artifact.key} {_PAST[state]}.")


_PAST = {
    ApprovalState.APPROVED: "was approved already",
    ApprovalState.REJECTED: "was rejected already",
    ApprovalState.WITHDRAWN: "was withdrawn by whoever asked",
    ApprovalState.LAPSED: "has lapsed; ask again if it still holds",
    ApprovalState.OVERTAKEN: "has lost its point: the artifact has changed since",
}


async def _settle(
    session: Session, change: Change, approval: Approval, state: ApprovalState, why: str = ""
) -> None:
    """Decided, and whoever asked is told, where it was somebody else who decided."""
    approval.state = state
    approval.decided_at = change.at
    approval.decided_by = change.by
    approval.outcome = why
    session.add(approval)
    await session.flush()
    concern(session, approval.asked_by, ANYBODY)
    if approval.asked_by != change.by:
        key, facts = f"decision:{approval.id}", {"approval": approval.id}
        await outbox.enqueue(
            session, key, BriefingKind.DECISION, facts, change.at, person=approval.asked_by
        )


def _record(
    session: Session,
    change: Change,
    approval: Approval,
    action: str,
    before: Mapping[str, Any] | None,
    reason: str = "",
    **after: Any,
) -> None:
    """In the artifact's history, whether or not the artifact itself has changed."""
    concern(session, change.by, approval.asked_by, ANYBODY)
    after |= {"request": approval.id, "state": str(approval.state), "wish": approval.wish}
    said = history.Event(approval.artifact_id, before, after)
    history.record(session, history.Draft(change.at, change.by, action, reason, said))


async def _record_word(
    session: Session, change: Change, approval: Approval, action: str, *, given: bool
) -> None:
    """As `_record`, with who had agreed before and who has now."""
    now = [vote.person for vote in await votes(session, approval.id or 0)]
    others = [who for who in now if who != change.by]
    before = others if given else [*now, change.by]
    _record(session, change, approval, action, {"agreed": before}, agreed=now)


async def overtake(session: Session, change: Change, artifact_id: int, *but: ApprovalKind) -> None:
    """What is being asked about an artifact has lost its point: it was done without, or it goes.

    Needs the artifact locked.
    """
    question = select(Approval).where(
        col(Approval.artifact_id) == artifact_id, text("state = 'open'")
    )
    waiting = (await session.execute(question)).scalars().all()
    for approval in (each for each in waiting if each.kind not in but):
        await _settle(session, change, approval, ApprovalState.OVERTAKEN)
        action = f"request to {approval.kind} overtaken"
        _record(session, change, approval, action, {"state": "open"})


async def take_turn(session: Session, change: Change, approval_id: int) -> None:
    """A request that waits is brought up once more; one that has waited too long lapses."""
    question = select(APPROVAL.c.artifact_id).where(APPROVAL.c.id == approval_id)
    artifact = await locked(session, (await session.execute(question)).scalar_one())
    approval = await session.get_one(
        Approval, approval_id, with_for_update=True, populate_existing=True
    )
    if approval.state != ApprovalState.OPEN or approval.next_at > change.at:
        return
    if approval.lapses_at <= change.at:
        await _settle(session, change, approval, ApprovalState.LAPSED)
        _record(session, change, approval, f"request to {approval.kind} lapsed", {"state": "open"})
        return
    approval.next_at = approval.lapses_at
    await _remind(session, change, approval, artifact)


async def _remind(session: Session, change: Change, approval: Approval, artifact: Artifact) -> None:
    """To those who have not agreed yet: the groups one of whom has to, else the team's lead, else
    where it was asked.
    """
    needed = requirement_of(approval)
    agreed = {vote.person for vote in await votes(session, approval.id or 0)}
    still = count(needed, agreed, change.roster)
    asker = replace(change, by=approval.asked_by)
    places = people_of(asker, still.missing_groups)
    lead = change.policy.lead_of(artifact.team)
    if not places and lead and lead not in {approval.asked_by, *agreed} and not needed.only:
        places = [Recipient(person=lead)]
    places = places or await _those_to_ask(session, asker, artifact, needed)
    facts = {"approval": approval.id, "again": True}
    await _tell(session, change, approval, places, "reminder", facts)
