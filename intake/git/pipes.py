"""What goes into git and comes out of it: neither side waits for the other more than it must."""

import fcntl
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, Queue
from typing import IO

CHUNK = 1 << 18
AHEAD = 1 << 20
"""So many bytes git may be ahead of whoever reads."""
READER = "git, read ahead"


@contextmanager
def spooled(parts: Iterable[bytes]) -> Iterator[IO[bytes]]:
    """Input as a file, so that nobody waits for a pipe that nobody reads."""
    with tempfile.TemporaryFile() as file:
        file.writelines(parts)
        file.seek(0)
        yield file


def widen(pipe: IO[bytes]) -> None:
    """Lets git go on while others work; where the system says no, it waits for them."""
    with suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, AHEAD)


class ReadAhead:
    """A thread reads a pipe ahead, up to a limit; then git waits."""

    def __init__(self, pipe: IO[bytes], most: int) -> None:
        self._pipe, self._over = pipe, threading.Event()
        self._chunks: Queue[bytes] = Queue(max(2, most // CHUNK))
        threading.Thread(target=self._read, name=READER, daemon=True).start()

    def _read(self) -> None:
        try:
            while (chunk := self._pipe.read(CHUNK)) and not self._over.is_set():
                self._chunks.put(chunk)
        finally:
            self._chunks.put(b"")

    def read1(self, _size: int, /) -> bytes:
        return self._chunks.get()

    def end(self) -> None:
        """Nobody asks any more: the thread finds room for what it has in hand, and goes."""
        self._over.set()
        with suppress(Empty):
            while True:
                self._chunks.get_nowait()


@contextmanager
def reading_ahead(pipe: IO[bytes], most: int) -> Iterator[ReadAhead]:
    reader = ReadAhead(pipe, most)
    try:
        yield reader
    finally:
        reader.end()
