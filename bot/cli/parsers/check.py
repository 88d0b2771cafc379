"""`debt migrate` and `debt check`: is everything there that the bot needs?"""

import argparse

from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_CHECK = """\
Looks at configuration, policy, database, migrations, damage to a SQLite file and history chain,
then at Slack's tokens, scopes and channels. Tells which repositories of the policy could not be
read the last time, and why. Prints all that is missing at once, and exits with 1 if anything is."""


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help="leave Slack out")
    parser.add_argument(
        "--head",
        metavar="COUNT:HASH",
        type=LazyFunction("bot.cli.argument_types:chain_head"),
        help="what `debt history --head` printed once: also finds a history cut off at its end",
    )


COMMANDS = (
    Subcommand(
        "migrate",
        "make the register's tables, or bring them up to date",
        LazyFunction("bot.cli.commands.migration:migrate_register"),
    ),
    Subcommand(
        "check",
        "say what is missing before `debt serve` can work",
        LazyFunction("bot.cli.commands.check:check"),
        _CHECK,
        _check,
    ),
)
