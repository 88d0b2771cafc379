"""What hangs on a message's arrival: notices count from it, and what never arrived was not said."""

from datetime import datetime
from zoneinfo import ZoneInfo

from briefings.nudge import LEADERSHIP, ORPHANS, Item, is_settled, item_of
from briefings.render import DIGEST
from debt.policy import Policy
from debt.working_time import is_working, next_working
from storage import listings, lists, nudges, people
from storage.artifacts import Change
from storage.nudges import NUDGE, Matter, Why
from storage.outbox import Ledgered
from storage.store import Session

BY = "delivery"
_NOTICES = {NUDGE, ORPHANS}
_ABOUT_ARTIFACTS = {NUDGE, ORPHANS, LEADERSHIP}


async def arrived(session: Session, briefing: Ledgered, policy: Policy, now: datetime) -> None:
    """Before the message is marked as sent, in the same transaction."""
    if briefing.kind not in _NOTICES:
        return
    items = _items(briefing)
    dated = [item.id for item in items if item.why in {Why.DUE, Why.ORPHAN}]
    escalated = [item.id for item in items if item.why is Why.IGNORED]
    change = Change(BY, now, policy)
    day = now.astimezone(ZoneInfo(await _zone(session, briefing))).date()
    await nudges.arrived(session, change, dated, escalated, day)


async def skipped(session: Session, briefing: Ledgered) -> None:
    """A digest that nobody saw counts for no week in vain."""
    if briefing.kind == DIGEST and briefing.channel:
        await listings.take_back(session, briefing.channel, briefing.facts["week"])


async def lost(session: Session, briefing: Ledgered, policy: Policy, now: datetime) -> None:
    """As `skipped`; and a notice that Slack will never take is given again another day."""
    await skipped(session, briefing)
    if briefing.kind not in _NOTICES:
        return
    items, change = _items(briefing), Change(BY, now, policy)
    dated = [item.id for item in items if item.why in {Why.DUE, Why.ORPHAN}]
    await nudges.unsaid(session, policy, dated, change.today)
    if briefing.person:
        others = (item for item in items if item.why is not Why.DUE)
        matters = [Matter(item.id, item.why, change.today) for item in others]
        await nudges.bring_up(session, briefing.person, matters, now)


async def is_pointless(session: Session, briefing: Ledgered) -> bool:
    """Whether all it would ask for has been done meanwhile."""
    if briefing.kind not in _ABOUT_ARTIFACTS:
        return False
    items = _items(briefing)
    known = await lists.several(session, [item.id for item in items])
    return all(is_settled(item, known[item.id], briefing.person) for item in items)


async def not_before(
    session: Session, briefing: Ledgered, policy: Policy, now: datetime
) -> datetime | None:
    """When a person may be spoken to, where that is not now."""
    if briefing.kind != NUDGE:
        return None
    local = now.astimezone(ZoneInfo(await _zone(session, briefing)))
    return None if is_working(local, policy) else next_working(local, policy)


async def _zone(session: Session, briefing: Ledgered) -> str:
    person = await people.person(session, briefing.person) if briefing.person else None
    return person.zone if person else "UTC"


def _items(briefing: Ledgered) -> list[Item]:
    return [item_of(said) for said in briefing.facts["items"]]
