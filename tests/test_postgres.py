"""Databases for tests are lent as new, one after the other, and nothing is left of their server."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from storage.database.store import Store
from storage.messages import outbox
from tests.postgres import Pool
from tests.storage.builders import NOW, Register

TABLES_AND_SEQUENCES = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
"""
STARTS_A_SERVER = """
import time
from tests import postgres
with postgres.server() as url:
    print(postgres.make_url(url).query["host"], flush=True)
    time.sleep(60)
"""


def everything(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(TABLES_AND_SEQUENCES)]
        return {name: rows(connection, name) for name in names}


def rows(connection: psycopg.Connection[Any], name: str) -> list[Any]:
    return connection.execute(f"SELECT * FROM {name}".encode()).fetchall()


def change(url: str, *statements: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


async def test_a_database_is_lent_again_as_if_it_were_new(postgres_pool: Pool) -> None:
    with postgres_pool.lent() as url:
        before = everything(url)
        await something_happens(Store(url))
        after = everything(url)
        changed = {name for name in before if before[name] != after[name]}
        assert {
            "alembic_version",
            "artifact",
            "register_head",
            "history",
            "briefing_id_seq",
        } <= changed
    with postgres_pool.lent() as again:
        assert again == url
        assert everything(again) == before


async def something_happens(store: Store) -> None:
    register = Register(store)
    await register.holds()
    await register.does(outbox.enqueue, "key", "paused", {}, NOW, channel="C0PAY")
    async with store.change() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = 'other'"))
    await store.close()


def test_whoever_is_still_connected_to_it_is_no_longer(postgres_pool: Pool) -> None:
    with postgres_pool.lent() as url:
        left_open = psycopg.connect(url)
        left_open.execute("SELECT count(*) FROM artifact")
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE artifact ADD COLUMN more text",
        "CREATE TABLE more (id integer)",
        "DROP TABLE hours",
        "ALTER TABLE history DISABLE TRIGGER ALL",
        "DROP SCHEMA public CASCADE",
    ],
)
def test_one_whose_tables_were_changed_is_not_lent_again(
    postgres_pool: Pool, statement: str
) -> None:
    with postgres_pool.lent() as url:
        change(url, statement)
    with postgres_pool.lent() as other:
        assert other != url
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_nothing_is_left_of_a_server_whose_process_is_killed() -> None:
    environment = {name: said for name, said in os.environ.items() if name != "TEST_POSTGRES_URL"}
    command = (sys.executable, "-c", STARTS_A_SERVER)
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as started:
        assert started.stdout is not None
        folder = Path(started.stdout.readline().decode().strip())
        pid = (folder / "postmaster.pid").read_text().splitlines()[0]
        started.kill()
    deadline = time.monotonic() + 20
    while folder.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}/exe").exists()
