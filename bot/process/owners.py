"""Ownership is re-checked with Slack once a day (R17): who left makes orphans."""

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


async def refresh(store: Store, known: People, groups: Groups, change: Change) -> None:
    """Asks Slack about every owner and who is in which team, where nobody has within a day."""
    turn = change.at.isoformat()
    async with store.change() as session:
        if not await leases.take(session, TURN, turn, change.at, EVERY):
            return
    try:
        await groups.keep_fresh()
        await _all(store, known, change)
        await _teams(store, known, groups, change)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("owners not checked further error=%r", error)
        async with store.change() as session:
            await leases.take(session, TURN, turn, change.at, AFTER_TROUBLE)


async def _all(store: Store, known: People, change: Change) -> None:
    after = ""
    while True:
        async with store.read() as session:
            owners = await people.owners_to_check(session, change.at - EVERY, PAGE, after)
        for owner in owners:
            await _check(store, known, change, owner)
        if len(owners) < PAGE:
            return
        after = owners[-1]


async def _teams(store: Store, known: People, groups: Groups, change: Change) -> None:
    """What somebody owns in a team that they have left has nobody behind it (R17).

    Leads are made known, so that they can be told.
    """
    for lead in sorted(change.policy.leads):
        with suppress(Refused):
            await known.know(lead)
    async with store.read() as session:
        teams = await queries.teams(session)
    for team in teams:
        members = groups.team(team)
        if not members:
            continue
        async with store.change() as session:
            moved = await people.team_is(session, change, team, members)
        for who in moved:
            await _check(store, known, change, who)


async def _check(store: Store, known: People, change: Change, owner: str) -> None:
    """An e-mail that Slack does not know stays one; an id it does not know is gone."""
    found = await _found(known, owner)
    if found is None and "@" in owner:
        return
    async with store.change() as session:
        await people.owner_is(session, change, owner, found)


async def _found(known: People, owner: str) -> PersonRow | None:
    if "@" in owner:
        return await known.by_email(owner)
    try:
        return await known.ask_slack(owner)
    except Refused:
        return None
