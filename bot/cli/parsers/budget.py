"""`debt budget`: how budgets stand, and many of them set at once from a CSV file."""

import argparse

from bot.cli.parsers.arguments import add_json, add_scope_or_import
from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_ABOUT = """\
Prints how each budget stands: hours spent and to come in its period against its limit.
`debt budget import FILE` sets budgets from a CSV file first, all of it or nothing.

  columns    scope,only,period,weeks,first_day,hours,score,artifacts,lower_by,by
  required   scope (team:payments, repo:acme/shop, service:checkout, train:2027.1) and hours
  only       a part of the scope: tier:strict, label:experimental
  period     month (usual), quarter, sprint; of a train, the train itself
  weeks, first_day  of a sprint of its own: 3, 2026-11-30
  lower_by, by      the pay-down: how many hours a month less, and until when: 4h, 2027-02-28

What a file has no column for stays as it was; an empty cell says that there is none."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_scope_or_import(parser, "team:x, repo:x, service:x or train:x")
    add_json(parser, "a JSON array")


COMMANDS = (
    Subcommand(
        "budget",
        "print how budgets stand, or set them from a file",
        LazyFunction("bot.cli.commands.budget:budget"),
        _ABOUT,
        _arguments,
    ),
)
