"""Who is in the policy's groups and teams: lists of people, or Slack's user groups (R28)."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from debt.policy.policy import Policy
from debt.policy.roles import Roster

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=10)


class Groups:
    """Slack is asked for all its user groups at once, and again when the answer is old.

    `roster` has the members of each of the policy's groups, as last heard of.
    """

    def __init__(self, client: AsyncWebClient, policy: Policy, now: Callable[[], datetime]) -> None:
        self._client = client
        self._policy = policy
        self._now = now
        self._asked_at: datetime | None = None
        self._by_name: Roster = {}
        self.roster = self._roster()

    def _roster(self) -> Roster:
        return {name: self._members(listed) for name, listed in self._policy.groups.items()}

    def team(self, name: str) -> frozenset[str]:
        """A team's members and lead; empty where neither policy nor Slack names any."""
        named = self._policy.teams.get(name)
        members = frozenset(named.members) if named else frozenset()
        members = members or self._members(f"@{name}")
        return members | {named.lead} if members and named and named.lead else members

    def teams_of(self, slack_id: str) -> set[str]:
        """The teams somebody leads or is in, in lower case: the policy's, and those that have
        nothing but a user group of their name.
        """
        teams = self._policy.teams
        theirs = {name.casefold() for name in teams if slack_id in self._all_of(name)}
        groups = {name for name, those in self._by_name.items() if slack_id in those}
        return theirs | (groups - {name.casefold() for name in teams})

    def _all_of(self, name: str) -> frozenset[str]:
        """A team's members, and its lead also where nobody says who its members are."""
        lead = self._policy.teams[name].lead
        return self.team(name) | ({lead} if lead else frozenset())

    def _members(self, listed: str | tuple[str, ...]) -> frozenset[str]:
        return members(listed, self._by_name)

    async def keep_fresh(self) -> None:
        """Asks Slack where it was not asked lately."""
        at = self._asked_at
        if at is None or not timedelta(0) <= self._now() - at < FRESH:
            await self.refresh()

    async def refresh(self) -> None:
        """Asks Slack now; what it does not tell stays as it was, and the log says so."""
        self._asked_at = self._now()
        try:
            answer = await self._client.usergroups_list(include_users=True)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("Slack did not say who is in its user groups error=%r", error)
            return
        self._by_name = user_groups(answer["usergroups"])
        self.roster = self._roster()


def members(listed: str | tuple[str, ...], by_name: Roster) -> frozenset[str]:
    """The members of what a policy lists: a user group's handle or id, or people's ids."""
    return (
        by_name.get(_handle(listed), frozenset()) if isinstance(listed, str) else frozenset(listed)
    )


def user_groups(answer: list[dict[str, Any]]) -> Roster:
    """Slack's list of user groups as their members, by handle and by id."""
    return dict(_named(answer))


def _named(groups: list[dict[str, Any]]) -> Iterator[tuple[str, frozenset[str]]]:
    """A group goes by its handle and by its id; one that was switched off is no group."""
    for group in groups:
        if not group.get("date_delete"):
            members = frozenset(group.get("users") or ())
            yield _handle(group["handle"]), members
            yield _handle(group["id"]), members


def _handle(name: str) -> str:
    return name.removeprefix("@").casefold()
