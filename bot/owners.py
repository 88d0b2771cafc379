"""Ownership is re-checked with Slack once a day (R17): who left makes orphans."""

import logging
from datetime import timedelta

from slack_sdk.errors import SlackApiError

from bot.people import People
from debt.refusal import Refused
from storage import people
from storage.artifacts import Change
from storage.store import Store
from storage.tables import Person

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
AT_ONCE = 50


async def refresh(store: Store, known: People, change: Change) -> int:
    """Asks Slack about owners not asked about for a day; how many were looked at."""
    async with store.read() as session:
        owners = await people.owners_to_check(session, change.at - EVERY, AT_ONCE)
    looked_at = 0
    for owner in owners:
        try:
            await _check(store, known, change, owner)
        except SlackApiError as error:
            log.warning("owners not checked further error=%s", error.response.get("error"))
            return looked_at
        looked_at += 1
    return looked_at


async def _check(store: Store, known: People, change: Change, owner: str) -> None:
    found = await _found(known, owner)
    async with store.change() as session:
        await people.checked(session, owner, change.at)
        if found or "@" not in owner:
            await people.owner_is(session, change, owner, found)


async def _found(known: People, owner: str) -> Person | None:
    if "@" in owner:
        return await known.by_email(owner)
    try:
        return await known.ask_slack(owner)
    except Refused:
        return None
