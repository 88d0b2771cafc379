"""One drawing process for all tests of a worker: starting it takes longer than most tests."""

import asyncio
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import IO

from briefings.pictures.pictures import Picture
from briefings.pictures.worker import _FAILED, _SIZE, Artist, CannotDraw

ROOT = Path(__file__).parents[1]
LONG = 3_600  # seconds


class SharedArtist(Artist):
    """Draws as the bot's own artist does, in a process that others draw in as well."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self._desk = desk

    async def draw(self, picture: Picture) -> bytes:
        return await asyncio.to_thread(self._desk.drawn, pickle.dumps(picture))


class Desk:
    """The process, once something is to be drawn, and what it drew: the same for the same."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._drawn: dict[bytes, bytes] = {}

    def drawn(self, picture: bytes) -> bytes:
        with self._turn:
            if picture not in self._drawn:
                self._drawn[picture] = self._asked(picture)
            answer = self._drawn[picture]
        if answer.startswith(_FAILED):
            raise CannotDraw(answer[1:].decode())
        return answer

    def _asked(self, picture: bytes) -> bytes:
        asked, answers = self._pipes()
        asked.write(_SIZE.pack(len(picture)) + picture)
        asked.flush()
        [size] = _SIZE.unpack(answers.read(_SIZE.size))
        return answers.read(size)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            command = (sys.executable, "-m", "briefings.pictures.worker", str(LONG))
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe)
        assert self._process.stdin
        assert self._process.stdout
        return self._process.stdin, self._process.stdout

    def close(self) -> None:
        if self._process:
            self._process.communicate()


@contextmanager
def desk() -> Iterator[Desk]:
    opened = Desk()
    yield opened
    opened.close()
