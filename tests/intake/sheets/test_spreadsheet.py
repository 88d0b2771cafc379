"""Reading: every wrong cell is named by line and column, and a file of any size fits."""

import tracemalloc
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from typing import BinaryIO, cast

import pytest

from debt.policy.policy import built_in
from intake.columns.columns import COLUMNS
from intake.sheets.spreadsheet import (
    NAMED_AT_MOST,
    SpreadsheetFaults,
    WrongSpreadsheet,
    highest_key,
    rows,
)
from tests.intake.spreadsheets import FIRST, ONE, faults_of, file_of, records


def test_a_record_says_only_what_its_columns_say() -> None:
    (row,) = records(ONE)
    assert (row.line, row.artifact_id) == (2, None)
    assert row.facts == {
        "name": "Retry worker",
        "repo": "acme/checkout",
        "paths": ("src/retry/**",),
    }


def test_an_empty_cell_clears_texts_dates_and_numbers_but_not_what_must_be_there() -> None:
    kept = "kind,label,surface,created_on,risk"
    cleared = "owner,purpose,expires_on,value,monthly_hours,dependants"
    (row,) = records(f"{FIRST},{kept},{cleared}\nn,r,p,,,,,,,,,,,\n")
    given = {name: value for name, value in row.facts.items() if name not in FIRST.split(",")}
    assert given == {
        "owner": None,
        "purpose": None,
        "expires_on": None,
        "value": None,
        "monthly_minutes": None,
        "dependants": 0,
    }


def test_a_byte_order_mark_windows_lines_and_empty_lines_are_tolerated() -> None:
    sheet = b"\xef\xbb\xbf" + ONE.replace("\n", "\r\n").encode() + b"\r\n,,\r\n"
    assert len(records(sheet)) == 1


def test_a_fault_is_named_on_the_line_where_its_record_starts() -> None:
    sheet = f'{FIRST},owner\n"two\nlines",r,p,\n"three\n\nlines",r,p,somebody\n'
    (fault,) = faults_of(sheet)
    assert fault.startswith("line 4, column owner: “somebody” is no owner")


def test_every_fault_of_a_record_is_named() -> None:
    sheet = f"key,{FIRST},kind,expires_on,risk\n,,r,p,strange,soon,9\n"
    assert [fault.partition(":")[0] for fault in faults_of(sheet)] == [
        "line 2, column name",
        "line 2, column expires_on",
        "line 2, column risk",
        "line 2, column kind",
    ]


@pytest.mark.parametrize(
    ("sheet", "fault"),
    [
        ("", "line 1: there is no header row"),
        (f"{FIRST},colour\n", "line 1, column colour: is not known"),
        (f"{FIRST},ownr\n", "line 1, column ownr: is not known; did you mean owner?"),
        ("name;repo;paths\n", "line 1, column name;repo;paths: columns are separated by commas"),
        (f"{FIRST},name\n", "line 1, column name: is there twice"),
        (f"{FIRST},\n", "line 1, column 4: has no name"),
        ("name,repo\n", "line 1, column paths: is missing"),
        (f"{FIRST}\nn,r,p,x\n", "line 2, column 4: is a surplus cell"),
        (f"{FIRST}\nn,r\n", "line 2, column paths: the record ends before it"),
        (f"key,{FIRST}\nD-3,n,r,p\n3,n,r,p\n", "line 3, column key: D-3 is in the file already"),
        (f'{FIRST}\nn,r,"p\n', "line 2: a quotation mark is never closed"),
        (f'{FIRST}\nn,r,"p"q\n', "line 2: a quotation mark inside a quoted cell"),
        (f"{FIRST}\nn,r,{'p' * 140_000}\n", "line 2: a cell is longer than 131,072 characters"),
        (f"{FIRST}\nn,r,{'p' * 4_100_000}", "line 2: a cell is longer than 131,072 characters"),
    ],
)
def test_a_sheet_that_cannot_be_meant_is_named(sheet: str, fault: str) -> None:
    assert faults_of(sheet)[0].startswith(fault)


def test_text_that_is_not_utf8_is_named_by_its_cell() -> None:
    (fault,) = faults_of(f"{FIRST}\nn,r,p\n".encode() + "Zahlungsausfälle,r,p\n".encode("latin-1"))
    assert fault.startswith("line 3, column name: is not UTF-8 text")


def test_a_sheet_of_another_encoding_is_named_at_its_header() -> None:
    assert "not UTF-8" in faults_of(ONE.encode("utf-16"))[0]


def test_a_thousand_faults_are_fifty_and_a_number() -> None:
    faults = SpreadsheetFaults("register.csv")
    sheet = file_of(f"{FIRST},risk\n" + "n,r,p,9\n" * 1_000)
    assert list(rows(sheet, built_in(), faults)) == []
    with pytest.raises(WrongSpreadsheet) as wrong:
        faults.refuse()
    lines = str(wrong.value).splitlines()
    assert lines[0] == "register.csv: 1,000 faults, so nothing was imported:"
    assert len(lines) == 1 + NAMED_AT_MOST + 1
    assert lines[-1].strip() == "and 950 more"


def test_the_highest_key_is_known_before_the_first_record_is_read() -> None:
    assert highest_key(file_of(f"{FIRST},key\nn,r,p,D-7\nn,r,p,40\nn,r,p,\nn,r,p,junk\n")) == 40
    assert highest_key(file_of(ONE)) == 0
    assert highest_key(file_of("")) == 0


class Endless(RawIOBase):
    """A file of so many records that is nowhere as a whole."""

    def __init__(self, count: int) -> None:
        self._lines = self._all(count)
        self._left = b""

    @staticmethod
    def _all(count: int) -> Iterator[bytes]:
        yield ",".join(COLUMNS).encode() + b"\n"
        for number in range(count):
            cells = [f"D-{number + 1}", f"Worker {number}", "", "", "acme/web", "src/**"]
            yield ",".join(cells + [""] * (len(COLUMNS) - len(cells))).encode() + b"\n"

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset + whence

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # RawIOBase's Buffer
        self._left = self._left or next(self._lines, b"")
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


def test_a_long_file_is_never_in_memory() -> None:
    tracemalloc.start()
    try:
        endless = cast("BinaryIO", Endless(20_000))
        count = len({row.line for row in rows(endless, built_in(), SpreadsheetFaults(""))})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 6_000_000, "the file alone has about 1 MB, its records as values about 60 MB"


def test_the_file_can_be_read_on_after_its_records() -> None:
    sheet = BytesIO(ONE.encode())
    assert len(list(rows(sheet, built_in(), SpreadsheetFaults("")))) == 1
    assert not sheet.closed
