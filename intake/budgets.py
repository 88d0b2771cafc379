"""Many budgets from a spreadsheet: all of them in one transaction, or none."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from debt.budget import Limits, Rhythm
from debt.hours import Period, parse_length
from debt.refusal import Refused
from intake.importing import seekable
from intake.spreadsheet import Faults, records
from storage import budgets
from storage.artifacts import Change
from storage.lists import Scope, ScopeKind
from storage.store import Store
from storage.uses import Place

COLUMNS = ("scope", "only", "period", "hours", "score", "artifacts")
REQUIRED = ("scope", "hours")
_COLUMN_OF = {"minutes": "hours"}


async def put_all(store: Store, change: Change, file: BinaryIO, name: str) -> int:
    """How many were set. Raises WrongSpreadsheet, and sets none, where any cell is wrong."""
    faults, count = Faults(name), 0
    with seekable(file) as whole:
        async with store.change() as session:
            for line, place, rhythm, limits in _rows(whole, faults):
                try:
                    await budgets.put(session, change, place, rhythm, limits)
                except Refused as refused:
                    faults.add(line, _column(refused), str(refused))
                count += 1
            faults.refuse()
    return count


def _rows(file: BinaryIO, faults: Faults) -> Iterator[tuple[int, Place, Rhythm, Limits]]:
    with records(file, faults) as lines:
        header = next(lines, None)
        names = _names(header[1] if header else [], faults)
        for line, cells in lines if names else ():
            said = dict(zip(names, (cell.strip() for cell in cells), strict=False))
            try:
                yield line, *_row(said)
            except Refused as refused:
                faults.add(line, _column(refused), str(refused))


def _names(header: list[str], faults: Faults) -> list[str]:
    names = [name.strip() for name in header]
    for name in names:
        if name not in COLUMNS:
            faults.add(1, name[:60], f"is no column; columns are {', '.join(COLUMNS)}")
    for name in REQUIRED:
        if name not in names:
            faults.add(1, name, "is missing; scope and hours are required")
    return [] if faults.count else names


def _row(said: Mapping[str, str]) -> tuple[Place, Rhythm, Limits]:
    place = Place(_scope(said.get("scope", "")), said.get("only", "").casefold())
    limits = Limits(
        _minutes(said.get("hours", "")),
        score=_number(said, "score"),
        artifacts=_number(said, "artifacts"),
    )
    return place, Rhythm(_period(said.get("period", ""))), limits


def _scope(cell: str) -> Scope:
    kind, _, name = cell.partition(":")
    if kind.casefold() not in budgets.SCOPES or not name:
        raise Refused(f"a scope is {budgets.SPELLED}", field="scope")
    return Scope(ScopeKind(kind.casefold()), name)


def _period(cell: str) -> Period:
    if cell and cell.casefold() not in set(Period):
        raise Refused(f"a period is one of {', '.join(Period)}", field="period")
    return Period(cell.casefold() or Period.MONTH)


def _minutes(cell: str) -> int:
    try:
        return 0 if cell in {"0", "0h"} else parse_length(cell)
    except Refused as refused:
        raise Refused(str(refused), field="hours") from None


def _number(said: Mapping[str, str], name: str) -> int | None:
    cell = said.get(name, "")
    if cell and not (cell.isascii() and cell.isdigit() and len(cell) < 10):
        raise Refused("is not a whole number", field=name)
    return int(cell) if cell else None


def _column(refused: Refused) -> str | None:
    return _COLUMN_OF.get(refused.field or "", refused.field)
