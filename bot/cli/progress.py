"""How far long work has come: on a terminal only."""

from types import TracebackType
from typing import Self, TextIO


class Progress:
    """One line on standard error that is written over, and gone when the work is done."""

    def __init__(self, err: TextIO, noun: str, every: int = 500) -> None:
        self._err, self._noun, self._every = err, noun, every
        self._shows = err.isatty()
        self._last, self._width = 0, 0

    def __call__(self, done: int, total: int | None = None) -> None:
        if not self._shows or done - self._last < self._every:
            return
        self._last = done
        part = f"{done:,} of {total:,}" if total else f"{done:,}"
        self._write(f"{part} {self._noun}")

    def say(self, text: str) -> None:
        """Shows a text until there is something to count."""
        if self._shows:
            self._write(text)

    def _write(self, text: str) -> None:
        self._err.write(f"\r{text.ljust(self._width)}")
        self._err.flush()
        self._width = len(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._width:
            self._write("")
            self._err.write("\r")
