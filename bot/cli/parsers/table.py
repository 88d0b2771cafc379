"""The list of commands, in the order that help shows, and their parser."""

import argparse

from bot.cli.parsers import (
    annotation,
    artifacts,
    budget,
    check,
    metrics,
    process,
    proposals,
    refit,
    report,
    roi,
    scan,
    sheets,
    value,
)
from bot.cli.parsers.subcommand import Subcommand

_ABOUT = """\
Code Debt Budget: every AI-produced artifact has an owner, an expected cost and an end date.

Values come from the environment, and from a file .env in the working directory: DATABASE_URL
(sqlite:///debt.db), DEBT_POLICY, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_APP_TOKEN,
SLACK_API_URL, HOST, PORT, LOG_LEVEL. `debt check` says what is missing.

`debt import` and `debt scan` make a SQLite register that does not exist yet; everything else asks
for `debt migrate` first."""
COMMANDS: tuple[Subcommand, ...] = (
    *process.COMMANDS,
    *sheets.COMMANDS,
    *scan.COMMANDS,
    *proposals.COMMANDS,
    *annotation.COMMANDS,
    *budget.COMMANDS,
    *value.COMMANDS,
    *roi.COMMANDS,
    *metrics.COMMANDS,
    *refit.COMMANDS,
    *report.COMMANDS,
    *artifacts.COMMANDS,
    *check.COMMANDS,
)


def parser() -> argparse.ArgumentParser:
    """The arguments it returns have the command's name, and in `run` the function that does it."""
    whole = argparse.ArgumentParser(
        prog="debt",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return whole
