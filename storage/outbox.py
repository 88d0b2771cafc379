"""The ledger of messages (DESIGN.md, promise 1): written with what caused them, sent once.

A row is claimed under a lease and posted with its key in the message's metadata. A row whose
lease ran out is *unknown*: the next sender looks in the channel's history before it posts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update

from storage.store import Session, insert_new, postgres
from storage.tables import BRIEFING, BriefingState

SENDING_LEASE = timedelta(minutes=2)
_COLUMNS = tuple(
    BRIEFING.c[name]
    for name in ("id", "key", "kind", "channel", "person", "facts", "state", "attempts", "ts")
)


@dataclass(frozen=True, slots=True)
class Ledgered:
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
) -> bool:
    """Puts a message on the ledger for a channel or a person; False where its key is there."""
    row: dict[str, Any] = {"key": key, "kind": kind, "facts": facts}
    row |= {"channel": channel, "person": person, "state": BriefingState.DUE}
    row |= {"ready_at": at, "created_at": at, "attempts": 0, "outcome": ""}
    written = await session.execute(
        insert_new(session, BRIEFING).values(row).returning(BRIEFING.c.id)
    )
    return written.first() is not None


async def claim_batch(session: Session, now: datetime, limit: int) -> list[Ledgered]:
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
        Ledgered(**rows[number], unknown=state == BriefingState.SENDING)
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


async def sent(session: Session, briefing_id: int, ts: str) -> None:
    await _set(session, briefing_id, state=BriefingState.SENT, ts=ts, outcome="")


async def again(session: Session, briefing_id: int, at: datetime, why: str) -> None:
    """Slack said that it did not take the message: it is due again then."""
    values = {"state": BriefingState.DUE, "ready_at": at, "outcome": why}
    await _settle(session, briefing_id, values)


async def park(session: Session, briefing_id: int, why: str) -> None:
    """What cannot be decided, or will never be taken, waits for a person and is reported."""
    await _settle(session, briefing_id, {"state": BriefingState.PARKED, "outcome": why})


async def _settle(session: Session, briefing_id: int, values: dict[str, Any]) -> None:
    """Of what is being sent only: who outlived their lease takes nothing back from the next."""
    being_sent = BRIEFING.c.state == BriefingState.SENDING
    await session.execute(
        update(BRIEFING).where(BRIEFING.c.id == briefing_id, being_sent).values(values)
    )


async def _set(session: Session, briefing_id: int, **values: Any) -> None:
    await session.execute(update(BRIEFING).where(BRIEFING.c.id == briefing_id).values(**values))


async def by_message(session: Session, channel: str, ts: str) -> Ledgered | None:
    """The briefing that a message in Slack is, if it is one."""
    question = select(*_COLUMNS).where(BRIEFING.c.channel == channel, BRIEFING.c.ts == ts)
    row = (await session.execute(question)).first()
    return Ledgered(**row._mapping) if row else None


async def by_key(session: Session, key: str) -> Ledgered | None:
    row = (await session.execute(select(*_COLUMNS).where(BRIEFING.c.key == key))).first()
    return Ledgered(**row._mapping) if row else None


async def parked(session: Session) -> Sequence[tuple[str, str]]:
    """Key and reason of everything that waits for a person."""
    question = select(BRIEFING.c.key, BRIEFING.c.outcome).where(BRIEFING.c.state == "parked")
    return [(row.key, row.outcome) for row in await session.execute(question.limit(100))]
