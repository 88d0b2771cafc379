"""Slack sends an event again when it doubts that we got it; each id counts once."""

from datetime import datetime

from sqlalchemy import delete

from storage.database.store import Session, insert_new
from storage.tables import SEEN_EVENT


async def first_time(session: Session, event_id: str, at: datetime) -> bool:
    row = {"event_id": event_id, "at": at}
    written = await session.execute(
        insert_new(session, SEEN_EVENT).values(row).returning(SEEN_EVENT.c.event_id)
    )
    return written.first() is not None


async def forget_before(session: Session, at: datetime) -> None:
    await session.execute(delete(SEEN_EVENT).where(SEEN_EVENT.c.at < at))
