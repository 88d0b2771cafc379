"""Slack repeats events; each is acted on once."""

import asyncio
from datetime import timedelta

from storage.messages.events import first_time, forget_before
from tests.storage.builders import NOW, Register


async def test_an_event_that_comes_again_is_known(register: Register) -> None:
    seen = [register.does(first_time, "Ev1", NOW) for _ in range(6)]
    assert sorted(await asyncio.gather(*seen)) == [False] * 5 + [True]
    assert await register.does(first_time, "Ev2", NOW)


async def test_old_events_are_forgotten(register: Register) -> None:
    await register.does(first_time, "old", NOW - timedelta(days=2))
    await register.does(first_time, "new", NOW)
    await register.does(forget_before, NOW - timedelta(days=1))
    assert await register.does(first_time, "old", NOW)
    assert not await register.does(first_time, "new", NOW)
