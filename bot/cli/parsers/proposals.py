"""`debt accept` and `debt dismiss`: answering what scans propose."""

import argparse

from bot.cli.parsers.arguments import add_key
from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_ACCEPT = """\
Puts on the register what a scan proposes: single artifacts by key, or all that wait in a repository
or anywhere. Their usual end and review dates are counted from today."""
_DISMISS = """\
Says of a proposal that it is not AI-produced. No scan brings its files up again, wherever they are
moved; `debt accept KEY` takes that back."""


def _accept(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("keys", metavar="KEY", nargs="*", default=[], help="D-7, d-7 or 7")
    which.add_argument("--repo", metavar="NAME", help="all that wait in this repository")
    which.add_argument("--all", action="store_true", help="all that wait")


def _dismiss(parser: argparse.ArgumentParser) -> None:
    add_key(parser)
    parser.add_argument("reason", metavar="REASON", nargs="?", default="", help="why, for others")


COMMANDS = (
    Subcommand(
        "accept",
        "put on the register what a scan proposes",
        LazyFunction("bot.cli.commands.proposals:accept"),
        _ACCEPT,
        _accept,
    ),
    Subcommand(
        "dismiss",
        "a proposal is not AI-produced",
        LazyFunction("bot.cli.commands.proposals:dismiss"),
        _DISMISS,
        _dismiss,
    ),
)
