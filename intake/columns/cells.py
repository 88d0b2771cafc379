"""One cell of a spreadsheet: how its text is read, and what keeps it from being a formula."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeVar

from debt.artifact.artifact import Ending, Label, Surface, parse_key
from debt.artifact.columns import SHEET_COLUMNS, Column, ValueKind
from debt.refusal import Refused
from debt.rules.dates import parse_day
from debt.text import clean_field

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
class SheetColumn:
    """Where a column's cells go, how they are read, and what an empty one clears it to."""

    name: str
    field: str
    read: Callable[[str], Any]
    empty: Any = None


def _text(field: str) -> Callable[[str], str | None]:
    return lambda cell: clean_field(field, cell) or None


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


@lru_cache(maxsize=256)
def _ending(cell: str) -> Ending:
    return _one_of(Ending, cell)


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
_READ: Mapping[ValueKind, Callable[[str], Any]] = {
    ValueKind.KIND: _text("kind"),
    ValueKind.PATHS: _paths,
    ValueKind.OWNER: _owner,
    ValueKind.DATE: _day,
    ValueKind.LABEL: _label,
    ValueKind.SURFACE: _surface,
    ValueKind.ENDING: _ending,
    ValueKind.MINUTES: _minutes,
}
_EMPTY: Mapping[ValueKind, Any] = {ValueKind.PATHS: (), ValueKind.COUNT: 0}


def _sheet_column(column: Column) -> SheetColumn:
    empty = _EMPTY.get(column.holds) if column.clearable else KEPT
    return SheetColumn(column.name, column.field, _reader(column), empty)


def _reader(column: Column) -> Callable[[str], Any]:
    if column.holds is ValueKind.TEXT:
        return _text(column.field)
    return _READ[column.holds] if column.holds in _READ else _whole(*column.bounds)


READERS = {"key": SheetColumn("key", "key", _key, KEPT)} | {
    column.name: _sheet_column(column) for column in SHEET_COLUMNS
}
COLUMN_OF_FIELD = {column.field: name for name, column in READERS.items()}
