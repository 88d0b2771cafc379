"""What many artifacts save, from a spreadsheet: all of it in one transaction, or nothing."""

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from debt.artifact.artifact import parse_key
from debt.change import Change
from debt.refusal import Refused
from debt.rules.hours import parse_amount
from intake.columns.cells import unguarded
from intake.sheets.import_file import seekable
from intake.sheets.spreadsheet import SpreadsheetFaults, records
from storage.costs import value
from storage.database.store import Store
from storage.register.artifacts import lock_all

COLUMNS = ("key", "saved_hours", "saved_hours_monthly")
_COLUMN_OF = {"saved": "saved_hours", "monthly": "saved_hours_monthly"}
_Row = tuple[int, int, int | None, int | None]
_Read = Callable[[str], int | None]


async def state_all(store: Store, change: Change, file: BinaryIO, name: str) -> int:
    """How many artifacts it spoke of. Raises WrongSpreadsheet, and states nothing, where any cell
    is wrong.
    """
    faults, count = SpreadsheetFaults(name), 0
    with seekable(file) as whole:
        async with store.change() as session:
            await lock_all(session)
            for line, key, saved, monthly in _rows(whole, faults):
                try:
                    await value.state(session, change, key, saved, monthly)
                except Refused as refused:
                    faults.add(line, _COLUMN_OF.get(refused.field or "", "key"), str(refused))
                count += 1
            faults.refuse()
    return count


def _rows(file: BinaryIO, faults: SpreadsheetFaults) -> Iterator[_Row]:
    """A record with a fault is noted and left out."""
    with records(file, faults) as lines:
        header = next(lines, (1, []))
        names = [name.strip() for name in header[1]]
        if sorted(names) != sorted(COLUMNS):
            faults.add(header[0], None, f"the columns are {', '.join(COLUMNS)}")
            return
        keys: set[int] = set()
        for line, cells in lines:
            before = faults.count
            row = _row(line, dict(zip(names, cells, strict=False)), faults)
            if len(cells) != len(names):
                faults.add(line, None, f"the record has {len(cells)} cells of {len(names)}")
            elif row[1] in keys:
                faults.add(line, "key", f"D-{row[1]} is in the file already")
            if faults.count == before:
                keys.add(row[1])
                yield row


def _row(line: int, texts: Mapping[str, str], faults: SpreadsheetFaults) -> _Row:
    """An empty cell says nothing: where both are, what was stated before is taken back."""
    cells = zip(COLUMNS, (parse_key, _minutes, _minutes), strict=True)
    key, saved, monthly = (_cell(line, name, texts, faults, read) for name, read in cells)
    return line, key or 0, saved, monthly


def _cell(
    line: int, column: str, texts: Mapping[str, str], faults: SpreadsheetFaults, read: _Read
) -> int | None:
    try:
        return read(unguarded(texts.get(column, "")).strip())
    except Refused as refused:
        faults.add(line, column, str(refused))
        return None


def _minutes(cell: str) -> int | None:
    if cell in {"0", "0h"}:
        return 0
    return parse_amount(cell) if cell else None
