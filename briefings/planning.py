"""What is due goes on the ledger, and the next time is set: in one transaction (promise 1)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from briefings import digest
from briefings.digest import Gathered
from briefings.message import Message
from briefings.schedule import local_week, next_instant
from debt.artifact import Artifact
from debt.policy import Policy
from storage import awake, events, listings, outbox, subscriptions
from storage.artifacts import Change
from storage.store import Session, Store
from storage.subscriptions import scope_of
from storage.tables import Subscription

log = logging.getLogger(__name__)
BY = "schedule"


async def plan(store: Store, policy: Policy, now: datetime) -> int:
    """Everything that is due at `now`; how many subscriptions were dealt with. Safe to repeat."""
    change = Change(BY, now, policy)
    await wake_all(store, change)
    async with store.change() as session:
        await events.forget_before(session, now - timedelta(days=1))
    total = 0
    while planned := await _plan_some(store, change):
        total += planned
    return total


async def wake_all(store: Store, change: Change) -> None:
    """Brings every standing to today and to the policy in force."""
    async with store.read() as session:
        followed = await awake.follows(session, change.policy)
    if not followed:
        async with store.change() as session:
            await awake.follow_policy(session, change)
    while await _wake_some(store, change):
        pass


async def _wake_some(store: Store, change: Change) -> int:
    async with store.change() as session:
        return await awake.wake(session, change)


async def _plan_some(store: Store, change: Change) -> int:
    async with store.change() as session:
        due = await subscriptions.due(session, change.at, limit=20)
        for subscription in due:
            await _one(session, change, subscription)
        return len(due)


async def _one(session: Session, change: Change, subscription: Subscription) -> None:
    instant = subscription.next_at
    subscription.next_at = next_instant(
        max(instant, change.at), subscription.weekday, subscription.at, subscription.zone
    )
    session.add(subscription)
    late = change.at - instant
    if late > timedelta(hours=change.policy.digest.late_hours):
        log.warning("digest skipped channel=%s hours_late=%d", subscription.channel, late.days * 24)
        return
    gathered = await _gathered(session, change, subscription)
    await _ledger(session, change, subscription, gathered, local_week(instant, subscription.zone))
    subscription.last_at = change.at


async def _gathered(session: Session, change: Change, subscription: Subscription) -> Gathered:
    since = digest.since_last(subscription.last_at, change.at)
    channel, scope = subscription.channel, scope_of(subscription)
    return await digest.gather(session, channel, scope, change.policy, change.at, since)


async def _ledger(
    session: Session, change: Change, subscription: Subscription, gathered: Gathered, week: str
) -> None:
    channel, weekly = subscription.channel, gathered.weekly
    if weekly.items:
        key = f"digest:{channel}:{week}"
        facts = weekly.as_json()
        if not await outbox.enqueue(session, key, "digest", facts, change.at, channel=channel):
            return
        listed = [item.id for item in weekly.items]
        await listings.note(session, channel, listed, week, change.today)
    await _intervene(session, change, subscription, gathered.ignored, week)


async def _intervene(
    session: Session,
    change: Change,
    subscription: Subscription,
    ignored: Sequence[Artifact],
    week: str,
) -> None:
    """One DM a lead: everything of theirs that the channel was told of in vain."""
    channel = subscription.channel
    before = await listings.ignored(session, channel)
    by_lead: dict[str, list[Artifact]] = {}
    for artifact in ignored:
        lead = change.policy.lead_of(artifact.team) or subscription.subscriber
        by_lead.setdefault(lead, []).append(artifact)
    for lead, artifacts in by_lead.items():
        first = min(before[artifact.id].first_on for artifact in artifacts)
        facts = {"items": [artifact.id for artifact in artifacts], "channel": channel}
        facts |= {"at": change.at.isoformat(), "first_on": first.isoformat()}
        key = f"intervention:{channel}:{lead}:{week}"
        await outbox.enqueue(session, key, "intervention", facts, change.at, person=lead)
    await listings.note(session, channel, [a.id for a in ignored], week, change.today)


@dataclass(frozen=True, slots=True)
class Preview:
    channel: str
    message: Message | None


async def rehearse(store: Store, policy: Policy, now: datetime) -> list[Preview]:
    """What `plan` would send at that time, without sending or keeping anything."""
    change = Change(BY, now, policy)
    previews = []
    async with store.rehearse() as session:
        await awake.follow_policy(session, change)
        while await awake.wake(session, change):
            pass
        for subscription in await subscriptions.due(session, now):
            gathered = await _gathered(session, change, subscription)
            message = await digest.compose(session, gathered.weekly, policy)
            previews.append(Preview(subscription.channel, message))
    return previews
