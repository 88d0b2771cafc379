"""One cell of a spreadsheet: how its text is read, and what keeps it from being a formula."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeVar

from debt.artifact.artifact import Label, Surface, parse_key
from debt.refusal import Refused
from debt.rules.dates import parse_day
from debt.text import clean_field
from intake.columns.columns import COLUMNS

FORMULA = "=+\\-@\t\r\n＝＋－＠"
_RUNS = re.compile(f"'*[{FORMULA}]")
_GUARDED = re.compile(f"''*[{FORMULA}]")
_OWNER = re.compile(r"[UW][A-Z0-9]{1,30}|[^\s@<>]+@[^\s@<>]+")
_HOURS = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,6})?", re.ASCII)


def guarded(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it; `unguarded` gives it back exactly."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell


Choice = TypeVar("Choice", bound=StrEnum)


class _Kept:
    """Marks a column whose empty cell leaves the value as it is."""


KEPT: Final = _Kept()


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column's cells go, how they are read, and what an empty one clears it to."""

    name: str
    field: str
    read: Callable[[str], Any]
    empty: Any = None


def _text(column: str) -> Callable[[str], str | None]:
    return lambda cell: clean_field(column, cell) or None


def _paths(cell: str) -> tuple[str, ...]:
    return tuple(path for part in cell.split(";") if (path := clean_field("path", part)))


def _owner(cell: str) -> str:
    owner = clean_field("owner", cell)
    if not _OWNER.fullmatch(owner):
        raise Refused(
            f"“{_short(cell)}” is no owner; write an e-mail or a Slack id such as U012AB3CD"
        )
    return owner.casefold() if "@" in owner else owner


@lru_cache(maxsize=4_096)
def _day(cell: str) -> date:
    return parse_day(cell)


@lru_cache(maxsize=256)
def _label(cell: str) -> Label:
    return _one_of(Label, cell)


@lru_cache(maxsize=256)
def _surface(cell: str) -> Surface:
    return _one_of(Surface, cell)


def _one_of(choices: type[Choice], cell: str) -> Choice:
    try:
        return choices(cell.strip().casefold())
    except ValueError:
        raise Refused(f"“{_short(cell)}” is not one of {', '.join(choices)}") from None


def _whole(least: int, most: int) -> Callable[[str], int]:
    @lru_cache(maxsize=4_096)
    def read(cell: str) -> int:
        text = cell.strip()
        if text.isascii() and text.isdigit() and len(text) < 9 and least <= int(text) <= most:
            return int(text)
        raise Refused(f"“{_short(cell)}” is not a whole number from {least} to {most:,}")

    return read


@lru_cache(maxsize=4_096)
def _minutes(cell: str) -> int:
    if not _HOURS.fullmatch(cell.strip()) or float(cell) > MOST_HOURS:
        raise Refused(
            f"“{_short(cell)}” is not a number of hours such as 1.5, {MOST_HOURS:,} at most"
        )
    return round(float(cell) * 60)


def _key(cell: str) -> int:
    try:
        return parse_key(cell)
    except Refused:
        raise Refused(f"“{_short(cell)}” is not a key; keys look like D-7") from None


def _short(cell: str) -> str:
    return " ".join(cell.split())[:40]


MOST_HOURS = 16_666
_RATING = _whole(1, 5)
_READERS: dict[str, tuple[str, Callable[[str], Any], Any]] = {
    "key": ("key", _key, KEPT),
    "kind": ("kind", _text("kind"), KEPT),
    "label": ("label", _label, KEPT),
    "paths": ("paths", _paths, ()),
    "owner": ("owner", _owner, None),
    "surface": ("surface", _surface, KEPT),
    "created_on": ("created_on", _day, KEPT),
    "review_on": ("review_on", _day, None),
    "expires_on": ("expires_on", _day, None),
    "value": ("value", _RATING, None),
    "frequency": ("frequency", _RATING, KEPT),
    "complexity": ("complexity", _RATING, KEPT),
    "risk": ("risk", _RATING, KEPT),
    "friction": ("friction", _RATING, KEPT),
    "monthly_hours": ("monthly_minutes", _minutes, None),
    "dependants": ("dependants", _whole(0, 1_000_000), 0),
}
READERS = {name: Column(name, *_READERS.get(name, (name, _text(name), None))) for name in COLUMNS}
COLUMN_OF_FIELD = {column.field: name for name, column in READERS.items()}
