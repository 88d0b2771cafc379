"""One process at a time: whoever holds the lease, until it ends."""

from datetime import datetime, timedelta

from sqlalchemy import or_, update

from storage.store import Session, insert_new
from storage.tables import LEASE


async def take(session: Session, name: str, holder: str, now: datetime, span: timedelta) -> bool:
    """Takes the lease, or lengthens one's own; False while somebody else holds it."""
    free = {"name": name, "holder": holder, "until": now}
    await session.execute(insert_new(session, LEASE).values(free))
    taken = await session.execute(
        update(LEASE)
        .where(LEASE.c.name == name, or_(LEASE.c.holder == holder, LEASE.c.until <= now))
        .values(holder=holder, until=now + span)
        .returning(LEASE.c.name)
    )
    return taken.first() is not None


async def give_back(session: Session, name: str, holder: str, now: datetime) -> None:
    """Lets the next one take it at once."""
    await session.execute(
        update(LEASE).where(LEASE.c.name == name, LEASE.c.holder == holder).values(until=now)
    )
