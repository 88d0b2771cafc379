"""Bring a database to this version's tables, and tell whether it is there already."""

from collections.abc import Callable
from functools import cache
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from storage.database.store import DatabaseError, Store, database_url, listen_sqlite

_TURN = 0x64656274  # any number nobody else locks on this database: "debt" in ASCII


def migrate(url: str) -> None:
    """Runs what is missing; safe to start from several processes at once."""
    _with_connection(database_url(url), _upgrade)


async def current(store: Store) -> bool:
    """Whether the database has exactly the tables this version expects."""
    async with store.read() as session:
        connection = await session.connection()
        return await connection.run_sync(_is_current)


async def require_current(store: Store) -> None:
    """Raises DatabaseError where the tables are not of this version, and says what helps."""
    async with store.read() as session:
        connection = await session.connection()
        await connection.run_sync(_refuse_newer)
    if not await current(store):
        raise DatabaseError("DATABASE_URL: its tables are not of this version; run `debt migrate`")


def _is_current(connection: Connection) -> bool:
    return _revision(connection) == _head()


def _refuse_newer(connection: Connection) -> None:
    """Older revisions are all known here: one that is not was written by a later version."""
    revision = _revision(connection)
    if revision is not None and revision not in {each.revision for each in _revisions()}:
        raise DatabaseError(
            f"DATABASE_URL: its tables are of a newer version than this program (revision "
            f"{revision}); run that version, or restore a backup from before it"
        )


def _head() -> str:
    """The revision of this version's tables."""
    return _revisions()[0].revision


@cache
def _revisions() -> tuple[Script, ...]:
    """All of this version, the newest first; read once, since each is a file to compile."""
    return tuple(ScriptDirectory.from_config(_config()).walk_revisions())


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _with_connection(url: URL, work: Callable[[Connection], None]) -> None:
    sqlite = url.drivername.startswith("sqlite")
    engine = create_engine(url.set(drivername="sqlite") if sqlite else url)
    if sqlite:
        listen_sqlite(engine)
        engine = engine.execution_options(begin="IMMEDIATE")
    try:
        with engine.begin() as connection:
            work(connection)
    except OperationalError as error:
        raise DatabaseError(f"DATABASE_URL: {_reason(error)}") from None
    finally:
        engine.dispose()


def _reason(error: OperationalError) -> str:
    return " ".join(str(error.orig).split())


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
    _refuse_newer(connection)
    command.upgrade(_config(connection), "head")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "storage.database:migrations")
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    return config
