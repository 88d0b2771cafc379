"""One unit of work: lend a session, commit what the verbs wrote, seal its history with it."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, Protocol, TypeVar
from weakref import WeakSet

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    any_,
    create_engine,
    event,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from debt.refusal import ExpectedError
from storage.database.history import seal

Session = AsyncSession
T = TypeVar("T")
ANYBODY = "*"
_CONCERNED = "concerned"
PATIENCE = timedelta(seconds=30)
"""How long one waits for others who change the register."""
# Sooner than PostgreSQL looks for deadlocks, which may end the wrong one of two.
_GIVES_WAY = "SET LOCAL lock_timeout = '300ms'"
_HELD = {"55P03", "40P01"}  # lock_not_available, deadlock_detected
# A statement's failure is logged with what it was, not with what people wrote.
_DISCREET: dict[str, Any] = {"hide_parameters": True}


class DatabaseError(ExpectedError):
    """DATABASE_URL is wrong or its database cannot be used; the message says which and why."""


def database_url(text: str) -> URL:
    """The driver's URL for what people and platforms write. Raises DatabaseError."""
    try:
        url = make_url(text)
        if url.host and not url.host.startswith("/"):  # a directory holds a socket
            url.host.encode("idna")  # as the resolver will, with a UnicodeError of its own
    except (ArgumentError, ValueError):
        raise DatabaseError(
            "DATABASE_URL is not a database address; say sqlite:///debt.db or postgresql://…"
        ) from None
    if url.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in {"sqlite", "sqlite+aiosqlite"}:
        if url.database in {None, "", ":memory:"}:
            raise DatabaseError("DATABASE_URL names no file; say sqlite:///debt.db")
        if url.query:
            raise DatabaseError(
                "DATABASE_URL says something after “?”, which counts for PostgreSQL only; "
                "say sqlite:///debt.db"
            )
        return url.set(drivername="sqlite+aiosqlite")
    raise DatabaseError(
        f"DATABASE_URL starts with {url.drivername}://; allowed are sqlite:/// and postgresql://"
    )


def concern(session: Session, *people: str | None) -> None:
    """Notes whose Home tab shows what is about to change; `ANYBODY` where many may look at it."""
    session.info.setdefault(_CONCERNED, set()).update(filter(None, people))


class Store:
    """The register's database. Listeners borrow it and open a session for one unit of work.

    `concerned` gathers whose Home tab shows something that was changed here, until somebody
    draws them again.
    """

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.sqlite = self.url.drivername.startswith("sqlite")
        self._reading, self._writing = _sqlite(self.url) if self.sqlite else _postgres(self.url)
        self._aside = _Aside(self.url) if self.sqlite else None
        self._one_writer = asyncio.Lock() if self.sqlite else None
        self.concerned: set[str] = set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        """A session that sees one state of the register and changes nothing."""
        async with AsyncSession(self._reading, expire_on_commit=False) as session:
            yield session

    async def glance(self, question: Select[Any], asked: Mapping[str, Any]) -> list[RowMapping]:
        """The answer to one statement by key, which sees one state of the register by itself.

        On SQLite it is read right here: it takes a tenth of a millisecond, and handing it to
        another thread and back costs several times that. A reader waits for nobody under WAL.
        """
        if self._aside:
            with suppress(OperationalError):
                return self._aside.look(question, asked)
        async with self._reading.connect() as connection:
            return list((await connection.execute(question, asked)).mappings())

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Session]:
        """A session whose changes are committed together, history last, or not at all."""
        async with (
            self._turn(),
            AsyncSession(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session
            await seal(session)
        self.concerned |= session.info.pop(_CONCERNED, set())

    @asynccontextmanager
    async def rehearse(self) -> AsyncIterator[Session]:
        """As `change`, but everything is taken back at the end: for dry runs."""
        async with self._turn(), AsyncSession(self._writing, expire_on_commit=False) as session:
            yield session
            await session.rollback()

    async def rehearse_units(self, script: Callable[["Rehearsal"], Awaitable[T]]) -> T:
        """As `rehearse`, for a script of many units of work; what it answers.

        Whoever changes the register meanwhile goes first: where PostgreSQL has it wait for them, it
        gives up what it holds and begins anew. Raises DatabaseError where that takes too long.
        """
        until = asyncio.get_running_loop().time() + PATIENCE.total_seconds()
        while asyncio.get_running_loop().time() < until:
            try:
                return await self._rehearse_once(script)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in _HELD:
                    raise
        raise DatabaseError("The register is being changed all the time; try again later.")

    async def _rehearse_once(self, script: Callable[["Rehearsal"], Awaitable[T]]) -> T:
        async with self.rehearse() as session:
            if postgres(session):
                await session.execute(text(_GIVES_WAY))
            return await script(Rehearsal(session))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._one_writer is None:
            yield
        else:
            async with self._one_writer:
                yield

    def take_concerned(self) -> set[str]:
        """Whose Home tab has to be drawn again; asked once more, only who came since."""
        concerned, self.concerned = self.concerned, set()
        return concerned

    async def close(self) -> None:
        for engine in (self._reading, self._writing):
            await engine.dispose()
        if self._aside:
            self._aside.close()


class UnitsOfWork(Protocol):
    """What does its work a unit at a time: a store, which keeps it, or a rehearsal of one."""

    def read(self) -> AbstractAsyncContextManager[Session]: ...

    def change(self) -> AbstractAsyncContextManager[Session]: ...


class Rehearsal:
    """Units of work of one transaction, which is taken back when all of them are done.

    Their history is not written: until then, its head would be locked for everybody else.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        """As of a store; what was written so far is seen."""
        yield self._session

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Session]:
        """As of a store: all of it is written at the end, and the next unit reads it anew."""
        yield self._session
        await self._session.flush()
        self._session.expunge_all()
        self._session.info.clear()


async def damage(session: Session) -> str | None:
    """The first thing that is broken in a SQLite file; PostgreSQL looks after its own."""
    if postgres(session):
        return None
    rows = str((await session.execute(text("PRAGMA quick_check(1)"))).scalar_one())
    return None if rows == "ok" else " ".join(rows.split())


class _Aside:
    """One SQLite connection that only reads, on the event loop's own thread, always open.

    Without a BEGIN each statement is a transaction of its own and sees what was just committed.
    """

    def __init__(self, url: URL) -> None:
        at_once = {"timeout": 0}
        engine = create_engine(url.set(drivername="sqlite"), connect_args=at_once, **_DISCREET)
        listen_sqlite(engine, "query_only=ON")
        self._engine = engine.execution_options(begin=None)
        self._connection: Connection | None = None

    def look(self, question: Select[Any], asked: Mapping[str, Any]) -> list[RowMapping]:
        if self._connection is None:
            self._connection = self._engine.connect()
        return list(self._connection.execute(question, asked).mappings())

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._engine.dispose()


def _postgres(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """One pool; readers keep the state they first saw, writers see what was just committed."""
    engine = create_async_engine(url, pool_pre_ping=True, **_DISCREET)
    reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return reading, engine.execution_options(isolation_level="READ COMMITTED")


def _sqlite(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """Two pools, since a connection that must not write says so once and for all."""
    how = {"timeout": PATIENCE.total_seconds(), "factory": _SqliteConnection}
    reading, writing = (create_async_engine(url, connect_args=how, **_DISCREET) for _ in range(2))
    listen_sqlite(reading.sync_engine, "query_only=ON")
    listen_sqlite(writing.sync_engine)
    return reading, writing.execution_options(begin="IMMEDIATE")


class _SqliteConnection(sqlite3.Connection):
    """Ends its statements with itself: one that a cancelled task left half read would keep the
    connection's lock for as long as anybody remembers the cancellation.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        cursor = super().cursor(*args, **kwargs)
        self._cursors.add(cursor)
        return cursor

    def close(self) -> None:
        for cursor in list(self._cursors):
            cursor.close()
        super().close()


def listen_sqlite(engine: Any, *more: str) -> None:
    """WAL, full sync, foreign keys; and BEGIN said by us, since the driver's own comes too late."""

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *more):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        how = connection.get_execution_options().get("begin", "")
        if how is not None:
            connection.exec_driver_sql(f"BEGIN {how}")


def postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def one_of(
    session: Session, column: ColumnElement[T], values: Collection[T]
) -> ColumnElement[bool]:
    """Whether it is one of any number of values, told as one: SQLite takes 32,766 of them by name,
    and each name costs both databases more than what is asked about it.
    """
    if postgres(session):
        return column == any_(literal(list(values), postgresql.ARRAY(column.type)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))


def insert_new(session: Session, table: Table) -> Any:
    """An INSERT that leaves rows alone which are already there."""
    insert = postgresql.insert if postgres(session) else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def insert_or_update(session: Session, table: Table) -> Any:
    """An INSERT that, where a row of the same key is there, says otherwise of it instead."""
    insert = (postgresql.insert if postgres(session) else sqlite.insert)(table)
    key = list(table.primary_key.columns)
    said = {
        column.name: insert.excluded[column.name] for column in table.c if not column.primary_key
    }
    return insert.on_conflict_do_update(index_elements=key, set_=said)
