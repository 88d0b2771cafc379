"""What the commands' parsers have in common, and how their values are read."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.commands.invocation import Invocation

if TYPE_CHECKING:
    from storage.history import ChainHead

Commands = Any  # argparse gives its sub-parsers no public name
Run = Callable[[Invocation], int]


def command(
    commands: Commands, name: str, summary: str, run: Run, *, slack: bool = False
) -> argparse.ArgumentParser:
    """A command of that name; `slack` where it does nothing without Slack's tokens."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run, slack=slack)
    return parser


def since(text: str) -> datetime:
    """The beginning of a day, in UTC."""
    return datetime.combine(_day(text), datetime.min.time(), UTC)


def _day(text: str) -> Any:
    from debt.dates import parse_day
    from debt.refusal import Refused

    try:
        return parse_day(text)
    except Refused as refused:
        raise argparse.ArgumentTypeError(str(refused)) from None


def instant(text: str) -> datetime:
    """An ISO time with its zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” is not a time with its zone, such as 2026-11-30T09:30:00+01:00"
        )
    return at


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"“{text[:20]}” is not a port from 1 to 65535")
    return int(text)


def chain_head(text: str) -> "ChainHead":
    """What `debt history --head` printed."""
    from storage.history import ChainHead

    count, _, last = text.partition(":")
    hexadecimal = len(last) == 64 and set(last) <= set("0123456789abcdef")
    if not (count.isascii() and count.isdigit() and len(count) < 19 and hexadecimal):
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” is not what `debt history --head` prints: a count, a colon, a hash"
        )
    return ChainHead(int(count), last)
