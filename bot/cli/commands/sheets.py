"""`debt import`, `debt export` and `debt history`: the register as files."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from bot.cli.commands.arguments import Commands, command, since
from bot.cli.commands.invocation import Invocation
from bot.cli.commands.progress import Progress

if TYPE_CHECKING:
    from debt.artifact.artifact import Artifact
    from debt.policy.policy import Policy
    from storage.database.history import HistoryEntry
    from storage.database.store import Session

_IMPORT = """\
Reads a CSV file with one header row into the register, all of it or nothing. Every wrong cell is
named by line and column.

  columns   {columns}
  required  name, repo, paths (several paths are separated by ;)
  key       a key on the register is amended, a new one is created, none gets the next one
  owner     an e-mail or a Slack id
  dates     2027-01-31

An empty cell of an artifact on the register clears texts, dates and numbers and leaves kind, label,
surface, created_on and ratings as they are; a column that is not there leaves everything as it is.
Importing an export changes nothing. A SQLite register that does not exist yet is made."""


def add(commands: Commands) -> None:
    taking = command(commands, "import", "read a CSV file into the register", _import)
    taking.description = _IMPORT.format(columns=_wrapped())
    taking.add_argument("file", metavar="FILE", help="a CSV file in UTF-8; - reads standard input")
    giving = command(commands, "export", "write the whole register, ended artifacts too", _export)
    _add_format(giving)
    giving.add_argument("--out", metavar="FILE", type=Path, help="write there, not to the terminal")
    told = command(commands, "history", "print who changed what, when and why, oldest first", _past)
    told.add_argument("--artifact", metavar="KEY", help="of one artifact only, such as D-7")
    told.add_argument("--since", metavar="DATE", type=since, help="from that day on: 2027-01-31")
    _add_format(told)
    told.add_argument(
        "--head",
        action="store_true",
        help="print count and last hash to keep elsewhere; `debt check --head` compares them",
    )


def _wrapped() -> str:
    import textwrap

    from intake.columns.columns import COLUMNS

    return textwrap.fill(", ".join(COLUMNS), 86, subsequent_indent=" " * 12)


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=("csv", "jsonl"), default="csv", help="csv (usual) or JSON Lines"
    )


def _import(invocation: Invocation) -> int:
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
    from intake.sheets.import_file import import_file

    with Progress(invocation.world.err, "rows") as progress:
        async with invocation.register_made() as store:
            return await import_file(store, invocation.change, records, name, progress)


def _export(invocation: Invocation) -> int:
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
    from intake.sheets.spreadsheet import write_header
    from storage.register.bulk import everybody

    as_csv, done = invocation.arguments.format == "csv", 0
    async with invocation.register() as store, store.read() as session:
        if as_csv:
            write_header(out)
        with Progress(invocation.world.err, "artifacts") as progress:
            async for artifact in everybody(session):
                (_as_csv if as_csv else _as_json)(out, artifact, invocation.policy)
                done += 1
                progress(done)


def _as_csv(out: TextIO, artifact: "Artifact", _policy: "Policy") -> None:
    from intake.sheets.spreadsheet import write

    write(out, [artifact])


def _as_json(out: TextIO, artifact: "Artifact", policy: "Policy") -> None:
    from intake.columns.json import public

    out.write(as_line(public(artifact, policy)))


def as_line(shown: Any) -> str:
    return f"{json.dumps(shown, ensure_ascii=False)}\n"


def _past(invocation: Invocation) -> int:
    asyncio.run(_told(invocation))
    return 0


async def _told(invocation: Invocation) -> None:
    from storage.database import history

    async with invocation.register() as store, store.read() as session:
        if invocation.arguments.head:
            invocation.say(str(await history.head(session)))
            return
        await _tell(invocation, session)


async def _tell(invocation: Invocation, session: "Session") -> None:
    from intake.sheets import spreadsheet
    from storage.database.history import PUBLIC_NAMES

    out, as_csv = invocation.world.out, invocation.arguments.format == "csv"
    entries = await _asked(invocation, session)
    if as_csv:
        spreadsheet.write_header(out, PUBLIC_NAMES)
    async for entry in entries:
        if as_csv:
            spreadsheet.write_entries(out, [entry])
        else:
            out.write(as_line(entry.public()))


async def _asked(invocation: Invocation, session: "Session") -> "AsyncIterator[HistoryEntry]":
    """The entries, or Refused for an artifact that the register does not have."""
    from debt.artifact.artifact import parse_key
    from storage.database.history import entries
    from storage.register.artifacts import require

    key, start = invocation.arguments.artifact, invocation.arguments.since
    number = parse_key(key) if key else None
    if number:
        await require(session, number)
    return entries(session, artifact_id=number, since=start)
