"""The weekly snapshot of 1,000,000 artifacts, beside one bare sum by repository."""

import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import func, select

from benchmarks.memory import peak_mb
from benchmarks.registers import NOW, register
from debt.change import Change
from debt.policy.policy import built_in
from storage.database.store import Session, Store
from storage.metrics import snapshots
from storage.tables import ARTIFACT

COUNT = 1_000_000
TIMES = 3


async def _bare(session: Session) -> None:
    repo, minutes = ARTIFACT.c.repo, func.sum(ARTIFACT.c.expected_minutes)
    await session.execute(select(repo, func.count(), minutes).group_by(repo))


async def _seconds(store: Store, work: Callable[[Session], Awaitable[object]]) -> float:
    """The best of a few, each of another week where it writes."""
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        async with store.change() as session:
            await work(session)
        times.append(time.perf_counter() - started)
    return min(times)


async def measure() -> None:
    weeks = iter(range(TIMES))

    async def take(session: Session) -> None:
        at = NOW + timedelta(weeks=next(weeks))
        if not await snapshots.take(session, Change("bench", at, built_in())):
            raise RuntimeError("the week was taken already")

    with tempfile.TemporaryDirectory() as folder:
        store = await register(f"sqlite:///{folder}/debt.db", COUNT)
        bare = await _seconds(store, _bare)
        took = await _seconds(store, take)
        await store.close()
    print(f"the weekly snapshot of everything over {COUNT:,} artifacts: {took:.1f} s (goal < 60)")
    print(f"  {took / bare:.1f} × one bare sum by repository ({bare:.2f} s)")
    print(f"  memory: {peak_mb():.0f} MB at its peak, artifacts made up included (goal < 150)")
