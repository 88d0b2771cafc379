"""A spreadsheet into the register: all of it in one transaction, or nothing."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from tempfile import TemporaryFile
from typing import BinaryIO

from debt.change import Change
from intake.sheets.spreadsheet import SpreadsheetFaults, highest_key, rows
from storage.database.store import Store
from storage.register import bulk
from storage.register.bulk import BulkOutcome

Progress = Callable[[int], None]


async def import_file(
    store: Store, change: Change, file: BinaryIO, name: str, progress: Progress | None = None
) -> BulkOutcome:
    """What became of the file's rows; `progress` is told how many are done.

    Raises WrongSpreadsheet, and leaves the register as it was, where any cell is wrong.
    """
    faults = SpreadsheetFaults(name)
    with seekable(file) as records:
        highest = highest_key(records)
        async with store.change() as session:
            await bulk.begin(session, highest)
            outcome, reading = BulkOutcome(), rows(records, change.policy, faults)
            while chunk := list(islice(reading, bulk.CHUNK)):
                put = await bulk.put(session, change, chunk, f"imported from {name}")
                faults.note(put.faults)
                outcome += put
                if progress:
                    progress(outcome.created + outcome.changed + outcome.unchanged)
            faults.refuse()
    return outcome


@contextmanager
def seekable(file: BinaryIO) -> Iterator[BinaryIO]:
    """A file that can be read from its beginning again, as what comes through a pipe cannot."""
    if file.seekable():
        yield file
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        yield copy
