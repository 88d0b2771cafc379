"""People by Slack id or e-mail: asked of Slack once a day each, kept in register and memory."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from debt.change import Change
from debt.policy.policy import Policy
from debt.refusal import Refused
from storage.database.store import Store
from storage.register import people
from storage.tables import PersonRow

log = logging.getLogger(__name__)

FRESH = timedelta(days=1)
REMEMBERED = timedelta(minutes=10)
MEMORY = 10_000
OUTSIDER = (
    "Code Debt Budget is for members of this workspace. "
    "Ask your contact here, and they can look things up for you."
)


class People:
    """The people of the workspace `team_id`, in which the app is installed."""

    def __init__(
        self,
        store: Store,
        client: AsyncWebClient,
        now: Callable[[], datetime],
        policy: Policy,
        team_id: str,
    ) -> None:
        self._store = store
        self._client = client
        self._now = now
        self._policy = policy
        self._team_id = team_id
        self._memory: dict[str, tuple[datetime, PersonRow]] = {}

    async def member(self, slack_id: str) -> PersonRow:
        """The person who acts. Guests and people of other organizations are refused politely."""
        person = await self.know(slack_id)
        if person.guest or person.stranger or person.bot:
            raise Refused(OUTSIDER)
        return person

    async def know(self, slack_id: str) -> PersonRow:
        """The person with that id, from memory, register or Slack. Refused for an unknown id."""
        since, remembered = self._memory.get(slack_id, (None, None))
        if since and remembered and timedelta(0) <= self._now() - since < REMEMBERED:
            return remembered
        person = await self._look_up(slack_id)
        if len(self._memory) >= MEMORY:
            self._memory.clear()
        self._memory[slack_id] = (self._now(), person)
        return person

    async def _look_up(self, slack_id: str) -> PersonRow:
        async with self._store.read() as session:
            stored = await people.person(session, slack_id)
        if stored and timedelta(0) <= self._now() - stored.seen_at < FRESH:
            return stored
        try:
            return await self.ask_slack(slack_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            if stored is None:
                raise
            log.warning("Slack did not say who somebody is; as known before error=%r", error)
            return stored

    async def ask_slack(self, slack_id: str) -> PersonRow:
        """The person as Slack has them now, kept in the register. Refused for an unknown id."""
        try:
            answer = await self._client.users_info(user=slack_id)
        except SlackApiError as error:
            if error.response.get("error") in {"user_not_found", "user_not_visible"}:
                raise Refused("Slack does not know that person here.") from None
            raise
        return await self._keep(answer["user"])

    async def by_email(self, email: str) -> PersonRow | None:
        """Who has that address in Slack; None for nobody."""
        try:
            answer = await self._client.users_lookupByEmail(email=email)
        except SlackApiError as error:
            if error.response.get("error") == "users_not_found":
                return None
            raise
        return await self._keep(answer["user"])

    async def _keep(self, user: Mapping[str, Any]) -> PersonRow:
        """Keeps the person; what an e-mail address owned is owned by its Slack id from now on."""
        seen = self._read(user)
        async with self._store.change() as session:
            if seen.email:
                change = Change("slack", seen.seen_at, self._policy)
                await people.owner_is(session, change, seen.email, seen)
            return await people.keep(session, seen)

    def _read(self, user: Mapping[str, Any]) -> PersonRow:
        profile = user.get("profile", {})
        name = profile.get("display_name") or profile.get("real_name") or user.get("name")
        elsewhere = "enterprise_user" not in user and user.get("team_id") != self._team_id
        return PersonRow(
            slack_id=user["id"],
            name=name or user["id"],
            email=(profile.get("email") or "").casefold() or None,
            zone=known_zone(user.get("tz") or ""),
            active=not user.get("deleted", False),
            bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
            admin=bool(user.get("is_admin") or user.get("is_owner")),
            guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            stranger=bool(user.get("is_stranger")) or elsewhere,
            seen_at=self._now(),
        )


def known_zone(zone: str) -> str:
    """The time zone that Slack names, or UTC where this machine knows no such zone."""
    try:
        return ZoneInfo(zone).key
    except (ValueError, KeyError, OSError):
        return "UTC"
