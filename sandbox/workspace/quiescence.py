"""Knows when the app has nothing more to do, so that nobody has to sleep and hope.

Busy is: a request to the app without its answer, a call of the app without ours, or, where the
app lives in this very process (tests), a task of its own that began with the action and still
runs. While one of these waits for a thread, a process or a connection, that is work under way and
takes as long as the machine lets it. Where all of them wait for time to pass, for an event or for
one another, and still do so SHORT after everything else fell quiet, they are background services:
remembered as such and never waited for again. On a machine that is busy with other things, time
passes in which nobody here was given a turn: SHORT has so many TURNS at least.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, CoroutineType
from typing import Any, NamedTuple
from weakref import WeakSet

Task = asyncio.Task[Any]

log = logging.getLogger(__name__)

TICK = 0.002
QUIET_HERE, QUIET_ELSEWHERE = 0.006, 0.15
SHORT, TURNS = 1.5, 500
WAKING = 5  # turns from the end of a task to the next step of who waits for it, with some to spare
# Where asyncio itself waits for time to pass, for an event or for tasks, all of it in this process.
_WAITS_WITHIN = {
    "sleep", "wait_for", "_wait", "Queue.get", "Event.wait", "Condition.wait", "Lock.acquire",
    "Semaphore.acquire", "TaskGroup.__aexit__",
}  # fmt: skip
_ASYNCIO = Path(asyncio.__file__).parent


class _Since(NamedTuple):
    """When a task was first seen to wait within the app, and in which turn of ours."""

    time: float
    turn: int

    def long_ago(self, now: float, turn: int) -> bool:
        return now - self.time >= SHORT and turn - self.turn >= TURNS


class Activity:
    def __init__(self) -> None:
        self._under_way = 0
        self._last = time.monotonic()
        self._ours: WeakSet[Task] = WeakSet()
        self._services: WeakSet[Task] = WeakSet()
        self._before: WeakSet[Task] = WeakSet()
        self._spawned: set[Task] = set()
        self._acts = 0
        self.failures: list[BaseException] = []

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Around a request to the app, or a call from it."""
        self._under_way += 1
        self._last = time.monotonic()
        try:
            yield
        finally:
            self._under_way -= 1
            self._last = time.monotonic()

    def own(self, task: Task | None) -> None:
        """This task belongs to the sandbox or to whoever drives it."""
        if task is not None:
            self._ours.add(task)

    def spawn(self, coroutine: Any) -> Task:
        task: Task = asyncio.get_running_loop().create_task(coroutine)
        self._ours.add(task)
        self._spawned.add(task)
        self._last = time.monotonic()
        task.add_done_callback(self._done)
        return task

    def _done(self, task: Task) -> None:
        self._spawned.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            self.failed(problem, "in the background")

    def failed(self, problem: BaseException, where: str) -> None:
        """The sandbox itself is at fault: loud in the log, and kept."""
        log.error("the sandbox failed %s", where, exc_info=problem)
        self.failures.append(problem)

    def own_current(self) -> None:
        self.own(asyncio.current_task())

    async def cancel(self) -> None:
        """End what the sandbox itself still waits for: retries, late acceptances."""
        for task in self._spawned:
            task.cancel()
        await asyncio.gather(*self._spawned, return_exceptions=True)

    @contextmanager
    def act(self) -> Iterator[None]:
        """An act: what ran before it is not its consequence, unless others act meanwhile."""
        self.own_current()
        if not self._acts:
            self._before = WeakSet(asyncio.all_tasks())
        self._acts += 1
        self._last = time.monotonic()
        try:
            yield
        finally:
            self._acts -= 1

    @property
    def lives_here(self) -> bool:
        """Whether the app seems to run in this process: a server that is not ours, or a client
        of Socket Mode."""
        tasks = asyncio.all_tasks()
        return any(_dials_in(task) or (_serves(task) and task not in self._ours) for task in tasks)

    async def calm(self, deadline: float) -> bool:
        """Wait until nothing is under way and stays so for a moment; False at the deadline."""
        turn, resting = 0, dict[Task, _Since]()
        while time.monotonic() < deadline:
            now, turn, tasks = time.monotonic(), turn + 1, self._app_tasks()
            rest = [] if self._under_way else [one for one in tasks if not _waits_outside(one)]
            resting = {one: resting.get(one, _Since(now, turn)) for one in rest}
            done = all(one in resting and resting[one].long_ago(now, turn) for one in tasks)
            quiet = QUIET_HERE if self.lives_here else QUIET_ELSEWHERE
            over = done and not self._under_way and now - self._last >= quiet
            if over and await self._stays_so(tasks):
                self._services.update(tasks)
                return True
            await asyncio.sleep(TICK)
        return False

    async def _stays_so(self, tasks: list[Task]) -> bool:
        """Whether none of them goes on within a few turns: what one of them waited for may have
        ended a moment ago, and asyncio takes a turn or two to tell it.
        """
        waiting = _waiting(tasks)
        for _ in range(WAKING):
            await asyncio.sleep(0)
        return not self._under_way and _waiting(self._app_tasks()) == waiting

    async def stir(self, deadline: float) -> bool:
        """Wait for anything new at all; False at the deadline."""
        mark = self._last
        while time.monotonic() < deadline:
            if self._under_way or self._last > mark:
                return True
            await asyncio.sleep(TICK)
        return False

    def _app_tasks(self) -> list[Task]:
        known = (self._ours, self._services, self._before)
        fresh = (task for task in asyncio.all_tasks() if not any(task in one for one in known))
        return [task for task in fresh if not (_serves(task) or _dials_in(task))]


def _waiting(tasks: list[Task]) -> dict[Task, Any]:
    """By task, the very future that it waits for now."""
    return {task: getattr(task, "_fut_waiter", None) for task in tasks}


def _serves(task: Task) -> bool:
    """One of aiohttp's connection handlers: it lives as long as its connection."""
    return _name(task) == "RequestHandler.start"


def _dials_in(task: Task) -> bool:
    """The same at the other end, in Socket Mode."""
    return _name(task) == "SocketModeClient.receive_messages"


def _waits_outside(task: Task) -> bool:
    """Whether it waits for a thread, a process or a connection, or has yet to have its turn."""
    waited_for = getattr(task, "_fut_waiter", None)
    if isinstance(waited_for, asyncio.Task) or type(waited_for).__name__ == "_GatheringFuture":
        return False
    code = _innermost(task)
    if code is None or code.co_qualname not in _WAITS_WITHIN:
        return True
    return Path(code.co_filename).parent != _ASYNCIO


def _innermost(task: Task) -> CodeType | None:
    """The code that waits, below all the coroutines that wait for it."""
    code: CodeType | None = None
    awaited: Any = task.get_coro()
    while isinstance(awaited, CoroutineType):
        code, awaited = awaited.cr_code, awaited.cr_await
    return code


def _name(task: Task) -> str:
    return getattr(task.get_coro(), "__qualname__", "")


async def until(predicate: Callable[[], object], timeout: float) -> None:  # noqa: ASYNC109  # how long to look is the caller's wish, not a deadline
    """Poll until the predicate holds; TimeoutError says what was waited for."""
    deadline = time.monotonic() + timeout
    while not predicate():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{predicate} did not hold within {timeout} s")
        await asyncio.sleep(TICK)
