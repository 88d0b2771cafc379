"""A real Bolt app, over signed HTTP or Socket Mode, in a real sandbox: no mocks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.app.async_server import AsyncSlackAppServer
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Person, Sandbox
from sandbox.workspace.quiescence import QUIET_HERE

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Parrot"},
    "features": {
        "bot_user": {"display_name": "parrot"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/echo", "description": "Repeats", "should_escape": True},
            {"command": "/raw", "description": "Repeats as typed"},
        ],
        "shortcuts": [
            {"name": "Squawk", "type": "global", "callback_id": "squawk", "description": "x"},
            {"name": "Keep", "type": "message", "callback_id": "keep", "description": "x"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:join",
                "channels:read",
                "chat:write",
                "commands",
                "files:write",
                "im:history",
                "im:read",
                "im:write",
                "team:read",
                "usergroups:read",
                "users:read",
                "users:read.email",
            ]
        }
    },
    "settings": {
        "interactivity": {
            "is_enabled": True,
            "message_menu_options_url": "https://example.com/slack/events",
        },
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "channel_archive",
                "member_joined_channel",
                "message.im",
                "user_change",
            ]
        },
        "socket_mode_enabled": True,
    },
}


async def works_on(quiet: float = QUIET_HERE) -> None:
    """Says nothing for longer than the sandbox watches for quiet; that it waits is what counts."""
    await asyncio.sleep(5 * quiet)


def bolt_app(slack: Sandbox) -> AsyncApp:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    return AsyncApp(client=client, signing_secret=slack.signing_secret)


@asynccontextmanager
async def over_http(slack: Sandbox, app: AsyncApp) -> AsyncIterator[None]:
    """Serve the app on a free port and make it the sandbox's request_url."""
    server = AsyncSlackAppServer(0, "/slack/events", app, "127.0.0.1")
    runner = web.AppRunner(server.web_app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_socket(slack: Sandbox, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt gives it no types
    await slack.wait_for(lambda: slack.socket.connected)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt gives it no types


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(MANIFEST) as sandbox:
        yield sandbox


@pytest.fixture
async def app(slack: Sandbox) -> AsyncIterator[AsyncApp]:
    app = bolt_app(slack)
    async with over_http(slack, app):
        yield app


@pytest.fixture
def web_client(slack: Sandbox) -> AsyncWebClient:
    """The app's own client, without the SDK's retries."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def dana(slack: Sandbox) -> Person:
    return slack.person("dana")


@pytest.fixture
def erin(slack: Sandbox) -> Person:
    return slack.person("erin")
