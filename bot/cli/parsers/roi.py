"""`debt roi`: which work buys back most maintenance hours, for a terminal or a roadmap's sheet."""

import argparse

from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_ABOUT = """\
Prints which work buys back most maintenance hours within a horizon, planned or not, beside other
operational work. What nobody has planned costs and leaves what the policy has ([roi])."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    months = LazyFunction("bot.cli.argument_types:months")
    parser.add_argument("scope", metavar="SCOPE", nargs="?", help="team:x, repo:x or service:x")
    parser.add_argument(
        "--horizon", metavar="MONTHS", type=months, help="from next month on (policy: 12)"
    )
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print a JSON array")
    shown.add_argument("--format", choices=("text", "csv"), default="text")


COMMANDS = (
    Subcommand(
        "roi",
        "print which work buys back most maintenance hours",
        LazyFunction("bot.cli.commands.roi:roi"),
        _ABOUT,
        _arguments,
    ),
)
