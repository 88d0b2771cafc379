"""A made-up team's register, always current: for `debt try` where a repository shows no AI code."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

from debt.artifact.columns import Facts
from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.change import Change
from debt.policy.policy import built_in
from debt.rules.hours import Period, Work
from debt.scope import BudgetLine, Scope, ScopeKind
from intake.sheets.spreadsheet import SpreadsheetFaults, rows
from storage.costs import budgets, hours_log, value
from storage.database.store import Session, Store
from storage.register import bulk
from storage.register.bulk import BulkRow

FILE = Path(__file__).with_name("sample.csv")
WRITTEN_ON = date(2026, 11, 24)
BUDGETS = {"payments": 24, "platform": 14}  # hours a month
VALUES = {7: (6, 0.5), 1: (12, 3), 3: (4, 1), 11: (8, 1)}  # hours saved at creation, and a month
# Artifact, days ago, hours, and what they went into.
HOURS = (
    (7, 1, 6.5, Work.DEBUGGING, "scores flip for the same card"),
    (4, 2, 4, Work.REWORK, "the scheme has changed its forms"),
    (1, 3, 3.5, Work.PATCHING, "new error codes of the provider"),
    (11, 4, 9.5, Work.DEBUGGING, "it throttled the health checks"),
    (12, 5, 7, Work.REWORK, "drift after the last redesign"),
    (7, 36, 8, Work.DEBUGGING, "explained the wrong card"),
    (1, 40, 2, Work.REVIEW, "before the move to the new queue"),
    (7, 66, 7, Work.REWORK, "new rules of the card schemes"),
    (11, 70, 5, Work.PATCHING, "a library that had to go"),
)


def load_sample(today: date) -> Iterator[BulkRow]:
    """The sample's records, every date as far from today as it was from the day of writing."""
    faults = SpreadsheetFaults(FILE.name)
    later = today - WRITTEN_ON
    with FILE.open("rb") as file:
        for row in rows(file, built_in(), faults):
            yield BulkRow(row.line, row.artifact_id, _shifted(row.facts, later))
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
        await _use(session, change)
        return outcome.created


async def _use(session: Session, change: Change) -> None:
    """What the teams may spend a month, what some artifacts save, and what they have cost."""
    for team, hours in BUDGETS.items():
        place, limits = BudgetLine(Scope(ScopeKind.TEAM, team)), BudgetLimits(hours * 60)
        await budgets.put(session, change, place, BudgetPeriod(Period.MONTH), limits)
    for key, (saved, monthly) in VALUES.items():
        await value.state(session, change, key, saved * 60, round(monthly * 60))
    for key, days, spent, kind, note in HOURS:
        on, minutes = change.today - timedelta(days=days), round(spent * 60)
        await hours_log.log(session, change, key, minutes, kind=kind, worked_on=on, note=note)
