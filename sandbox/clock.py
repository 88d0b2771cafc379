"""The workspace's clock: real time plus an offset that tests and people may move."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

Moved = Callable[[datetime], Awaitable[None]]


class Clock:
    def __init__(self) -> None:
        self._offset = timedelta()
        self._callbacks: list[Moved] = []
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def on_move(self, callback: Moved) -> None:
        """Call back with the new time after every move; `await clock.advance(...)` waits for it."""
        self._callbacks.append(callback)

    def advance(self, by: timedelta) -> asyncio.Future[list[None]]:
        """Moves at once; awaiting the answer waits for those who follow the clock."""
        self._offset += by
        return self._tell()

    def set(self, to: datetime) -> asyncio.Future[list[None]]:
        return self.advance(to - self.now())

    async def sleep_until(self, then: datetime) -> None:
        while (left := (then - self.now()).total_seconds()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._moved.wait()
            except TimeoutError:
                return

    def _tell(self) -> asyncio.Future[list[None]]:
        self._moved.set()
        self._moved = asyncio.Event()
        now = self.now()
        return asyncio.gather(*(_call(callback, now) for callback in self._callbacks))


async def _call(callback: Moved, now: datetime) -> None:
    await callback(now)
