"""`debt`: the commands, the world they run in, and the one line a failure gets."""

import argparse
import io
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.commands import (
    annotate,
    budget,
    check,
    listing,
    metrics,
    proposals,
    refit,
    report,
    roi,
    running,
    scan,
    sheets,
    value,
)
from bot.cli.commands.invocation import Invocation, World

_ABOUT = """\
Code Debt Budget: every AI-produced artifact has an owner, an expected cost and an end date.

Values come from the environment, and from a file .env in the working directory: DATABASE_URL
(sqlite:///debt.db), DEBT_POLICY, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_APP_TOKEN,
SLACK_API_URL, HOST, PORT, LOG_LEVEL. `debt check` says what is missing.

`debt import` and `debt scan` make a SQLite register that does not exist yet; everything else asks
for `debt migrate` first."""
_INTERRUPTED = 130
_TERMINATED = 143
_TOPICS = (
    running,
    sheets,
    scan,
    proposals,
    annotate,
    budget,
    value,
    roi,
    metrics,
    refit,
    report,
    listing,
    check,
)


def main() -> int:
    """The console script: 0 done, 1 refused or failed, 2 asked the wrong way."""
    _keep_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    signal.signal(signal.SIGTERM, _end)
    arguments = parser().parse_args()
    status = _answered(lambda: run(arguments, _here()))
    _flush()
    return status


def run(arguments: argparse.Namespace, world: World) -> int:
    """Does what was asked. Settings and policy are looked at first, whatever it is."""
    invocation = Invocation(arguments, world)
    if arguments.command != "check":
        _ = invocation.settings, invocation.policy
    done: int = arguments.run(invocation)
    world.out.flush()
    return done


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="debt",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for topic in _TOPICS:
        topic.add(commands)
    return whole


def answer(words: Sequence[str], world: World) -> int:
    """As `main`, in a world of somebody's own."""
    arguments = parser().parse_args(words)
    return _answered(lambda: run(arguments, world), world.err.write)


def _keep_streams() -> None:
    """A closed one reads and writes nothing; else the next file opened would take its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _here() -> World:
    return World(environment(), datetime.now(UTC), sys.stdin.buffer, sys.stdout, sys.stderr)


def environment() -> Mapping[str, str]:
    """The process's own values before those of `.env`."""
    from bot.settings import env_file

    return env_file(Path(".env")) | dict(os.environ)


def _answered(work: Callable[[], int], say: Callable[[str], object] | None = None) -> int:
    from bot.process.failures import expected, words_of

    try:
        return work()
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    except expected() as error:
        (say or sys.stderr.write)(f"debt: {words_of(error)}\n")
        return 1


def _end(_signal: int, _frame: object) -> None:
    """What runs for us, and what was only for now, goes as it does after Ctrl-C."""
    raise SystemExit(_TERMINATED)


def _flush() -> None:
    """Where nobody reads on, what is left goes nowhere, without Python's complaint at its exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
