"""The program `debt`: streams, signals and exit status around one command."""

import io
import os
import signal
import sys

from bot.cli.parsers.subcommand import LazyFunction
from bot.cli.parsers.table import parser

_INTERRUPTED = 130
_TERMINATED = 143
# What a command needs is imported once its words are known to be right.
_RUN = LazyFunction("bot.cli.runner:run_here")


def main() -> int:
    """The console script: 0 done, 1 refused or failed, 2 asked the wrong way."""
    _keep_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    signal.signal(signal.SIGTERM, _end)
    try:
        status: int = _RUN(parser().parse_args())
    except KeyboardInterrupt:
        status = _INTERRUPTED
    _flush()
    return status


def _keep_streams() -> None:
    """Replaces closed streams by /dev/null; else the next file opened would take their number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _end(_signal: int, _frame: object) -> None:
    """SIGTERM ends child processes and temporary files as Ctrl-C does."""
    raise SystemExit(_TERMINATED)


def _flush() -> None:
    """Discards the rest of the output where the reader has left, so that Python prints no error."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
