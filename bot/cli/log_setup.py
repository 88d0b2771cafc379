"""The log of a process: one event a line, without what people wrote."""

import logging

from bot.cli.invocation import Invocation

# Below these, libraries write down messages, rows, the body of any unsigned request, or routine.
_LEAST = {
    "aiosqlite": logging.INFO,
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "slack_bolt": logging.WARNING,
    "slack_sdk": logging.INFO,
}


def _discreet(record: logging.LogRecord) -> bool:
    return record.levelno >= _LEAST.get(record.name.partition(".")[0], logging.NOTSET)


def _one_line(record: logging.LogRecord) -> bool:
    """Cuts Bolt's warnings after their first line; a page of suggested code follows it."""
    if record.name.startswith("slack_bolt"):
        record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return True


def start_log(invocation: Invocation) -> None:
    """One event a line, on standard error."""
    logging.basicConfig(
        level=invocation.settings.log_level,
        stream=invocation.world.err,
        format="%(asctime)s level=%(levelname)s logger=%(name)s %(message)s",
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(_discreet)
        handler.addFilter(_one_line)
