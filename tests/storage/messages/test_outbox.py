"""The ledger of messages: each is claimed by one sender, and none is lost."""

import asyncio
from datetime import datetime, timedelta

import pytest

from storage.database.store import Session, Store
from storage.messages import outbox
from storage.messages.outbox import SENDING_LEASE, LedgerMessage, claim_batch, enqueue
from tests.storage.builders import DANA, NOW, Register

MINUTE = timedelta(minutes=1)


async def written(register: Register, *keys: str, at: datetime = NOW) -> None:
    for key in keys:
        await register.does(enqueue, key, "digest", {"week": 48}, at, channel="C0PAY")


async def claimed(register: Register, at: datetime = NOW, limit: int = 10) -> list[LedgerMessage]:
    return await register.does(claim_batch, at, limit)


async def test_a_key_is_written_once(register: Register) -> None:
    assert await register.does(enqueue, "digest:C0PAY:2026-W48", "digest", {}, NOW, channel="C")
    assert not await register.does(enqueue, "digest:C0PAY:2026-W48", "digest", {}, NOW, channel="C")
    [message] = await register.messages()
    assert (message.state, message.attempts, message.ready_at) == ("due", 0, NOW)


async def test_the_same_key_from_two_planners_at_once_is_written_once(register: Register) -> None:
    calls = (register.does(enqueue, "k", "digest", {}, NOW, person=DANA) for _ in range(6))
    assert sorted(await asyncio.gather(*calls)) == [False] * 5 + [True]


async def test_the_oldest_message_is_claimed_first(register: Register) -> None:
    await written(register, "late", at=NOW)
    await written(register, "early", "early too", at=NOW - MINUTE)
    await written(register, "to come", at=NOW + MINUTE)
    assert [each.key for each in await claimed(register, limit=2)] == ["early", "early too"]
    assert [each.key for each in await claimed(register)] == ["late"]
    assert await claimed(register) == []


async def test_a_claimed_message_is_the_senders_until_the_lease_ends(register: Register) -> None:
    await written(register, "a")
    [mine] = await claimed(register)
    assert (mine.unknown, mine.attempts, mine.facts) == (False, 1, {"week": 48})
    assert await claimed(register, NOW + SENDING_LEASE - timedelta(microseconds=1)) == []
    [unknown] = await claimed(register, NOW + SENDING_LEASE)
    assert (unknown.id, unknown.unknown, unknown.attempts) == (mine.id, True, 2)


async def test_two_senders_never_get_one_message(store: Store, register: Register) -> None:
    await written(register, *(f"m{number}" for number in range(20)))

    async def take() -> list[str]:
        async with store.change() as session:
            return [each.key for each in await claim_batch(session, NOW, 3)]

    taken = [key for mine in await asyncio.gather(*(take() for _ in range(8))) for key in mine]
    assert len(taken) == len(set(taken))
    taken += [each.key for each in await claimed(register, limit=100)]
    assert len(taken) == len(set(taken)) == 20


async def test_what_was_sent_is_never_claimed_again(register: Register) -> None:
    await written(register, "a")
    [mine] = await claimed(register)
    await register.does(outbox.sent, mine.id, "1.0", NOW)
    assert await claimed(register, NOW + timedelta(days=1)) == []
    found = await register.asked(outbox.by_message, "C0PAY", "1.0")
    assert found is not None
    assert (found.key, found.state) == ("a", "sent")
    assert await register.asked(outbox.by_message, "C0PAY", "2.0") is None


async def test_what_slack_did_not_take_is_due_again_and_not_unknown(register: Register) -> None:
    await written(register, "a")
    [mine] = await claimed(register)
    await register.does(outbox.again, mine, NOW + MINUTE, "ratelimited")
    assert await register.asked(outbox.next_ready) == NOW + MINUTE
    assert await claimed(register) == []
    [again] = await claimed(register, NOW + MINUTE)
    assert (again.unknown, again.attempts) == (False, 2)


@pytest.mark.parametrize("late", ["again", "park"])
async def test_a_sender_who_is_late_takes_nothing_back_from_the_next(
    register: Register, late: str
) -> None:
    await written(register, "a")
    [mine] = await claimed(register)
    [theirs] = await claimed(register, NOW + SENDING_LEASE)
    await register.does(outbox.sent, theirs.id, "1.0", NOW)
    if late == "again":
        await register.does(outbox.again, mine, NOW, "ratelimited")
    else:
        await register.does(outbox.park, mine, "no idea")
    assert [m.state for m in await register.messages()] == ["sent"]


async def test_what_cannot_be_decided_waits_for_a_person(register: Register) -> None:
    await written(register, "a")
    [mine] = await claimed(register)
    await register.does(outbox.park, mine, "not among the last 1000 messages")
    assert await claimed(register, NOW + timedelta(days=1)) == []
    assert await register.asked(outbox.parked) == [("a", "not among the last 1000 messages")]
    assert await register.asked(outbox.next_ready) is None


async def test_a_dms_channel_is_kept_before_the_first_send(register: Register) -> None:
    await register.does(enqueue, "ask:1", "ask", {}, NOW, person=DANA)
    [mine] = await claimed(register)
    assert (mine.channel, mine.person) == (None, DANA)
    await register.does(outbox.opened, mine.id, "D0DANA")
    kept = await register.asked(outbox.by_key, "ask:1")
    assert kept is not None
    assert kept.channel == "D0DANA"


async def test_a_message_of_a_failed_unit_of_work_was_never_written(register: Register) -> None:
    async def write_and_fail(session: Session) -> None:
        await enqueue(session, "a", "digest", {}, NOW, channel="C")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await register.does(write_and_fail)
    assert await register.messages() == []
