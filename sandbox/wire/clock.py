"""The workspace's clock: real time plus an offset that tests and people may move."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

Moved = Callable[[datetime], Coroutine[Any, Any, None]]


class Clock:
    def __init__(self) -> None:
        self._offset = timedelta()
        self._callbacks: list[Moved] = []
        self._under_way: dict[Moved, set[asyncio.Task[None]]] = defaultdict(set)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def on_move(self, callback: Moved) -> None:
        """Call back with the new time after every move; `await clock.advance(...)` waits for it."""
        self._callbacks.append(callback)

    @asynccontextmanager
    async def following(self, callback: Moved) -> AsyncIterator[None]:
        """As `on_move` within the block, whose end waits for what a move has set going."""
        self.on_move(callback)
        try:
            yield
        finally:
            self._callbacks.remove(callback)
            await asyncio.gather(*self._under_way.pop(callback, ()), return_exceptions=True)

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
        return asyncio.gather(*[self._call(callback, now) for callback in self._callbacks])

    def _call(self, callback: Moved, now: datetime) -> asyncio.Task[None]:
        task = asyncio.create_task(callback(now))
        self._under_way[callback].add(task)
        task.add_done_callback(self._under_way[callback].discard)
        return task
