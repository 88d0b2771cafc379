"""Who is told what, when several planners, senders and people are at it at once."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from briefings.delivery import consequences
from briefings.notices.nudge_plan import nudge_all
from debt.change import Change
from debt.refusal import Refused
from storage.database.history import seal
from storage.database.store import Store
from storage.lifecycle.maintenance import extend, review
from storage.lifecycle.ownership import claim
from storage.messages import outbox
from storage.messages.kinds import BriefingKind
from storage.messages.outbox import LedgerMessage
from storage.register.people import keep
from storage.tables import Briefing
from tests.briefings.conftest import MONDAY
from tests.storage.builders import LEE, POLICY, SAM, Register, a_person, by, days

PEOPLE = [f"U{number}" for number in range(10)]
TODAY = MONDAY.date()
PLANNED = Change("schedule", datetime(2026, 11, 30, 11, tzinfo=UTC), POLICY)


async def _owning(register: Register) -> None:
    """Everybody has four artifacts that end soon, among one another in the order of their keys."""
    for who in PEOPLE:
        await register.does(keep, a_person(who))
    for number in range(40):
        await register.holds(owner=PEOPLE[number % 10], expires_on=TODAY + days(number % 9))


async def _nudges(register: Register) -> list[Briefing]:
    return [each for each in await register.messages() if each.kind == BriefingKind.NUDGE]


async def test_two_planners_at_once_tell_everybody_once(
    register: Register, store: Store, database_url: str
) -> None:
    await _owning(register)
    other = Store(database_url)
    async with asyncio.timeout(60):
        await asyncio.gather(*(nudge_all(each, PLANNED) for each in (store, other, store)))
    await other.close()
    assert Counter(each.person for each in await _nudges(register)) == dict.fromkeys(PEOPLE, 1)
    told = [(await register.artifact(number)).expiry_told for number in range(1, 41)]
    assert set(told) == {TODAY}


async def test_messages_arrive_and_are_lost_while_people_act_and_nobody_waits_for_ever(
    register: Register, store: Store
) -> None:
    """What arrives moves end dates, and what people do makes the same messages stale."""
    await _owning(register)
    await nudge_all(store, PLANNED)
    claimed = await register.does(outbox.claim_batch, PLANNED.at, 10)
    assert len(claimed) == 10
    calls: list[Any] = [_settled(store, each, lost=n % 3 == 0) for n, each in enumerate(claimed)]
    for number in range(1, 41):
        until, owner = TODAY + days(40), PEOPLE[(number - 1) % 10]
        calls += [
            register.told(by(owner, at=PLANNED.at), review, number),
            register.told(by(owner, at=PLANNED.at), extend, number, until, "it is used"),
            register.told((SAM, LEE)[number % 2], claim, number),
        ]
    async with asyncio.timeout(100):
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [each for each in outcomes if isinstance(each, BaseException)
            and not isinstance(each, Refused)] == []  # fmt: skip
    assert await register.fault() is None
    for number in range(1, 41):
        await _has_full_notice(register, number)


async def _settled(store: Store, briefing: LedgerMessage, *, lost: bool) -> None:
    """As the sender does once Slack has taken a message, or never will."""
    async with store.change() as session:
        if lost:
            await consequences.lost(session, briefing, POLICY, PLANNED.at)
            await seal(session)
            await outbox.park(session, briefing, "refused")
        else:
            await consequences.arrived(session, briefing, POLICY, PLANNED.at)
            await seal(session)
            await outbox.sent(session, briefing.id, "1.0", PLANNED.at)


async def _has_full_notice(register: Register, number: int) -> None:
    artifact = await register.artifact(number)
    ends: date | None = artifact.expires_on
    assert ends is not None
    assert artifact.expiry_noticed_on is None or ends >= artifact.expiry_noticed_on + days(14)
