"""What tables have in common: instants, partial indexes, and the table behind a model."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Index, Table, TypeDecorator, text
from sqlmodel import SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on every database; SQLite keeps no zone of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone must not reach the register")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def live_index(name: str, *columns: str, when: str = "") -> Index:
    """A partial index over live rows, and of those only the ones that `when` names."""
    conditions = ["live", *when.split()]
    return Index(
        name,
        *columns,
        postgresql_where=text(" AND ".join(conditions)),
        sqlite_where=text(" AND ".join(f"{condition} = 1" for condition in conditions)),
    )


def request_index(name: str, *columns: str, unique: bool = False) -> Index:
    """A partial index over requests that wait for an answer."""
    condition = text("state = 'open'")
    return Index(name, *columns, unique=unique, postgresql_where=condition, sqlite_where=condition)


def proposal_index(name: str, *columns: str) -> Index:
    """A partial index over what scans propose and nobody has answered yet."""
    condition = text("stage = 'proposed'")
    return Index(name, *columns, postgresql_where=condition, sqlite_where=condition)


def table_of(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]
