"""Sends what is on the ledger: once each, nothing lost (DESIGN.md, promise 1).

due ──claim──▶ sending ──Slack took it──▶ sent
 ▲                │ ├─ answer lost: unknown; after the lease the channel is looked at first
 └─Slack did not──┘ ├─ Slack never will, or nobody can tell ──▶ parked, and reported
                    └─ a digest whose week has moved on ──▶ skipped
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from briefings.delivery import consequences
from briefings.delivery.redraw import LOOKS, Redrawing
from briefings.delivery.render import render, with_pictures
from briefings.messages.message import Message
from briefings.messages.uploads import Gallery, pictures_may_be_refused, shown, update
from briefings.messages.verdict import BETWEEN_TRIES, SendResult, Verdict, judged
from debt.change import Change
from debt.policy.policy import Policy
from storage.database import leases
from storage.database.history import seal
from storage.database.store import Session, Store
from storage.digests import subscriptions
from storage.messages import outbox
from storage.messages.kinds import BriefingKind
from storage.messages.outbox import SENDING_LEASE, LedgerMessage

log = logging.getLogger(__name__)

EVENT_TYPE = "debt_briefing"
LEADER = "sender"
LEADER_LEASE = timedelta(minutes=1)
PACE = 1.0
LONGEST_PAUSE = 60
MOST_FAILURES = 5
# A post begins in the first half of its lease or not at all, so that it has arrived, and can be
# seen in the channel, before anybody else may look for it (DESIGN.md, promise 1).
LATEST_START = SENDING_LEASE.total_seconds() / 2
HISTORY_PAGES = 5
HISTORY_PAGE = 200

_UNKNOWN = "briefing may have arrived key=%s why=%s; its channel is looked at before another try"

Stopwatch = Callable[[], float]


class Sender:
    """One of these sends at a time, whichever process holds the leader lease."""

    def __init__(
        self,
        store: Store,
        client: AsyncWebClient,
        policy: Policy,
        now: Callable[[], datetime],
        *,
        gallery: Gallery,
        holder: str,
        pace: float = PACE,
    ) -> None:
        """`client` must not retry by itself: a repeated post is a second message.

        `pace` is the seconds between two messages of a channel.
        """
        self._store = store
        self._client = client
        self._policy = policy
        self._now = now
        self._gallery = gallery
        self._holder = holder
        self._pause = pace
        self._paced: dict[str, float] = {}
        self._redrawing = Redrawing(store, client, policy, now)

    async def drain(self) -> int:
        """Sends what is due now, one after the other, then shows in what was sent before what has
        changed since; how many messages were dealt with.
        """
        dealt_with = 0
        while await self._waiting() and await self._lead() and (tried := await self.send_next()):
            dealt_with += 1
            if tried.slack_is_away:  # the others would fare no better
                break
        while (stale := await self._redrawing.waiting()) and await self._lead():
            await self._redrawing.draw(stale)
        return dealt_with

    async def _waiting(self) -> bool:
        async with self._store.read() as session:
            ready = await outbox.next_ready(session)
        return ready is not None and ready <= self._now()

    async def _lead(self) -> bool:
        async with self._store.change() as session:
            return await leases.take(session, LEADER, self._holder, self._now(), LEADER_LEASE)

    async def step_down(self) -> None:
        """Lets the next process send at once."""
        async with self._store.change() as session:
            await leases.give_back(session, LEADER, self._holder)

    async def send_next(self) -> SendResult | None:
        """Brings the oldest waiting message as far as it will go; None where none waits."""
        held = self._stopwatch()
        async with self._store.change() as session:
            claimed = await outbox.claim_batch(session, self._now(), limit=1)
        if not claimed:
            return None
        tried = await self._try(claimed[0], held)
        await self._settle(claimed[0], tried)
        return tried

    def _stopwatch(self) -> Stopwatch:
        """Seconds from now on, by the leases' clock or, where that stands still, the machine's."""
        began, ticking = self._now(), asyncio.get_running_loop().time
        ticked = ticking()
        return lambda: max((self._now() - began).total_seconds(), ticking() - ticked)

    async def _try(self, briefing: LedgerMessage, held: Stopwatch) -> SendResult:
        try:
            return await self._tried(briefing, held)
        except SlackApiError as error:
            return judged(error)
        except aiohttp.ClientConnectorError as error:
            return SendResult(Verdict.AGAIN, why=f"Slack cannot be reached: {error.strerror}")
        except (TimeoutError, aiohttp.ClientError) as error:
            return SendResult(Verdict.UNKNOWN, why=type(error).__name__)
        except Exception as error:
            log.exception("briefing failed key=%s", briefing.key)
            often = briefing.attempts >= MOST_FAILURES
            why = f"failed {briefing.attempts} times: {type(error).__name__}"
            return SendResult(Verdict.NEVER if often else Verdict.UNKNOWN, why=why)

    async def _tried(self, briefing: LedgerMessage, held: Stopwatch) -> SendResult:
        channel = briefing.channel
        if briefing.unknown and channel and (found := await self._look_for(briefing, channel)):
            return found
        if self._has_lost_its_point(briefing):
            return SendResult(Verdict.LATE, why="a new week’s digest is nearer than this one")
        if tried := await self._at_a_good_time(briefing):
            return tried
        return await self._post(briefing, channel or await self._open(briefing), held)

    def _has_lost_its_point(self, briefing: LedgerMessage) -> bool:
        late = self._now() - briefing.created_at
        return briefing.kind == BriefingKind.DIGEST and late > timedelta(
            hours=self._policy.digest.late_hours
        )

    async def _at_a_good_time(self, briefing: LedgerMessage) -> SendResult | None:
        """A nudge that was held up waits for working hours, and is not sent about nothing."""
        async with self._store.read() as session:
            if await consequences.is_pointless(session, briefing):
                return SendResult(Verdict.LATE, why="settled before it could be sent")
            until = await consequences.not_before(session, briefing, self._policy, self._now())
        return (
            SendResult(Verdict.AGAIN, why="outside working hours", until=until) if until else None
        )

    async def _open(self, briefing: LedgerMessage) -> str:
        opened = await self._client.conversations_open(users=str(briefing.person))
        channel = str(opened["channel"]["id"])
        async with self._store.change() as session:
            await outbox.opened(session, briefing.id, channel)
        return channel

    async def _look_for(self, briefing: LedgerMessage, channel: str) -> SendResult | None:
        """Whether an earlier try arrived after all: None means certainly not."""
        cursor = ""
        for _ in range(HISTORY_PAGES):
            page = await self._client.conversations_history(
                channel=channel,
                limit=HISTORY_PAGE,
                include_all_metadata=True,
                cursor=cursor or None,
            )
            for message in page["messages"]:
                if _key_of(message) == briefing.key:
                    return SendResult(Verdict.SENT, ts=message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return None
        looked_at = HISTORY_PAGES * HISTORY_PAGE
        return SendResult(Verdict.NEVER, why=f"not among the channel's last {looked_at} messages")

    async def _post(self, briefing: LedgerMessage, channel: str, held: Stopwatch) -> SendResult:
        message = await self._with_pictures(briefing, await self._drawn(briefing))
        await self._pace(channel)

        async def post(message: Message) -> SendResult:
            if held() > LATEST_START:
                return SendResult(Verdict.UNKNOWN, why="its lease had too little left to begin")
            with pictures_may_be_refused(message):
                answer = await self._client.chat_postMessage(
                    channel=channel,
                    metadata={"event_type": EVENT_TYPE, "event_payload": {"key": briefing.key}},
                    unfurl_links=False,
                    unfurl_media=False,
                    **message.payload(),
                )
            return SendResult(Verdict.SENT, ts=str(answer["ts"]))

        return await shown(message, post)

    async def _with_pictures(self, briefing: LedgerMessage, message: Message) -> Message:
        """Uploads before it posts; the files are kept, so that no try uploads them again."""
        complete = await self._gallery.hang(message)
        if complete.hung != message.hung:
            async with self._store.change() as session:
                facts = with_pictures(briefing.facts, complete)
                await outbox.keep_facts(session, briefing.id, facts)
        return complete

    async def _drawn(self, briefing: LedgerMessage) -> Message:
        """Shows all that has changed until now; what changes from now on makes it stale again."""
        async with self._store.read() as session:
            stale = await outbox.is_stale(session, briefing.id)
        if stale:
            async with self._store.change() as session:
                await outbox.begin_anew(session, briefing.id)
        async with self._store.read() as session:
            return await render(session, briefing, self._policy)

    async def _pace(self, channel: str) -> None:
        """About one message a second a channel is what Slack takes."""
        clock = asyncio.get_running_loop().time
        wait = self._paced.get(channel, 0) - clock()
        if wait > 0:
            await asyncio.sleep(wait)
        self._paced = {channel: at for channel, at in self._paced.items() if at > clock()}
        self._paced[channel] = clock() + self._pause

    async def _settle(self, briefing: LedgerMessage, tried: SendResult) -> None:
        log.info("briefing key=%s verdict=%s", briefing.key, tried.verdict.name.lower())
        if tried.verdict is Verdict.UNKNOWN:
            log.warning(_UNKNOWN, briefing.key, tried.why)
        async with self._store.change() as session:
            await self._write(session, briefing, tried)
        if tried.wait:
            await asyncio.sleep(min(tried.wait, LONGEST_PAUSE))

    async def _write(self, session: Session, briefing: LedgerMessage, tried: SendResult) -> None:
        """An unknown one stays as it is: its lease ends by itself.

        What it speaks of is locked and written before the message itself, history included, as
        by everybody whose change makes a message stale: no two wait for each other.
        """
        if tried.verdict is Verdict.SENT:
            await consequences.arrived(session, briefing, self._policy, self._now())
            await seal(session)
            await outbox.sent(session, briefing.id, tried.ts, self._now())
        elif tried.verdict is Verdict.AGAIN:
            log.warning("briefing waits key=%s why=%s", briefing.key, tried.why)
            at = tried.until or self._now() + _pause(tried)
            await outbox.again(session, briefing, at, tried.why)
        elif tried.verdict is Verdict.LATE:
            await self._skip(session, briefing, tried)
        elif tried.verdict is Verdict.NEVER:
            await self._park(session, briefing, tried)

    async def _skip(self, session: Session, briefing: LedgerMessage, tried: SendResult) -> None:
        log.warning("briefing skipped key=%s why=%s", briefing.key, tried.why)
        if await outbox.is_ours(session, briefing):
            await consequences.skipped(session, briefing)
            await outbox.skip(session, briefing, tried.why)

    async def _park(self, session: Session, briefing: LedgerMessage, tried: SendResult) -> None:
        log.error("briefing parked key=%s why=%s", briefing.key, tried.why)
        if not await outbox.is_ours(session, briefing):
            return
        await consequences.lost(session, briefing, self._policy, self._now())
        if tried.barred and briefing.kind == BriefingKind.DIGEST and briefing.channel:
            change = Change("delivery", self._now(), self._policy)
            await subscriptions.pause(session, change, briefing.channel, tried.why)
        await seal(session)
        await outbox.park(session, briefing, tried.why)


def _pause(tried: SendResult) -> timedelta:
    """A pause that is slept through here is over when the message is looked at again."""
    return timedelta(0) if tried.wait else BETWEEN_TRIES


def _key_of(message: dict[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    key: str | None = metadata.get("event_payload", {}).get("key")
    return key


class Updates:
    """Keeps posted briefings in step with the register."""

    def __init__(self, store: Store, client: AsyncWebClient, policy: Policy) -> None:
        self._store = store
        self._client = client
        self._policy = policy

    async def refresh(self, channel: str, ts: str) -> bool:
        """Shows the new state in a message of ours; False where it is not on the ledger.

        Whoever shows it looks at the register again afterwards: of two who press at once, here
        or in two processes, the slower one may have put an older state over a newer one.
        """
        before = None
        for _ in range(LOOKS):
            message = await self._message(channel, ts)
            if message is None:
                return False
            if message.payload() == before or not await self._update(channel, ts, message):
                break
            before = message.payload()
        return True

    async def _message(self, channel: str, ts: str) -> Message | None:
        async with self._store.read() as session:
            briefing = await outbox.by_message(session, channel, ts)
            return await render(session, briefing, self._policy) if briefing else None

    async def _update(self, channel: str, ts: str, message: Message) -> bool:
        """What the person did is done; a message that Slack does not renew is for the log only."""
        try:
            await update(self._client, channel, ts, message)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("message not renewed channel=%s ts=%s error=%r", channel, ts, _why(error))
            return False
        return True


def _why(error: Exception) -> str:
    return judged(error).why if isinstance(error, SlackApiError) else type(error).__name__
