"""What `debt check` asks Slack: tokens, scopes, and the channels that get digests."""

from typing import Any

import yaml
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.trying import MANIFEST
from storage import subscriptions
from storage.store import Store


async def check_slack(settings: Settings, store: Store) -> list[str]:
    """Everything that is missing, a sentence each, naming the variable or the channel."""
    client = AsyncWebClient(token=settings.slack_bot_token, base_url=settings.slack_api_url)
    try:
        known = await client.auth_test()
    except SlackApiError as error:
        return [f"SLACK_BOT_TOKEN: Slack refuses it ({error.response['error']})"]
    except OSError as error:
        return [f"SLACK_API_URL: {settings.slack_api_url} cannot be reached ({error})"]
    missing = _missing_scopes(known.headers)
    return [*missing, *await _app_token(settings), *await _channels(client, store)]


def _missing_scopes(headers: Any) -> list[str]:
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")} - {""}
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    wanted = manifest["oauth_config"]["scopes"]["bot"]
    if not granted:
        return []
    return [
        f"SLACK_BOT_TOKEN: lacks the scope {scope}; reinstall the app from manifest.yml"
        for scope in wanted
        if scope not in granted
    ]


async def _app_token(settings: Settings) -> list[str]:
    if not settings.slack_app_token:
        return []
    client = AsyncWebClient(base_url=settings.slack_api_url)
    try:
        await client.apps_connections_open(app_token=settings.slack_app_token)
    except SlackApiError as error:
        return [f"SLACK_APP_TOKEN: Slack refuses it ({error.response['error']})"]
    return []


async def _channels(client: AsyncWebClient, store: Store) -> list[str]:
    async with store.read() as session:
        channels = await subscriptions.channels(session)
    troubles = []
    for channel in channels:
        try:
            answer = await client.conversations_info(channel=channel)
        except SlackApiError as error:
            troubles.append(f"channel {channel}: {error.response['error']}; invite the bot there")
            continue
        if not answer["channel"].get("is_member"):
            troubles.append(f"channel {channel}: the bot is not in it; invite it there")
    return troubles
