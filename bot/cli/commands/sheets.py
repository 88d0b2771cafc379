"""`debt import`, `debt export` and `debt history`: the register as files."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from bot.cli.invocation import Invocation
from bot.cli.progress import Progress
from debt.artifact.artifact import Artifact, parse_key
from debt.policy.policy import Policy
from intake.columns.json import public
from intake.sheets import spreadsheet
from intake.sheets.import_file import import_file
from storage.database.history import PUBLIC_NAMES, HistoryEntry, entries, head
from storage.database.store import Session
from storage.register.artifacts import require
from storage.register.bulk import everybody


def import_(invocation: Invocation) -> int:
    file = invocation.arguments.file
    with _opened(file, invocation) as records:
        name = "standard input" if file == "-" else Path(file).name
        outcome = asyncio.run(_imported(invocation, records, name))
    rows = outcome.created + outcome.changed + outcome.unchanged
    invocation.say(
        f"{rows:,} {'row' if rows == 1 else 'rows'}: {outcome.created:,} created, "
        f"{outcome.changed:,} changed, {outcome.unchanged:,} as they were"
    )
    return 0


@contextmanager
def _opened(file: str, invocation: Invocation) -> Iterator[BinaryIO]:
    if file == "-":
        yield invocation.world.stdin
    else:
        with Path(file).open("rb") as opened:
            yield opened


async def _imported(invocation: Invocation, records: BinaryIO, name: str) -> Any:
    with Progress(invocation.world.err, "rows") as progress:
        async with invocation.register_made() as store:
            return await import_file(store, invocation.change, records, name, progress)


def export(invocation: Invocation) -> int:
    arguments = invocation.arguments
    with _output(arguments.out, invocation.world.out) as out:
        asyncio.run(_exported(invocation, out))
    return 0


@contextmanager
def _output(file: Path | None, standard: TextIO) -> Iterator[TextIO]:
    """Standard output, or a file that is there only once it is whole."""
    if file is None:
        yield standard
    elif file.exists() and not file.is_file():
        with file.open("w", encoding="utf-8", newline="") as out:
            yield out
    else:
        with _whole(file) as out:
            yield out


@contextmanager
def _whole(file: Path) -> Iterator[TextIO]:
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as out:
            yield out
        unfinished.replace(file)
    except OSError as error:
        if error.filename in {None, str(unfinished), unfinished}:
            error.filename = file  # the name that the person gave
        raise
    finally:
        unfinished.unlink(missing_ok=True)


async def _exported(invocation: Invocation, out: TextIO) -> None:
    as_csv, done = invocation.arguments.format == "csv", 0
    async with invocation.register() as store, store.read() as session:
        if as_csv:
            spreadsheet.write_header(out)
        with Progress(invocation.world.err, "artifacts") as progress:
            async for artifact in everybody(session):
                (_as_csv if as_csv else _as_json)(out, artifact, invocation.policy)
                done += 1
                progress(done)


def _as_csv(out: TextIO, artifact: Artifact, _policy: Policy) -> None:
    spreadsheet.write(out, [artifact])


def _as_json(out: TextIO, artifact: Artifact, policy: Policy) -> None:
    out.write(as_line(public(artifact, policy)))


def as_line(value: Any) -> str:
    return f"{json.dumps(value, ensure_ascii=False)}\n"


def history(invocation: Invocation) -> int:
    asyncio.run(_write_history(invocation))
    return 0


async def _write_history(invocation: Invocation) -> None:
    async with invocation.register() as store, store.read() as session:
        if invocation.arguments.head:
            invocation.say(str(await head(session)))
            return
        await _write_entries(invocation, session)


async def _write_entries(invocation: Invocation, session: Session) -> None:
    out, as_csv = invocation.world.out, invocation.arguments.format == "csv"
    history_entries = await _entries(invocation, session)
    if as_csv:
        spreadsheet.write_header(out, PUBLIC_NAMES)
    async for entry in history_entries:
        if as_csv:
            spreadsheet.write_entries(out, [entry])
        else:
            out.write(as_line(entry.public()))


async def _entries(invocation: Invocation, session: Session) -> AsyncIterator[HistoryEntry]:
    """The entries, or Refused for an artifact that the register does not have."""
    key, start = invocation.arguments.artifact, invocation.arguments.since
    number = parse_key(key) if key else None
    if number:
        await require(session, number)
    return entries(session, artifact_id=number, since=start)
