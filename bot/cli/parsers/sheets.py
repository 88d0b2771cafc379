"""`debt import`, `debt export` and `debt history`: the register as files."""

import argparse
import textwrap
from pathlib import Path

from bot.cli.parsers.arguments import DAY
from bot.cli.parsers.subcommand import LazyFunction, Subcommand
from intake.columns.columns import COLUMNS

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


def _columns() -> str:
    return textwrap.fill(", ".join(COLUMNS), 86, subsequent_indent=" " * 12)


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a CSV file in UTF-8; - reads standard input")


def _export(parser: argparse.ArgumentParser) -> None:
    _add_format(parser)
    parser.add_argument("--out", metavar="FILE", type=Path, help="write there, not to the terminal")


def _history(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--artifact", metavar="KEY", help="of one artifact only, such as D-7")
    parser.add_argument("--since", metavar="DATE", type=DAY, help="from that day on: 2027-01-31")
    _add_format(parser)
    parser.add_argument(
        "--head",
        action="store_true",
        help="print count and last hash to keep elsewhere; `debt check --head` compares them",
    )


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=("csv", "jsonl"), default="csv", help="csv (usual) or JSON Lines"
    )


COMMANDS = (
    Subcommand(
        "import",
        "read a CSV file into the register",
        LazyFunction("bot.cli.commands.sheets:import_"),
        _IMPORT.format(columns=_columns()),
        _import,
    ),
    Subcommand(
        "export",
        "write the whole register, ended artifacts too",
        LazyFunction("bot.cli.commands.sheets:export"),
        arguments=_export,
    ),
    Subcommand(
        "history",
        "print who changed what, when and why, oldest first",
        LazyFunction("bot.cli.commands.sheets:history"),
        arguments=_history,
    ),
)
