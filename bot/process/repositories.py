"""Reads one of the policy's repositories, and keeps whether that worked and when to retry."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.process.failures import EXPECTED, words_of
from briefings.delivery.schedule import next_instant
from debt.change import Change
from debt.policy.policy import WEEKDAYS
from debt.policy.repositories import RefreshPolicy, RepositoryPolicy
from intake.git.clones import Clones
from intake.provenance.log import Progress
from intake.scan.apply import Applied
from intake.scan.repositories import scan_listed
from storage.database.store import Store
from storage.scans import schedule

MOST_WORDS = 1_000


def next_refresh(refresh: RefreshPolicy, after: datetime) -> datetime | None:
    """The first instant later than `after` at which all of them are read anew, if there is one."""
    if refresh.weekday == "never":
        return None
    weekday = WEEKDAYS.index(refresh.weekday)
    return next_instant(after, weekday, f"{refresh.time:%H:%M}", refresh.zone)


async def read_listed(
    store: Store,
    change: Change,
    name: str,
    repository: RepositoryPolicy,
    clones: Clones,
    progress: Progress | None = None,
    *,
    cache: Path | None = None,
) -> Applied:
    """As `scan_listed`, and it counts as this week's reading. Raises what is EXPECTED."""
    try:
        applied = await scan_listed(
            store, change, name, repository, clones, progress=progress, cache=cache
        )
    except EXPECTED as error:
        with suppress(*EXPECTED):  # where the database is what failed, there is nobody to tell
            await note_failure(store, change, name, words_of(error))
        raise
    at = change.at
    async with store.change() as session:
        later = next_refresh(change.policy.refresh, at)
        await schedule.done(session, name, at, applied.scan.head, later)
    return applied


async def note_failure(store: Store, change: Change, name: str, why: str) -> None:
    async with store.change() as session:
        later = next_refresh(change.policy.refresh, change.at)
        await schedule.failed(session, name, change.at, why[:MOST_WORDS], later)
