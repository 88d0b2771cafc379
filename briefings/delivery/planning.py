"""What is due goes on the ledger, and the next time is set: in one transaction (promise 1)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
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
from storage.database.store import Session, Store, UnitsOfWork
from storage.digests import listed_before, said_once, subscriptions
from storage.digests.subscriptions import scope_of
from storage.lifecycle import approvals, requests
from storage.messages import events, outbox
from storage.messages.kinds import BriefingKind
from storage.messages.outbox import LedgerMessage
from storage.metrics import snapshots
from storage.nudges import attention
from storage.nudges.attention import Matter, Why
from storage.register import refresh
from storage.tables import Approval, Subscription

log = logging.getLogger(__name__)
BY = "schedule"


_NO_ROSTER: Roster = MappingProxyType({})


async def plan(store: Store, policy: Policy, now: datetime, roster: Roster = _NO_ROSTER) -> int:
    """Puts on the ledger what is due at `now`; how many subscriptions were due. Safe to repeat.

    `roster` is who is in the policy's groups.
    """
    return len(await _carry_out(store, Change(BY, now, policy, roster=roster)))


async def _carry_out(work: UnitsOfWork, change: Change) -> list[str]:
    """All that is due, in this order; the channels whose digest was, the one due longest first."""
    await wake_all(work, change)
    await _look_back(work, change)
    await _forget_events(work, change)
    await budget_alerts.look(work, change)
    channels = await _brief_all(work, change)
    await nudge_plan.nudge_all(work, change)
    await _bring_up_requests(work, change)
    return channels


async def wake_all(work: UnitsOfWork, change: Change) -> None:
    """Brings every standing to today and to the policy in force."""
    async with work.read() as session:
        followed = await refresh.follows(session, change.policy)
    if not followed:
        async with work.change() as session:
            await refresh.follow_policy(session, change)
    while await _wake_some(work, change):
        pass


async def _wake_some(work: UnitsOfWork, change: Change) -> int:
    async with work.change() as session:
        return await refresh.wake(session, change)


async def _look_back(work: UnitsOfWork, change: Change) -> None:
    """Once a week: how everything stands, and who stands out in how that went."""
    async with work.change() as session:
        if await snapshots.take(session, change):
            await offenders.bring_up(session, change)


async def _forget_events(work: UnitsOfWork, change: Change) -> None:
    """Slack repeats an event for a few minutes at most."""
    async with work.change() as session:
        await events.forget_before(session, change.at - timedelta(days=1))


async def _bring_up_requests(work: UnitsOfWork, change: Change) -> None:
    """Requests that wait are brought up again, or lapse; each in a unit of work of its own."""
    while due := await _requests_due(work, change):
        for approval in due:
            async with work.change() as session:
                await approvals.take_turn(session, change, approval.id or 0)


async def _requests_due(work: UnitsOfWork, change: Change) -> list[Approval]:
    async with work.read() as session:
        return await requests.due(session, change.at, limit=20)


async def _brief_all(work: UnitsOfWork, change: Change) -> list[str]:
    """The channels whose digest was due, a few of them to a unit of work."""
    channels: list[str] = []
    while some := await _brief_some(work, change):
        channels += some
    return channels


async def _brief_some(work: UnitsOfWork, change: Change) -> list[str]:
    async with work.change() as session:
        due = await subscriptions.due(session, change.at, limit=20)
        for subscription in due:
            await _one(session, change, subscription)
        return [subscription.channel for subscription in due]


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
    """What the channel was told of several weeks running is brought up with the team's lead."""
    for ignored in gathered.ignored:
        lead = change.policy.lead_of(ignored.artifact.team) or subscription.subscriber
        matter = Matter(ignored.artifact.id, Why.REPEATED, ignored.item.first_on)
        await attention.bring_up(session, lead, [matter], change.at)


@dataclass(frozen=True, slots=True)
class Preview:
    """A message that would go to a channel or a person; None where it would say nothing."""

    kind: str
    to: str
    message: Message | None


async def rehearse(
    store: Store, policy: Policy, now: datetime, roster: Roster = _NO_ROSTER
) -> list[Preview]:
    """What `plan` would put on the ledger, drawn as it would be sent once all of it is done; of the
    channels whose digest is due, also those that it would have nothing to tell. Nothing is kept.
    """
    change = Change(BY, now, policy, roster=roster)
    return await store.rehearse_units(partial(_previews, change=change))


async def _previews(work: UnitsOfWork, change: Change) -> list[Preview]:
    async with work.read() as session:
        before = await outbox.newest(session)
    channels = await _carry_out(work, change)
    async with work.read() as session:
        written = await outbox.written_since(session, before)
        previews = [await _preview(session, row, change.policy) for row in written]
    return _in_order(previews, channels)


async def _preview(session: Session, briefing: LedgerMessage, policy: Policy) -> Preview:
    recipient = briefing.channel or str(briefing.person)
    return Preview(briefing.kind, recipient, await render(session, briefing, policy))


def _in_order(previews: Sequence[Preview], channels: Sequence[str]) -> list[Preview]:
    """As written, where those channels that are told nothing have their place among the digests."""
    drawn = {preview.to: preview for preview in previews if preview.kind == BriefingKind.DIGEST}
    digests = [drawn.get(to, Preview(BriefingKind.DIGEST, to, None)) for to in channels]
    first = [preview for preview in previews if preview.kind == BriefingKind.BUDGET_TURNED]
    others = [preview for preview in previews if preview not in (*first, *drawn.values())]
    return [*first, *digests, *others]
