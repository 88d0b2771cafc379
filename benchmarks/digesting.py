"""Composing one channel's digest over 100,000 artifacts, and how that grows to 1,000,000."""

import statistics
import tempfile
import time
from datetime import timedelta

from benchmarks.registers import NOW, register
from briefings.digest import digest, facts
from debt.change import Change
from debt.policy.policy import built_in
from debt.scope import ALL, Scope, ScopeKind
from storage.database.store import Store
from storage.metrics import snapshots

TIMES = 40


async def _milliseconds(store: Store, scope: Scope) -> float:
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        async with store.read() as session:
            since = NOW - timedelta(days=7)
            gathered = await facts.gather(session, "C1", scope, built_in(), NOW, since)
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
            store = await register(f"sqlite:///{folder}/{count}.db", count)
            async with store.change() as session:
                await snapshots.take(session, Change("bench", NOW, built_in()))
            for name, scope in scopes.items():
                took[name, count] = await _milliseconds(store, scope)
            await store.close()
        for name in scopes:
            small, large = took[name, 100_000], took[name, 1_000_000]
            print(f"{name} digest over 100,000 artifacts: {small:.1f} ms (goal < 20)")
            print(f"  over 1,000,000: {large / small:.2f} × that (goal < 2)")
