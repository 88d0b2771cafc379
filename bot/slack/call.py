"""A call of a person in Slack as a feature gets it, and the answers it may return."""

import asyncio
import json
import logging
from collections.abc import (
    AsyncIterator,
    Callable,
    Coroutine,
    Hashable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count
from types import NoneType
from typing import Any, TypeVar
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.form_state import FormState
from bot.slack.groups import Groups
from bot.slack.people import OUTSIDER, People
from bot.slack.workspace import Installation
from briefings.delivery.delivery import Updates
from briefings.messages.message import Message
from briefings.messages.uploads import Gallery
from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.policy.policy import Policy
from debt.policy.roles import Powers
from debt.refusal import Refused
from storage.database.store import Session, Store
from storage.messages import events
from storage.tables import PersonRow

log = logging.getLogger(__name__)
T = TypeVar("T")
_TEXT = (str, NoneType)
_WHERE: Mapping[str, type | tuple[type, ...]] = {
    "channel": _TEXT,
    "respond": _TEXT,
    "ts": _TEXT,
    "card": str,
    "direct": bool,
    "home": bool,
}


class Tasks:
    """Work that goes on after Slack was answered; shutdown waits for it."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Starts work whose outcome is awaited; its task."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def leave(self, work: Coroutine[Any, Any, None]) -> None:
        """Starts work that nobody awaits; an error is logged with its traceback."""
        self.start(work).add_done_callback(_report)

    async def finish(self) -> None:
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)


class Homes:
    """Home tabs that are open: each is drawn by one at a time, so that an earlier state never
    comes last, and shows above all else what the person did there just now.
    """

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._messages: dict[str, Message] = {}

    def turn(self, slack_id: str) -> asyncio.Lock:
        return self._turns.setdefault(slack_id, asyncio.Lock())

    def message(self, slack_id: str) -> Message | None:
        """The one at the top of their Home, None for none."""
        return self._messages.get(slack_id)

    def say(self, slack_id: str, message: Message | None) -> None:
        """Takes the place of the message at the top of their Home; None clears it."""
        if message is None:
            self._messages.pop(slack_id, None)
        else:
            self._messages[slack_id] = message


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        log.error("work after an acknowledgement failed", exc_info=task.exception())


@dataclass(frozen=True, slots=True)
class Bot:
    """What the process owns and every call borrows.

    `drawn` remembers cards, each with the number of the history entry it was drawn after.
    """

    store: Store
    installation: Installation
    policy: Policy
    client: AsyncWebClient
    session: aiohttp.ClientSession
    now: Callable[[], datetime]
    people: People
    groups: Groups
    updates: Updates
    tasks: Tasks
    poke: Callable[[], None]
    gallery: Gallery
    drawn: dict[Hashable, tuple[int, Message]] = field(default_factory=dict)
    homes: Homes = field(default_factory=Homes)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who did it and where, so that the answer finds its way back.

    `payload` names what Slack sent, the same when it is sent again. `respond` is the response_url;
    `ts` names the message a button was in, `card` the kind of somebody's own message that it was,
    which shows the new state in its place, `home` that it was their Home tab. Where a form was
    opened travels in its private metadata to its submission; who submits it, and whether from
    `here`, is told by the signed request alone.
    """

    slack_id: str
    channel: str | None = None
    respond: str | None = None
    ts: str | None = None
    card: str = ""
    direct: bool = False
    home: bool = False
    here: bool = True
    payload: str = ""

    def as_json(self) -> str:
        return json.dumps({name: getattr(self, name) for name in _WHERE})

    def opened_at(self, metadata: str) -> "Origin":
        """The same act, where its form was opened. Raises ValueError for what is not of ours."""
        where = json.loads(metadata)
        if not isinstance(where, dict):
            raise ValueError("private metadata is no object")  # noqa: TRY004  # a malformed payload
        place = {name: where[name] for name in _WHERE if name in where}
        for name, value in place.items():
            if not isinstance(value, _WHERE[name]):
                raise ValueError(f"private metadata has a wrong {name}")  # noqa: TRY004  # as above
        return replace(self, **place)


@dataclass(frozen=True, slots=True)
class Call:
    """One thing a person did: typed a command, pressed a button, submitted a form."""

    bot: Bot
    who: PersonRow
    origin: Origin
    at: datetime
    words: str = ""
    value: str = ""
    state: FormState = field(default_factory=FormState)
    view: Mapping[str, Any] = field(default_factory=dict)
    message: Mapping[str, Any] = field(default_factory=dict)
    _changes: Iterator[int] = field(default_factory=count)

    @property
    def store(self) -> Store:
        return self.bot.store

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[Session]:
        """A session for what this payload changes. Raises ActedBefore where Slack has sent the
        same payload before and it was acted on: the mark is written with the change, or not at all.
        """
        async with self.store.change() as session:
            payload = f"{self.origin.payload}:{next(self._changes)}" if self.origin.payload else ""
            if payload and not await events.first_time(session, payload, self.at):
                raise ActedBefore
            yield session

    @property
    def policy(self) -> Policy:
        return self.bot.policy

    @property
    def channel(self) -> str | None:
        return self.origin.channel

    @property
    def powers(self) -> Powers:
        """The person's powers: admin, and their groups."""
        roster, me = self.bot.groups.roster, self.who.slack_id
        return Powers(self.who.admin, frozenset(name for name in roster if me in roster[name]))

    @property
    def change(self) -> Change:
        me, roster = self.who.slack_id, self.bot.groups.roster
        return Change(me, self.at, self.bot.policy, self.who.zone, self.powers, roster)

    @property
    def today(self) -> date:
        """The date in the person's time zone."""
        return self.at.astimezone(ZoneInfo(self.who.zone)).date()


@dataclass(frozen=True, slots=True)
class Reply:
    """Words for the person; for everybody in a channel that follows what they changed."""

    message: Message
    changed: Artifact | None = None
    replace: bool = False

    def in_place(self, blocks: Sequence[Block]) -> "Reply":
        """The same words above these blocks, to replace the message that was pressed."""
        message = Message(self.message.text, (*self.message.blocks, *blocks))
        return Reply(message, self.changed, replace=True)


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal to open, or to go on to from the one that was submitted."""

    view: View


@dataclass(frozen=True, slots=True)
class ShownAtHome:
    """No message: the Home tab in which the button was pressed shows the change."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Nothing to say: the same payload was acted on, and answered, before."""


Answer = Reply | Modal | ShownAtHome | Answered


class ActedBefore(Exception):
    """Slack has sent this payload a second time."""


async def admitted(bot: Bot, origin: Origin, **given: Any) -> Call:
    """The call of a member of the workspace, with what Slack says of groups at hand.

    Refused for guests and people of other organizations.
    """
    if not origin.here:
        raise Refused(OUTSIDER)
    who = await bot.people.member(origin.slack_id)
    await bot.groups.keep_fresh()
    return Call(bot, who, origin, bot.now(), **given)
