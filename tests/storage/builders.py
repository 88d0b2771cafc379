"""The cast, and a register that is told things and asked things, each in one unit of work."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import select
from sqlmodel import col

from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.policy.policy import Policy, TeamPolicy, built_in
from storage.database import history
from storage.database.history import HistoryEntry
from storage.database.store import Session, Store
from storage.register import artifacts
from storage.tables import Briefing, OwnershipRequest, PersonRow, Subscription
from tests.debt.builders import an_artifact

P = ParamSpec("P")
T = TypeVar("T")

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
DANA, ERIN, SAM, LEE = "U0DANA", "U0ERIN", "U0SAM", "U0LEE"
POLICY = built_in().model_copy(update={"teams": {"payments": TeamPolicy(lead=ERIN)}})


def by(who: str, *, at: datetime = NOW, policy: Policy = POLICY) -> Change:
    return Change(who, at, policy)


def days(number: int) -> timedelta:
    return timedelta(days=number)


def a_person(slack_id: str, **changes: Any) -> PersonRow:
    """A colleague whom Slack was asked about just now."""
    usual: dict[str, Any] = {"name": slack_id.removeprefix("U0").capitalize(), "seen_at": NOW}
    return PersonRow(slack_id=slack_id, **usual | changes)


def a_subscription(channel: str = "C0PAY", **changes: Any) -> Subscription:
    """Mondays at 09:30 in Berlin, about everything; next in six days."""
    usual: dict[str, Any] = {"scope": "all", "weekday": 0, "at": "09:30", "zone": "Europe/Berlin"}
    usual |= {"subscriber": DANA, "next_at": NOW + days(6)}
    return Subscription(channel=channel, **usual | changes)


@dataclass
class Register:
    """Dana owns what is on it and Erin leads its team, unless a test says otherwise."""

    store: Store

    def __post_init__(self) -> None:
        self._keys = count(1)

    async def holds(self, *, policy: Policy = POLICY, **changes: Any) -> Artifact:
        """An artifact that is there before the story begins, under a key of its own."""
        usual = {"id": next(self._keys), "team": "payments", "service": "checkout", "owner": DANA}
        artifact = an_artifact(**usual | changes)
        async with self.store.change() as session:
            change = by("the past", policy=policy)
            await artifacts.keep_above(session, artifact.id)
            return await artifacts.add(session, change, artifact, action="import")

    async def told(
        self,
        who: str | Change,
        verb: Callable[Concatenate[Session, Change, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """What a verb answers to somebody, committed."""
        change = who if isinstance(who, Change) else by(who)
        async with self.store.change() as session:
            return await verb(session, change, *args, **kwargs)

    async def does(
        self,
        work: Callable[Concatenate[Session, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """As `told`, for what nobody in particular does."""
        async with self.store.change() as session:
            return await work(session, *args, **kwargs)

    async def asked(
        self,
        question: Callable[Concatenate[Session, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        async with self.store.read() as session:
            return await question(session, *args, **kwargs)

    async def artifact(self, artifact_id: int = 1) -> Artifact:
        return await self.asked(artifacts.require, artifact_id)

    async def owner(self, artifact_id: int = 1) -> str | None:
        return (await self.artifact(artifact_id)).owner

    async def entries(self, artifact_id: int | None = None) -> list[HistoryEntry]:
        async with self.store.read() as session:
            return [entry async for entry in history.entries(session, artifact_id=artifact_id)]

    async def last_entry(self) -> HistoryEntry:
        return (await self.entries())[-1]

    async def count(self) -> int:
        return (await self.asked(history.head)).entries

    async def fault(self) -> str | None:
        return await self.asked(history.chain_fault)

    async def messages(self) -> list[Briefing]:
        """The outbox, oldest first."""
        async with self.store.read() as session:
            found = await session.execute(select(Briefing).order_by(col(Briefing.id)))
            return list(found.scalars())

    async def requests(self) -> list[OwnershipRequest]:
        async with self.store.read() as session:
            question = select(OwnershipRequest).order_by(col(OwnershipRequest.id))
            return list((await session.execute(question)).scalars())
