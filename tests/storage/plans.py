"""What the databases say of how they answer, for the very statements that were asked."""

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.store import Session, postgres

# Of one row or a page of them, or asked for as a whole: who is due is looked for among all who wait
# for something, a row a person.
_READ_WHOLE = {"register_head", "lease", "team", "matter", "attention", "train"}


@dataclass(frozen=True)
class Plan:
    statement: str
    lines: tuple[str, ...]

    @property
    def scanned(self) -> list[str]:
        """Tables read from their first row to their last, each by its name."""
        return [table for line in self.lines for table in _scanned(line)]

    @property
    def sorts(self) -> bool:
        """SQLite says so; PostgreSQL may sort the few rows that an index has found."""
        return any("TEMP B-TREE" in line for line in self.lines)

    def __str__(self) -> str:
        return "\n".join((self.statement, *self.lines))


def _scanned(line: str) -> Iterator[str]:
    """`Seq Scan on artifact` (PostgreSQL), `SCAN artifact` without an index (SQLite)."""
    found = re.search(r"Seq Scan on (\w+)|^SCAN (\w+)(?! USING| VIRTUAL)(?:\s|$)", line)
    table = found and (found[1] or found[2])
    if table and table not in _READ_WHOLE and not table.startswith("anon_"):
        yield table


async def plans_of(session: Session, ask: Callable[[Session], Awaitable[object]]) -> list[Plan]:
    """Asks, and has every statement explained that it came to."""
    connection = await session.connection()
    if postgres(session):
        # A table of some thousand rows is small enough to be read whole from a disk that turns;
        # on solid state, where registers live, an index costs less from the first page on.
        await connection.exec_driver_sql("SET LOCAL random_page_cost = 1.1")
    with _listening(connection) as said:
        await ask(session)
    return [
        Plan(statement, await _explained(session, *each)) for each in said if (statement := each[0])
    ]


@contextmanager
def _listening(connection: AsyncConnection) -> Iterator[list[tuple[str, Any]]]:
    said: list[tuple[str, Any]] = []

    def note(_c: object, _u: object, statement: str, values: Any, _x: object, many: bool) -> None:
        said.append((statement, values[0] if many else values))

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    yield said
    event.remove(connection.sync_connection, "before_cursor_execute", note)


async def _explained(session: Session, statement: str, values: Any) -> tuple[str, ...]:
    how = "EXPLAIN" if postgres(session) else "EXPLAIN QUERY PLAN"
    connection = await session.connection()
    rows = await connection.exec_driver_sql(f"{how} {statement}", values)
    return tuple(str(row[-1]).strip() for row in rows)
