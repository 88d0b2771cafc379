"""One process at a time: whoever holds the lease, until it ends."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update

from storage.database.store import Session, insert_new
from storage.tables import LEASE


async def take(session: Session, name: str, holder: str, now: datetime, span: timedelta) -> bool:
    """Takes the lease, or lengthens one's own; False while somebody else holds it.

    One that ends later than any of today's could was given by another clock (`brief --at`).
    """
    free = {"name": name, "holder": holder, "until": now}
    await session.execute(insert_new(session, LEASE).values(free))
    over, odd = LEASE.c.until <= now, LEASE.c.until > now + 2 * span
    taken = await session.execute(
        update(LEASE)
        .where(LEASE.c.name == name, or_(LEASE.c.holder == holder, over, odd))
        .values(holder=holder, until=now + span)
        .returning(LEASE.c.name)
    )
    return taken.first() is not None


async def give_back(session: Session, name: str, holder: str) -> None:
    """Lets the next one take it at once, whatever its clock says."""
    await session.execute(delete(LEASE).where(LEASE.c.name == name, LEASE.c.holder == holder))
