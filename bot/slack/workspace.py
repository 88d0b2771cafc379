"""The app's manifest, the first questions to Slack, and what their failure says of the settings."""

from pathlib import Path

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.settings import WrongSetting
from briefings.messages.verdict import UNSURE

# A link to the one at the root, so that it is there, too, where only packages are installed.
MANIFEST = Path(__file__).parents[1] / "manifest.yml"


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
