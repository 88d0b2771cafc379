"""What is due goes on the ledger, and the next time is set: in one transaction (promise 1)."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from briefings.delivery.render import render
from briefings.delivery.schedule import local_week, next_instant
from briefings.digest import facts
from briefings.digest.digest import Weekly
from briefings.digest.facts import DigestPlan
from briefings.messages.message import Message
from briefings.notices import budget_alerts, nudge_plan, offenders
from debt.change import Change
from debt.policy.policy import Policy
from debt.policy.roles import Roster
from debt.scope import ALL
from storage.costs import budgets
from storage.database.store import Session, Store
from storage.digests import listed_before, said_once, subscriptions
from storage.digests.subscriptions import scope_of
from storage.lifecycle import approvals, requests
from storage.messages import events, outbox
from storage.messages.kinds import BriefingKind
from storage.metrics import snapshots
from storage.nudges import attention
from storage.nudges.attention import Matter, Why
from storage.register import refresh
from storage.tables import Subscription

log = logging.getLogger(__name__)
BY = "schedule"


_NO_ROSTER: Roster = MappingProxyType({})


async def plan(store: Store, policy: Policy, now: datetime, roster: Roster = _NO_ROSTER) -> int:
    """Everything that is due at `now`; how many subscriptions were dealt with. Safe to repeat.

    `roster` is who is in the policy's groups.
    """
    change = Change(BY, now, policy, roster=roster)
    await wake_all(store, change)
    async with store.change() as session:
        await _look_back(session, change)
    async with store.change() as session:
        await events.forget_before(session, now - timedelta(days=1))
    await budget_alerts.look(store, change)
    total = 0
    while planned := await _plan_some(store, change):
        total += planned
    await nudge_plan.nudge_all(store, change)
    while await _requests_take_turns(store, change):
        pass
    return total


async def _look_back(session: Session, change: Change) -> None:
    """Once a week: how everything stands, and who stands out in how that went."""
    if await snapshots.take(session, change):
        await offenders.bring_up(session, change)


async def _requests_take_turns(store: Store, change: Change) -> int:
    """Requests that wait are brought up again, or lapse; each in a unit of work of its own."""
    async with store.read() as session:
        due = await requests.due(session, change.at, limit=20)
    for approval in due:
        async with store.change() as session:
            await approvals.take_turn(session, change, approval.id or 0)
    return len(due)


async def wake_all(store: Store, change: Change) -> None:
    """Brings every standing to today and to the policy in force."""
    async with store.read() as session:
        followed = await refresh.follows(session, change.policy)
    if not followed:
        async with store.change() as session:
            await refresh.follow_policy(session, change)
    while await _wake_some(store, change):
        pass


async def _wake_some(store: Store, change: Change) -> int:
    async with store.change() as session:
        return await refresh.wake(session, change)


async def _plan_some(store: Store, change: Change) -> int:
    async with store.change() as session:
        due = await subscriptions.due(session, change.at, limit=20)
        for subscription in due:
            await _one(session, change, subscription)
        return len(due)


async def _one(session: Session, change: Change, subscription: Subscription) -> None:
    instant, zone = subscription.next_at, subscription.zone
    subscription.next_at = next_instant(
        max(instant, change.at), subscription.weekday, subscription.at, zone
    )
    session.add(subscription)
    late = change.at - instant
    if late > timedelta(hours=change.policy.digest.late_hours):
        hours = late // timedelta(hours=1)
        log.warning("digest skipped channel=%s hours_late=%d", subscription.channel, hours)
    elif not _said_that_week(subscription, instant):
        await _brief(session, change, subscription, instant)


def _said_that_week(subscription: Subscription, instant: datetime) -> bool:
    """Where the day or the zone was changed after this week's digest, there is no second one."""
    last, zone = subscription.last_at, subscription.zone
    return last is not None and local_week(last, zone) == local_week(instant, zone)


async def _brief(
    session: Session, change: Change, subscription: Subscription, instant: datetime
) -> None:
    gathered = await _gathered(session, change, subscription)
    week = local_week(instant, subscription.zone)
    if gathered.weekly.speaks:
        if not await _ledger(session, change, subscription.channel, gathered.weekly, week):
            return
        subscription.last_at = instant
        await said_once.note(session, subscription.channel, gathered.once, week)
    await _intervene(session, change, subscription, gathered)
    today = gathered.weekly.at.date()
    await listed_before.note(session, subscription.channel, gathered.told, week, today)


async def _gathered(session: Session, change: Change, subscription: Subscription) -> DigestPlan:
    since = facts.since_last(subscription.last_at, change.at)
    channel, scope = subscription.channel, scope_of(subscription)
    there = change.at.astimezone(ZoneInfo(subscription.zone))
    if scope != ALL:  # all budgets were looked at this morning
        await budgets.renew_all(session, change, [scope])
    month = facts.month_of(subscription.last_at, there)
    return await facts.gather(session, channel, scope, change.policy, there, since, month=month)


async def _ledger(
    session: Session, change: Change, channel: str, weekly: Weekly, week: str
) -> bool:
    stored = weekly.as_json() | {"week": week}
    key, kind = f"digest:{channel}:{week}", BriefingKind.DIGEST
    return await outbox.enqueue(session, key, kind, stored, change.at, channel=channel)


async def _intervene(
    session: Session, change: Change, subscription: Subscription, gathered: DigestPlan
) -> None:
    """What the channel was told of in vain is brought up with the team's lead."""
    for each in gathered.ignored:
        lead = change.policy.lead_of(each.artifact.team) or subscription.subscriber
        matter = Matter(each.artifact.id, Why.REPEATED, each.item.first_on)
        await attention.bring_up(session, lead, [matter], change.at)


@dataclass(frozen=True, slots=True)
class Preview:
    """A message that would go to a channel or a person; None where it would say nothing."""

    to: str
    message: Message | None


async def rehearse(store: Store, policy: Policy, now: datetime) -> list[Preview]:
    """What `plan` would send at that time: planned indeed, read, and taken back."""
    change = Change(BY, now, policy)
    async with store.rehearse() as session:
        await refresh.follow_policy(session, change)
        while await refresh.wake(session, change):
            pass
        await _look_back(session, change)
        before = await outbox.newest(session)
        await budget_alerts.look_now(session, change)
        turned = await _planned(session, policy, before)
        due = await subscriptions.due(session, now, limit=None)
        said = [preview for one in due for preview in await _preview(session, change, one)]
        before = await outbox.newest(session)
        await nudge_plan.rehearse(session, change)
        for approval in await requests.due(session, now, limit=None):
            await approvals.take_turn(session, change, approval.id or 0)
        return turned + said + await _planned(session, policy, before)


async def _preview(session: Session, change: Change, subscription: Subscription) -> list[Preview]:
    before = await outbox.newest(session)
    await _one(session, change, subscription)
    said = await _planned(session, change.policy, before)
    return said or [Preview(subscription.channel, None)]


async def _planned(session: Session, policy: Policy, before: int) -> list[Preview]:
    """What was written to the ledger after that number, as it would be sent."""
    return [
        Preview(each.channel or str(each.person), await render(session, each, policy))
        for each in await outbox.written_since(session, before)
    ]
