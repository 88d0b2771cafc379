"""`debt serve` as a process of its own: it answers, it ends quietly, it says nothing secret."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import Settings
from sandbox import Sandbox

DEBT = Path(sys.executable).with_name("debt")


@asynccontextmanager
async def serving(settings: Settings, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url,
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "SLACK_API_URL": settings.slack_api_url,
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        DEBT, "serve", env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def free_port() -> str:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return str(trial.getsockname()[1])


async def address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async for line in process.stderr:
        if found := re.search(r"address=(http://\S+)", line.decode()):
            return found[1]
    raise AssertionError("debt serve ended without listening")


async def test_serve_answers_and_ends_quietly_whatever_else_is_in_the_environment(
    slack: Sandbox, settings: Settings
) -> None:
    oauth = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "another-secret"}
    async with serving(settings, PORT=free_port(), **oauth) as process:
        slack.request_url = f"{await address(process)}/slack/events"
        reply = await slack.person("dana").types("/debt help")
        assert "what to fix first" in reply.text
        process.send_signal(signal.SIGTERM)
        _, said = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in said
    for secret in (settings.slack_bot_token, settings.slack_signing_secret, "another-secret"):
        assert secret.encode() not in said


async def test_a_refused_token_is_one_line_that_names_the_variable(
    slack: Sandbox, settings: Settings
) -> None:
    async with serving(settings, SLACK_BOT_TOKEN="xoxb-wrong", PORT=free_port()) as process:
        _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().splitlines()[-1].startswith("debt: SLACK_BOT_TOKEN: Slack refuses it")
    assert b"Traceback" not in said
