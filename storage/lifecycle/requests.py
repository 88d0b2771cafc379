"""What was asked of others (R27): the requests there are, who agreed, where they were asked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlmodel import col

from storage.database.store import Session
from storage.messages.kinds import BriefingKind
from storage.messages.recipients import Recipient
from storage.tables import BRIEFING, MENTION, Approval, Vote


async def find(session: Session, approval_id: int) -> Approval | None:
    return await session.get(Approval, approval_id)


async def votes(session: Session, approval_id: int) -> list[Vote]:
    """Who agreed and when, the first one first."""
    question = select(Vote).where(col(Vote.approval_id) == approval_id)
    rows = await session.execute(question.order_by(col(Vote.at), col(Vote.person)))
    return list(rows.scalars())


async def asked_at(session: Session, approval: Approval) -> list[Recipient]:
    """Where those who decide were asked, in the order of asking."""
    of_it = select(MENTION.c.briefing_id).where(MENTION.c.artifact_id == approval.artifact_id)
    question = (
        select(BRIEFING.c.channel, BRIEFING.c.person, BRIEFING.c.facts)
        .where(BRIEFING.c.id.in_(of_it), BRIEFING.c.kind == BriefingKind.APPROVAL)
        .order_by(BRIEFING.c.id)
    )
    return [
        Recipient(person=row.person) if row.person else Recipient(channel=row.channel)
        for row in await session.execute(question)
        if row.facts == {"approval": approval.id}
    ]


async def open_requests(session: Session, limit: int) -> list[Approval]:
    """What waits for a decision, the longest first."""
    question = select(Approval).where(text("state = 'open'"))
    rows = await session.execute(question.order_by(col(Approval.next_at)).limit(limit))
    return list(rows.scalars())


async def waiting(session: Session, artifact_ids: Sequence[int]) -> dict[int, Approval]:
    """What others have yet to decide about each of these artifacts, the oldest request of each."""
    asked = text("state = 'open'"), col(Approval.artifact_id).in_(artifact_ids)
    question = select(Approval).where(*asked).order_by(col(Approval.id).desc())
    return {each.artifact_id: each for each in (await session.execute(question)).scalars()}


async def of_artifact(session: Session, artifact_id: int, limit: int = 10) -> list[Approval]:
    """What was asked about an artifact, the newest first."""
    question = select(Approval).where(col(Approval.artifact_id) == artifact_id)
    rows = await session.execute(question.order_by(col(Approval.id).desc()).limit(limit))
    return list(rows.scalars())


async def due(session: Session, now: datetime, limit: int | None) -> list[Approval]:
    """Requests whose turn has come to be brought up again or to lapse, the oldest first."""
    question = (
        select(Approval)
        .where(text("state = 'open'"), col(Approval.next_at) <= now)
        .order_by(col(Approval.next_at))
        .limit(limit)
    )
    return list((await session.execute(question)).scalars())
