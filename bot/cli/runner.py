"""One command is run: its world, its exit status, and the one line that a failure gets."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from bot.cli.invocation import Invocation, World
from bot.cli.parsers.table import parser
from bot.process.failures import EXPECTED, words_of
from bot.settings import env_file


def run_here(arguments: argparse.Namespace) -> int:
    """The exit status, with this process's environment and streams."""
    return _status(lambda: _run(arguments, _here()), sys.stderr)


def answer(words: Sequence[str], world: World) -> int:
    """The exit status of `debt WORDS` in that world; SystemExit for a usage error."""
    arguments = parser().parse_args(words)
    return _status(lambda: _run(arguments, world), world.err)


def environment() -> Mapping[str, str]:
    """The process's own values before those of `.env`."""
    return env_file(Path(".env")) | dict(os.environ)


def _here() -> World:
    return World(environment(), datetime.now(UTC), sys.stdin.buffer, sys.stdout, sys.stderr)


def _run(arguments: argparse.Namespace, world: World) -> int:
    """Settings and policy are read first, whatever the command; `check` reads them itself."""
    invocation = Invocation(arguments, world)
    if arguments.command != "check":
        _ = invocation.settings, invocation.policy
    status: int = arguments.run(invocation)
    world.out.flush()
    return status


def _status(work: Callable[[], int], err: TextIO) -> int:
    try:
        return work()
    except BrokenPipeError:
        return 1
    except EXPECTED as error:
        err.write(f"debt: {words_of(error)}\n")
        return 1
