"""Importing a spreadsheet, validation and history included, against the bare driver's inserts."""

import csv
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from debt.change import Change
from debt.policy.policy import built_in
from intake.sheets.import_file import import_file
from storage.database.migrate import migrate
from storage.database.store import Store

ROWS = 100_000
_COLUMNS = "name,kind,label,repo,paths,service,team,owner,purpose,lifespan,removal_impact,surface"


def _spreadsheet(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow([*_COLUMNS.split(","), "created_on", "value", "risk", "monthly_hours"])
        for number in range(ROWS):
            writer.writerow(_row(number))


def _row(number: int) -> list[str]:
    service = f"service-{number % 500}"
    return (
        f"Worker {number}|production_integration|durable|acme/{service}|src/**;tests/**|{service}|"
        f"team-{number % 100}|dana{number % 900}@example.com|Retries failed card payments|"
        "until the provider changes|Failed payments stay failed|production|2026-03-01|3|4|2.5"
    ).split("|")


async def _ours(url: str, path: Path) -> float:
    migrate(url)
    store = Store(url)
    change = Change("benchmark", datetime.now(UTC), built_in())
    started = time.perf_counter()
    with path.open("rb") as file:
        await import_file(store, change, file, path.name)
    took = time.perf_counter() - started
    await store.close()
    return took


def _bare(source: Path, target: Path) -> float:
    """The same artifact and history rows, into the same tables with the same indexes."""
    migrate(f"sqlite:///{target}")
    rows = {}
    with sqlite3.connect(source) as connection:
        for table in ("artifact", "history"):
            rows[table] = connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
    connection.close()
    connection = sqlite3.connect(target)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    started = time.perf_counter()
    with connection:
        for table, values in rows.items():
            marks = ",".join("?" * len(values[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
    took = time.perf_counter() - started
    connection.close()
    return took


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.csv"
        _spreadsheet(path)
        ours = await _ours(f"sqlite:///{folder}/ours.db", path)
        bare = _bare(Path(folder) / "ours.db", Path(folder) / "bare.db")
        print(f"import against the bare driver: {bare / ours:.2f} of its rows/s (goal ≥ 0.15)")
        print(f"  {ROWS / ours:,.0f} rows/s against {ROWS / bare:,.0f} rows/s, {ROWS:,} rows")
