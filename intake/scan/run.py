"""A scan from end to end: the register's paths, the reading of a repository, the result."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

from debt.change import Change
from intake.git.processes import Cancellation
from intake.provenance.log import Progress
from intake.scan.apply import Applied, apply, rehearse
from intake.scan.scan import read_repository, repository_name
from intake.text.shown import shown
from storage.database.store import Store
from storage.scans.register_paths import known

A_YEAR = timedelta(days=365)


async def scan(
    store: Store,
    change: Change,
    path: Path,
    *,
    name: str | None = None,
    progress: Progress | None = None,
    rehearsed: bool = False,
    since: date | None = None,
    cache: Path | None = None,
) -> Applied:
    """Reads the repository as of `change.at` and brings it into the register in one transaction;
    a rehearsal takes that back. `since` and `cache` are those of `read_repository`.

    Nothing is written where reading fails. Raises UnreadableRepository.
    """
    ending = Cancellation()
    try:
        repo = shown(name) if name else await asyncio.to_thread(repository_name, path, ending)
        async with store.read() as session:
            there = await known(session, repo, change.today - A_YEAR)
        result = await asyncio.to_thread(
            read_repository,
            path,
            name=repo,
            now=change.at,
            progress=progress,
            policy=change.policy,
            known=there,
            since=since,
            cache=cache,
            ending=ending,
        )
    finally:  # a thread goes on when whoever waits for it is cancelled
        ending.end()
    return await (rehearse if rehearsed else apply)(store, change, result)
