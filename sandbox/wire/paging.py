"""Cursors as Slack gives them: opaque, ending in an empty one."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from sandbox.wire.wire import SlackError

T = TypeVar("T")


def page(listed: Sequence[T], cursor: str | None, limit: int) -> tuple[list[T], str]:
    """This page and the next cursor ("" at the end). Raises invalid_cursor."""
    start = _offset(cursor) if cursor else 0
    following = start + limit
    rest = base64.b64encode(f"at:{following}".encode()).decode()
    return list(listed[start:following]), rest if following < len(listed) else ""


def _offset(cursor: str) -> int:
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "at":
            return int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
        raise SlackError("invalid_cursor") from problem
    raise SlackError("invalid_cursor")
