"""`debt list` and `debt show`: what to fix first, and all about one artifact."""

import argparse

from bot.cli.parsers.arguments import add_json, add_key
from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_LIST = """\
Prints live artifacts, what to fix first comes first, each with its next step; after them what
scans propose and nobody has answered yet.

  overdue, expiring, orphans, high-risk, provisional   only those
  proposed                                              only what waits for a yes
  team:x, repo:x, service:x, train:x                    only there (team:"data platform")
  any other word                                        only where key, name, repository, path,
                                                        owner, team or service has it"""


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", metavar="WORD", nargs="*", help="see above")
    add_json(parser, "a JSON array")


def _show(parser: argparse.ArgumentParser) -> None:
    add_key(parser)
    add_json(parser, "one JSON object")
    parser.add_argument(
        "--evidence", action="store_true", help="also print what says that a tool wrote it"
    )


COMMANDS = (
    Subcommand(
        "list",
        "print what to fix first, filtered as in Slack",
        LazyFunction("bot.cli.commands.artifacts:list_"),
        _LIST,
        _list,
    ),
    Subcommand(
        "show",
        "print all about one artifact",
        LazyFunction("bot.cli.commands.artifacts:show"),
        arguments=_show,
    ),
)
