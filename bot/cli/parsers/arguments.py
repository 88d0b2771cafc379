"""Arguments that several commands have in common."""

import argparse
from pathlib import Path

from bot.cli.parsers.subcommand import LazyFunction

DAY = LazyFunction("bot.cli.argument_types:day")


def add_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="D-7, d-7 or 7")


def add_json(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--json", action="store_true", help=f"print {what}")


def add_scope_or_import(parser: argparse.ArgumentParser, scopes: str) -> None:
    """`debt COMMAND [SCOPE]` and `debt COMMAND import FILE`; `scopes` names those it takes."""
    about = f"{scopes}; or the word import"
    parser.add_argument("scope", metavar="SCOPE", nargs="?", help=about)
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a CSV file to import")
    parser.set_defaults(scopes=scopes)
