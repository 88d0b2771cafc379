"""The ledger of messages (DESIGN.md, promise 1): written with what caused them, sent once.

A row is claimed under a lease and posted with its key in the message's metadata. A row whose
lease ran out is *unknown*: the next sender looks in the channel's history before it posts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select, text, update

from storage.database.store import Session, insert_new, postgres
from storage.messages.kinds import BriefingKind
from storage.tables import BRIEFING, MENTION, BriefingState, UtcDateTime

SENDING_LEASE = timedelta(minutes=2)
_NAMES = (
    "id",
    "key",
    "kind",
    "channel",
    "person",
    "facts",
    "state",
    "attempts",
    "ts",
    "created_at",
)
_COLUMNS = tuple(BRIEFING.c[name] for name in _NAMES)


@dataclass(frozen=True, slots=True)
class LedgerMessage:
    """One message of the ledger. `unknown`: an earlier try may have reached Slack."""

    id: int
    key: str
    kind: str
    channel: str | None
    person: str | None
    facts: Mapping[str, Any]
    state: str
    attempts: int
    ts: str | None
    created_at: datetime
    unknown: bool = False


async def enqueue(
    session: Session,
    key: str,
    kind: str,
    facts: Mapping[str, Any],
    at: datetime,
    *,
    channel: str | None = None,
    person: str | None = None,
    mentions: Sequence[int] = (),
    not_before: datetime | None = None,
) -> bool:
    """Puts a message on the ledger for a channel or a person; False where its key is there.

    It is drawn again whenever something about the artifacts it mentions changes.
    """
    row: dict[str, Any] = {"key": key, "kind": kind, "facts": facts}
    row |= {"channel": channel, "person": person, "state": BriefingState.DUE}
    row |= {"ready_at": not_before or at, "created_at": at, "attempts": 0, "outcome": ""}
    written = await session.execute(
        insert_new(session, BRIEFING).values(row).returning(BRIEFING.c.id)
    )
    number = written.scalar_one_or_none()
    if number and mentions:
        rows = [{"briefing_id": number, "artifact_id": each} for each in sorted(set(mentions))]
        await session.execute(insert(MENTION), rows)
    return number is not None


async def stale(session: Session, limit: int) -> list[tuple[LedgerMessage, datetime]]:
    """Sent messages to be drawn again, and the instant of the change that made each one stale."""
    question = (
        select(*_COLUMNS, BRIEFING.c.stale_at)
        .where(text("stale_at IS NOT NULL"), BRIEFING.c.state == BriefingState.SENT)
        .order_by(BRIEFING.c.stale_at, BRIEFING.c.id)
        .limit(limit)
    )
    rows = [dict(row._mapping) for row in await session.execute(question)]
    return [(LedgerMessage(**row), at) for row in rows for at in [row.pop("stale_at")]]


async def is_stale(session: Session, briefing_id: int) -> bool:
    question = select(BRIEFING.c.stale_at).where(BRIEFING.c.id == briefing_id)
    return (await session.execute(question)).scalar_one() is not None


async def begin_anew(session: Session, briefing_id: int) -> None:
    """Before it is drawn for the first time: whatever changed so far will be in it."""
    await _set(session, briefing_id, stale_at=None)


async def drawn(
    session: Session, briefing_id: int, stale_at: datetime, *, final: bool = False
) -> None:
    """The message shows what was so at that instant; a later change leaves it stale.

    A final one speaks of nothing any more that can change.
    """
    of_then = and_(BRIEFING.c.id == briefing_id, BRIEFING.c.stale_at == stale_at)
    await session.execute(update(BRIEFING).where(of_then).values(stale_at=None))
    if final:
        await session.execute(delete(MENTION).where(MENTION.c.briefing_id == briefing_id))


async def started_since(
    session: Session, person: str, since: datetime, kinds: Sequence[str]
) -> list[datetime]:
    """When messages of these kinds reached somebody, or set out to, the newest first."""
    B = BRIEFING.c  # noqa: N806  # the columns' short name
    under_way = and_(B.sent_at.is_(None), B.state.in_((BriefingState.DUE, BriefingState.SENDING)))
    question = select(func.coalesce(B.sent_at, B.created_at, type_=UtcDateTime)).where(
        B.person == person, B.kind.in_(kinds), or_(B.sent_at > since, under_way)
    )
    return sorted((await session.execute(question)).scalars(), reverse=True)


async def tell_outcome(session: Session, request_id: int, asked_by: str, at: datetime) -> None:
    """Tells who asked for an artifact, or offered it, what became of that."""
    facts = {"request": request_id}
    await enqueue(
        session, f"answer:{request_id}", BriefingKind.OWNERSHIP_ANSWER, facts, at, person=asked_by
    )


async def claim_batch(session: Session, now: datetime, limit: int) -> list[LedgerMessage]:
    """The oldest messages that are due, or unknown since their lease ran out; now ours to send."""
    waiting = (
        select(BRIEFING.c.id, BRIEFING.c.state)
        .where(_waiting(), BRIEFING.c.ready_at <= now)
        .order_by(BRIEFING.c.ready_at, BRIEFING.c.id)
        .limit(limit)
    )
    if postgres(session):
        waiting = waiting.with_for_update(skip_locked=True)
    before = {row.id: row.state for row in await session.execute(waiting)}
    if not before:
        return []
    taken = await session.execute(
        update(BRIEFING)
        .where(BRIEFING.c.id.in_(before))
        .values(
            state=BriefingState.SENDING,
            ready_at=now + SENDING_LEASE,
            attempts=BRIEFING.c.attempts + 1,
        )
        .returning(*_COLUMNS)
    )
    rows = {row.id: row._mapping for row in taken}
    return [
        LedgerMessage(**rows[number], unknown=state == BriefingState.SENDING)
        for number, state in before.items()
    ]


def _waiting() -> Any:
    """In the very words of the partial index, which answers no others."""
    return text("state IN ('due', 'sending')")


async def next_ready(session: Session) -> datetime | None:
    """When the next message becomes due or unknown."""
    question = select(BRIEFING.c.ready_at).where(_waiting()).order_by(BRIEFING.c.ready_at).limit(1)
    return (await session.execute(question)).scalar_one_or_none()


async def opened(session: Session, briefing_id: int, channel: str) -> None:
    """Keeps a DM's channel before the first send, so that an unknown one can be looked up."""
    await _set(session, briefing_id, channel=channel)


async def keep_facts(session: Session, briefing_id: int, facts: Mapping[str, Any]) -> None:
    """For who is sending it: what was made for it, so that the next try need not make it again."""
    await _set(session, briefing_id, facts=facts)


async def sent(session: Session, briefing_id: int, ts: str, at: datetime) -> None:
    await _set(session, briefing_id, state=BriefingState.SENT, ts=ts, sent_at=at, outcome="")


async def again(session: Session, briefing: LedgerMessage, at: datetime, why: str) -> None:
    """Slack did not take the message this time: it is looked at again then.

    One that was unknown before stays so: what an earlier try came to has not been seen yet.
    """
    state = BriefingState.SENDING if briefing.unknown else BriefingState.DUE
    await _settle(session, briefing, {"state": state, "ready_at": at, "outcome": why})


async def is_ours(session: Session, briefing: LedgerMessage) -> bool:
    """Whether this very try still is the one that sends it."""
    B = BRIEFING.c  # noqa: N806  # the columns' short name
    ours = and_(B.id == briefing.id, B.attempts == briefing.attempts)
    question = select(B.id).where(ours, B.state == BriefingState.SENDING)
    return (await session.execute(question)).first() is not None


async def park(session: Session, briefing: LedgerMessage, why: str) -> bool:
    """What cannot be decided, or will never be taken, waits for a person and is reported."""
    return await _settle(session, briefing, {"state": BriefingState.PARKED, "outcome": why})


async def skip(session: Session, briefing: LedgerMessage, why: str) -> bool:
    """What has lost its point is not sent any more."""
    return await _settle(session, briefing, {"state": BriefingState.SKIPPED, "outcome": why})


async def _settle(session: Session, briefing: LedgerMessage, values: dict[str, Any]) -> bool:
    """Of what this very try is sending: who outlived their lease takes nothing from the next."""
    ours = and_(BRIEFING.c.id == briefing.id, BRIEFING.c.attempts == briefing.attempts)
    being_sent = BRIEFING.c.state == BriefingState.SENDING
    settled = update(BRIEFING).where(ours, being_sent).values(values).returning(BRIEFING.c.id)
    return (await session.execute(settled)).first() is not None


async def _set(session: Session, briefing_id: int, **values: Any) -> None:
    await session.execute(update(BRIEFING).where(BRIEFING.c.id == briefing_id).values(**values))


async def by_message(session: Session, channel: str, ts: str) -> LedgerMessage | None:
    """The briefing that a message in Slack is, if it is one."""
    question = select(*_COLUMNS).where(BRIEFING.c.channel == channel, BRIEFING.c.ts == ts)
    row = (await session.execute(question)).first()
    return LedgerMessage(**row._mapping) if row else None


async def by_key(session: Session, key: str) -> LedgerMessage | None:
    row = (await session.execute(select(*_COLUMNS).where(BRIEFING.c.key == key))).first()
    return LedgerMessage(**row._mapping) if row else None


async def newest(session: Session) -> int:
    """The number of the last message written."""
    question = select(func.coalesce(func.max(BRIEFING.c.id), 0))
    last: int = (await session.execute(question)).scalar_one()
    return last


async def written_since(session: Session, number: int) -> list[LedgerMessage]:
    """The messages after that one, in the order they were written."""
    question = select(*_COLUMNS).where(BRIEFING.c.id > number).order_by(BRIEFING.c.id)
    return [LedgerMessage(**row._mapping) for row in await session.execute(question)]


async def parked(session: Session) -> Sequence[tuple[str, str]]:
    """Key and reason of what waits for a person, the newest hundred."""
    question = select(BRIEFING.c.key, BRIEFING.c.outcome).where(BRIEFING.c.state == "parked")
    newest = question.order_by(BRIEFING.c.id.desc()).limit(100)
    return [(row.key, row.outcome) for row in await session.execute(newest)]
