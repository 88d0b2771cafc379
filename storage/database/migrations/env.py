"""Alembic's entry: it runs inside the connection and transaction of `storage.database.migrate`."""

from alembic import context
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  # fills SQLModel.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    compare_type=True,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
)
context.run_migrations()
