"""Spreadsheets in a line or two, and what importing them comes to."""

from datetime import UTC, datetime
from io import BytesIO, StringIO

from debt.change import Change
from debt.policy.policy import Policy, built_in
from intake.sheets.import_file import import_file
from intake.sheets.spreadsheet import SpreadsheetFaults, rows, write, write_header
from storage.database.store import Store
from storage.register.bulk import BulkOutcome, BulkRow, everybody

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FIRST = "name,repo,paths"
ONE = f"{FIRST}\nRetry worker,acme/checkout,src/retry/**\n"


def change(policy: Policy | None = None) -> Change:
    return Change("cli:dana", NOW, policy or built_in())


def records(text: str | bytes) -> list[BulkRow]:
    """Every record of a sheet that is right."""
    faults = SpreadsheetFaults("register.csv")
    found = list(rows(file_of(text), built_in(), faults))
    faults.refuse()
    return found


def faults_of(text: str | bytes) -> list[str]:
    """What is wrong with a sheet, as a person reads it."""
    faults = SpreadsheetFaults("register.csv")
    for _ in rows(file_of(text), built_in(), faults):
        pass
    return [words for _, words in faults.named]


def file_of(text: str | bytes) -> BytesIO:
    return BytesIO(text.encode() if isinstance(text, str) else text)


async def imported(
    store: Store, text: str | bytes, *, name: str = "register.csv", policy: Policy | None = None
) -> BulkOutcome:
    return await import_file(store, change(policy), file_of(text), name)


async def exported(store: Store) -> str:
    out = StringIO()
    write_header(out)
    async with store.read() as session:
        write(out, [artifact async for artifact in everybody(session)])
    return out.getvalue()
