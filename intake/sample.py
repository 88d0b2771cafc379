"""A made-up team's register, always current: for `debt try` where a repository shows no AI code."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

from debt.facts import Facts
from debt.policy import built_in
from intake.spreadsheet import Faults, rows
from storage import bulk
from storage.artifacts import Change
from storage.bulk import Row
from storage.store import Store

FILE = Path(__file__).with_name("sample.csv")
WRITTEN_ON = date(2026, 11, 24)


def load_sample(today: date) -> Iterator[Row]:
    """The sample's records, every date as far from today as it was from the day of writing."""
    faults = Faults(FILE.name)
    later = today - WRITTEN_ON
    with FILE.open("rb") as file:
        for row in rows(file, built_in(), faults):
            yield Row(row.line, row.artifact_id, _shifted(row.facts, later))
    faults.refuse()


def _shifted(facts: Facts, later: timedelta) -> Facts:
    moved: dict[str, Any] = {
        name: value + later if isinstance(value, date) else value for name, value in facts.items()
    }
    return cast("Facts", moved)


async def fill(store: Store, change: Change) -> int:
    """Puts the sample on the register; how many artifacts it has."""
    async with store.change() as session:
        await bulk.begin(session)
        records = [*load_sample(change.today)]
        outcome = await bulk.put(session, change, records, "imported from sample.csv")
        return outcome.created
