"""A statement is compiled once for all tests of a worker, as in a bot that runs for weeks.

SQLAlchemy keeps what it compiled with an engine, and each test has engines of its own: compiling
anew took a quarter of the time of a test that opens a register.
"""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg, PGDialectAsync_psycopg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_DIALECTS = (
    PGDialect_psycopg,
    PGDialectAsync_psycopg,
    SQLiteDialect_aiosqlite,
    SQLiteDialect_pysqlite,
)
_compiled: dict[Hashable, Any] = {}


def share() -> None:
    """All engines look in one place. The dialect is part of the key there, so it is compared by
    its kind: ours have no options that their SQL depends on.
    """
    for dialect in _DIALECTS:
        for name, method in (("__eq__", _of_one_kind), ("__hash__", _by_kind)):
            setattr(dialect, name, method)
    event.listen(Engine, "engine_connect", _look_there)


def _of_one_kind(one: object, other: object) -> bool:
    return type(one) is type(other)


def _by_kind(dialect: object) -> int:
    return hash(type(dialect))


def _look_there(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)
