"""What every part of the sandbox says the same way: JSON, ids, times, and Slack's refusals."""

import hashlib
import secrets
import string
import time
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

_ALPHABET = string.ascii_uppercase + string.digits


class SlackError(Exception):
    """A refusal in Slack's own words: `{"ok": false, "error": code, ...}`."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def body(self) -> Json:
        return {"ok": False, "error": self.code, **self.extra}


def new_id(prefix: str, length: int = 10) -> str:
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def id_of(prefix: str, name: str) -> str:
    """The same name gives the same id in every run, so a register outlives its sandbox."""
    number = int.from_bytes(hashlib.sha256(f"{prefix}/{name}".encode()).digest())
    letters = []
    for _ in range(10):
        number, rest = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return prefix + "".join(letters)


class Timestamps:
    """Message timestamps: real time, never the same twice."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
