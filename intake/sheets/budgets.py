"""Many budgets from a spreadsheet: all of them in one transaction, or none."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import BinaryIO, TypeVar

from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.change import Change
from debt.refusal import Refused
from debt.rules.dates import parse_day
from debt.rules.hours import Period, parse_amount, parse_length
from debt.scope import BudgetLine, Scope, ScopeKind
from intake.sheets.import_file import seekable
from intake.sheets.spreadsheet import SpreadsheetFaults, records
from storage.costs import budgets
from storage.costs.budgets import Budget
from storage.database.store import Session, Store
from storage.register import queries

COLUMNS = (
    *("scope", "only", "period", "weeks", "first_day"),
    *("hours", "score", "artifacts", "lower_by", "by"),
)
REQUIRED = ("scope", "hours")
T = TypeVar("T")
_COLUMN_OF = {"minutes": "hours"}


async def put_all(store: Store, change: Change, file: BinaryIO, name: str) -> int:
    """How many were set; what a file has no column for stays as it was. Raises WrongSpreadsheet,
    and sets none, where any cell is wrong.
    """
    faults, count = SpreadsheetFaults(name), 0
    with seekable(file) as whole:
        async with store.change() as session:
            for line, cells in _rows(whole, faults):
                try:
                    await _put(session, change, cells)
                except Refused as refused:
                    faults.add(line, _column(refused), str(refused))
                count += 1
            faults.refuse()
    return count


async def _put(session: Session, change: Change, cells: Mapping[str, str]) -> None:
    line = BudgetLine(_scope(cells["scope"]), cells.get("only", "").casefold())
    budgets.require_line(line)
    if line.scope.kind is not ScopeKind.TRAIN and not await queries.exists(session, line.scope):
        raise Refused(f"nothing on the register is in {line.scope}", field="scope")
    budget = await budgets.find(session, line, change.today)
    limits, period = _limits(cells, budget, change.today), _period(cells, budget)
    await budgets.put(session, change, line, period, limits)


def _rows(file: BinaryIO, faults: SpreadsheetFaults) -> Iterator[tuple[int, dict[str, str]]]:
    with records(file, faults) as lines:
        header = next(lines, None)
        names = _names(header[1] if header else [], faults)
        for line, cells in lines if names else ():
            padded = [*cells, *[""] * len(names)]
            yield line, dict(zip(names, (cell.strip() for cell in padded), strict=False))


def _names(header: list[str], faults: SpreadsheetFaults) -> list[str]:
    names = [name.strip() for name in header]
    for name in names:
        if name not in COLUMNS:
            faults.add(1, name[:60], f"is no column; columns are {', '.join(COLUMNS)}")
    for name in REQUIRED:
        if name not in names:
            faults.add(1, name, "is missing; scope and hours are required")
    return [] if faults.count else names


def _limits(cells: Mapping[str, str], budget: Budget | None, today: date) -> BudgetLimits:
    was = budget.limits if budget else BudgetLimits(0)
    with _in_column("hours"):
        was = was.with_minutes(parse_amount(cells["hours"]), today)
    return BudgetLimits(
        was.minutes,
        score=_number(cells, "score", was.score),
        artifacts=_number(cells, "artifacts", was.artifacts),
        lower_by=_read(cells, "lower_by", parse_length, was.lower_by),
        by=_read(cells, "by", parse_day, was.by),
    )


def _period(cells: Mapping[str, str], budget: Budget | None) -> BudgetPeriod:
    """Weeks and first day are those of a sprint of its own."""
    was = (
        budget.period
        if budget and isinstance(budget.period, BudgetPeriod)
        else BudgetPeriod(Period.MONTH)
    )
    length = _length(cells["period"]) if "period" in cells else was.length
    period = was if was.length is length else BudgetPeriod(length)
    weeks = _number(cells, "weeks", period.weeks)
    first = _read(cells, "first_day", parse_day, period.first_day)
    if (weeks is None) != (first is None):
        raise Refused("a sprint of its own has both: weeks and first_day", field="first_day")
    return BudgetPeriod(length, weeks, first)


def _scope(cell: str) -> Scope:
    kind, _, name = cell.partition(":")
    if kind.casefold() not in budgets.SCOPES or not name:
        raise Refused(f"a scope is {budgets.SCOPE_WORDS}", field="scope")
    return Scope(ScopeKind(kind.casefold()), name)


def _length(cell: str) -> Period:
    if cell and cell.casefold() not in set(Period):
        raise Refused(f"a period is one of {', '.join(Period)}", field="period")
    return Period(cell.casefold() or Period.MONTH)


def _number(cells: Mapping[str, str], name: str, unsaid: int | None) -> int | None:
    return _read(cells, name, _whole, unsaid)


def _whole(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) < 10):
        raise Refused("is not a whole number")
    return int(cell)


def _read(
    cells: Mapping[str, str], name: str, read: Callable[[str], T], unsaid: T | None
) -> T | None:
    """None in an empty cell; without such a column, what is there already."""
    if name not in cells:
        return unsaid
    with _in_column(name):
        return read(cells[name]) if cells[name] else None


@contextmanager
def _in_column(name: str) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise Refused(str(refused), field=name) from None


def _column(refused: Refused) -> str | None:
    return _COLUMN_OF.get(refused.field or "", refused.field)
