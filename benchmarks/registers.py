"""A large register of even spread, made up by the database itself, on either kind."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Table, insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from debt.artifact.artifact import Artifact, Label, Stage, Surface
from debt.policy.policy import built_in
from debt.rules.facts import usual_ratings
from storage.database.migrate import migrate
from storage.database.store import Session, Store, postgres
from storage.register.artifacts import row_of
from storage.tables import ARTIFACT

NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
# A hundred artifacts a team; one in five needs somebody.
_MULTIPLY = """
    WITH RECURSIVE number(n) AS (
        SELECT CAST(2 AS bigint) UNION ALL SELECT n + 1 FROM number WHERE n < :count
    )
    INSERT INTO artifact ({columns}) SELECT {values} FROM artifact, number WHERE artifact.id = 1
"""
_VARIED = {
    "id": "n",
    "name": "'Worker ' || n",
    "team": "'team-' || (n % (:count / 100))",
    "repo": "'acme/service-' || (n % (:count / 50))",
    "service": "'service-' || (n % (:count / 200))",
    "score": "1 + (n % 60)",
    "expected_minutes": "30 + (n % 40) * 15",
    "priority": "(n * 7919) % 9000",
    "attention": "(n % 5) = 0",
    "watched": "n % 256",
    "owner": "CASE WHEN n % 7 <> 0 THEN 'U' || (n % 5000) END",
}


async def register(url: str, count: int) -> Store:
    migrate(url)
    store = Store(url)
    async with store.change() as session:
        await session.execute(insert(ARTIFACT), [row_of(_one(), built_in(), NOW.date())])
        columns = [column.name for column in ARTIFACT.c]
        values = ", ".join(_varied(session).get(name, f"artifact.{name}") for name in columns)
        statement = _MULTIPLY.format(columns=", ".join(columns), values=values)
        await fill(session, ARTIFACT, statement, {"count": count})
    await settle(store)
    return store


def _varied(session: Session) -> dict[str, str]:
    return _VARIED | {
        "review_on": days_after(session, date(2026, 6, 1), "n % 400"),
        "created_on": days_after(session, date(2024, 6, 1), "n % 800"),
    }


def days_after(session: Session, first: date, days: str) -> str:
    """A date in the database's own words."""
    if postgres(session):
        return f"date '{first}' + CAST({days} AS integer)"
    return f"date('{first}', ({days}) || ' days')"


async def fill(session: Session, table: Table, statement: str, told: Mapping[str, object]) -> None:
    """Without indexes, which are made afterward in one go."""
    connection = await session.connection()
    for index in table.indexes:
        await connection.run_sync(index.drop)
    await session.execute(text(statement), told)
    for index in table.indexes:
        await connection.run_sync(index.create)


async def settle(store: Store) -> None:
    """What a database does by itself when it has time: statistics, and PostgreSQL's map of the
    rows that an index alone can answer for.
    """
    engine = create_async_engine(store.url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("ANALYZE" if store.sqlite else "VACUUM ANALYZE"))
    await engine.dispose()


def _one() -> Artifact:
    return Artifact(
        id=1,
        name="Worker 1",
        kind="production_integration",
        label=Label.DURABLE,
        stage=Stage.RETAINED,
        repo="acme/service-1",
        paths=("src/**",),
        ratings=usual_ratings("production_integration", built_in()),
        created_on=(NOW - timedelta(days=400)).date(),
        expires_on=(NOW - timedelta(days=3)).date(),
        team="team-1",
        surface=Surface.PRODUCTION,
    )
