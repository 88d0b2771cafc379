"""`debt scan`: from git repositories to artifacts on the register."""

import argparse
from pathlib import Path

from bot.cli.parsers.arguments import DAY, add_json
from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_ABOUT = """\
Finds what AI tools wrote in a git repository and puts it on the register: what commits say of
themselves (trailers, authors) and what files do (metadata blocks), grouped into a few artifacts,
with owners from CODEOWNERS and ratings estimated from history and code.

Without REPO it scans every repository that the policy names ([repositories]), or the file that
--list names, one after the other: what is elsewhere is cloned into a cache directory by git itself,
with git's own credential helpers. One that fails is named and does not stop the others.

Where a metadata block says otherwise than the register, both are shown, and the register stays.
A second scan changes only what changed, and never what a person set. A SQLite register that does
not exist yet is made. The repository itself is only read.

What was read is kept in $XDG_CACHE_HOME/debt/scans (~/.cache/debt/scans), so that the next scan
reads new commits and changed files only; it finds the same as one from scratch. With --since, only
commits count whose committer date is that day (in UTC) or later: lines added earlier are nobody's,
neither people's nor a tool's, and shares, ratings and evidence are those of the time since. What
files say of themselves counts as always."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("repo", metavar="REPO", nargs="?", type=Path, help="a clone, bare or not")
    which.add_argument(
        "--list", metavar="FILE", type=Path, help="TOML with [repositories], as in the policy"
    )
    parser.add_argument("--name", help="REPO's name on the register: acme/checkout")
    parser.add_argument(
        "--since",
        metavar="DATE",
        type=DAY,
        help="count only commits that landed that day or later",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be added and changed, and why"
    )
    add_json(parser, "one JSON object, or an array without REPO")


COMMANDS = (
    Subcommand(
        "scan",
        "find AI-produced artifacts in git repositories",
        LazyFunction("bot.cli.commands.scan:scan"),
        _ABOUT,
        _arguments,
    ),
)
