"""What the commands' parsers have in common, and how their values are read."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.cli.commands.invocation import Invocation

if TYPE_CHECKING:
    from debt.scope import Scope
    from storage.database.history import ChainHead

Commands = Any  # argparse gives its sub-parsers no public name
Run = Callable[[Invocation], int]


def command(
    commands: Commands, name: str, summary: str, run: Run, *, slack: bool = False
) -> argparse.ArgumentParser:
    """A command of that name; `slack` where it does nothing without Slack's tokens."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run, slack=slack)
    return parser


class ScopeOrFile(NamedTuple):
    """What a command is about: the scope that somebody said, or a file to import."""

    scope: "Scope | None" = None
    file: Path | None = None


def add_scope_or_import(parser: argparse.ArgumentParser, scopes: str) -> None:
    """`debt COMMAND [SCOPE]` and `debt COMMAND import FILE`."""
    about = f"{scopes}; or the word import"
    parser.add_argument("scope", metavar="SCOPE", nargs="?", help=about)
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a CSV file to import")
    parser.set_defaults(scopes=scopes)


def scope_or_import(arguments: argparse.Namespace) -> ScopeOrFile:
    """Refused for words that are neither a scope nor import and a file."""
    from bot.slack.parsing import scope_in
    from debt.refusal import Refused

    said, file = arguments.scope, arguments.file
    if said == "import" and file is None:
        raise Refused(f"Say which file: debt {arguments.command} import FILE.")
    if said is None or said == "import":
        return ScopeOrFile(file=file)
    scope = scope_in(said)
    if scope is None or file is not None:
        options = f"{arguments.scopes}, or import and a file"
        raise Refused(f"“{said[:60]}” is no scope; say {options}.")
    return ScopeOrFile(scope=scope)


def since(text: str) -> datetime:
    """The beginning of a day, in UTC."""
    return datetime.combine(_day(text), datetime.min.time(), UTC)


def _day(text: str) -> Any:
    from debt.refusal import Refused
    from debt.rules.dates import parse_day

    try:
        return parse_day(text)
    except Refused as refused:
        raise argparse.ArgumentTypeError(str(refused)) from None


def instant(text: str) -> datetime:
    """An ISO time with its zone; at either end of the calendar nothing can be counted from it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1970 <= at.year < 2200:
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” is not a time with its zone, such as 2026-11-30T09:30:00+01:00"
        )
    return at


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"“{text[:20]}” is not a port from 1 to 65535")
    return int(text)


def chain_head(text: str) -> "ChainHead":
    """What `debt history --head` printed."""
    from storage.database.history import ChainHead

    count, _, last = text.partition(":")
    hexadecimal = len(last) == 64 and set(last) <= set("0123456789abcdef")
    if not (count.isascii() and count.isdigit() and len(count) < 19 and hexadecimal):
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” is not what `debt history --head` prints: a count, a colon, a hash"
        )
    return ChainHead(int(count), last)
