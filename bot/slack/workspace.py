"""The app's manifest, the first questions to Slack, and what their failure says of the settings."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from yarl import URL

from bot.settings import WrongSetting
from briefings.messages.verdict import UNSURE

log = logging.getLogger(__name__)

# A link to the one at the root, so that it is there, too, where only packages are installed.
MANIFEST = Path(__file__).parents[1] / "manifest.yml"
# docs.slack.dev/interactivity/handling-user-interaction: where every response_url leads.
_ANSWERS = ("https://hooks.slack.com/", "https://hooks.slack-gov.com/")


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the app is installed: its workspace, the Grid organization of that if it is in one, and
    the app itself where Slack says which it is.
    """

    team_id: str
    enterprise_id: str | None = None
    app_id: str | None = None

    def is_ours(self, user: Mapping[str, Any]) -> bool:
        """Whether a user, as `users.info` tells of them, is a member here.

        docs.slack.dev/reference/objects/user-object: `enterprise_user` has the organization of
        whoever is in one, and the ids of their workspaces there.
        """
        if user.get("is_stranger"):
            return False
        if user.get("team_id") == self.team_id:
            return True
        grid = user.get("enterprise_user")
        if not isinstance(grid, Mapping) or not self.enterprise_id:
            return False
        teams = grid.get("teams")
        same = grid.get("enterprise_id") == self.enterprise_id
        return same and isinstance(teams, list) and self.team_id in teams

    def is_from_here(self, body: Mapping[str, Any]) -> bool:
        """Whether a signed request is about this workspace."""
        team, enterprise = _named(body, "team"), _named(body, "enterprise")
        return team == self.team_id and enterprise in {None, self.enterprise_id}

    def is_for_us(self, body: Mapping[str, Any]) -> bool:
        """Whether a signed request is for this app."""
        return self.app_id is None or body.get("api_app_id") in {None, self.app_id}


def _named(body: Mapping[str, Any], what: str) -> str | None:
    """The id of a team or organization: of its own in commands and events, inside an object in
    interactions.
    """
    inside = body.get(what)
    number = body.get(f"{what}_id") or (inside.get("id") if isinstance(inside, Mapping) else None)
    return str(number) if number else None


def leads_to_slack(response_url: str, client: AsyncWebClient) -> bool:
    """Whether an answer may be sent there: to Slack, or where `SLACK_API_URL` says that it is."""
    base = URL(client.base_url)
    own = f"{base.scheme}://{base.authority}/"
    try:
        address = URL(response_url)
    except ValueError:
        return False
    return not address.user and str(address).startswith((*_ANSWERS, own))


async def installation(client: AsyncWebClient) -> Installation:
    """Asked once, at the start. Raises WrongSetting that names the variable at fault."""
    said = await who_we_are(client)
    team_id, enterprise_id = str(said["team_id"]), said.get("enterprise_id")
    try:
        bot = (await client.bots_info(bot=said.get("bot_id")))["bot"]
    except SlackApiError as error:
        _excuse_slack(client, error)
        log.warning("Slack did not say which app this is error=%s", code_of(error))
        return Installation(team_id, enterprise_id)
    except (aiohttp.ClientError, TimeoutError):
        raise WrongSetting(unreachable(client)) from None
    return Installation(team_id, enterprise_id, bot.get("app_id"))


async def who_we_are(client: AsyncWebClient) -> AsyncSlackResponse:
    """The answer of `auth.test`. Raises WrongSetting that names the variable at fault."""
    try:
        return await client.auth_test()
    except SlackApiError as error:
        _excuse_slack(client, error)
        code = code_of(error)
        if not code:
            raise WrongSetting(f"SLACK_API_URL: {client.base_url} is not Slack’s API") from None
        raise WrongSetting(
            f"SLACK_BOT_TOKEN: Slack refuses it ({code}); "
            "copy the bot token from the app’s page “OAuth & Permissions”"
        ) from None
    except (aiohttp.ClientError, TimeoutError):
        raise WrongSetting(unreachable(client)) from None


async def require_app_token(client: AsyncWebClient, token: str) -> None:
    """Raises WrongSetting where Socket Mode would be tried in vain, for as long as it runs."""
    try:
        await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        _excuse_slack(client, error)
        raise WrongSetting(
            f"SLACK_APP_TOKEN: Slack refuses it ({code_of(error)}); copy the app-level token "
            "with connections:write from “Basic Information”, or leave it out"
        ) from None
    except (aiohttp.ClientError, TimeoutError):
        raise WrongSetting(unreachable(client)) from None


def _excuse_slack(client: AsyncWebClient, error: SlackApiError) -> None:
    """Raises WrongSetting that blames no token where the trouble is Slack's, and passes."""
    status, code = error.response.status_code, code_of(error)
    if status == 429 or status >= 500 or code in UNSURE:
        raise WrongSetting(
            f"SLACK_API_URL: {client.base_url} has trouble of its own "
            f"({code or f'HTTP {status}'}); try again in a minute"
        ) from None


def unreachable(client: AsyncWebClient) -> str:
    return f"SLACK_API_URL: {client.base_url} cannot be reached"


def code_of(error: SlackApiError) -> str:
    """Slack's word for what is wrong, where it gave one."""
    body = error.response.data  # None or bytes where Slack answered something else
    return str(body.get("error") or "") if isinstance(body, dict) else ""
