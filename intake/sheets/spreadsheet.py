"""The register as a spreadsheet: read record by record with every wrong cell named, and written."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import TextIOWrapper
from typing import Any, BinaryIO, TextIO, cast

from debt.artifact.artifact import Artifact, looks_like_key, parse_key
from debt.artifact.columns import Facts
from debt.policy.policy import Policy
from debt.refusal import ExpectedError, Refused
from debt.rules.facts import require_kind
from intake.columns.cells import COLUMN_OF_FIELD, KEPT, READERS, SheetColumn, guarded, unguarded
from intake.columns.columns import COLUMNS, REQUIRED
from intake.columns.json import VALUES
from storage.database.history import PUBLIC_NAMES, HistoryEntry
from storage.register.bulk import BulkRow, RowFault

NAMED_AT_MOST = 50
LONGEST_LINE = 4_000_000
_RECORD = tuple[int, list[str]]


class WrongSpreadsheet(ExpectedError):
    """Nothing was imported; the message names every wrong cell by line and column."""


@dataclass
class SpreadsheetFaults:
    """Everything wrong with one file: the first ones in words, the others counted."""

    file: str
    named: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, column: str | None, words: str) -> None:
        self.count += 1
        if self.count <= NAMED_AT_MOST:
            where = f"line {line}, column {column}" if column else f"line {line}"
            self.named.append((line, f"{where}: {words.rstrip('.')}"))

    def note(self, faults: Iterable[RowFault]) -> None:
        for fault in faults:
            column = {"path": "paths"}.get(fault.field or "", fault.field)
            self.add(fault.line, COLUMN_OF_FIELD.get(column or ""), fault.words)

    def refuse(self) -> None:
        """Raises WrongSpreadsheet if there is any."""
        if self.count == 1:
            raise WrongSpreadsheet(f"{self.file}: {self.named[0][1]}; nothing was imported")
        if self.count:
            raise WrongSpreadsheet("\n  ".join(self._lines()))

    def _lines(self) -> Iterator[str]:
        yield f"{self.file}: {self.count:,} faults, so nothing was imported:"
        yield from (words for _, words in sorted(self.named))
        if self.count > NAMED_AT_MOST:
            yield f"and {self.count - NAMED_AT_MOST:,} more"


def rows(file: BinaryIO, policy: Policy, faults: SpreadsheetFaults) -> Iterator[BulkRow]:
    """The records one by one; a record with a fault is noted and left out."""
    with records(file, faults) as lines:
        columns = _columns(next(lines, None), faults)
        reader = _RowReader(columns, policy, faults)
        for line, cells in lines if columns else ():
            row = reader.row(line, cells)
            if row:
                yield row


def highest_key(file: BinaryIO) -> int:
    """The highest key that any record names, 0 for none; what is wrong is for `rows` to say."""
    highest = 0
    with records(file, SpreadsheetFaults("")) as lines:
        _, header = next(lines, (1, []))
        names = [name.strip() for name in header]
        place = names.index("key") if "key" in names else len(names)
        for _, cells in lines:
            if len(cells) > place and looks_like_key(cells[place]):
                highest = max(highest, _number(cells[place]))
    return highest


def _number(key: str) -> int:
    try:
        return parse_key(key)
    except Refused:
        return 0


@contextmanager
def records(file: BinaryIO, faults: SpreadsheetFaults) -> Iterator[Iterator[_RECORD]]:
    """Each record with the line it starts on, from the file's beginning; empty ones left out."""
    file.seek(0)
    text = TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield _parsed(text, faults)
    finally:
        if not text.closed:  # as after an error that closed the file
            text.detach()


def _parsed(text: TextIO, faults: SpreadsheetFaults) -> Iterator[_RECORD]:
    reader = csv.reader(_lines(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        faults.add(line, None, _fault(str(error)))


def _lines(text: TextIO) -> Iterator[str]:
    """Lines as they come; one that never ends is not waited for."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise csv.Error("field limit")
        yield line


def _fault(error: str) -> str:
    if "field limit" in error or "field larger" in error:
        return "a cell is longer than 131,072 characters; is a quotation mark never closed?"
    if "end of data" in error:
        return "a quotation mark is never closed"
    return "a quotation mark inside a quoted cell is written twice"


def _columns(header: _RECORD | None, faults: SpreadsheetFaults) -> Sequence[SheetColumn]:
    """The columns in the file's order; none where the header cannot be used."""
    if header is None:
        if not faults.count:
            faults.add(1, None, "there is no header row; see `debt import --help` for the columns")
        return ()
    line, names = header[0], [name.strip() for name in header[1]]
    for number, name in enumerate(names):
        if name in names[:number]:
            faults.add(line, _shown(name), "is there twice")
        elif name not in READERS:
            faults.add(line, _shown(name) or str(number + 1), _unknown(name))
    for name in REQUIRED:
        if name not in names:
            faults.add(line, name, "is missing; name, repo and paths are required")
    return () if faults.count else tuple(READERS[name] for name in names)


def _shown(name: str) -> str:
    return " ".join(name.encode("utf-8", "replace").decode().split())[:60]


def _unknown(name: str) -> str:
    if not name:
        return "has no name"
    if ";" in name:
        return "columns are separated by commas, not by semicolons"
    if any("\udc80" <= letter <= "\udcff" for letter in name):
        return "is not UTF-8 text; save the spreadsheet as “CSV UTF-8”"
    nearest = get_close_matches(name.casefold(), COLUMNS, 1)
    return f"is not known; did you mean {nearest[0]}?" if nearest else "is not known"


class _RowReader:
    """Record after record under one header; every fault is noted, whatever else is wrong."""

    def __init__(
        self, columns: Sequence[SheetColumn], policy: Policy, faults: SpreadsheetFaults
    ) -> None:
        self._columns, self._policy, self._faults = columns, policy, faults
        self._keys: set[int] = set()

    def row(self, line: int, cells: list[str]) -> BulkRow | None:
        """None for a record that has a fault."""
        before = self._faults.count
        if len(cells) != len(self._columns):
            _ragged(line, cells, self._columns, self._faults)
            return None
        row = self._read(line, cells)
        self._check(row)
        return row if self._faults.count == before else None

    def _read(self, line: int, cells: list[str]) -> BulkRow:
        facts: dict[str, Any] = {}
        for column, cell in zip(self._columns, cells, strict=True):
            try:
                _read(cell, column, facts)
            except Refused as refused:
                self._faults.add(line, column.name, str(refused))
        return BulkRow(line, facts.pop("key", None), cast("Facts", facts))

    def _check(self, row: BulkRow) -> None:
        """What one cell does not tell. An artifact on the register may keep a kind of old."""
        key = row.artifact_id
        if key is None:
            self._check_kind(row)
        elif key in self._keys:
            self._faults.add(row.line, "key", f"D-{key} is in the file already")
        else:
            self._keys.add(key)

    def _check_kind(self, row: BulkRow) -> None:
        try:
            if "kind" in row.facts:
                require_kind(row.facts["kind"], self._policy)
        except Refused as refused:
            self._faults.add(row.line, "kind", str(refused))


def _read(cell: str, column: SheetColumn, facts: dict[str, Any]) -> None:
    text = unguarded(cell).strip()
    if text:
        if not text.isascii():
            _require_utf8(text)
        facts[column.field] = column.read(text)
    elif column.name in REQUIRED:
        raise Refused("is empty; every artifact has name, repo and paths")
    elif column.empty is not KEPT:
        facts[column.field] = column.empty


def _require_utf8(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused("is not UTF-8 text; save the spreadsheet as “CSV UTF-8”") from None


def _ragged(
    line: int, cells: list[str], columns: Sequence[SheetColumn], faults: SpreadsheetFaults
) -> None:
    if len(cells) > len(columns):
        surplus = str(len(columns) + 1)
        faults.add(line, surplus, f"is a surplus cell; the header has {len(columns)} columns")
    else:
        faults.add(line, columns[len(cells)].name, "the record ends before it")


def write_header(out: TextIO, names: Sequence[str] = COLUMNS) -> None:
    csv.writer(out, lineterminator="\n").writerow(names)


def write(out: TextIO, artifacts: Iterable[Artifact]) -> None:
    """One row each, under `write_header`; what a spreadsheet would run is guarded."""
    csv.writer(out, lineterminator="\n").writerows(
        [guarded(_cell(value_of(artifact))) for value_of in VALUES.values()]
        for artifact in artifacts
    )


def write_entries(out: TextIO, entries: Iterable[HistoryEntry]) -> None:
    """History rows, under `write_header(out, PUBLIC_NAMES)`; before and after as JSON."""
    csv.writer(out, lineterminator="\n").writerows(
        [guarded(_cell(shown[name])) for name in PUBLIC_NAMES]
        for shown in (entry.public() for entry in entries)
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)
