"""What a channel's digests have listed before, and how often in vain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, delete, select, update

from debt.scope import ALL, Scope
from storage.database.store import Session, insert_new
from storage.register.queries import within
from storage.tables import ARTIFACT, LISTING


@dataclass(frozen=True, slots=True)
class ListedBefore:
    """An artifact that was listed and has not changed since: so many weeks, first on that day."""

    artifact_id: int
    first_on: date
    weeks: int


_UNCHANGED = and_(LISTING.c.artifact_id == ARTIFACT.c.id, LISTING.c.version == ARTIFACT.c.version)


async def ignored(session: Session, channel: str, scope: Scope = ALL) -> dict[int, ListedBefore]:
    """All in the scope that the channel was told of, needs somebody still and has not changed."""
    question = (
        select(LISTING.c.artifact_id, LISTING.c.first_on, LISTING.c.weeks)
        .join(ARTIFACT, _UNCHANGED)
        .where(LISTING.c.channel == channel, ARTIFACT.c.live, ARTIFACT.c.attention)
    )
    rows = [ListedBefore(*row) for row in await session.execute(within(question, scope))]
    return {listed.artifact_id: listed for listed in rows}


async def note(
    session: Session, channel: str, artifact_ids: Sequence[int], week: str, today: date
) -> None:
    """Counts one more week for what is listed unchanged, the first week for what is new."""
    await _forget_changed(session, channel)
    mine = and_(LISTING.c.channel == channel, LISTING.c.artifact_id.in_(artifact_ids))
    await session.execute(
        update(LISTING)
        .where(mine, LISTING.c.week != week)
        .values(weeks=LISTING.c.weeks + 1, week=week)
    )
    versions = await session.execute(
        select(ARTIFACT.c.id, ARTIFACT.c.version).where(ARTIFACT.c.id.in_(artifact_ids))
    )
    fresh = {"channel": channel, "first_on": today, "week": week, "weeks": 1}
    rows = [fresh | {"artifact_id": row.id, "version": row.version} for row in versions]
    if rows:
        await session.execute(insert_new(session, LISTING), rows)


async def take_back(session: Session, channel: str, week: str) -> None:
    """That week's digest never came: what it would have listed was not said."""
    of_that_week = and_(LISTING.c.channel == channel, LISTING.c.week == week)
    await session.execute(delete(LISTING).where(of_that_week, LISTING.c.weeks == 1))
    await session.execute(update(LISTING).where(of_that_week).values(weeks=LISTING.c.weeks - 1))


async def _forget_changed(session: Session, channel: str) -> None:
    same = select(ARTIFACT.c.version).where(ARTIFACT.c.id == LISTING.c.artifact_id)
    await session.execute(
        delete(LISTING).where(
            LISTING.c.channel == channel, LISTING.c.version != same.scalar_subquery()
        )
    )
