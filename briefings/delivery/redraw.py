"""Sent messages whose artifacts have changed since are drawn again, every copy (DESIGN.md, R27).

What is stale is in the ledger, so that nothing is forgotten when a process ends; what Slack does
not take now is left for a later round, what it never will stays as it is.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from briefings.delivery.render import render
from briefings.messages.message import Message
from briefings.messages.uploads import update
from briefings.messages.verdict import BETWEEN_TRIES, Verdict, judged
from debt.policy.policy import Policy
from storage.database.store import Store
from storage.messages import outbox
from storage.messages.outbox import LedgerMessage

log = logging.getLogger(__name__)

AT_ONCE = 20
LOOKS = 5


class Redrawing:
    """For whoever holds the leader lease. After trouble it rests a while."""

    def __init__(
        self, store: Store, client: AsyncWebClient, policy: Policy, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._client = client
        self._policy = policy
        self._now = now
        self._rests_until: datetime | None = None

    async def waiting(self) -> list[tuple[LedgerMessage, datetime]]:
        """What is stale, a handful, unless Slack needs a rest."""
        if self._rests_until and self._now() < self._rests_until:
            return []
        async with self._store.read() as session:
            return await outbox.stale(session, AT_ONCE)

    async def draw(self, some: list[tuple[LedgerMessage, datetime]]) -> None:
        for briefing, stale_at in some:
            if wait := await self._one(briefing, stale_at):
                self._rests_until = self._now() + wait
                return

    async def _one(self, briefing: LedgerMessage, stale_at: datetime) -> timedelta | None:
        """How long to leave Slack alone; None where this message is done with."""
        try:
            await self._show(briefing, stale_at)
        except SlackApiError as error:
            tried = judged(error)
            if tried.verdict is not Verdict.NEVER:
                return _rest(briefing, timedelta(seconds=tried.wait) or BETWEEN_TRIES, tried.why)
            log.warning("message stays as it is key=%s why=%s", briefing.key, tried.why)
            await self._drawn(briefing, stale_at)
        except (TimeoutError, aiohttp.ClientError) as error:
            return _rest(briefing, BETWEEN_TRIES, type(error).__name__)
        except Exception:
            log.exception("message cannot be drawn key=%s", briefing.key)
            await self._drawn(briefing, stale_at)
        return None

    async def _show(self, briefing: LedgerMessage, stale_at: datetime) -> None:
        """Looks again once it counts as drawn: of two changes at the same instant, by the clock,
        the second may have come meanwhile.
        """
        message, shown = await self._render(briefing), None
        for _ in range(LOOKS):
            if message.payload() == shown:
                break
            shown = message.payload()
            await update(self._client, str(briefing.channel), str(briefing.ts), message)
            await self._drawn(briefing, stale_at, final=message.final)
            message = await self._render(briefing)

    async def _render(self, briefing: LedgerMessage) -> Message:
        async with self._store.read() as session:
            return await render(session, briefing, self._policy)

    async def _drawn(
        self, briefing: LedgerMessage, stale_at: datetime, *, final: bool = False
    ) -> None:
        async with self._store.change() as session:
            await outbox.drawn(session, briefing.id, stale_at, final=final)


def _rest(briefing: LedgerMessage, wait: timedelta, why: str) -> timedelta:
    log.warning("message waits to be drawn again key=%s why=%s", briefing.key, why)
    return wait
