"""A small Slack, a register on either database, and senders between them on a clock of ours."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select
from sqlmodel import col

from briefings.delivery.delivery import Sender, Updates
from briefings.delivery.planning import plan
from briefings.messages.uploads import Gallery
from briefings.pictures.worker import Artist
from debt.policy.policy import Policy, TeamPolicy, built_in
from sandbox import Sandbox
from sandbox.workspace.messages import PostedMessage
from storage.database.store import Store
from storage.digests import subscriptions
from storage.messages import outbox
from storage.messages.outbox import SENDING_LEASE
from storage.register.people import keep
from storage.tables import Briefing, Subscription
from tests.storage.builders import Register, a_person, by

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text("utf-8"))
MONDAY = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
WEEK = timedelta(weeks=1)
PATIENT = aiohttp.ClientTimeout(total=30)


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(MANIFEST) as slack:
        yield slack


@pytest.fixture
def register(store: Store) -> Register:
    return Register(store)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=PATIENT) as session:
        yield session


@dataclass
class Mail:
    """The ledger, Slack, and whoever carries messages from one to the other."""

    register: Register
    slack: Sandbox
    session: aiohttp.ClientSession
    policy: Policy
    artist: Artist
    at: datetime = MONDAY

    def now(self) -> datetime:
        return self.at

    def passes(self, span: timedelta) -> None:
        self.at += span

    def lease_ends(self) -> None:
        self.passes(SENDING_LEASE)

    def client(self, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
        return AsyncWebClient(
            self.slack.bot_token,
            base_url=self.slack.api_url,
            session=session or self.session,
            retry_handlers=[],
        )

    def sender(
        self, holder: str = "one", client: AsyncWebClient | None = None, pace: float = 0
    ) -> Sender:
        client = client or self.client()
        gallery = Gallery(client, self.artist)
        how: dict[str, Any] = {"gallery": gallery, "holder": holder, "pace": pace}
        return Sender(self.register.store, client, self.policy, self.now, **how)

    def updates(self) -> Updates:
        return Updates(self.register.store, self.client(), self.policy)

    async def sends(self) -> int:
        return await self.sender().drain()

    async def writes(self, key: str, to: str = "payments") -> None:
        """A short message for a channel; `@dana` for a person."""
        where: dict[str, Any] = {"person": self.slack.person(to[1:]).id} if to[0] == "@" else {}
        where = where or {"channel": self.slack.channel(to).id}
        facts = {"channel": self.slack.channel("payments").id, "why": key}
        await self.register.does(outbox.enqueue, key, "paused", facts, self.at, **where)

    async def rows(self) -> dict[str, Briefing]:
        async with self.register.store.read() as session:
            found = await session.execute(select(Briefing).order_by(col(Briefing.id)))
            return {row.key: row for row in found.scalars()}

    async def states(self) -> dict[str, str]:
        return {key: row.state for key, row in (await self.rows()).items()}

    def messages(self, where: str) -> list[PostedMessage]:
        """What the bot said in a channel, or to `@dana`."""
        here = self.slack.workspace
        place = here.dm(self.slack.person(where[1:]).id) if where[0] == "@" else here.channel(where)
        return [each for each in place.messages if each.user == here.bot.id]

    def keys(self, where: str = "payments") -> list[str]:
        """By the key that each message carries."""
        carried = [message.metadata or {} for message in self.messages(where)]
        return [each["event_payload"]["key"] for each in carried]

    def posts(self) -> list[str]:
        """What came of each try to post."""
        return [call.outcome for call in self.slack.calls if call.method == "chat.postMessage"]

    # ------------------------------------------------------------------------- digests

    async def knows(self, *handles: str) -> None:
        for handle in handles:
            person = self.slack.person(handle)
            await self.register.does(keep, a_person(person.id, name=person.user.real_name))

    async def subscribes(self, channel: str = "payments", **changes: Any) -> Subscription:
        """Dana has a channel told on Mondays at 09:30 UTC, from now on."""
        usual: dict[str, Any] = {
            "scope": "all",
            "weekday": 0,
            "at": "09:30",
            "zone": "UTC",
            "next_at": self.at,
        }
        usual |= {"subscriber": self.slack.person("dana").id}
        wanted = Subscription(channel=self.slack.channel(channel).id, **usual | changes)
        change = by(wanted.subscriber, at=self.at, policy=self.policy)
        return await self.register.told(change, subscriptions.subscribe, wanted)

    async def subscription(self, channel: str = "payments") -> Subscription:
        which = self.slack.channel(channel).id
        found = await self.register.asked(subscriptions.subscription, which)
        assert found is not None
        return found

    async def plans(self) -> int:
        return await plan(self.register.store, self.policy, self.at)


@pytest.fixture
def mail(
    register: Register, slack: Sandbox, session: aiohttp.ClientSession, artist: Artist
) -> Mail:
    """Erin leads payments."""
    teams = {"payments": TeamPolicy(lead=slack.person("erin").id)}
    return Mail(register, slack, session, built_in().model_copy(update={"teams": teams}), artist)
