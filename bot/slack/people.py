"""Who is who: Slack is asked once a day a person and tells of changes; the register remembers."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.workspace import Installation, code_of
from debt.change import Change
from debt.policy.policy import Policy
from debt.refusal import Refused
from storage.database.store import Store
from storage.register import people
from storage.tables import PersonRow

log = logging.getLogger(__name__)

FRESH = timedelta(days=1)
OUTSIDER = (
    "Code Debt Budget is for members of this workspace. "
    "Ask your contact here, and they can look things up for you."
)
SLACK_IS_BUSY = "Slack is answering slowly just now. Try again in a minute."


class People:
    """Looked up in the register for every request, so that whoever loses a right in Slack loses it
    in every process at once.
    """

    def __init__(
        self,
        store: Store,
        client: AsyncWebClient,
        now: Callable[[], datetime],
        policy: Policy,
        installation: Installation,
    ) -> None:
        self._store = store
        self._client = client
        self._now = now
        self._policy = policy
        self._installation = installation
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def member(self, slack_id: str) -> PersonRow:
        """The person who acts. Guests, bots, deactivated people and people of other organizations
        are refused politely.
        """
        person = await self.know(slack_id)
        if person.guest or person.stranger or person.bot or not person.active:
            raise Refused(OUTSIDER)
        return person

    async def know(self, slack_id: str) -> PersonRow:
        """Anybody a message can name. Refused for an id that Slack does not know."""
        row = await people.glance(self._store, slack_id)
        if row and self._is_fresh(row):
            return row
        turn = self._turns.setdefault(slack_id, asyncio.Lock())
        async with turn:  # sixty requests of one new person ask Slack once
            row = await people.glance(self._store, slack_id)
            return row if row and self._is_fresh(row) else await self._look_up(slack_id, row)

    def _is_fresh(self, row: PersonRow) -> bool:
        return timedelta(0) <= self._now() - row.seen_at < FRESH

    async def _look_up(self, slack_id: str, known: PersonRow | None) -> PersonRow:
        try:
            return await self.ask_slack(slack_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            if known is None:
                raise _excused(error) from error
            log.warning("Slack did not say who somebody is; as known before error=%r", error)
            return known

    async def ask_slack(self, slack_id: str) -> PersonRow:
        """The person as Slack has them now, kept in the register. Refused for an unknown id."""
        try:
            answer = await self._client.users_info(user=slack_id)
        except SlackApiError as error:
            if code_of(error) in {"user_not_found", "user_not_visible"}:
                raise Refused("Slack does not know that person here.") from None
            raise
        return await self._keep(answer["user"])

    async def by_email(self, email: str) -> PersonRow | None:
        """Who has that address in Slack; None for nobody."""
        try:
            answer = await self._client.users_lookupByEmail(email=email)
        except SlackApiError as error:
            if code_of(error) == "users_not_found":
                return None
            raise
        return await self._keep(answer["user"])

    async def changed(self, user: Mapping[str, Any]) -> None:
        """What Slack tells of somebody by itself: they count as that from now on, and what they own
        is an orphan once they are gone.
        """
        row = self._read(user)
        change = Change("slack", row.seen_at, self._policy)
        async with self._store.change() as session:
            await people.keep(session, row)
            await people.owner_is(session, change, row.slack_id, row)
            if row.email:
                await people.owner_is(session, change, row.email, row)

    async def _keep(self, user: Mapping[str, Any]) -> PersonRow:
        """Keeps the person; what an e-mail address owned is owned by its Slack id from now on."""
        seen = self._read(user)
        async with self._store.change() as session:
            if seen.email:
                change = Change("slack", seen.seen_at, self._policy)
                await people.owner_is(session, change, seen.email, seen)
            return await people.keep(session, seen)

    def _read(self, user: Mapping[str, Any]) -> PersonRow:
        profile = user.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or user.get("name")
        return PersonRow(
            slack_id=user["id"],
            name=name or user["id"],
            email=(profile.get("email") or "").casefold() or None,
            zone=known_zone(user.get("tz") or ""),
            active=not user.get("deleted", False),
            bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
            admin=bool(user.get("is_admin") or user.get("is_owner")),
            guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            stranger=not self._installation.is_ours(user),
            seen_at=self._now(),
        )


def _excused(error: Exception) -> Exception:
    """Slack that is rationed or down is told as Slack's trouble, not as ours."""
    if isinstance(error, SlackApiError):
        status = error.response.status_code
        busy = status == 429 or status >= 500 or code_of(error) == "ratelimited"
        return Refused(SLACK_IS_BUSY) if busy else error
    return Refused(SLACK_IS_BUSY)


def known_zone(zone: str) -> str:
    """The time zone that Slack names, or UTC where this machine knows no such zone."""
    try:
        return ZoneInfo(zone).key
    except (ValueError, KeyError, OSError):
        return "UTC"
