"""`debt annotate`: what the register says of an artifact, into its repository."""

import argparse
from pathlib import Path

from bot.cli.parsers.arguments import add_key
from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_ABOUT = """\
Writes an artifact's metadata block where its code is: into the comment at the head of its one file,
into the front matter of a document, or into debt.yml of the directory that holds its paths. Without
--write it only prints what would change. The rest of the file stays as it is, to the byte; a scan
reads the block back and finds nothing to change."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_key(parser)
    parser.add_argument("repo", metavar="REPO", type=Path, help="a clone with its files")
    parser.add_argument("--write", action="store_true", help="write the file")


COMMANDS = (
    Subcommand(
        "annotate",
        "write an artifact's metadata block into its repository",
        LazyFunction("bot.cli.commands.annotation:annotate"),
        _ABOUT,
        _arguments,
    ),
)
