"""How the words of an argument are read; argparse turns what is refused into a usage error."""

import argparse
from datetime import UTC, datetime

from debt.budgets.roi import MOST_MONTHS
from debt.refusal import Refused
from debt.rules.dates import parse_day
from storage.database.history import ChainHead


def day(text: str) -> datetime:
    """The beginning of a day, in UTC."""
    try:
        return datetime.combine(parse_day(text), datetime.min.time(), UTC)
    except Refused as refused:
        raise argparse.ArgumentTypeError(str(refused)) from None


def instant(text: str) -> datetime:
    """An ISO time with its zone, from 1970 to 2199: sums of dates outside would overflow."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1970 <= at.year < 2200:
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” is not a time with its zone, such as 2026-11-30T09:30:00+01:00"
        )
    return at


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"“{text[:20]}” is not a port from 1 to 65535")
    return int(text)


def months(text: str) -> int:
    """A horizon: how many months from next month on."""
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_MONTHS):
        raise argparse.ArgumentTypeError(f"“{text[:20]}” is no number from 1 to {MOST_MONTHS}")
    return int(text)


def chain_head(text: str) -> ChainHead:
    """Reads what `debt history --head` printed: the number of entries, a colon, the last hash."""
    count, _, last = text.partition(":")
    hexadecimal = len(last) == 64 and set(last) <= set("0123456789abcdef")
    if not (count.isascii() and count.isdigit() and len(count) < 19 and hexadecimal):
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” is not what `debt history --head` prints: a count, a colon, a hash"
        )
    return ChainHead(int(count), last)
