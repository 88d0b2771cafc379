"""`debt try`, `debt serve` and `debt brief`: the bot as a process."""

import asyncio
import logging
import os
from pathlib import Path

from bot.cli.commands.arguments import Commands, command, instant, port
from bot.cli.commands.invocation import Invocation, sqlite_file

log = logging.getLogger(__name__)

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


def add(commands: Commands) -> None:
    trying = command(commands, "try", "try the bot in your browser, without Slack", _try)
    trying.description = _TRY
    trying.add_argument("repo", metavar="REPO", nargs="?", type=Path, default=Path())
    trying.add_argument("--port", type=port, help="of the page (a free one near 3000 is usual)")
    trying.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    serving = command(commands, "serve", "answer Slack and send what is due", _serve, slack=True)
    serving.description = _SERVE
    briefing = command(commands, "brief", "send what is due, answer nothing", _brief, slack=True)
    briefing.description = _BRIEF
    briefing.add_argument("--once", action="store_true", help="do all that is due, and end")
    briefing.add_argument("--at", metavar="TIME", type=instant, help="as --once, at that time")
    briefing.add_argument(
        "--dry-run", action="store_true", help="print what would be sent, without Slack"
    )


def _try(invocation: Invocation) -> int:
    from bot.process.try_workspace import try_it

    arguments = invocation.arguments
    browser = not arguments.no_browser
    work = try_it(arguments.repo, invocation.policy, port=arguments.port, browser=browser)
    asyncio.run(work)
    return 0


def _serve(invocation: Invocation) -> int:
    from bot.process import process

    start_log(invocation)
    settings, policy = invocation.settings, invocation.policy
    if _on_a_platform_with_sqlite(invocation):
        log.warning(_ON_A_PLATFORM)
    _keep_from_bolt()
    asyncio.run(process.serve(settings, policy))
    return 0


def _brief(invocation: Invocation) -> int:
    from bot.process import process

    start_log(invocation)
    arguments = invocation.arguments
    work = process.brief(
        invocation.settings,
        invocation.policy,
        once=arguments.once or arguments.at is not None,
        at=arguments.at,
        dry_run=arguments.dry_run,
    )
    return asyncio.run(work)


_ON_A_PLATFORM = (
    "DATABASE_URL is SQLite and PORT is set, as platforms do: their disks are not kept, and "
    "`debt brief` in a process of its own cannot share the file; give DATABASE_URL a PostgreSQL"
)


def _on_a_platform_with_sqlite(invocation: Invocation) -> bool:
    handed_out = invocation.world.environment.get("PORT", "").strip()
    return bool(handed_out) and sqlite_file(invocation.settings.database_url) is not None


def _keep_from_bolt() -> None:
    """Bolt reads the environment behind our back: a SLACK_CLIENT_ID would switch OAuth on."""
    for name in [name for name in os.environ if name.startswith("SLACK_")]:
        del os.environ[name]


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
    """Bolt follows what nobody handles with a page of suggested code."""
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
