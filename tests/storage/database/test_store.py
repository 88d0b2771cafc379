"""The unit of work: together or not at all, whatever happens in the middle."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError

from debt.refusal import Refused
from storage.database.store import DatabaseError, Session, Store, database_url
from storage.lifecycle.maintenance import rate, review
from storage.lifecycle.ownership import claim
from storage.register.artifacts import locked
from tests.storage.builders import DANA, SAM, Register, by


@pytest.mark.parametrize(
    ("written", "driven"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql+psycopg://u:p@h/d?sslmode=require"),
        ("sqlite:///debt.db", "sqlite+aiosqlite:///debt.db"),
        ("sqlite:////srv/debt.db", "sqlite+aiosqlite:////srv/debt.db"),
    ],
)
def test_the_address_that_people_and_platforms_write_works(written: str, driven: str) -> None:
    assert database_url(written).render_as_string(hide_password=False) == driven


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "is not a database address"),
        ("debt.db", "is not a database address"),
        ("postgresql://h:port/d", "is not a database address"),
        ("mysql://h/d", "starts with mysql://"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///debt.db?mode=ro", "says something after"),
    ],
)
def test_a_wrong_address_names_the_variable_and_what_to_say(written: str, words: str) -> None:
    with pytest.raises(DatabaseError, match=f"^DATABASE_URL {words}"):
        database_url(written)


async def test_a_rehearsal_sees_what_it_did_and_keeps_nothing(
    store: Store, register: Register
) -> None:
    await register.holds(owner=None)
    async with store.rehearse() as session:
        await claim(session, by(SAM), 1)
        assert (await locked(session, 1)).owner == SAM
    assert (await register.owner(), await register.count()) == (None, 1)
    with pytest.raises(Refused):
        async with store.rehearse() as session:
            await claim(session, by(SAM), 404)
    await register.told(SAM, claim, 1)
    assert await register.owner() == SAM


async def test_a_statement_that_fails_tells_the_log_nothing_that_people_wrote(
    store: Store,
) -> None:
    wish = text("INSERT INTO hours (note) VALUES (:note)")
    with pytest.raises(DBAPIError) as failed:
        async with store.change() as session:
            await session.execute(wish, {"note": "salaries of 2027"})
    assert "salaries" not in str(failed.value).partition("DETAIL")[0]
    assert "parameters hidden" in str(failed.value)


async def test_a_reader_changes_nothing_and_is_told_so(store: Store, register: Register) -> None:
    await register.holds(owner=None)
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with store.read() as session:
            await session.execute(text("UPDATE artifact SET owner = 'U0EVE'"))
    assert await register.owner() is None


async def test_a_reader_sees_one_state_of_the_register(store: Store, register: Register) -> None:
    await register.holds(owner=None)
    owner = text("SELECT owner FROM artifact")
    async with store.read() as session:
        before = (await session.execute(owner)).scalar_one()
        await register.told(SAM, claim, 1)
        assert (await session.execute(owner)).scalar_one() == before
    assert await register.owner() == SAM


async def test_a_cancelled_change_is_taken_back_and_lets_the_next_one_in(
    store: Store, register: Register
) -> None:
    await register.holds(owner=None)
    written = asyncio.Event()

    async def claims_and_waits() -> None:
        async with store.change() as session:
            await claim(session, by(SAM), 1)
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(claims_and_waits())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await register.told(DANA, claim, 1)
    assert (await register.owner(), await register.fault()) == (DANA, None)


async def test_a_change_cancelled_while_it_waits_for_another_leaves_no_lock_behind(
    store: Store, register: Register
) -> None:
    await register.holds(owner=None)
    async with _held(store) as holder:
        waiting = asyncio.create_task(register.told(SAM, claim, 1))
        await _until_it_waits(holder)
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await register.told(DANA, claim, 1)
    assert (await register.owner(), await register.count()) == (DANA, 2)


@asynccontextmanager
async def _held(store: Store) -> AsyncIterator[Session | None]:
    """Somebody else, in a process of their own, is in the middle of changing D-1."""
    if not store.sqlite:
        other = Store(store.url.render_as_string(hide_password=False))
        async with other.change() as session:
            await locked(session, 1)
            yield session
        await other.close()
        return
    connection = sqlite3.connect(str(store.url.database), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield None
    connection.rollback()
    connection.close()


async def _until_it_waits(holder: Session | None) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while holder is not None:
        if (await holder.execute(waiting)).scalar_one():
            return
    # SQLite tells nobody who waits: a statement sent to its thread is enough of a start.
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_change_cancelled_at_any_statement_leaves_the_chain_whole(
    store: Store, register: Register
) -> None:
    await register.holds()
    cut = _Cut(await _engine(store))
    for number in range(1, 100):
        cut.at = number
        task = asyncio.create_task(register.told(DANA, rate, 1, {"risk": 1 + number % 5}))
        cut.task = task
        await asyncio.wait([task])
        if not cut.reached:
            break
    assert 5 <= number < 99
    await register.told(SAM, review, 1)
    assert (await register.artifact()).version == await register.count()
    assert await register.fault() is None


class _Cut:
    """Cancels a task when it comes to its so-manieth statement, or to its commit."""

    def __init__(self, engine: Engine) -> None:
        self.task: asyncio.Task[object] | None = None
        self._left = 0
        for moment in ("before_cursor_execute", "commit"):
            event.listen(engine, moment, self._count)

    @property
    def reached(self) -> bool:
        return self._left <= 0

    def _set(self, number: int) -> None:
        self._left = number

    at = property(fset=_set)

    def _count(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0 and self.task:
            self.task.cancel()


async def _engine(store: Store) -> Engine:
    async with store.change() as session:
        engine = session.get_bind()
    assert isinstance(engine, Engine)
    return engine


async def test_a_writer_waits_for_another_process_instead_of_failing(
    store: Store, register: Register
) -> None:
    await register.holds(owner=None)
    async with _held(store) as holder:
        waiting = asyncio.create_task(register.told(SAM, claim, 1))
        await _until_it_waits(holder)
        assert await register.owner() is None
    await waiting
    assert await register.owner() == SAM


async def test_more_writers_than_connections_wait_their_turn(register: Register) -> None:
    await register.holds(owner=None)
    asked = [register.told(f"U{number}", rate, 1, {"risk": 1 + number % 5}) for number in range(40)]
    await asyncio.gather(*asked)
    assert await register.fault() is None


async def test_a_closed_register_leaves_no_connection_and_no_thread(
    database_url: str,
) -> None:
    before = set(threading.enumerate())
    store = Store(database_url)
    await Register(store).holds()
    await asyncio.gather(*(Register(store).artifact() for _ in range(4)))
    await store.close()
    left = set(threading.enumerate()) - before
    for thread in left:
        await asyncio.to_thread(thread.join, 5)
    assert not any(thread.is_alive() for thread in left)
    assert await _connections(database_url) == 1


async def _connections(url: str) -> int:
    """On the server, this one among them."""
    store = Store(url)
    if store.sqlite:
        return 1
    query = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    async with store.read() as session:
        count: int = (await session.execute(query)).scalar_one()
    await store.close()
    return count


async def test_sqlite_keeps_what_was_committed_and_its_keys(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    for lend in (store.read, store.change):
        async with lend() as session:
            for pragma, value in wanted.items():
                found = await session.execute(text(f"PRAGMA {pragma}"))
                assert found.scalar_one() == value
    await store.close()


async def test_a_writer_takes_its_lock_before_it_reads(sqlite_url: str) -> None:
    """A lock taken later would be refused where somebody else wrote in between."""
    store = Store(sqlite_url)
    async with store.change() as session:
        await session.execute(text("SELECT 1"))
        with (
            closing(sqlite3.connect(str(store.url.database), timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
    await store.close()
