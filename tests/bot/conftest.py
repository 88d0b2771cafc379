"""The whole product against a small Slack: signed HTTP, real Bolt, a real database.

The cast: dana owns things, erin leads payments, sam is SRE, priya is security, lena is an admin,
noah, mia and kai are colleagues, olga has left, gus is a guest, rex belongs to another
organization.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.process.process import Process, listening, running
from bot.settings import Settings
from briefings.pictures.worker import Artist
from debt.artifact.artifact import Artifact, Stage, Surface
from debt.artifact.columns import Facts
from debt.change import Change
from debt.policy.policy import Policy, TeamPolicy, built_in
from sandbox import Person, Sandbox
from storage.database.history import HistoryEntry, last_entries
from storage.database.store import Store
from storage.lifecycle import proposals, registration
from storage.register import artifacts, queries

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text("utf-8"))
# Seconds, not the 3 of Slack: a machine may be busy. Benchmarks tell how fast we are.
PATIENCE = 30.0
MONDAY = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 15, tzinfo=UTC)  # ten in the morning in New York
DAY = timedelta(days=1)
Comes = Callable[..., Awaitable[None]]


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(MANIFEST, patience=PATIENCE) as slack:
        await slack.clock.set(datetime(2026, 11, 24, 10, tzinfo=UTC))
        yield slack


on_both_databases = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite, but for stories told on both; the verbs below listeners are tested on both."""
    kind = getattr(request, "param", "sqlite")
    return str(request.getfixturevalue(f"{kind}_url"))


@pytest.fixture
def policy(slack: Sandbox) -> Policy:
    """The built-in policy, and erin leads payments."""
    erin = slack.person("erin").id
    return built_in().model_copy(update={"teams": {"payments": TeamPolicy(lead=erin)}})


@pytest.fixture
def settings(slack: Sandbox, database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        slack_bot_token=slack.bot_token,
        slack_signing_secret=slack.signing_secret,
        slack_api_url=slack.api_url,
        port=0,
    )


@pytest.fixture
async def process(
    slack: Sandbox, settings: Settings, policy: Policy, artist: Artist
) -> AsyncIterator[Process]:
    """The bot, answering; nothing is planned or sent before a test says so."""
    async with AsyncExitStack() as stack:
        process = await stack.enter_async_context(
            running(settings, policy, slack.clock.now, artist=artist, pace=0)
        )
        address = await stack.enter_async_context(listening(process, settings))
        slack.request_url = f"{address}/slack/events"
        yield process


@pytest.fixture
def address(process: Process, slack: Sandbox) -> str:
    """Where the bot listens, in either mode."""
    return str(slack.request_url).removesuffix("/slack/events")


@pytest.fixture
async def comes(slack: Sandbox, process: Process) -> Comes:
    """So many days go by from Tuesday morning on; each day, at that hour, the bot does its work."""
    await slack.clock.set(TUESDAY)

    async def comes(days: int = 0, hours: float = 0) -> None:
        for passing in (*[DAY] * days, timedelta(hours=hours)):
            await slack.clock.advance(passing)
            await _works(process)

    return comes


async def _works(process: Process) -> None:
    await process.check_owners()
    await process.tick()
    await process.send()
    await process.bot.tasks.finish()


@dataclass(frozen=True)
class Ledger:
    """The register as a test fills and reads it."""

    store: Store
    policy: Policy
    slack: Sandbox

    async def add(self, **facts: Any) -> Artifact:
        """An artifact of dana's in payments, but for what the facts say."""
        usual: dict[str, Any] = {
            "name": "Payment retry worker",
            "kind": "production_integration",
            "repo": "acme/checkout",
            "paths": ("services/retry/**",),
            "team": "payments",
            "owner": self.slack.person("dana").id,
            "purpose": "Retries failed card payments overnight",
            "lifespan": "Until the new payment provider is live",
            "removal_impact": "Failed payments stay failed",
            "surface": Surface.INTERNAL,
        }
        change = Change("test", self.slack.clock.now(), self.policy)
        async with self.store.change() as session:
            added = await registration.add(session, change, Facts(**(usual | facts)))  # type: ignore[typeddict-item]  # tests name the facts they mean
        assert isinstance(added, Artifact)
        return added

    async def get(self, artifact: Artifact) -> Artifact:
        async with self.store.read() as session:
            return await artifacts.require(session, artifact.id)

    async def by_key(self, number: int) -> Artifact:
        async with self.store.read() as session:
            return await artifacts.require(session, number)

    async def count(self) -> int:
        """How many live artifacts there are."""
        async with self.store.read() as session:
            return len((await queries.page(session, queries.ArtifactQuery(), 1_000)).artifacts)

    async def ended(self, **facts: Any) -> Artifact:
        """An artifact that was retired."""
        return await self.amend(await self.add(**facts), stage=Stage.RETIRED)

    async def proposes(self, *facts: dict[str, Any]) -> list[Artifact]:
        """What a scan found lately, told to who subscribed."""
        added = [await self.add(**each) for each in facts]
        found = [await self.amend(each, stage=Stage.PROPOSED) for each in added]
        change = Change("cli:ops", self.slack.clock.now(), self.policy)
        async with self.store.change() as session:
            await proposals.announce(session, change, found[0].repo, found, waiting=3)
        return found

    async def amend(self, old: Artifact, **values: Any) -> Artifact:
        """The artifact with these fields, as if something else had changed it."""
        change = Change("test", self.slack.clock.now(), self.policy)
        async with self.store.change() as session:
            return await artifacts.save(session, change, old, replace(old, **values), action="test")

    async def history(self, artifact: Artifact) -> list[HistoryEntry]:
        """What became of it, the newest first."""
        async with self.store.read() as session:
            return await last_entries(session, artifact.id, 50)


@pytest.fixture
def ledger(process: Process, policy: Policy, slack: Sandbox) -> Ledger:
    return Ledger(process.bot.store, policy, slack)


def _person(handle: str) -> Any:
    @pytest.fixture(name=handle)
    def person(slack: Sandbox, process: Process) -> Person:
        return slack.person(handle)

    return person


dana, erin, sam, priya, noah, mia, kai, lena, olga, gus, rex = map(
    _person, ("dana", "erin", "sam", "priya", "noah", "mia", "kai", "lena", "olga", "gus", "rex")
)
TODAY = date(2026, 11, 24)
