"""Where every budget of a large organization stands, against one bare statement of sums, on SQLite
and on PostgreSQL.
"""

import gc
import math
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy import func, insert, select

from benchmarks.registers import NOW, days_after, fill, register, settle
from briefings.parts.budgets import standings
from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.change import Change
from debt.policy.policy import built_in
from debt.rules.hours import Period, span
from debt.scope import BudgetLine, Scope, ScopeKind
from storage.costs import usage
from storage.database.store import Session, Store
from storage.tables import ARTIFACT, BUDGET, HOURS
from tests import postgres

TIMES = 9
A, H = ARTIFACT.c, HOURS.c
Ask = Callable[[Session], Awaitable[object]]
CHANGE = Change("bench", NOW, built_in())
MONTH = span(Period.MONTH, CHANGE.today, CHANGE.policy.sprint)
# A year of work: each entry is of the artifact `a`, in the team, repository and service it has.
_WORK = """
    WITH RECURSIVE number(n) AS (
        SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM number WHERE n < :count
    ),
    worked(n, a) AS (SELECT n, 1 + (n * 7919) % :artifacts FROM number)
    INSERT INTO hours (artifact_id, team, repo, service, person, minutes, kind, worked_on, note, at)
    SELECT a, 'team-' || (a % (:artifacts / 100)), 'acme/service-' || (a % (:artifacts / 50)),
        'service-' || (a % (:artifacts / 200)), 'U1', 15 + (n % 8) * 15, 'rework',
        {worked_on}, '', '2026-11-30 00:00:00+00'
    FROM worked
"""
_PARTS = ((ScopeKind.TEAM, "team-", 5), (ScopeKind.REPO, "acme/service-", 3))


async def _work(store: Store, artifacts: int, entries: int) -> None:
    asked = {"count": entries, "artifacts": artifacts}
    year_ago = CHANGE.today - timedelta(days=364)
    async with store.change() as session:
        worked_on = days_after(session, year_ago, "n % 365")
        await fill(session, HOURS, _WORK.format(worked_on=worked_on), asked)
    await settle(store)


async def _budgets(store: Store, scopes: int) -> None:
    """Half of them of teams, three in ten of repositories, two in ten of services."""
    usual = {"only": "", "from_on": MONTH.first - timedelta(days=90), "at": NOW, "set_by": "U1"}
    usual |= {"period": BudgetPeriod(Period.MONTH).length, "minutes": BudgetLimits(2_400).minutes}
    usual |= {"ends": False}
    names = [
        (kind, f"{name}{number}")
        for kind, name, tenths in (*_PARTS, (ScopeKind.SERVICE, "service-", 2))
        for number in range(scopes * tenths // 10)
    ]
    rows = [usual | {"scope": kind, "scope_name": name} for kind, name in names]
    async with store.change() as session:
        await (await session.connection()).execute(insert(BUDGET), rows)


async def _seconds(store: Store, asks: Sequence[Ask]) -> list[float]:
    """The quickest answer to each, asked by turns, so that a busy machine is unfair to nobody; with
    the collector as `debt serve` has it.
    """
    gc.collect()
    gc.freeze()
    quickest = [math.inf for _ in asks]
    for _ in range(TIMES):
        for number, ask in enumerate(asks):
            async with store.read() as session:
                started = time.perf_counter()
                await ask(session)
                took = time.perf_counter() - started
            quickest[number] = min(quickest[number], took)
    return quickest


async def _bare(session: Session) -> object:
    """The same for every team, as one statement: what nobody could ask for less."""
    month = H.worked_on.between(MONTH.first, MONTH.last)
    worked = select(H.team, func.sum(H.minutes).label("minutes")).where(month).group_by(H.team)
    sums = func.sum(A.expected_minutes), func.sum(A.score), func.count()
    live = select(A.team, *sums).where(A.live).group_by(A.team).subquery()
    there = worked.subquery()
    both = select(live, func.coalesce(there.c.minutes, 0))
    return (await session.execute(both.outerjoin(there, there.c.team == live.c.team))).all()


async def _all(session: Session) -> object:
    return await standings(session, CHANGE, None)


async def _one(session: Session) -> object:
    return await usage.use_of(session, BudgetLine(Scope(ScopeKind.TEAM, "team-5")), MONTH)


async def measure(
    artifacts: int = 1_000_000, entries: int = 5_000_000, scopes: int = 10_000
) -> None:
    print(f"{scopes:,} budgets over {artifacts:,} artifacts and {entries:,} hours:")
    with tempfile.TemporaryDirectory() as folder:
        await _measure("SQLite", f"sqlite:///{folder}/debt.db", artifacts, entries, scopes)
    with postgres.server() as server, postgres.database(server) as url:
        await _measure("PostgreSQL", url, artifacts, entries, scopes)


async def _measure(name: str, url: str, artifacts: int, entries: int, scopes: int) -> None:
    store = await register(url, artifacts)
    await _work(store, artifacts, entries)
    await _budgets(store, scopes)
    bare, everything, one = await _seconds(store, (_bare, _all, _one))
    await store.close()
    print(f"  {name}: {everything / bare:.2f} × one bare statement of sums by team (goal ≤ 3)")
    print(f"  one team's: {one * 1_000:.1f} ms (goal < 50)")
