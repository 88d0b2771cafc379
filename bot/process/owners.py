"""Owners are checked with Slack once a day (R17); artifacts of who left become orphans."""

import logging
from contextlib import suppress
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack.groups import Groups
from bot.slack.people import People
from debt.change import Change
from debt.refusal import Refused
from storage.database import leases
from storage.database.store import Store
from storage.register import people, queries
from storage.tables import PersonRow

log = logging.getLogger(__name__)

TURN = "owners"
EVERY = timedelta(days=1)
AFTER_TROUBLE = timedelta(hours=1)
PAGE = 100


async def refresh(store: Store, directory: People, groups: Groups, change: Change) -> None:
    """Asks Slack about every owner and team, at most once a day for all processes."""
    turn = change.at.isoformat()
    async with store.change() as session:
        if not await leases.take(session, TURN, turn, change.at, EVERY):
            return
    try:
        await groups.keep_fresh()
        await _all(store, directory, change)
        await _teams(store, directory, groups, change)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("owners not checked further error=%r", error)
        async with store.change() as session:
            await leases.take(session, TURN, turn, change.at, AFTER_TROUBLE)


async def _all(store: Store, directory: People, change: Change) -> None:
    """Every owner that was not checked within a day, a page at a time."""
    after = ""
    while True:
        async with store.read() as session:
            owners = await people.owners_to_check(session, change.at - EVERY, PAGE, after)
        for owner in owners:
            await _check(store, directory, change, owner)
        if len(owners) < PAGE:
            return
        after = owners[-1]


async def _teams(store: Store, directory: People, groups: Groups, change: Change) -> None:
    """An artifact whose owner has left its team has no owner any more (R17).

    Leads are looked up, so that messages can reach them.
    """
    for lead in sorted(change.policy.leads):
        with suppress(Refused):
            await directory.know(lead)
    async with store.read() as session:
        teams = await queries.teams(session)
    for team in teams:
        members = groups.team(team)
        if not members:
            continue
        async with store.change() as session:
            moved = await people.team_is(session, change, team, members)
        for who in moved:
            await _check(store, directory, change, who)


async def _check(store: Store, directory: People, change: Change, owner: str) -> None:
    """Updates one owner. A Slack id that Slack does not know counts as gone; an e-mail is kept."""
    person = await _in_slack(directory, owner)
    if person is None and "@" in owner:
        return
    async with store.change() as session:
        await people.owner_is(session, change, owner, person)


async def _in_slack(directory: People, owner: str) -> PersonRow | None:
    """The owner, by e-mail or Slack id; None where Slack knows no such person."""
    if "@" in owner:
        return await directory.by_email(owner)
    try:
        return await directory.ask_slack(owner)
    except Refused:
        return None
