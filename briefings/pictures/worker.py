"""Draws in a process of its own, so that the bot stays small and answers while it draws.

Started when there is something to draw, used again while there is more, it ends by itself after a
minute without work, and when the bot ends in whatever way: its input is closed then.
"""

import asyncio
import os
import pickle
import select
import struct
import sys
from asyncio.subprocess import Process
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from briefings.pictures.pictures import Picture

IDLE = 60.0
# The first picture of a machine's life waits for matplotlib to look at its fonts.
LONGEST = 30.0
_SIZE = struct.Struct(">I")
_FAILED = b"!"
_KEPT = ("PATH", "HOME", "TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "SYSTEMROOT")


class CannotDraw(Exception):
    """The message goes without its picture."""


class Artist:
    """One picture at a time; who comes meanwhile waits."""

    def __init__(self, idle: float = IDLE) -> None:
        self._idle = idle
        self._turn = asyncio.Lock()
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """Of the process that draws, while there is one."""
        running = self._process and self._process.returncode is None
        return self._process.pid if self._process and running else None

    async def draw(self, picture: Picture) -> bytes:
        """The picture as PNG. Raises CannotDraw."""
        async with self._turn:
            try:
                async with asyncio.timeout(LONGEST):
                    return await self._drawn(picture)
            except CannotDraw:
                raise
            except BaseException as error:
                await self._end()  # what it would answer now belongs to nobody
                if isinstance(error, OSError | EOFError | TimeoutError):
                    raise CannotDraw(repr(error)) from error
                raise

    async def _drawn(self, picture: Picture) -> bytes:
        """By the process there is; where that has just ended of idleness, by a new one."""
        if self._process:
            with suppress(OSError, EOFError):
                return await self._ask(self._process, picture)
            await self._end()
        self._process = await self._start()
        return await self._ask(self._process, picture)

    async def _start(self) -> Process:
        """Without our secrets, with our code, and out of reach of the terminal's Ctrl-C."""
        here = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "briefings.pictures.worker", str(self._idle)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=here | {"PYTHONPATH": str(Path(__file__).parents[2])},
            start_new_session=True,
        )

    async def _ask(self, process: Process, picture: Picture) -> bytes:
        asked = pickle.dumps(picture)
        to, of = process.stdin, process.stdout
        if to is None or of is None:
            raise EOFError
        to.write(_SIZE.pack(len(asked)) + asked)
        await to.drain()
        [size] = _SIZE.unpack(await of.readexactly(_SIZE.size))
        answer = await of.readexactly(size)
        if answer.startswith(_FAILED):
            raise CannotDraw(answer[1:].decode())
        return answer

    async def aclose(self) -> None:
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def main() -> None:
    """The other end: pictures in on standard input, PNG out on standard output."""
    idle = float(sys.argv[1])
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    while select.select([asked], [], [], idle)[0] and (picture := _next(asked)):
        answer = _answer(picture)
        answers.write(_SIZE.pack(len(answer)) + answer)
        answers.flush()


def _next(asked: BinaryIO) -> bytes | None:
    size = asked.read(_SIZE.size)
    return asked.read(_SIZE.unpack(size)[0]) if len(size) == _SIZE.size else None


def _answer(picture: bytes) -> bytes:
    from briefings.pictures import charts  # noqa: PLC0415  # matplotlib stays out of the bot

    try:
        return charts.draw(pickle.loads(picture))  # noqa: S301  # the bot itself wrote it
    except Exception as error:  # noqa: BLE001  # the bot logs it; the next picture may be a better one
        return _FAILED + repr(error).encode()


if __name__ == "__main__":
    main()
