"""Pictures are drawn by a process of their own, of which nothing is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from briefings.pictures.charts import draw
from briefings.pictures.pictures import QuadrantMap
from briefings.pictures.worker import Artist, CannotDraw

MAP = QuadrantMap(5, 10, 3, 12)


@pytest.fixture
async def artist() -> AsyncIterator[Artist]:
    """The bot's own, not the one that other tests share."""
    async with aclosing(Artist()) as artist:
        yield artist


def alive(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    return True


async def gone(pid: int | None) -> bool:
    """Whether it ends within a few seconds."""
    for _ in range(100):
        if not alive(pid):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_it_draws_what_the_library_draws_and_stays_for_the_next(artist: Artist) -> None:
    assert artist.pid is None
    first, second = await asyncio.gather(artist.draw(MAP), artist.draw(MAP))
    assert first == second == draw(MAP)
    busy = artist.pid
    await artist.draw(MAP)
    assert artist.pid == busy


async def test_the_bot_goes_on_while_a_picture_is_drawn(artist: Artist) -> None:
    drawing, turns = asyncio.create_task(artist.draw(MAP)), 0
    while not drawing.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 10


async def test_it_ends_when_the_bot_does(artist: Artist) -> None:
    await artist.draw(MAP)
    pid = artist.pid
    await artist.aclose()
    assert not alive(pid)
    assert artist.pid is None


async def test_it_ends_of_idleness_and_another_draws_the_next_picture() -> None:
    artist = Artist(idle=0.1)
    await artist.draw(MAP)
    pid = artist.pid
    assert await gone(pid)
    assert await artist.draw(MAP) == draw(MAP)
    await artist.aclose()


async def test_one_that_was_killed_is_replaced(artist: Artist) -> None:
    await artist.draw(MAP)
    os.kill(artist.pid or 0, signal.SIGKILL)
    assert await artist.draw(MAP) == draw(MAP)


async def test_what_cannot_be_drawn_is_said_and_the_next_is_drawn(artist: Artist) -> None:
    nothing: Any = "not a picture"
    with pytest.raises(CannotDraw):
        await artist.draw(nothing)
    assert await artist.draw(MAP) == draw(MAP)


async def test_who_gives_up_waiting_leaves_no_answer_to_the_next(artist: Artist) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await artist.draw(MAP)
    other = QuadrantMap(0, 0, 0, 1)
    assert await artist.draw(other) == draw(other)


async def test_a_bot_that_is_killed_leaves_nobody_drawing() -> None:
    script = (
        "import asyncio\n"
        "from briefings.pictures.worker import Artist\n"
        "from briefings.pictures.pictures import QuadrantMap\n"
        "async def main():\n"
        "    artist = Artist()\n"
        "    await artist.draw(QuadrantMap(1, 2, 3, 4))\n"
        "    print(artist.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as bot:  # noqa: ASYNC220  # it is killed before its time
        assert bot.stdout
        pid = int(await asyncio.to_thread(bot.stdout.readline))
        bot.kill()
    assert await gone(pid)
