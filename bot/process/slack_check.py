"""What `debt check` asks Slack: tokens, scopes, and the channels that get digests."""

from collections.abc import Sequence
from typing import Any

import aiohttp
import yaml
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings, WrongSetting
from bot.slack.groups import members, user_groups
from bot.slack.workspace import MANIFEST, code_of, require_app_token, unreachable, who_we_are
from debt.policy.policy import Policy

PATIENCE = 10


async def check_slack(
    settings: Settings, channels: Sequence[str], policy: Policy | None
) -> list[str]:
    """Everything that is missing, a sentence each, naming the variable or the channel."""
    url = settings.slack_api_url
    client = AsyncWebClient(settings.slack_bot_token, url, PATIENCE)
    try:
        identity = await who_we_are(client)
        missing = _missing_scopes(identity.headers)
        missing += await _app_token(AsyncWebClient(None, url, PATIENCE), settings.slack_app_token)
        missing += await _groups(client, policy) if policy else []
        return [*missing, *await _channels(client, channels)]
    except WrongSetting as wrong:
        return [str(wrong)]
    except (aiohttp.ClientError, TimeoutError):
        return [unreachable(client)]


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


async def _groups(client: AsyncWebClient, policy: Policy) -> list[str]:
    """A sentence for each empty group that has to approve something."""
    try:
        answer = await client.usergroups_list(include_users=True)
    except SlackApiError:
        return []  # the missing scope is among the faults already
    in_slack = user_groups(answer["usergroups"])
    approving = {group for tier in policy.tiers.values() for group in tier.from_}
    return [
        f"DEBT_POLICY: nobody is in the group {name} ({listed}); "
        "make that user group in Slack, or list people under [groups]"
        for name, listed in policy.groups.items()
        if name in approving and not members(listed, in_slack)
    ]


async def _app_token(client: AsyncWebClient, token: str) -> list[str]:
    try:
        if token:
            await require_app_token(client, token)
    except WrongSetting as wrong:
        return [str(wrong)]
    return []


async def _channels(client: AsyncWebClient, channels: Sequence[str]) -> list[str]:
    troubles = []
    for channel in channels:
        try:
            answer = await client.conversations_info(channel=channel)
        except SlackApiError as error:
            troubles.append(f"channel {channel}: {code_of(error)}; invite the bot there")
            continue
        if not answer["channel"].get("is_member"):
            troubles.append(f"channel {channel}: the bot is not in it; invite it there")
    return troubles
