"""A dry run tells what the real run at the same instant puts on the ledger, and leaves no trace."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from briefings.delivery.planning import Preview, rehearse
from briefings.delivery.render import render
from debt.artifact.artifact import Label
from storage.database.store import Store
from storage.lifecycle.maintenance import extend
from storage.messages.kinds import BriefingKind
from tests.briefings.conftest import MONDAY, WEEK
from tests.briefings.delivery.house import GROWTH, NIGHT, SPENT, House, a_house, neglected
from tests.storage.builders import DANA, LEE, SAM, Register, by, days

NOON = MONDAY.replace(hour=12)
Line = tuple[str, str, str]
"""A kind, a recipient, a text."""


@pytest.fixture
async def house(register: Register) -> House:
    return await a_house(register)


async def rehearsed(house: House, at: datetime) -> Sequence[Preview]:
    """As `debt brief --dry-run`; that nothing has changed in the database is held here."""
    before = await _content(house.register.store)
    previews = await rehearse(house.register.store, house.policy, at)
    assert await _content(house.register.store) == before
    return previews


async def _content(store: Store) -> list[Any]:
    """Every row of every table; of a SQLite file, every byte."""
    async with store.read() as session:
        tables = SQLModel.metadata.sorted_tables
        rows: list[Any] = [
            sorted(map(repr, await session.execute(select(table)))) for table in tables
        ]
    assert sum(map(len, rows)) > 0
    files = [Path(f"{store.url.database}{end}") for end in ("", "-wal")] if store.sqlite else []
    return rows + [file.read_bytes() for file in files]


def lines(previews: Sequence[Preview]) -> list[Line]:
    return [(each.kind, each.to, each.message.readable()) for each in previews if each.message]


async def planned(house: House, at: datetime) -> list[Line]:
    """What the real run puts on the ledger, drawn once it is done."""
    rows = await house.plans(at)
    async with house.register.store.read() as session:
        drawn = [await render(session, row, house.policy) for row in rows]
    return [
        (row.kind, row.channel or str(row.person), message.readable())
        for row, message in zip(rows, drawn, strict=True)
    ]


async def test_a_budget_that_goes_over_after_the_daily_look_is_told_tomorrow_in_a_dry_run_too(
    house: House,
) -> None:
    """All budgets are looked at once a day, early."""
    await house.register.holds(team="growth", owner=SAM)
    await house.allows(GROWTH, 2)
    await house.plans(NIGHT)
    await house.logs(1, 180, NOON)
    assert lines(await rehearsed(house, NOON)) == await planned(house, NOON) == []
    tomorrow = NIGHT + days(1)
    told = lines(await rehearsed(house, tomorrow))
    assert [to for kind, to, _ in told if kind == BriefingKind.BUDGET_TURNED] == [LEE]
    assert told == await planned(house, tomorrow)


async def test_what_lapses_the_same_morning_is_shown_as_lapsed_by_a_dry_run_too(
    house: House,
) -> None:
    """Its digest is written first and drawn when it is sent."""
    noticed = MONDAY.date() - days(16)
    await house.register.holds(
        label=Label.EXPERIMENTAL,
        expires_on=MONDAY.date() - days(2),
        expiry_told=noticed,
        expiry_noticed_on=noticed,
    )
    await house.subscribes("C0PAY", "team", "payments")
    assert lines(await rehearsed(house, MONDAY)) == await planned(house, MONDAY)
    assert (await house.register.artifact()).lapsed_on == MONDAY.date()


async def test_week_by_week_a_dry_run_tells_what_the_real_run_then_says(house: House) -> None:
    """Eight weeks in which owners ignore what they are told, and a team spends past its budget."""
    await neglected(house)
    said: list[Line] = []
    silent: set[str] = set()
    for week in range(8):
        monday = MONDAY + week * WEEK
        for at in (monday.replace(hour=3), monday, monday + days(2)):
            previews = await rehearsed(house, at)
            said += (new := await planned(house, at))
            assert lines(previews) == new
            silent |= {preview.to for preview in previews if preview.message is None}
            await house.delivers(at)
        await house.logs(SPENT, 120, monday)
    assert "C0QUIET" in silent
    assert {kind for kind, _, _ in said} == _PLANNED
    texts = "\n".join(text for _, _, text in said)
    assert [words for words in _HEARD if words not in texts] == []


_PLANNED = {
    BriefingKind.DIGEST,
    BriefingKind.NUDGE,
    BriefingKind.ORPHANS,
    BriefingKind.LEADERSHIP,
    BriefingKind.APPROVAL,
    BriefingKind.DECISION,
    BriefingKind.BUDGET_TURNED,
}
"""All but what scans, senders and people put on the ledger."""
_HEARD = (
    "lapsed Dec 16, 2026",
    "has had most artifacts in need of somebody since",
    "was told in time and has not decided",
    "the digest has listed it since",
    "no longer over since",
    "Still waiting for a decision",
    "nobody decided it in time",
)


async def test_who_changes_something_during_a_dry_run_never_fails_for_its_sake(
    house: House, database_url: str
) -> None:
    """It waits for what they hold, and they for what it holds: it gives way, and begins anew."""
    for _ in range(2):
        await house.register.holds(expires_on=MONDAY.date() + days(14))
    await house.plans(NIGHT - days(1))
    other = Store(database_url)
    try:
        async with asyncio.timeout(60), other.change() as session:
            change = by(DANA, at=NOON, policy=house.policy)
            await extend(session, change, 1, MONDAY.date() + days(60), "it is used")
            rehearsal = asyncio.create_task(rehearse(house.register.store, house.policy, NOON))
            await asyncio.sleep(2)  # twice as long as until PostgreSQL looks for deadlocks
        previews = await rehearsal
    finally:
        await other.close()
    assert (await house.register.artifact()).extensions == 1
    assert lines(previews) == await planned(house, NOON) != []
