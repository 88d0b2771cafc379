"""Which channel gets which digest, and when next (DESIGN.md, promise 2)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from debt.change import Change
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.scope import Scope, ScopeKind
from storage.database import history
from storage.database.store import Session, insert_new
from storage.messages import outbox
from storage.messages.kinds import BriefingKind
from storage.tables import SUBSCRIPTION, Subscription


def scope_of(subscription: Subscription) -> Scope:
    return Scope(ScopeKind(subscription.scope), subscription.scope_name)


async def subscribe(session: Session, change: Change, wanted: Subscription) -> Subscription:
    """Writes the channel's one subscription; a later one replaces an earlier one."""
    change.require_may(Act.SUBSCRIBE)
    fresh = insert_new(session, SUBSCRIPTION).values(wanted.model_dump())
    first = (await session.execute(fresh.returning(SUBSCRIPTION.c.channel))).first()
    kept = await session.get_one(Subscription, wanted.channel, with_for_update=True)
    before = None if first else _said(kept)
    kept.sqlmodel_update(wanted.model_dump(exclude={"last_at"}))
    _record(session, change, "subscribe", before, _said(kept))
    return kept


async def unsubscribe(session: Session, change: Change, channel: str) -> None:
    change.require_may(Act.SUBSCRIBE)
    old = await session.get(Subscription, channel, with_for_update=True)
    if old is None:
        raise Refused("This channel gets no digest, so there is nothing to end.")
    await session.execute(delete(Subscription).where(col(Subscription.channel) == channel))
    _record(session, change, "unsubscribe", _said(old), None)


async def subscription(session: Session, channel: str) -> Subscription | None:
    return await session.get(Subscription, channel)


async def subscriber(session: Session, scopes: Sequence[Scope]) -> str | None:
    """Who asked for the digest of the first of these scopes that any channel gets."""
    for scope in scopes:
        question = (
            select(SUBSCRIPTION.c.subscriber)
            .where(SUBSCRIPTION.c.scope == scope.kind, SUBSCRIPTION.c.scope_name == scope.name)
            .where(SUBSCRIPTION.c.paused.is_(None))
            .order_by(SUBSCRIPTION.c.channel)
            .limit(1)
        )
        if found := (await session.execute(question)).scalar_one_or_none():
            return str(found)
    return None


async def due(session: Session, now: datetime, limit: int | None = 100) -> Sequence[Subscription]:
    """Subscriptions whose instant has come, the oldest first; locked until committed."""
    question = (
        select(Subscription)
        .where(col(Subscription.paused).is_(None), col(Subscription.next_at) <= now)
        .order_by(col(Subscription.next_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(question)).scalars().all()


async def pause(session: Session, change: Change, channel: str, why: str) -> None:
    """Stops a digest that cannot be delivered, and tells its subscriber once."""
    paused = await session.execute(
        update(Subscription)
        .where(col(Subscription.channel) == channel, col(Subscription.paused).is_(None))
        .values(paused=why)
        .returning(col(Subscription.subscriber))
    )
    subscriber = paused.scalar_one_or_none()
    if subscriber is None:
        return
    _record(session, change, "subscription paused", {"channel": channel}, {"paused": why})
    key = f"paused:{channel}:{change.at.isoformat()}"
    facts = {"channel": channel, "why": why}
    await outbox.enqueue(session, key, BriefingKind.PAUSED, facts, change.at, person=subscriber)


def _said(subscription: Subscription | None) -> dict[str, object] | None:
    if subscription is None:
        return None
    return subscription.model_dump(mode="json", exclude={"next_at", "last_at", "paused"})


def _record(
    session: Session,
    change: Change,
    action: str,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    said = history.Event(None, before, after)
    history.record(session, history.Draft(change.at, change.by, action, "", said))


async def follower(session: Session, scope: Scope) -> str | None:
    """Somebody who subscribed a channel to just that scope; None where nobody did."""
    those = (col(Subscription.scope) == scope.kind, col(Subscription.scope_name) == scope.name)
    question = select(col(Subscription.subscriber)).where(
        *those, col(Subscription.paused).is_(None)
    )
    return (await session.execute(question.order_by(col(Subscription.channel)).limit(1))).scalar()


async def channels(session: Session) -> list[str]:
    """Every channel whose digest is not paused."""
    question = select(col(Subscription.channel)).where(col(Subscription.paused).is_(None))
    return list((await session.execute(question.order_by(col(Subscription.channel)))).scalars())
