"""Where every budget of a large organization stands, against one bare statement of sums."""

import math
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy import insert, text

from benchmarks.digesting import NOW, register
from briefings.budgets import standings
from debt.budget import Limits, Rhythm
from debt.hours import Period, span
from debt.policy import built_in
from storage import uses
from storage.artifacts import Change
from storage.lists import Scope, ScopeKind
from storage.store import Session, Store
from storage.tables import BUDGET, HOURS
from storage.uses import Place

TIMES = 9
Ask = Callable[[Session], Awaitable[object]]
CHANGE = Change("bench", NOW, built_in())
MONTH = span(Period.MONTH, CHANGE.today, CHANGE.policy.sprint)
# A year of work: each entry is of the artifact `a`, in the team, repository and service it has.
_WORK = """
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count),
    worked(n, a) AS (SELECT n, 1 + (n * 7919) % :artifacts FROM number)
    INSERT INTO hours (artifact_id, team, repo, service, person, minutes, kind, worked_on, note, at)
    SELECT a, 'team-' || (a % (:artifacts / 100)), 'acme/service-' || (a % (:artifacts / 50)),
        'service-' || (a % (:artifacts / 200)), 'U1', 15 + (n % 8) * 15, 'rework',
        date(:today, '-' || (n % 365) || ' days'), '', '2026-11-30 00:00:00'
    FROM worked
"""
# The same for every team, as one statement: what nobody could ask for less.
_BARE = text("""
    SELECT live.*, coalesce(worked.minutes, 0) FROM (
        SELECT team, sum(expected_minutes), sum(score), count(*)
        FROM artifact WHERE live = 1 GROUP BY team
    ) AS live LEFT JOIN (
        SELECT team, sum(minutes) AS minutes
        FROM hours WHERE worked_on BETWEEN :first AND :last GROUP BY team
    ) AS worked ON worked.team = live.team
""")
_PARTS = ((ScopeKind.TEAM, "team-", 5), (ScopeKind.REPO, "acme/service-", 3))


async def _work(store: Store, artifacts: int, entries: int) -> None:
    """Written without indexes, which are made afterward in one go."""
    asked = {"count": entries, "artifacts": artifacts, "today": CHANGE.today.isoformat()}
    async with store.change() as session:
        connection = await session.connection()
        for index in HOURS.indexes:
            await connection.run_sync(index.drop)
        await session.execute(text(_WORK), asked)
        for index in HOURS.indexes:
            await connection.run_sync(index.create)
    async with store.change() as session:
        await session.execute(text("ANALYZE"))


async def _budgets(store: Store, scopes: int) -> None:
    """Half of them of teams, three in ten of repositories, two in ten of services."""
    usual = {"only": "", "from_on": MONTH.first - timedelta(days=90), "at": NOW, "set_by": "U1"}
    usual |= {"period": Rhythm(Period.MONTH).period, "minutes": Limits(2_400).minutes}
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
    """The quickest answer to each, asked by turns, so that a busy machine is unfair to nobody."""
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
    asked = {"first": MONTH.first.isoformat(), "last": MONTH.last.isoformat()}
    return (await session.execute(_BARE, asked)).all()


async def _all(session: Session) -> object:
    return await standings(session, CHANGE, None)


async def _one(session: Session) -> object:
    return await uses.use_of(session, Place(Scope(ScopeKind.TEAM, "team-5")), MONTH)


async def measure(
    artifacts: int = 1_000_000, entries: int = 5_000_000, scopes: int = 10_000
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = await register(folder, artifacts)
        await _work(store, artifacts, entries)
        await _budgets(store, scopes)
        bare, everything, one = await _seconds(store, (_bare, _all, _one))
        await store.close()
    print(f"{scopes:,} budgets over {artifacts:,} artifacts and {entries:,} hours:")
    print(f"  {everything / bare:.2f} × one bare statement of sums by team (goal ≤ 3)")
    print(f"one team's: {one * 1_000:.1f} ms (goal < 50)")
