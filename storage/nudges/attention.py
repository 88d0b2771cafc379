"""What waits for a person's attention beside their dates, how often they may be spoken to, and
which messages they called not useful (R26).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import and_, delete, func, select, update

from debt.change import Change
from debt.refusal import Refused
from storage.database.store import Session, insert_new
from storage.messages.kinds import BriefingKind
from storage.tables import ATTENTION, BRIEFING, MATTER, UNWANTED, BriefingState

_SAID_TODAY = (BriefingKind.NUDGE, BriefingKind.BUDGET_TURNED)
STARTED_BY_US = (*_SAID_TODAY, BriefingKind.PROPOSALS, BriefingKind.PAUSED)


class Why(StrEnum):
    """Why somebody is told of an artifact."""

    DUE = "due"
    ORPHAN = "orphan"
    IGNORED = "ignored"
    REPEATED = "repeated"
    OTHERWISE = "otherwise"
    TOP_TEAM = "top team"
    TOP_REPO = "top repo"
    AGING = "aging"


@dataclass(frozen=True, slots=True)
class Matter:
    """Something a person is to hear of an artifact beside its dates, since that day."""

    artifact_id: int
    why: Why
    since: date


async def bring_up(session: Session, person: str, matters: Iterable[Matter], at: datetime) -> None:
    """Waits until the person may be spoken to; what waits already is not doubled."""
    rows = [
        {"person": person, "artifact_id": matter.artifact_id, "why": matter.why}
        | {"since": matter.since, "at": at}
        for matter in matters
    ]
    if rows:
        await session.execute(insert_new(session, MATTER), rows)


async def matters_of(session: Session, person: str, limit: int) -> list[Matter]:
    """The oldest first."""
    M = MATTER.c  # noqa: N806  # the columns' short name
    question = select(M.artifact_id, M.why, M.since).where(M.person == person)
    rows = await session.execute(question.order_by(M.at, M.artifact_id).limit(limit))
    return [Matter(row.artifact_id, Why(row.why), row.since) for row in rows]


async def heard(session: Session, person: str, matters: Iterable[tuple[int, Why]]) -> None:
    """They were told of them, or there is nothing to tell any more: it waits no longer."""
    M = MATTER.c  # noqa: N806  # as above
    for number, why in sorted(matters):
        theirs = and_(M.person == person, M.artifact_id == number, M.why == why)
        await session.execute(delete(MATTER).where(theirs))


async def not_heard(session: Session, person: str, ids: Sequence[int], why: Why) -> set[int]:
    """Those of which somebody is still to be told."""
    M = MATTER.c  # noqa: N806  # as above
    question = select(M.artifact_id).where(M.person == person, M.artifact_id.in_(ids), M.why == why)
    return set((await session.execute(question)).scalars())


async def quiet_until(session: Session, person: str, at: datetime) -> None:
    """Nobody starts anything with them before then."""
    row = {"person": person, "next_at": at, "unwanted": 0}
    known = insert_new(session, ATTENTION).values(row).returning(ATTENTION.c.person)
    if (await session.execute(known)).first() is None:
        theirs = update(ATTENTION).where(ATTENTION.c.person == person)
        await session.execute(theirs.values(next_at=at))


async def unwanted_by(session: Session, person: str) -> int:
    """How often they said “Not useful”."""
    question = select(ATTENTION.c.unwanted).where(ATTENTION.c.person == person)
    return (await session.execute(question)).scalar_one_or_none() or 0


async def not_useful(session: Session, change: Change, briefing_id: int) -> None:
    """Backs such messages off for the person it was for; once a message."""
    question = select(BRIEFING.c.person).where(BRIEFING.c.id == briefing_id)
    person = (await session.execute(question)).scalar_one_or_none()
    if person != change.by:
        raise Refused("Only the person a message was for can say that of it.")
    row = {"briefing_id": briefing_id, "person": person, "at": change.at}
    fresh = insert_new(session, UNWANTED).values(row).returning(UNWANTED.c.person)
    if (await session.execute(fresh)).first() is None:
        raise Refused("You have said so already; I write less often now.")
    await quiet_until(session, person, change.at)
    theirs = update(ATTENTION).where(ATTENTION.c.person == person)
    await session.execute(theirs.values(unwanted=ATTENTION.c.unwanted + 1))


async def was_unwanted(session: Session, briefing_id: int) -> bool:
    question = select(UNWANTED.c.person).where(UNWANTED.c.briefing_id == briefing_id)
    return (await session.execute(question)).first() is not None


@dataclass(frozen=True, slots=True)
class Usefulness:
    """How many nudges were sent since a day, and of how many somebody said “Not useful”."""

    sent: int
    unwanted: int

    @property
    def rate(self) -> float:
        return self.unwanted / self.sent if self.sent else 0.0


async def usefulness(session: Session, since: datetime) -> Usefulness:
    B = BRIEFING.c  # noqa: N806  # the columns' short name
    sent = select(func.count()).where(
        B.kind == BriefingKind.NUDGE, B.state == BriefingState.SENT, B.sent_at > since
    )
    unwanted = select(func.count()).where(UNWANTED.c.at > since)
    return Usefulness(
        (await session.execute(sent)).scalar_one(), (await session.execute(unwanted)).scalar_one()
    )


async def waiting(session: Session, person: str) -> bool:
    """Whether a nudge to them, or word of a budget, is on the ledger and was not sent yet."""
    B = BRIEFING.c  # noqa: N806  # as above
    under_way = and_(B.sent_at.is_(None), B.state.in_((BriefingState.DUE, BriefingState.SENDING)))
    question = (
        select(B.id)
        .where(
            B.person == person,
            B.kind.in_(_SAID_TODAY),
            under_way,
        )
        .limit(1)
    )
    return (await session.execute(question)).first() is not None
