"""What happened to changes, and incidents, from a spreadsheet: all of it or nothing (R20, R21)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, BinaryIO

from debt.artifact.artifact import key_of, parse_key
from debt.change import Change
from debt.metrics.conditions import ObservationKind
from debt.refusal import Refused
from debt.rules.dates import parse_day
from debt.rules.hours import parse_amount
from debt.text import clean_field
from intake.columns.cells import unguarded
from intake.sheets.import_file import seekable
from intake.sheets.spreadsheet import SpreadsheetFaults, records
from storage.database.store import Store
from storage.metrics import observations
from storage.metrics.observations import Observed

COLUMNS = (
    "kind", "id", "on", "repo", "team", "code", "hours", "comments", "loops", "follow_ups",
    "failed", "rolled_back", "artifact",
)  # fmt: skip
REQUIRED = ("kind", "id", "on", "repo")
_OF_CHANGES = ("code", "hours", "comments", "loops", "follow_ups", "failed", "rolled_back")
_CHUNK = 1_000
_Line = tuple[int, Observed]


async def put_all(store: Store, change: Change, file: BinaryIO, name: str) -> int:
    """How many were entered. Raises WrongSpreadsheet, and enters none, where any cell is wrong."""
    faults, count = SpreadsheetFaults(name), 0
    with seekable(file) as whole:
        async with store.change() as session:
            lines = _rows(whole, faults, change.today)
            while chunk := list(islice(lines, _CHUNK)):
                missing = await observations.put(
                    session, change, [observed for _, observed in chunk]
                )
                _note(chunk, missing, faults)
                count += len(chunk)
            faults.refuse()
            if count:
                await observations.note(session, change, count, f"imported from {name}")
    return count


def _note(chunk: list[_Line], missing: set[int], faults: SpreadsheetFaults) -> None:
    for line, observed in chunk:
        if observed.artifact_id in missing:
            words = f"there is no {key_of(observed.artifact_id or 0)} on the register"
            faults.add(line, "artifact", words)


def _rows(file: BinaryIO, faults: SpreadsheetFaults, today: date) -> Iterator[_Line]:
    """The records one by one; one with a fault is noted and left out."""
    seen: set[tuple[str, str, str]] = set()
    with records(file, faults) as lines:
        names = _names(next(lines, (1, []))[1], faults)
        for line, cells in lines if names else ():
            row = _row(line, cells, names, faults, today)
            if row and (row.repo, row.kind, row.ref) in seen:
                faults.add(line, "id", f"this {row.kind} is in the file already")
            elif row:
                seen.add((row.repo, row.kind, row.ref))
                yield line, row


def _names(header: Sequence[str], faults: SpreadsheetFaults) -> list[str]:
    """None where the header cannot be used."""
    names = [name.strip() for name in header]
    for at, name in enumerate(names):
        if name not in COLUMNS:
            shown = " ".join(name.split())[:60] or str(at + 1)
            faults.add(1, shown, f"is no column; columns are {', '.join(COLUMNS)}")
        elif name in names[:at]:
            faults.add(1, name, "is there twice")
    for name in REQUIRED:
        if name not in names:
            faults.add(1, name, f"is missing; {', '.join(REQUIRED)} are required")
    return [] if faults.count else names


def _row(
    line: int, cells: Sequence[str], names: Sequence[str], faults: SpreadsheetFaults, today: date
) -> Observed | None:
    before = faults.count
    if len(cells) != len(names):
        faults.add(line, None, f"has {len(cells)} cells, and the header {len(names)}")
        return None
    fields: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=True):
        try:
            fields[_FIELDS.get(name, name)] = _read(name, unguarded(cell).strip())
        except Refused as refused:
            faults.add(line, name, str(refused))
    if faults.count == before:
        for column, words in _misfits(fields, today):
            faults.add(line, column, words)
    return Observed(**fields) if faults.count == before else None


def _read(name: str, cell: str) -> Any:
    """None for an empty cell, which says that nothing is known."""
    if not cell and name in REQUIRED:
        raise Refused(f"is empty; {', '.join(REQUIRED)} are required")
    return _READERS[name](cell) if cell else None


def _misfits(fields: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    """What one cell does not tell."""
    if fields["happened_on"] > today:
        yield "on", f"{fields['happened_on']} is still to come"
    if fields["kind"] is ObservationKind.WORKAROUND and fields.get("artifact_id") is None:
        yield "artifact", "is empty; a workaround names the artifact that people go around"
    if fields["kind"] is ObservationKind.CHANGE:
        if fields.get("by_tool") is None:
            yield "code", "is empty; a change is by ai or by people"
        return
    for name in _OF_CHANGES:
        if fields.get(_FIELDS.get(name, name)) is not None:
            yield name, f"only a change has one; leave it empty for {_article(fields['kind'])}"


def _article(kind: ObservationKind) -> str:
    return f"an {kind}" if kind is ObservationKind.INCIDENT else f"a {kind}"


def _one_of(choices: Mapping[str, Any]) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        if cell.casefold() not in choices:
            raise Refused(f"“{_short(cell)}” is not one of {', '.join(choices)}")
        return choices[cell.casefold()]

    return read


def _text(column: str) -> Callable[[str], str]:
    return lambda cell: clean_field(column, cell)


def _number(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) < 7):
        raise Refused(f"“{_short(cell)}” is not a whole number from 0 to 999,999")
    return int(cell)


def _minutes(cell: str) -> int:
    return parse_amount(cell)


def _short(cell: str) -> str:
    return " ".join(cell.split())[:40]


_FIELDS = {
    "id": "ref", "on": "happened_on", "code": "by_tool", "hours": "review_minutes",
    "artifact": "artifact_id",
}  # fmt: skip
_READERS: Mapping[str, Callable[[str], Any]] = {
    "kind": _one_of({each.value: each for each in ObservationKind}),
    "id": _text("id"),
    "on": parse_day,
    "repo": _text("repo"),
    "team": _text("team"),
    "code": _one_of({"ai": True, "people": False}),
    "hours": _minutes,
    "comments": _number,
    "loops": _number,
    "follow_ups": _number,
    "failed": _one_of({"yes": 1, "no": 0}),
    "rolled_back": _one_of({"yes": 1, "no": 0}),
    "artifact": parse_key,
}
