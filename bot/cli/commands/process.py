"""`debt serve` and `debt brief`: the bot as a process."""

import asyncio
import logging
import os

from bot.cli.invocation import Invocation, sqlite_file
from bot.cli.log_setup import start_log
from bot.process import process

log = logging.getLogger(__name__)


def serve(invocation: Invocation) -> int:
    start_log(invocation)
    settings, policy = invocation.settings, invocation.policy
    if _on_a_platform_with_sqlite(invocation):
        log.warning(_ON_A_PLATFORM)
    _keep_from_bolt()
    asyncio.run(process.serve(settings, policy))
    return 0


def brief(invocation: Invocation) -> int:
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
