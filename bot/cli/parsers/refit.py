"""`debt refit`: what the logs say of the usual hours of each kind, as lines for the policy."""

import argparse

from bot.cli.parsers.arguments import add_json
from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_ABOUT = """\
Prints what a month of each kind is expected to cost before anything is logged (`monthly_hours`),
as it is and as the organization's own logs would have it, with what that rests on. What is printed
is TOML: to apply it, put its tables into the file that DEBT_POLICY names, which is reviewed and
kept like code. Nothing is changed here."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser, "one JSON object")


COMMANDS = (
    Subcommand(
        "refit",
        "propose the usual hours of each kind from what was logged",
        LazyFunction("bot.cli.commands.refit:refit"),
        _ABOUT,
        _arguments,
    ),
)
