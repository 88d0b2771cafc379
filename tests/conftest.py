"""What every test may ask for: databases that start clean, on SQLite and on PostgreSQL."""

import gc
import inspect
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy.engine import make_url

from briefings.pictures.worker import Artist
from storage.database.migrate import migrate
from storage.database.store import Store
from tests import artists, compiled, postgres

pytest_plugins = ["tests.browser"]
compiled.share()

Database = Literal["sqlite", "postgresql"]
OUTSIDE = {
    "browser",
    "database_url",
    "desk",
    "postgres_server",
    "slack",
    "tmp_path",
    "tmp_path_factory",
}


def pytest_configure() -> None:
    """Started in the background a shell has us ignore Ctrl-C, and so would what we start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks as fast what waits for nobody and asks for nothing outside the tests' own memory."""
    for item in items:
        if isinstance(item, pytest.Function) and _is_fast(item):
            item.add_marker("fast")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: it is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


def _is_fast(item: pytest.Function) -> bool:
    waits = inspect.iscoroutinefunction(item.function)
    return not waits and OUTSIDE.isdisjoint(item.fixturenames)


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are processors: while one test waits, others go on."""
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return (processors or 1) * 3 // 2 or 1


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated database that each test copies."""
    with postgres.database(postgres_server) as url:
        migrate(url)
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "debt.db"
    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A clean, migrated database of each kind: the test runs once on either."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "debt.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_pool(postgres_server: str, postgres_template: str) -> Iterator[postgres.Pool]:
    with postgres.pool(postgres_server, postgres_template) as pool:
        yield pool


@pytest.fixture
def postgresql_url(postgres_pool: postgres.Pool) -> Iterator[str]:
    with postgres_pool.lent() as url:
        yield url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url)
    yield store
    await store.close()


@pytest.fixture(scope="session")
def desk() -> Iterator[artists.Desk]:
    with artists.desk() as desk:
        yield desk


@pytest.fixture
def artist(desk: artists.Desk) -> Artist:
    """Who draws for the bot in this process."""
    return artists.SharedArtist(desk)
