"""What hangs on a message's arrival: notices count from it, and what never arrived was not said."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from briefings.notices import proposals
from briefings.notices.nudge import NudgeItem, is_settled, record_of, still_due
from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.policy.policy import Policy
from debt.rules.working_time import is_working, next_working
from storage.database.store import Session
from storage.digests import listed_before, said_once, subscriptions
from storage.messages.kinds import BriefingKind
from storage.messages.outbox import LedgerMessage
from storage.nudges import attention, nudge_queue
from storage.nudges.attention import Why
from storage.register import people, queries

BY = "delivery"
_NOTICES = {BriefingKind.NUDGE, BriefingKind.ORPHANS}
_ABOUT_ARTIFACTS = {BriefingKind.NUDGE, BriefingKind.ORPHANS, BriefingKind.LEADERSHIP}
_IN_HOURS = _ABOUT_ARTIFACTS | {BriefingKind.PROPOSALS}
_DATED = {Why.DUE, Why.ORPHAN}
_NOTED = {*_DATED, Why.IGNORED}


async def arrived(session: Session, briefing: LedgerMessage, policy: Policy, now: datetime) -> None:
    """Before the message is marked as sent, in the same transaction.

    What was settled on the way, or has become another's, has had no notice by it.
    """
    if briefing.kind not in _NOTICES:
        return
    open_ones = await _still_open(session, briefing)
    noticed = [(a, {due.kind for due in still_due(item, a)}) for item, a in open_ones]
    escalated = {item.id for item, _ in open_ones if item.why is Why.IGNORED}
    day = now.astimezone(ZoneInfo(await _zone(session, briefing))).date()
    await nudge_queue.arrived(session, Change(BY, now, policy), noticed, escalated, day)
    await _heard(session, briefing)


async def _still_open(
    session: Session, briefing: LedgerMessage
) -> list[tuple[NudgeItem, Artifact]]:
    """The items still to be decided, each with its artifact, which is locked; the lowest key first.
    Where an artifact is named twice, the item that counts as its notice.
    """
    notices_last = sorted(_items(briefing), key=lambda item: item.why in _NOTED)
    items = {item.id: item for item in notices_last}
    pairs = [
        (items[artifact.id], artifact) for artifact in await nudge_queue.named(session, [*items])
    ]
    return [pair for pair in pairs if not is_settled(*pair, briefing.person)]


async def _heard(session: Session, briefing: LedgerMessage) -> None:
    """Who was told of an artifact, for whatever reason, need not hear that a digest listed it."""
    if briefing.person:
        heard = {(item.id, why) for item in _items(briefing) for why in (item.why, Why.REPEATED)}
        await attention.heard(session, briefing.person, heard)


async def skipped(session: Session, briefing: LedgerMessage) -> None:
    """A digest that nobody saw counts for no week in vain; a nudge had nothing left to say."""
    if briefing.kind == BriefingKind.DIGEST and briefing.channel:
        await listed_before.take_back(session, briefing.channel, briefing.facts["week"])
        await said_once.take_back(session, briefing.channel, briefing.facts["week"])
    elif briefing.kind == BriefingKind.NUDGE:
        await _heard(session, briefing)


async def lost(session: Session, briefing: LedgerMessage, policy: Policy, now: datetime) -> None:
    """A digest was not seen; a notice that Slack will never take is given again another day."""
    if briefing.kind == BriefingKind.DIGEST:
        await skipped(session, briefing)
    elif briefing.kind in _NOTICES:
        open_ones = await _still_open(session, briefing)
        dated = [artifact for item, artifact in open_ones if item.why in _DATED]
        await nudge_queue.unsaid(session, policy, dated, Change(BY, now, policy).today)


async def is_pointless(session: Session, briefing: LedgerMessage) -> bool:
    """Whether all it would ask for has been done meanwhile."""
    if briefing.kind == BriefingKind.PROPOSALS:
        return not (await proposals.told_by(session, briefing)).open
    if briefing.kind not in _ABOUT_ARTIFACTS:
        return False
    items = _items(briefing)
    artifacts = await queries.several(session, [item.id for item in items])
    return all(is_settled(item, artifacts[item.id], briefing.person) for item in items)


async def not_before(
    session: Session, briefing: LedgerMessage, policy: Policy, now: datetime
) -> datetime | None:
    """When its readers may be spoken to, where that is not now."""
    if briefing.kind not in _IN_HOURS:
        return None
    local = now.astimezone(ZoneInfo(await _zone(session, briefing)))
    return None if is_working(local, policy) else next_working(local, policy)


async def _zone(session: Session, briefing: LedgerMessage) -> str:
    """Where its reader is; of a channel, those who get its digest."""
    if briefing.person:
        person = await people.person(session, briefing.person)
        return person.zone if person else "UTC"
    subscription = await subscriptions.subscription(session, briefing.channel or "")
    return subscription.zone if subscription else "UTC"


def _items(briefing: LedgerMessage) -> Sequence[NudgeItem]:
    return record_of(briefing).items
