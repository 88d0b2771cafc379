"""`debt try`, `debt serve` and `debt brief`: the bot as a process."""

import argparse
from pathlib import Path

from bot.cli.parsers.subcommand import LazyFunction, Subcommand

_TRY = """\
Opens a small Slack-like workspace in the browser, with the bot, people and channels in it, and a
register filled from a git repository; where that shows no AI evidence, from a sample. The policy is
yours where DEBT_POLICY names one, but for its teams. Nothing leaves this machine, and Ctrl-C leaves
nothing running."""
_SERVE = """\
Answers Slack, over Socket Mode where SLACK_APP_TOKEN is set and over HTTP on HOST and PORT where
not, and sends what is due. Ctrl-C or SIGTERM ends it once what it has begun is done."""
_BRIEF = """\
Sends digests, reminders and requests when they are due, and answers nothing: for a process beside
`debt serve`, or with --once for a scheduler of your own."""


def _try(parser: argparse.ArgumentParser) -> None:
    port = LazyFunction("bot.cli.argument_types:port")
    parser.add_argument("repo", metavar="REPO", nargs="?", type=Path, default=Path())
    parser.add_argument("--port", type=port, help="of the page (a free one near 3000 is usual)")
    parser.add_argument("--no-browser", action="store_true", help="print the address, open nothing")


def _brief(parser: argparse.ArgumentParser) -> None:
    instant = LazyFunction("bot.cli.argument_types:instant")
    parser.add_argument("--once", action="store_true", help="do all that is due, and end")
    parser.add_argument("--at", metavar="TIME", type=instant, help="as --once, at that time")
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be sent, without Slack"
    )


COMMANDS = (
    Subcommand(
        "try",
        "try the bot in your browser, without Slack",
        LazyFunction("bot.cli.commands.try_workspace:try_"),
        _TRY,
        _try,
    ),
    Subcommand(
        "serve",
        "answer Slack and send what is due",
        LazyFunction("bot.cli.commands.process:serve"),
        _SERVE,
        slack=True,
    ),
    Subcommand(
        "brief",
        "send what is due, answer nothing",
        LazyFunction("bot.cli.commands.process:brief"),
        _BRIEF,
        _brief,
        slack=True,
    ),
)
