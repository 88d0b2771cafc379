"""History: what happened, in a chain that cannot be rewritten unnoticed."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from debt.refusal import Refused
from debt.rules.hours import Work
from storage.costs.hours_log import log, reverse
from storage.database import history
from storage.database.history import ChainHead, chain_fault, head
from storage.database.store import Session, Store, postgres
from storage.digests.subscriptions import pause, subscribe, unsubscribe
from storage.lifecycle.maintenance import extend, rate, review
from storage.lifecycle.ownership import answer, claim, handoff, release
from storage.lifecycle.registration import edit
from storage.register.people import owner_is
from tests.storage.builders import (
    DANA,
    LEE,
    NOW,
    SAM,
    TODAY,
    Register,
    a_person,
    a_subscription,
    by,
    days,
)


async def a_story(register: Register) -> None:
    """Four entries about two artifacts."""
    await register.holds()
    await register.holds(owner=None)
    await register.told(SAM, claim, 2)
    await register.told(by(DANA, at=NOW + days(1)), rate, 1, {"risk": 4}, "it moves “money” \\ 🤖")


VERBS: dict[str, Callable[[Register], Awaitable[object]]] = {
    "claim": lambda it: it.told(SAM, claim, 2),
    "release": lambda it: it.told(DANA, release, 1),
    "extend": lambda it: it.told(DANA, extend, 1, date(2027, 6, 30), "audit"),
    "review": lambda it: it.told(DANA, review, 1),
    "edit": lambda it: it.told(SAM, edit, 1, {"responder": "@sre", "usage": "nightly"}),
    "rate": lambda it: it.told(DANA, rate, 1, {"risk": 4}),
    "log": lambda it: it.told(DANA, log, 1, 30, kind=Work.REVIEW, worked_on=TODAY),
    "reverse": lambda it: it.told(DANA, reverse, 1),
    "accept": lambda it: it.told(LEE, answer, 1, accept=True),
    "owner left": lambda it: it.told("slack", owner_is, DANA, None),
    "subscribe": lambda it: it.told(DANA, subscribe, a_subscription("C0NEW")),
    "pause": lambda it: it.told("delivery", pause, "C0PAY", "archived"),
    "unsubscribe": lambda it: it.told(DANA, unsubscribe, "C0PAY"),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_every_verb_writes_exactly_one_entry(register: Register, verb: str) -> None:
    await register.holds()
    await register.holds(owner=None)
    await register.told(DANA, log, 1, 30, kind=Work.REVIEW, worked_on=TODAY)
    await register.told(DANA, handoff, 1, a_person(LEE))
    await register.told(DANA, subscribe, a_subscription())
    before = await register.count()
    await VERBS[verb](register)
    assert await register.count() == before + 1
    assert await register.fault() is None


async def test_an_entry_tells_who_when_what_before_what_after_and_why(register: Register) -> None:
    await register.holds()
    await register.told(by(DANA, at=NOW + days(1)), extend, 1, date(2027, 6, 30), "audit in June")
    entry = await register.last_entry()
    assert entry.public() == {
        "id": 2,
        "at": "2026-11-25T09:30:00+00:00",
        "by": DANA,
        "artifact": "D-1",
        "action": "extend",
        "before": {"expires_on": "2027-06-01", "extensions": 0, "extended_days": 0},
        "after": {"expires_on": "2027-06-30", "extensions": 1, "extended_days": 29},
        "reason": "audit in June",
        "hash": entry.hash,
    }


async def test_the_first_entry_tells_all_and_has_no_before(register: Register) -> None:
    await register.holds(name="payments bridge")
    [entry] = await register.entries()
    assert entry.before is None
    assert entry.after is not None
    assert (entry.after["name"], entry.after["risk"]) == ("payments bridge", 2)
    assert None not in entry.after.values()


async def test_a_refused_verb_writes_nothing(register: Register) -> None:
    await register.holds()
    before = await register.count(), await register.artifact()
    for verb in (
        register.told(DANA, claim, 1),
        register.told(SAM, release, 1),
        register.told(DANA, extend, 1, TODAY, "late"),
        register.told(SAM, reverse, 1),
    ):
        with pytest.raises(Refused):
            await verb
    assert (await register.count(), await register.artifact()) == before
    assert await register.messages() == []


async def test_an_exception_after_the_verb_takes_everything_back(register: Register) -> None:
    await register.holds(owner=None)

    async def claim_and_fail(session: Session) -> None:
        await claim(session, by(SAM), 1)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await register.does(claim_and_fail)
    assert (await register.owner(), await register.count()) == (None, 1)


async def test_several_verbs_in_one_unit_of_work_are_chained_in_their_order(
    register: Register,
) -> None:
    await register.holds()

    async def both(session: Session) -> None:
        await review(session, by(DANA), 1)
        await rate(session, by(DANA), 1, {"risk": 4})

    await register.does(both)
    assert [entry.action for entry in await register.entries()] == ["import", "review", "score"]
    assert await register.fault() is None


async def test_a_chain_nobody_touched_verifies(register: Register) -> None:
    assert await register.fault() is None
    await a_story(register)
    assert await register.fault() is None
    kept = await register.asked(head)
    assert kept.entries == 4
    await register.told(DANA, review, 1)
    assert await register.asked(chain_fault, kept) is None


async def _behind_its_back(store: Store, statement: str, **values: object) -> None:
    """What somebody with the database's keys can do once they have taken the triggers off."""
    async with store.change() as session:
        if postgres(session):
            await session.execute(text("ALTER TABLE history DISABLE TRIGGER ALL"))
        else:
            for trigger in ("update", "delete", "replace"):
                await session.execute(text(f"DROP TRIGGER history_no_{trigger}"))
        await session.execute(text(statement), values)


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'no reason'",
        "\"by\" = 'U0EVE'",
        "action = 'nothing'",
        "artifact_id = 2",
        "artifact_id = NULL",
        "before = NULL",
        "after = '{}'",
        "hash = 'aa'",
    ],
)
async def test_a_changed_entry_is_found(store: Store, register: Register, change: str) -> None:
    await a_story(register)
    await register.told(DANA, review, 1)
    await _behind_its_back(store, f"UPDATE history SET {change} WHERE id = 4")
    assert await register.fault() == "history entry 4 was changed"


async def test_an_entry_at_another_time_is_found(store: Store, register: Register) -> None:
    await a_story(register)
    earlier = (NOW - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    zone = "+00" if not store.sqlite else ""
    await _behind_its_back(store, f"UPDATE history SET at = '{earlier}{zone}' WHERE id = 2")
    assert await register.fault() == "history entry 2 was changed"


@pytest.mark.parametrize("number", [1, 3])
async def test_a_missing_entry_is_found(store: Store, register: Register, number: int) -> None:
    await a_story(register)
    await _behind_its_back(store, "DELETE FROM history WHERE id = :id", id=number)
    assert await register.fault() == f"history entry {number} is missing"


async def test_a_truncated_end_is_found(store: Store, register: Register) -> None:
    await a_story(register)
    await _behind_its_back(store, "DELETE FROM history WHERE id >= 3")
    assert await register.fault() == "history ends at entry 2; the register noted 4"


async def test_a_truncated_end_that_the_register_agrees_with_is_found_by_the_kept_head(
    store: Store, register: Register
) -> None:
    await a_story(register)
    kept = await register.asked(head)
    third = (await register.entries())[2]
    await _behind_its_back(store, "DELETE FROM history WHERE id = 4")
    async with store.change() as session:
        noted = "UPDATE register_head SET entries = 3, hash = :hash"
        await session.execute(text(noted), {"hash": third.hash})
    assert await register.fault() is None
    assert await register.asked(chain_fault, kept) == "history ends at entry 3; 4 were kept"


async def test_a_chain_written_anew_is_found_by_the_kept_head(register: Register) -> None:
    await a_story(register)
    kept = ChainHead(3, "f" * 64)
    assert await register.asked(chain_fault, kept) == (
        "history entry 3 is not the one whose hash was kept"
    )
    assert await register.asked(chain_fault, ChainHead(0, history.GENESIS)) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET reason = 'none' WHERE id = 1",
        "UPDATE history SET hash = hash",
        "DELETE FROM history WHERE id = 1",
        "DELETE FROM history",
        "TRUNCATE history",
        "TRUNCATE artifact CASCADE",
        "INSERT OR REPLACE INTO history SELECT * FROM history WHERE id = 1",
    ],
)
async def test_the_database_itself_refuses_to_rewrite_history(
    store: Store, register: Register, statement: str
) -> None:
    await a_story(register)
    with pytest.raises(DBAPIError) as refused:
        async with store.change() as session:
            await session.execute(text(statement))
    foreign = "TRUNCATE" in statement if store.sqlite else "REPLACE" in statement
    assert ("syntax error" if foreign else "history is append-only") in str(refused.value.orig)
    assert await register.fault() is None


async def test_history_is_read_by_artifact_and_since_a_day(
    store: Store, register: Register
) -> None:
    await a_story(register)
    assert [entry.id for entry in await register.entries(artifact_id=1)] == [1, 4]
    async with store.read() as session:
        tomorrow = datetime.combine(TODAY + days(1), time.min, UTC)
        since = [entry.id async for entry in history.entries(session, since=tomorrow)]
        newest = await history.last_entries(session, 1, 1)
    assert since == [4]
    assert [entry.id for entry in newest] == [4]


async def test_an_artifacts_history_is_read_back_from_any_entry(register: Register) -> None:
    await a_story(register)
    for number in range(5):
        await register.told(by(DANA, at=NOW + days(number)), review, 1)
        await register.told(DANA, log, 2, 5, kind=Work.REVIEW, worked_on=TODAY)
    read: list[int] = []
    while page := await register.asked(history.last_entries, 1, 3, read[-1] if read else None):
        read += [entry.id for entry in page]
    assert read == [13, 11, 9, 7, 5, 4, 1]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
async def test_a_long_history_is_read_to_its_end(
    store: Store, register: Register, size: int
) -> None:
    await a_story(register)
    async with store.read() as session:
        read = [entry.id async for entry in history.entries(session, size=size)]
    assert read == [1, 2, 3, 4]
    assert await register.asked(chain_fault, size=size) is None


async def test_what_is_written_while_the_chain_is_read_is_no_fault(
    store: Store, register: Register
) -> None:
    await a_story(register)
    async with store.read() as session:
        reading = history.entries(session, size=2)
        first = await anext(reading)
        await register.told(DANA, review, 1)
        rest = [entry.id async for entry in reading]
        noted = await head(session)
    assert [first.id, *rest] == [1, 2, 3, 4]
    assert noted.entries == 4


async def test_nothing_is_a_null_that_an_auditor_can_ask_for(
    store: Store, register: Register
) -> None:
    await register.holds()
    async with store.read() as session:
        found = await session.execute(text("SELECT count(*) FROM history WHERE before IS NULL"))
        assert found.scalar_one() == 1


async def test_the_hash_is_what_the_description_says(register: Register) -> None:
    """SHA-256 over the previous hash and the entry's JSON: anybody can check it without us."""
    await register.holds()
    [entry] = await register.entries()
    said = entry.public()
    said["artifact_id"] = 1
    for name in ("hash", "artifact"):
        del said[name]
    text_of = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert entry.hash == sha256(("0" * 64 + text_of).encode()).hexdigest()
