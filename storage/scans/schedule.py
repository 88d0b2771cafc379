"""When each repository of the policy is read anew (DESIGN.md, promise 2), and how that went.

What a scan changes has its history; that it took place has none.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from debt.policy.repositories import pause_after
from storage.database.store import Session, insert_new
from storage.tables import REPOSITORY, RepositoryRow

R = REPOSITORY.c


async def follows(session: Session, names: Collection[str], schedule: str) -> bool:
    """Whether these repositories are known, no others, and all by that schedule."""
    rows = (await session.execute(select(R.name, R.schedule))).all()
    return {row.name for row in rows} == set(names) and {row.schedule for row in rows} <= {schedule}


async def follow(
    session: Session, names: Collection[str], schedule: str, next_at: datetime | None
) -> None:
    """From now on these repositories, each next at that instant unless it had the same schedule."""
    await session.execute(delete(REPOSITORY).where(R.name.not_in(names)))
    for name in names:
        fresh = RepositoryRow(name=name, schedule=schedule, next_at=next_at)
        await session.execute(insert_new(session, REPOSITORY).values(fresh.model_dump()))
    moved = update(REPOSITORY).where(R.schedule != schedule)
    await session.execute(moved.values(schedule=schedule, next_at=next_at))


async def due(session: Session, now: datetime) -> Sequence[str]:
    """Names of those whose instant has come, the oldest first."""
    question = select(R.name).where(R.next_at <= now).order_by(R.next_at, R.name)
    return (await session.execute(question)).scalars().all()


async def done(
    session: Session, name: str, at: datetime, head: str, next_at: datetime | None
) -> None:
    """It was read at that commit; whatever failed before is over."""
    went_well = {"last_at": at, "last_head": head, "next_at": next_at}
    went_well |= {"failures": 0, "failed_at": None, "last_failure": ""}
    await session.execute(update(REPOSITORY).where(R.name == name).values(went_well))


async def failed(
    session: Session, name: str, at: datetime, why: str, next_at: datetime | None
) -> None:
    """It could not be read; it is tried again after a pause, at the next instant at the latest."""
    kept = await session.get(RepositoryRow, name, with_for_update=True)
    if kept is None:
        return
    kept.failures += 1
    again = at + pause_after(kept.failures)
    kept.next_at = min(again, next_at) if next_at else None
    kept.failed_at, kept.last_failure = at, why


async def failures(session: Session, names: Collection[str]) -> Sequence[RepositoryRow]:
    """Those of these whose last reading failed, by name."""
    question = select(RepositoryRow).where(
        col(RepositoryRow.failed_at).is_not(None), col(RepositoryRow.name).in_(names)
    )
    return (await session.execute(question.order_by(col(RepositoryRow.name)))).scalars().all()
