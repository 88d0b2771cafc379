"""Sends what is on the ledger: once each, nothing lost (DESIGN.md, promise 1).

due ──claim──▶ sending ──Slack took it──▶ sent
 ▲                │ └─ answer lost: unknown; after the lease the channel is looked at first
 └─Slack did not──┘ └─ Slack never will, or nobody can tell ──▶ parked, and reported
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from briefings.message import Message
from briefings.render import render
from debt.policy import Policy
from storage import leases, outbox, subscriptions
from storage.artifacts import Change
from storage.outbox import Ledgered
from storage.store import Store

log = logging.getLogger(__name__)

EVENT_TYPE = "debt_briefing"
LEADER = "sender"
LEADER_LEASE = timedelta(minutes=1)
BETWEEN_TRIES = timedelta(seconds=30)
LONGEST_PAUSE = 60
HISTORY_PAGES = 5
HISTORY_PAGE = 200
# Slack may have accepted the message before it answered with one of these.
_UNSURE = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_CHANNEL_TROUBLE = {
    "not_in_channel": "I am not in the channel; invite me with /invite",
    "channel_not_found": "I cannot see the channel; invite me with /invite",
    "is_archived": "the channel is archived",
    "missing_scope": "the app has lost a permission it needs; reinstall it from manifest.yml",
    "restricted_action": "posting there is restricted",
}


class Verdict(Enum):
    """What a try came to."""

    SENT = auto()
    AGAIN = auto()
    UNKNOWN = auto()
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class Tried:
    verdict: Verdict
    ts: str = ""
    why: str = ""
    wait: float = 0


class Sender:
    """One of these sends at a time, whichever process holds the leader lease."""

    def __init__(
        self,
        store: Store,
        client: AsyncWebClient,
        policy: Policy,
        now: Callable[[], datetime],
        holder: str,
    ) -> None:
        """`client` must not retry by itself: a repeated post is a second message."""
        self._store = store
        self._client = client
        self._policy = policy
        self._now = now
        self._holder = holder
        self._paced: dict[str, float] = {}

    async def drain(self) -> int:
        """Sends what is due now, one after the other; how many messages were dealt with."""
        dealt_with = 0
        while await self._waiting() and await self._lead() and await self.send_next():
            dealt_with += 1
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
            await leases.give_back(session, LEADER, self._holder, self._now())

    async def send_next(self) -> bool:
        """Claims the oldest waiting message and brings it as far as it will go."""
        async with self._store.change() as session:
            claimed = await outbox.claim_batch(session, self._now(), limit=1)
        for briefing in claimed:
            await self._settle(briefing, await self._try(briefing))
        return bool(claimed)

    async def _try(self, briefing: Ledgered) -> Tried:
        try:
            channel = briefing.channel or await self._open(briefing)
            found = await self._look_for(briefing, channel) if briefing.unknown else None
            return found or await self._post(briefing, channel)
        except SlackApiError as error:
            return _judged(error)
        except aiohttp.ClientConnectorError as error:
            return Tried(Verdict.AGAIN, why=f"Slack cannot be reached: {error.strerror}")
        except (TimeoutError, aiohttp.ClientError) as error:
            return Tried(Verdict.UNKNOWN, why=type(error).__name__)

    async def _open(self, briefing: Ledgered) -> str:
        opened = await self._client.conversations_open(users=str(briefing.person))
        channel = str(opened["channel"]["id"])
        async with self._store.change() as session:
            await outbox.opened(session, briefing.id, channel)
        return channel

    async def _look_for(self, briefing: Ledgered, channel: str) -> Tried | None:
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
                    return Tried(Verdict.SENT, ts=message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return None
        looked_at = HISTORY_PAGES * HISTORY_PAGE
        return Tried(Verdict.NEVER, why=f"not among the channel's last {looked_at} messages")

    async def _post(self, briefing: Ledgered, channel: str) -> Tried:
        async with self._store.read() as session:
            message = await render(session, briefing, self._policy)
        await self._pace(channel)
        answer = await self._client.chat_postMessage(
            channel=channel,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": briefing.key}},
            unfurl_links=False,
            unfurl_media=False,
            **message.payload(),
        )
        return Tried(Verdict.SENT, ts=str(answer["ts"]))

    async def _pace(self, channel: str) -> None:
        """About one message a second a channel is what Slack takes."""
        clock = asyncio.get_running_loop().time
        wait = self._paced.get(channel, 0) - clock()
        if wait > 0:
            await asyncio.sleep(wait)
        self._paced = {channel: at for channel, at in self._paced.items() if at > clock()}
        self._paced[channel] = clock() + 1

    async def _settle(self, briefing: Ledgered, tried: Tried) -> None:
        change = Change("delivery", self._now(), self._policy)
        log.info("briefing key=%s verdict=%s", briefing.key, tried.verdict.name.lower())
        async with self._store.change() as session:
            if tried.verdict is Verdict.SENT:
                await outbox.sent(session, briefing.id, tried.ts)
            elif tried.verdict is Verdict.AGAIN:
                await outbox.again(session, briefing.id, change.at + _pause(tried), tried.why)
            elif tried.verdict is Verdict.NEVER:
                log.error("briefing parked key=%s why=%s", briefing.key, tried.why)
                await outbox.park(session, briefing.id, tried.why)
                if briefing.kind == "digest" and briefing.channel:
                    await subscriptions.pause(session, change, briefing.channel, tried.why)
        if tried.wait:
            await asyncio.sleep(min(tried.wait, LONGEST_PAUSE))


def _pause(tried: Tried) -> timedelta:
    """A pause that is slept through here is over when the message is looked at again."""
    return timedelta(0) if tried.wait else BETWEEN_TRIES


def _judged(error: SlackApiError) -> Tried:
    answer: Any = error.response
    status = getattr(answer, "status_code", 200)
    code = answer.get("error", "") if isinstance(getattr(answer, "data", None), dict) else ""
    if status == 429 or code == "ratelimited":
        wait = float(answer.headers.get("Retry-After", 1))
        return Tried(Verdict.AGAIN, why="ratelimited", wait=wait)
    if status >= 500 or code in _UNSURE or not code:
        return Tried(Verdict.UNKNOWN, why=code or f"HTTP {status}")
    return Tried(Verdict.NEVER, why=_CHANNEL_TROUBLE.get(code, f"Slack refused: {code}"))


def _key_of(message: dict[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    key: str | None = metadata.get("event_payload", {}).get("key")
    return key


class Updates:
    """Keeps posted briefings in step with the register, one message at a time."""

    def __init__(self, store: Store, client: AsyncWebClient, policy: Policy) -> None:
        self._store = store
        self._client = client
        self._policy = policy
        self._turns: dict[tuple[str, str], asyncio.Lock] = {}

    async def refresh(self, channel: str, ts: str) -> bool:
        """Shows the new state in a message of ours; False where it is not on the ledger."""
        lock = self._turns.setdefault((channel, ts), asyncio.Lock())
        async with lock:
            async with self._store.read() as session:
                briefing = await outbox.by_message(session, channel, ts)
                message = await render(session, briefing, self._policy) if briefing else None
            if message is None:
                return False
            await self._update(channel, ts, message)
        if not lock.locked():
            self._turns.pop((channel, ts), None)
        return True

    async def _update(self, channel: str, ts: str, message: Message) -> None:
        await self._client.chat_update(channel=channel, ts=ts, **message.payload())
