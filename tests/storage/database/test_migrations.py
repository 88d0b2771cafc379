"""Migrations and models say the same on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from storage.database.migrate import current, migrate, require_current
from storage.database.store import DatabaseError, Store


async def test_a_migrated_database_has_exactly_the_tables_of_the_models(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))

    async with store.read() as session:
        connection = await session.connection()
        assert await connection.run_sync(differences) == []


async def test_migrating_twice_changes_nothing(store: Store, database_url: str) -> None:
    migrate(database_url)
    assert await current(store)


async def test_tables_of_a_newer_version_are_left_alone_and_named_as_such(
    store: Store, database_url: str
) -> None:
    async with store.change() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer version than this program"):
        migrate(database_url)
    with pytest.raises(DatabaseError, match="newer version than this program"):
        await require_current(store)
