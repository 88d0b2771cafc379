"""`debt metrics`: how a team, a repository or everything went, and entries for it from a file."""

import argparse

from bot.cli.parsers.arguments import add_json, add_scope_or_import
from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_ABOUT = """\
Prints the metrics of a team, a repository, or everything: now, twelve weeks ago, how they went, and
what they ask. With “import” it enters what the register cannot know by itself, from a CSV file, all
of it or nothing; the same again changes nothing, and a later word on the same id counts.

  columns   kind,id,on,repo,team,code,hours,comments,loops,follow_ups,failed,rolled_back,artifact
  required  kind (change, incident, workaround), id (your own name for it: “PR 1841”, “INC-7”), on
            (2026-11-24), and repo
  a change  code (ai, people) says who wrote it; hours how long it waited for its review; comments,
            loops (revisions) and follow_ups (changes needed after it) are numbers; failed and
            rolled_back are yes or no. What is empty is not known.
  incident  artifact (D-7) had a part in it; empty: AI-produced code had none
  workaround  artifact (D-7) is what people go around: a copy, a manual step, another tool
  team      where it is empty, the artifact's"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_scope_or_import(parser, "team:x or repo:x")
    add_json(parser, "a JSON array")


COMMANDS = (
    Subcommand(
        "metrics",
        "print metrics and their trend, or enter some from a file",
        LazyFunction("bot.cli.commands.metrics:metrics"),
        _ABOUT,
        _arguments,
    ),
)
