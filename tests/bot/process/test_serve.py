"""`debt serve` as a process of its own: it answers, it ends quietly, it says nothing secret."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.settings import Settings
from sandbox import Sandbox
from tests.bot.cli.terminal import HERE
from tests.keeper import ends_with_us

DEBT = Path(sys.executable).with_name("debt")


@asynccontextmanager
async def serving(
    settings: Settings, command: str = "serve", **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": HERE,
        "DATABASE_URL": settings.database_url,
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "SLACK_API_URL": settings.slack_api_url,
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        DEBT,
        *command.split(),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    with ends_with_us(process.pid):
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


async def test_the_log_keeps_what_people_wrote_to_itself_whatever_its_level(
    slack: Sandbox, settings: Settings
) -> None:
    async with serving(settings, PORT=free_port(), LOG_LEVEL="DEBUG") as process:
        slack.request_url = f"{await address(process)}/slack/events"
        dana = slack.person("dana")
        await dana.types("/debt add Salaries of 2027")
        await dana.types("list bonuses", channel="@bot")
        forged = slack.signed("text=a+forged+word", secret="another")
        assert (await slack.post("text=a+forged+word", forged)).status == 401
        process.send_signal(signal.SIGTERM)
        _, said = await process.communicate()
    assert b"Salaries" not in said
    assert b"bonuses" not in said
    assert b"forged" not in said
    assert b"request refused: not signed with SLACK_SIGNING_SECRET just now" in said
    assert settings.slack_bot_token.encode() not in said


async def test_what_nobody_handles_is_one_line_in_the_log(
    slack: Sandbox, settings: Settings
) -> None:
    async with serving(settings, PORT=free_port()) as process:
        slack.request_url = f"{await address(process)}/slack/events"
        body = json.dumps({"type": "event_callback", "event": {"type": "app_mention"}})
        headers = slack.signed(body) | {"Content-Type": "application/json"}
        assert (await slack.post(body, headers)).status == 404
        process.send_signal(signal.SIGTERM)
        _, said = await process.communicate()
    [line] = [line for line in said.decode().splitlines() if "app_mention" in line]
    assert "level=WARNING logger=slack_bolt.AsyncApp Unhandled request" in line
    assert all(re.match(r"[0-9-]{10} .* level=", line) for line in said.decode().splitlines())


async def test_a_refused_token_is_one_line_that_names_the_variable(
    slack: Sandbox, settings: Settings
) -> None:
    async with serving(settings, SLACK_BOT_TOKEN="xoxb-wrong", PORT=free_port()) as process:
        _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().splitlines()[-1].startswith("debt: SLACK_BOT_TOKEN: Slack refuses it")
    assert b"Traceback" not in said


@pytest.mark.parametrize("command", ["serve", "check"])
async def test_a_refused_app_token_is_named_before_anybody_waits_for_it(
    slack: Sandbox, settings: Settings, command: str
) -> None:
    wrong = {"SLACK_APP_TOKEN": "xapp-wrong", "PORT": free_port()}
    async with serving(settings, command, **wrong) as process:
        _, said = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert said.decode().splitlines()[-1].startswith("debt: SLACK_APP_TOKEN: Slack refuses it")


@pytest.mark.parametrize(
    ("status", "why"),
    [("500 Internal Server Error", "internal_error"), ("429 Too Many Requests", "ratelimited")],
)
async def test_an_outage_of_slack_is_not_blamed_on_a_token(
    settings: Settings, status: str, why: str
) -> None:
    body = json.dumps({"ok": False, "error": why})
    answer = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
    answer += f"Content-Length: {len(body)}\r\n\r\n{body}"
    async with (
        answering(answer.encode()) as url,
        serving(settings, "check", SLACK_API_URL=url) as process,
    ):
        _, said = await process.communicate()
    assert said.decode().splitlines()[-1] == (
        f"debt: SLACK_API_URL: {url} has trouble of its own ({why}); try again in a minute"
    )


async def test_a_taken_port_and_a_host_that_is_not_here_are_named(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for host in ("127.0.0.1", "2001:db8::1", "[2001:db8::1]"):
            async with serving(settings, HOST=host, PORT=port) as process:
                _, said = await process.communicate()
            last = said.decode().splitlines()[-1]
            named = host if host.startswith("[") or "::" not in host else f"[{host}]"
            assert last.startswith(f"debt: HOST, PORT: cannot listen on {named}:{port}: ")
            assert "Name or service" not in last  # IPv6 in brackets is an address, too


async def test_serve_says_when_a_platform_would_lose_the_register(settings: Settings) -> None:
    async with serving(settings, PORT=free_port()) as process:
        assert process.stderr is not None
        said = b"".join([line async for line in _until_listening(process.stderr)]).decode()
    assert "level=WARNING" in said
    assert "DATABASE_URL is SQLite and PORT is set, as platforms do" in said


@pytest.mark.parametrize("way", ["http", "socket"])
async def test_the_log_says_how_slack_reaches_it(
    slack: Sandbox, settings: Settings, way: str
) -> None:
    token = {"SLACK_APP_TOKEN": slack.app_token} if way == "socket" else {}
    async with serving(settings, PORT=free_port(), **token) as process:
        assert process.stderr is not None
        said = b"".join([line async for line in _until_listening(process.stderr)]).decode()
    assert said.endswith(f" slack={way}\n")


async def _until_listening(lines: asyncio.StreamReader) -> AsyncIterator[bytes]:
    async for line in lines:
        yield line
        if b"address=" in line:
            return


@pytest.mark.parametrize("command", ["serve", "check"])
@pytest.mark.parametrize(
    ("answers", "said"),
    [(b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello", "is not Slack’s API"),
     (b"", "cannot be reached")],
)  # fmt: skip
async def test_an_address_that_is_not_slacks_is_named_by_its_variable(
    settings: Settings, command: str, answers: bytes, said: str
) -> None:
    async with (
        answering(answers) as url,
        serving(settings, command, SLACK_API_URL=url, PORT=free_port()) as process,
    ):
        _, lines = await process.communicate()
    assert process.returncode == 1
    last = lines.decode().splitlines()[-1]
    assert last == f"debt: SLACK_API_URL: {url} {said}"


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """A server that says that to everything, and hangs up."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(say, "127.0.0.1")
    async with server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}/"
