"""A repository of the policy scanned into the register: where it lies, or from a clone."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from debt.change import Change
from debt.policy.repositories import RepositoryPolicy
from intake.git.clones import Clone, Clones
from intake.git.repository import PastLimit, UnreadableRepository
from intake.provenance.log import Progress
from intake.scan.apply import Applied
from intake.scan.run import scan
from storage.database.store import Store

T = TypeVar("T")


async def scan_listed(
    store: Store,
    change: Change,
    name: str,
    repository: RepositoryPolicy,
    clones: Clones,
    progress: Progress | None = None,
    *,
    rehearsed: bool = False,
    since: date | None = None,
    cache: Path | None = None,
) -> Applied:
    """As `scan`; a clone that cannot be read is made anew and read once more.

    Raises UnreadableRepository.
    """

    async def read(path: Path) -> Applied:
        return await scan(
            store,
            change,
            path,
            name=name,
            progress=progress,
            rehearsed=rehearsed,
            since=since,
            cache=cache,
        )

    if repository.url is None:
        return await read(_place(repository))
    with clones.taken(repository.url, repository.branch) as clone:
        fresh = await _to_its_end(clone, clone.fetch)
        try:
            return await read(clone.path)
        except PastLimit:
            raise
        except UnreadableRepository:
            if fresh:
                raise
        await _to_its_end(clone, clone.make)
        return await read(clone.path)


async def _to_its_end(clone: Clone, work: Callable[[], T]) -> T:
    """In a thread, which is over when this is, however it ends."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        clone.end()
        await asyncio.gather(working, return_exceptions=True)
        raise


def _place(repository: RepositoryPolicy) -> Path:
    return Path(str(repository.path)).expanduser()
