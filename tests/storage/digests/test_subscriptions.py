"""Which channel gets which digest."""

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from debt.refusal import Refused
from storage.database.store import Store
from storage.digests.subscriptions import due, pause, subscribe, subscription, unsubscribe
from storage.tables import Subscription
from tests.storage.builders import DANA, NOW, SAM, Register, a_subscription, by, days


async def _due(register: Register, later: int = 7) -> list[str]:
    return [each.channel for each in await register.does(due, NOW + days(later))]


async def test_a_channel_has_one_digest_and_the_later_word_counts(register: Register) -> None:
    await register.told(DANA, subscribe, a_subscription())
    await register.told(SAM, subscribe, a_subscription(scope="team", scope_name="payments"))
    kept = await register.asked(subscription, "C0PAY")
    assert kept is not None
    assert (kept.scope, kept.scope_name, kept.next_at) == ("team", "payments", NOW + days(6))
    first, second = await register.entries()
    assert (first.by, first.before) == (DANA, None)
    assert first.after is not None
    assert second.after is not None
    assert second.before == first.after
    assert (second.before["scope"], second.after["scope"]) == ("all", "team")


async def test_a_new_word_on_a_digest_forgets_no_delivery_and_ends_a_pause(
    register: Register,
) -> None:
    await register.told(DANA, subscribe, a_subscription(last_at=NOW))
    await register.told("delivery", pause, "C0PAY", "the channel is archived")
    await register.told(DANA, subscribe, a_subscription(weekday=2))
    kept = await register.asked(subscription, "C0PAY")
    assert kept is not None
    assert (kept.last_at, kept.paused, kept.weekday) == (NOW, None, 2)


async def test_two_who_subscribe_one_channel_at_once_both_get_an_answer(
    register: Register,
) -> None:
    asked = (register.told(who, subscribe, a_subscription()) for who in (DANA, SAM) * 4)
    answers = await asyncio.gather(*asked)
    assert {each.channel for each in answers} == {"C0PAY"}
    assert [entry.before is None for entry in await register.entries()] == [True] + [False] * 7
    assert await register.fault() is None


async def test_a_digest_ends_once(register: Register) -> None:
    await register.told(DANA, subscribe, a_subscription())
    await register.told(SAM, unsubscribe, "C0PAY")
    assert await register.asked(subscription, "C0PAY") is None
    assert (await register.last_entry()).after is None
    with pytest.raises(Refused, match="gets no digest"):
        await register.told(SAM, unsubscribe, "C0PAY")
    assert await register.count() == 2


async def test_due_is_what_has_come_the_oldest_first(register: Register) -> None:
    for channel, next_at in {"C2": 2, "C1": 1, "C3": 3}.items():
        await register.told(DANA, subscribe, a_subscription(channel, next_at=NOW + days(next_at)))
    assert await _due(register, 0) == []
    assert await _due(register, 2) == ["C1", "C2"]
    assert await _due(register, 3) == ["C1", "C2", "C3"]


async def test_what_cannot_be_delivered_pauses_and_its_subscriber_is_told_once(
    register: Register,
) -> None:
    await register.told(DANA, subscribe, a_subscription())
    await register.told("delivery", pause, "C0PAY", "the channel is archived")
    await register.told(by("delivery", at=NOW + days(1)), pause, "C0PAY", "still archived")
    await register.told("delivery", pause, "C0NONE", "no such channel")
    assert await _due(register) == []
    [message] = await register.messages()
    assert (message.kind, message.person) == ("paused", DANA)
    assert message.facts == {"channel": "C0PAY", "why": "the channel is archived"}
    assert [entry.action for entry in await register.entries()] == [
        "subscribe",
        "subscription paused",
    ]


async def test_two_planners_never_take_the_same_channel(store: Store, register: Register) -> None:
    for number in range(4):
        await register.told(DANA, subscribe, a_subscription(f"C{number}", next_at=NOW))

    async def plan() -> list[str]:
        async with store.change() as session:
            mine = await due(session, NOW, limit=2)
            for each in mine:
                each.next_at = NOW + days(7)
                session.add(each)
            return [each.channel for each in mine]

    planned = [channel for mine in await asyncio.gather(plan(), plan(), plan()) for channel in mine]
    assert len(planned) == len(set(planned))
    left = [each.channel for each in await register.does(due, NOW)]
    assert sorted(planned + left) == ["C0", "C1", "C2", "C3"]


async def test_instants_come_back_aware_and_in_utc(register: Register) -> None:
    berlin = datetime(2026, 11, 30, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    await register.told(DANA, subscribe, a_subscription(next_at=berlin))
    kept: Subscription | None = await register.asked(subscription, "C0PAY")
    assert kept is not None
    assert kept.next_at == berlin
    assert kept.next_at.tzinfo is UTC
