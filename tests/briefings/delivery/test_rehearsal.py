"""A dry run tells what the real run at the same instant puts on the ledger, and leaves no trace."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from briefings.delivery import consequences
from briefings.delivery.planning import Preview, plan, rehearse
from briefings.delivery.render import render
from debt.artifact.artifact import Label
from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.policy.policy import Leadership, Policy, TeamPolicy, built_in
from debt.rules.hours import Period, Work
from debt.scope import BudgetLine, Scope, ScopeKind
from storage.costs import budgets, hours_log
from storage.database.history import seal
from storage.database.store import Store
from storage.digests import subscriptions
from storage.lifecycle.maintenance import extend
from storage.messages import outbox
from storage.messages.kinds import BriefingKind
from storage.messages.outbox import LedgerMessage
from storage.register.people import keep
from tests.briefings.conftest import MONDAY, WEEK
from tests.debt.builders import ratings
from tests.storage.builders import (
    DANA,
    ERIN,
    LEE,
    SAM,
    Register,
    a_person,
    a_subscription,
    by,
    days,
)

GROWTH = BudgetLine(Scope(ScopeKind.TEAM, "growth"))
NIGHT = MONDAY.replace(hour=3)
NOON = MONDAY.replace(hour=12)
Line = tuple[str, str, str]


@dataclass
class House:
    """Erin leads payments, which has channel and digest; Lee leads growth, which has neither."""

    register: Register
    policy: Policy
    said: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)

    async def tells(self, verb: Any, *args: Any, at: datetime, who: str = DANA, **more: Any) -> Any:
        change = by(who, at=at, policy=self.policy)
        return await self.register.told(change, verb, *args, **more)

    async def logs(self, artifact_id: int, minutes: int, at: datetime) -> None:
        day = at.date()
        await self.tells(
            hours_log.log, artifact_id, minutes, at=at, kind=Work.REWORK, worked_on=day
        )

    async def subscribes(self, channel: str, scope: str, name: str, at: datetime = MONDAY) -> None:
        wanted = a_subscription(
            channel, scope=scope, scope_name=name, zone="UTC", next_at=at, subscriber=SAM
        )
        await self.tells(subscriptions.subscribe, wanted, at=NIGHT)

    async def rehearses(self, at: datetime) -> Sequence[Preview]:
        """As `debt brief --dry-run`; that nothing has changed in the database is held here."""
        before = await _content(self.register.store)
        previews = await rehearse(self.register.store, self.policy, at)
        assert await _content(self.register.store) == before
        return previews

    async def plans(self, at: datetime) -> list[Line]:
        """What this run put on the ledger: recipient and text of each message, in its order."""
        async with self.register.store.read() as session:
            before = await outbox.newest(session)
        await plan(self.register.store, self.policy, at)
        async with self.register.store.read() as session:
            rows = await outbox.written_since(session, before)
            drawn = [(row, await render(session, row, self.policy)) for row in rows]
        self.said.update(row.kind for row in rows)
        self.texts += [message.readable() for _, message in drawn]
        return [(row.kind, _to(row), message.readable()) for row, message in drawn]

    async def passes(self, at: datetime) -> None:
        """A dry run, the real one, and Slack takes what is due."""
        previews = await self.rehearses(at)
        assert _told(previews) == await self.plans(at)
        self.silent |= {preview.to for preview in previews if preview.message is None}
        async with self.register.store.change() as session:
            claimed = await outbox.claim_batch(session, at, 100)
        for briefing in claimed:
            async with self.register.store.change() as session:
                await consequences.arrived(session, briefing, self.policy, at)
                await seal(session)
                await outbox.sent(session, briefing.id, f"{briefing.id}.0", at)


def _to(row: LedgerMessage) -> str:
    return row.channel or str(row.person)


def _told(previews: Sequence[Preview]) -> list[Line]:
    return [(each.kind, each.to, each.message.readable()) for each in previews if each.message]


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


@pytest.fixture
async def house(register: Register) -> House:
    teams = {"payments": TeamPolicy(lead=ERIN), "growth": TeamPolicy(lead=LEE)}
    policy = built_in()
    changes = {
        "teams": teams,
        "leadership": Leadership(channel="C0LEADERS"),
        "trend": policy.trend.model_copy(update={"top_least": 2}),
    }
    for who in (DANA, ERIN, SAM, LEE):
        await register.does(keep, a_person(who))
    return House(register, policy.model_copy(update=changes))


async def test_a_budget_that_goes_over_after_the_daily_look_is_told_tomorrow_in_a_dry_run_too(
    house: House,
) -> None:
    """All budgets are looked at once a day, early."""
    limits = BudgetLimits(120)
    await house.register.holds(team="growth", owner=SAM)
    await house.tells(budgets.put, GROWTH, BudgetPeriod(Period.QUARTER), limits, who=LEE, at=NIGHT)
    await house.plans(NIGHT)
    await house.logs(1, 180, NOON)
    assert _told(await house.rehearses(NOON)) == await house.plans(NOON) == []
    tomorrow = NIGHT + days(1)
    told = _told(await house.rehearses(tomorrow))
    assert [to for kind, to, _ in told if kind == BriefingKind.BUDGET_TURNED] == [LEE]
    assert told == await house.plans(tomorrow)


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
    previews = _told(await house.rehearses(MONDAY))
    assert previews == await house.plans(MONDAY)
    assert (await house.register.artifact()).lapsed_on == MONDAY.date()


async def test_week_by_week_a_dry_run_tells_what_the_real_run_then_says(house: House) -> None:
    """Eight weeks in which owners ignore what they are told, and a team spends past its budget."""
    await _neglected(house)
    for week in range(8):
        monday = MONDAY + week * WEEK
        for at in (monday.replace(hour=3), monday, monday + days(2)):
            await house.passes(at)
        await house.logs(_SPENT, 120, monday)
    assert "C0QUIET" in house.silent
    said = "\n".join(house.texts)
    assert house.said == _PLANNED
    for words in _HEARD:
        assert words in said


_SPENT = 8
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


async def _neglected(house: House) -> None:
    """Something of every kind that a run has to speak of, now or in some weeks."""
    today, register = MONDAY.date(), house.register
    for channel, scope, name in (
        ("C0ALL", "all", ""),
        ("C0PAY", "team", "payments"),
        ("C0QUIET", "team", "quiet"),
    ):
        await house.subscribes(channel, scope, name)
    await register.holds(expires_on=today - days(10), ratings=ratings(4, 4, 5, 4))
    await register.holds(label=Label.EXPERIMENTAL, expires_on=today + days(5))
    await register.holds(owner=SAM, owner_gone=True)
    await register.holds(expires_on=today + days(30), extensions=3)
    for _ in range(3):
        await register.holds(team="growth", repo="acme/growth", owner=None, surface="production")
    await register.holds(team="growth", repo="acme/growth", owner=SAM)
    limits = BudgetLimits(120)
    await house.tells(budgets.put, GROWTH, BudgetPeriod(Period.QUARTER), limits, who=LEE, at=NIGHT)
    await house.tells(extend, 4, today + days(90), "it is still used", at=NIGHT)


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
    assert _told(previews) == await house.plans(NOON) != []
