"""`debt value`: what artifacts save against what they cost, and many of them stated from a file."""

import argparse

from bot.cli.parsers.arguments import add_json, add_scope_or_import
from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_ABOUT = """\
Prints what live artifacts saved against what they cost, what owes most first, and the sum.
`debt value import FILE` states it from a CSV file first, all of it or nothing.

  columns              key,saved_hours,saved_hours_monthly
  saved_hours          saved at its creation, against doing it by hand: 10, 1.5h, 90m
  saved_hours_monthly  saved every month since
  both empty           nothing is said of it any more"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_scope_or_import(parser, "team:x, repo:x or service:x")
    add_json(parser, "one JSON object")


COMMANDS = (
    Subcommand(
        "value",
        "print what artifacts save against what they cost, or state it from a file",
        LazyFunction("bot.cli.commands.value:value"),
        _ABOUT,
        _arguments,
    ),
)
