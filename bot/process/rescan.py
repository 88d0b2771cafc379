"""The weekly refresh: repositories that are due are read once, by one of the processes.

Here it is decided and watched; the reading is another process's (refresh_process.py).
"""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from bot.process.repositories import next_refresh, note_failure
from bot.settings import Settings
from debt.change import Change
from debt.policy.policy import Policy
from storage.database import leases
from storage.database.store import Session, Store
from storage.scans import schedule

log = logging.getLogger(__name__)

LEASE = "refresh"
LEASE_SPAN = timedelta(minutes=2)
RENEWED_AFTER = 30
GRACE = 15
BY = "schedule"


class Rescan:
    """Re-reads due repositories, one after the other, while this process holds the lease."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        policy: Policy,
        now: Callable[[], datetime],
        holder: str,
    ) -> None:
        self._store = store
        self._settings = settings
        self._policy = policy
        self._now = now
        self._holder = holder
        self._leads = False

    async def refresh(self) -> Sequence[str]:
        """The names of those that were due and that this process has dealt with."""
        await self._follow_policy()
        dealt_with: list[str] = []
        try:
            while name := await self._next():
                if not await self._read(name):
                    break
                dealt_with.append(name)
        finally:
            await self._step_down()
        return dealt_with

    async def _follow_policy(self) -> None:
        names, refresh = self._policy.repositories.keys(), self._policy.refresh
        async with self._store.read() as session:
            if await schedule.follows(session, names, refresh.words):
                return
        async with self._store.change() as session:
            await _follow(session, self._policy, self._now())

    async def _next(self) -> str | None:
        """The first that is due, read again under the lease, so that no other process has it."""
        if await self._due() and await self._lead():
            return next(iter(await self._due()), None)
        return None

    async def _due(self) -> Sequence[str]:
        async with self._store.read() as session:
            return await schedule.due(session, self._now())

    async def _lead(self) -> bool:
        async with self._store.change() as session:
            now = self._now()
            self._leads = await leases.take(session, LEASE, self._holder, now, LEASE_SPAN)
        return self._leads

    async def _step_down(self) -> None:
        if self._leads:
            async with self._store.change() as session:
                await leases.give_back(session, LEASE, self._holder)
        self._leads = False

    async def _read(self, name: str) -> bool:
        """False where the lease was lost on the way, so that another process deals with it."""
        log.info("repository is read anew name=%s", name)
        process = await self._start(name)
        try:
            while not await _is_over(process):
                if not await self._lead():
                    return False
        finally:
            await _end(process)
        await self._settle(name, process.returncode)
        return True

    async def _start(self, name: str) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # nothing in the working directory is taken for ours
            "-m",
            "bot.cli.refresh_process",
            name,
            self._now().isoformat(),
            env=self._environment(),
            stdin=PIPE,
            stdout=DEVNULL,
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        """The environment of the child: our code and settings, without Slack's tokens."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
        paths = [str(Path(__file__).parents[2]), kept.get("PYTHONPATH", "")]
        return kept | {
            "DATABASE_URL": self._settings.database_url,
            "DEBT_POLICY": str(self._settings.policy or ""),
            "LOG_LEVEL": self._settings.log_level,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        }

    async def _settle(self, name: str, status: int | None) -> None:
        """Notes a failure for a child that died without noting how its reading went."""
        if name not in await self._due():
            return
        why = f"reading it ended with status {status} and no word why; see the log"
        await note_failure(self._store, Change(BY, self._now(), self._policy), name, why)


async def due_at(store: Store, policy: Policy, now: datetime) -> Sequence[str]:
    """The names of those that would be read anew at that instant; nothing is kept."""
    async with store.rehearse() as session:
        await _follow(session, policy, now)
        return await schedule.due(session, now)


async def _follow(session: Session, policy: Policy, now: datetime) -> None:
    names, refresh = policy.repositories.keys(), policy.refresh
    await schedule.follow(session, names, refresh.words, next_refresh(refresh, now))


async def _is_over(process: Process) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), RENEWED_AFTER)
    return process.returncode is not None


async def _end(process: Process) -> None:
    """Closes the process's input, which ends it; kills it where it does not end in time."""
    if process.stdin:
        process.stdin.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), GRACE)
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
