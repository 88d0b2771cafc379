"""`debt report`: a page for a leadership discussion."""

import argparse
from pathlib import Path

from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_ABOUT = """\
Writes one page of HTML, pictures and all, to read on a screen or to print: how budgets stand, hours
month by month, twelve weeks of metrics, value × risk, what buys back most and whether promises were
kept, what costs most, what to delete first, and what was ended in the quarter. The numbers are
those that Slack shows."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    about = "all (usual), team:x, repo:x, service:x or train:x"
    parser.add_argument("--scope", metavar="SCOPE", default="all", help=about)
    parser.add_argument("--quarter", metavar="2026Q4", help="the quarter of today is usual")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="where to write it")


COMMANDS = (
    Subcommand(
        "report",
        "write a page for a leadership discussion",
        LazyFunction("bot.cli.commands.report:report"),
        _ABOUT,
        _arguments,
    ),
)
