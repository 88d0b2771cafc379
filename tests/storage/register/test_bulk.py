"""Many rows at once: what is new, what differs, and nobody gets in between."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from sqlalchemy import select

from debt.artifact.columns import Facts
from debt.artifact.evidence import declared
from storage.lifecycle import ownership
from storage.register import artifacts, bulk, evidence, refresh
from storage.register.bulk import BulkOutcome, BulkRow
from storage.register.queries import teams
from storage.tables import ARTIFACT
from tests.storage.builders import DANA, NOW, POLICY, Register, by, days

WHY = "imported from register.csv"


def a_row(line: int = 2, key: int | None = None, **facts: object) -> BulkRow:
    said = {"name": "retry worker", "repo": "acme/pay", "paths": ("src/**",)}
    return BulkRow(line, key, Facts(**said | facts))  # type: ignore[typeddict-item]  # tests name the facts they mean


async def put(register: Register, *rows: BulkRow, highest: int = 0) -> BulkOutcome:
    async with register.store.change() as session:
        await bulk.begin(session, highest)
        return await bulk.put(session, by(DANA), rows, WHY)


async def test_rows_without_a_key_get_the_next_ones_in_their_order(register: Register) -> None:
    await register.holds()
    outcome = await put(register, a_row(name="first"), a_row(name="second"))
    assert outcome == BulkOutcome(created=2)
    assert [(await register.artifact(key)).name for key in (2, 3)] == ["first", "second"]


async def test_rows_without_a_key_never_take_one_that_the_file_names(register: Register) -> None:
    await put(register, a_row(name="any"), a_row(key=1, name="one"), highest=1)
    assert (await register.artifact(1)).name == "one"
    assert (await register.artifact(2)).name == "any"


async def test_a_refused_row_is_told_by_line_and_field_and_the_others_go_on(
    register: Register,
) -> None:
    outcome = await put(register, a_row(line=2, kind="strange"), a_row(line=3))
    assert outcome.created == 1
    (fault,) = outcome.faults
    assert (fault.line, fault.field) == (2, "kind")


async def test_the_history_of_every_chunk_is_one_chain(register: Register) -> None:
    async with register.store.change() as session:
        await bulk.begin(session)
        for _ in range(3):
            await bulk.put(session, by(DANA), [a_row(), a_row()], WHY)
    assert await register.count() == 6
    assert await register.fault() is None


async def test_an_amended_row_has_its_standing_renewed(register: Register) -> None:
    old = await register.holds(name="retry worker", repo="acme/pay", paths=("src/**",))
    late = NOW.date() - days(3)
    await put(register, a_row(key=old.id, expires_on=late))
    async with register.store.read() as session:
        found = await session.execute(select(ARTIFACT.c.attention, ARTIFACT.c.due_on))
    assert tuple(found.one()) == (True, late)
    assert (await register.last_entry()).before == {"expires_on": old.expires_on.isoformat()}  # type: ignore[union-attr]  # the artifact was given an end date


async def test_a_new_team_can_be_chosen_from_then_on(register: Register) -> None:
    old = await register.holds(name="retry worker", repo="acme/pay", paths=("src/**",))
    await put(register, a_row(key=old.id, team="growth"), a_row(team="data"))
    assert await register.asked(teams) == ["data", "growth", "payments"]


async def test_people_and_an_import_wait_for_each_other_and_both_are_done(
    register: Register,
) -> None:
    await register.holds(owner=None)
    key_taken = asyncio.Event()

    async def add() -> None:
        async with register.store.change() as session:
            await artifacts.next_ids(session, 1)
            key_taken.set()
            await bulk.put(session, by(DANA), [a_row()], WHY)

    async def meanwhile(work: Coroutine[Any, Any, object]) -> None:
        await key_taken.wait()
        await work

    many = [a_row(name=f"row {number}") for number in range(200)]
    await asyncio.gather(
        add(),
        meanwhile(put(register, *many)),
        meanwhile(register.told(DANA, ownership.claim, 1)),
        meanwhile(register.told(DANA, refresh.follow_policy)),
        meanwhile(put(register, a_row())),
    )
    assert await register.owner(1) == DANA
    assert await register.fault() is None
    assert len(await register.entries()) == 1 + 200 + 1 + 1 + 1 + 1


async def test_the_whole_register_is_read_in_the_order_of_its_keys(register: Register) -> None:
    await put(register, *[a_row() for _ in range(5)])
    async with register.store.read() as session:
        assert [artifact.id async for artifact in bulk.everybody(session)] == [1, 2, 3, 4, 5]


async def test_standings_that_follow_another_policy_are_left_alone(register: Register) -> None:
    assert not await register.asked(refresh.follows_another, POLICY)
    await register.told(DANA, refresh.follow_policy)
    assert not await register.asked(refresh.follows_another, POLICY)
    stricter = POLICY.model_copy(update={"teams": {}})
    assert await register.asked(refresh.follows_another, stricter)


async def test_what_a_spreadsheet_puts_on_the_register_was_declared_by_a_person(
    register: Register,
) -> None:
    await put(register, a_row(origin_tool="Cursor", origin_model="gpt-5"))
    await put(register, a_row(key=1, name="renamed"))
    async with register.store.read() as session:
        assert await evidence.of(session, 1) == (declared("Cursor", "gpt-5"),)
