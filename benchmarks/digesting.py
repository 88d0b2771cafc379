"""Composing one channel's digest over 100,000 artifacts, and how that grows to 1,000,000."""

import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, text

from briefings import digest, gathering
from debt.artifact import Artifact, Label, Stage, Surface
from debt.facts import usual_ratings
from debt.policy import built_in
from storage import snapshots
from storage.artifacts import Change, row_of
from storage.lists import ALL, Scope, ScopeKind
from storage.migrate import migrate
from storage.store import Store
from storage.tables import ARTIFACT

NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
TIMES = 40
IN_MEMORY = "PRAGMA cache_size = -2000000"  # indexes are filled in no order of theirs
# A register's spread: a hundred artifacts a team, one in five needs somebody.
_MULTIPLY = """
    WITH RECURSIVE number(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < :count)
    INSERT INTO artifact ({columns}) SELECT {values} FROM artifact, number WHERE artifact.id = 1
"""
_VARIED = {
    "id": "n",
    "name": "'Worker ' || n",
    "team": "'team-' || (n % (:count / 100))",
    "repo": "'acme/service-' || (n % (:count / 50))",
    "service": "'service-' || (n % (:count / 200))",
    "score": "1 + (n % 60)",
    "expected_minutes": "30 + (n % 40) * 15",
    "priority": "(n * 7919) % 9000",
    "attention": "(n % 5) = 0",
    "watched": "n % 256",
    "review_on": "date('2026-06-01', '+' || (n % 400) || ' days')",
    "created_on": "date('2024-06-01', '+' || (n % 800) || ' days')",
    "owner": "CASE WHEN n % 7 THEN 'U' || (n % 5000) END",
}


async def register(folder: str, count: int) -> Store:
    url = f"sqlite:///{folder}/debt-{count}.db"
    migrate(url)
    store = Store(url)
    columns = [column.name for column in ARTIFACT.c]
    values = ", ".join(_VARIED.get(name, f"artifact.{name}") for name in columns)
    statement = _MULTIPLY.format(columns=", ".join(columns), values=values)
    async with store.change() as session:
        await session.execute(text(IN_MEMORY))
        await session.execute(insert(ARTIFACT), [row_of(_one(), built_in(), NOW.date())])
        await session.execute(text(statement), {"count": count})
    async with store.change() as session:
        await session.execute(text("ANALYZE"))
    return store


def _one() -> Artifact:
    return Artifact(
        id=1,
        name="Worker 1",
        kind="production_integration",
        label=Label.DURABLE,
        stage=Stage.RETAINED,
        repo="acme/service-1",
        paths=("src/**",),
        ratings=usual_ratings("production_integration", built_in()),
        created_on=(NOW - timedelta(days=400)).date(),
        expires_on=(NOW - timedelta(days=3)).date(),
        team="team-1",
        surface=Surface.PRODUCTION,
    )


async def _milliseconds(store: Store, scope: Scope) -> float:
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        async with store.read() as session:
            since = NOW - timedelta(days=7)
            gathered = await gathering.gather(session, "C1", scope, built_in(), NOW, since)
            message = await digest.compose(session, gathered.weekly, built_in())
        times.append(time.perf_counter() - started)
        if message is None:
            raise RuntimeError("the benchmark's register gives no digest")
    return statistics.median(times) * 1_000


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        took: dict[tuple[str, int], float] = {}
        scopes = {"a team's": Scope(ScopeKind.TEAM, "team-5"), "everything's": ALL}
        for count in (100_000, 1_000_000):
            store = await register(folder, count)
            async with store.change() as session:
                await snapshots.take(session, Change("bench", NOW, built_in()))
            for name, scope in scopes.items():
                took[name, count] = await _milliseconds(store, scope)
            await store.close()
        for name in scopes:
            small, large = took[name, 100_000], took[name, 1_000_000]
            print(f"{name} digest over 100,000 artifacts: {small:.1f} ms (goal < 20)")
            print(f"  over 1,000,000: {large / small:.2f} × that (goal < 2)")
