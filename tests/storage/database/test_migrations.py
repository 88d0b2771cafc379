"""Migrations and models say the same on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlmodel import SQLModel

from debt.metrics.figures import Counts, Snapshot
from debt.policy.vocabulary import MetricName
from debt.scope import Scope, ScopeKind
from storage.database.migrate import current, migrate, require_current
from storage.database.store import DatabaseError, Store
from storage.metrics import snapshots
from tests import postgres


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


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with postgres.database(request.getfixturevalue("postgres_server")) as url:
            yield url


def fill(url: str, revision: str, statement: str) -> None:
    """Tables of an older version, with something in them."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "storage.database:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(text(statement))
    engine.dispose()


async def test_snapshots_of_the_version_before_are_read_as_they_were(empty_url: str) -> None:
    fill(
        empty_url,
        "0012",
        """
        INSERT INTO snapshot (scope, scope_name, week, taken_at, live, owned, owner_gone, handed_on,
            provisional, needing, past_review, ephemeral, retained, untested, churning, regenerated,
            unstable, shifted, unused, age_days, expected_minutes, retired, refactored)
        VALUES ('team', 'pay', '2026-11-23', '2026-11-24 09:00:00+00:00', 20, 1, 2, NULL,
            3, 14, 4, 15, 5, 6, 7, 8, 9, 10, 11, 400, 500, 12, 13)
        """,
    )
    migrate(empty_url)
    store, week = Store(empty_url), date(2026, 11, 23)
    async with store.read() as session:
        found = await snapshots.of(session, Scope(ScopeKind.TEAM, "pay"), week, week)
    await store.close()
    counts = Counts(
        live=20, needing=14, ephemeral=15, retained=5, age_days=400, expected_minutes=500,
        retired=12, refactored=13,
        by_metric={
            MetricName.NAMED_OWNER: 1, MetricName.OWNER_GONE: 2, MetricName.MISSING_METADATA: 3,
            MetricName.PAST_REVIEW: 4, MetricName.UNTESTED: 6, MetricName.CHURN: 7,
            MetricName.REGENERATED: 8, MetricName.UNSTABLE: 9, MetricName.SHIFTED: 10,
            MetricName.UNUSED: 11,
        },
    )  # fmt: skip
    assert found == {week: Snapshot(datetime(2026, 11, 24, 9, tzinfo=UTC), counts)}
