"""What artifacts save against what they cost (R10): stated, summed, and the one that owes most."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, text, tuple_

from debt.artifact.artifact import Artifact
from debt.artifact.lifecycle import require_live
from debt.change import Change
from debt.policy.policy import Policy
from debt.policy.vocabulary import Act
from debt.rules.value import Balance, balance, require_value
from debt.scope import Scope
from storage.database.store import Session
from storage.register.artifacts import COLUMNS, artifact_of, locked, save
from storage.register.queries import within
from storage.tables import ARTIFACT

A = ARTIFACT.c
_PAGE = 20


async def state(
    session: Session, change: Change, artifact_id: int, saved: int | None, monthly: int | None
) -> Artifact:
    """States what an artifact saved at its creation and saves a month, in minutes; None for both
    takes it back. Refused for an ended artifact.
    """
    saved, monthly = require_value(saved, monthly)
    artifact = await locked(session, artifact_id)
    change.require_may(Act.EDIT, artifact)
    require_live(artifact.key, artifact.stage)
    stated = replace(artifact, saved_minutes=saved, saved_monthly_minutes=monthly)
    return await save(session, change, artifact, stated, action="value", how="value stated")


@dataclass(frozen=True, slots=True)
class Valued:
    """An artifact with its balance as of some day."""

    artifact: Artifact
    balance: Balance


_VALUED = text("saved_minutes IS NOT NULL")  # in the very words of the partial index


async def balances(session: Session, scope: Scope, today: date) -> list[Valued]:
    """The balances of live artifacts with a stated value, the one that owes most first."""
    question = within(select(*COLUMNS).where(A.live, _VALUED), scope)
    rows = (await session.execute(question)).mappings()
    valued = _valued((artifact_of(row) for row in rows), today)
    return sorted(valued, key=lambda one: (one.balance.minutes, one.artifact.id))


def _valued(artifacts: Iterator[Artifact], today: date) -> Iterator[Valued]:
    for artifact in artifacts:
        if (now := balance(artifact, today)) is not None:
            yield Valued(artifact, now)


async def worst(session: Session, scope: Scope, policy: Policy, today: date) -> Valued | None:
    """The artifact of a scope that owes most of those that are deferred work with interest; None
    where none is.

    An artifact can owe no more now than is stored with it, which is what it owed when it was last
    written. So pages are read in that order until the next artifact cannot owe more.
    """
    most: Valued | None = None
    after: tuple[int, int] | None = None
    while page := await _owing(session, scope, after):
        for artifact, stored in page:
            if most and most.balance.owed >= stored:
                return most
            now = balance(artifact, today) or Balance(0, 0)
            if now.with_interest(policy) and not (most and most.balance.owed >= now.owed):
                most = Valued(artifact, now)
            after = stored, artifact.id
    return most


async def _owing(
    session: Session, scope: Scope, after: tuple[int, int] | None
) -> list[tuple[Artifact, int]]:
    """The next page of artifacts with what is stored as owed, most first."""
    question = within(select(*COLUMNS, A.owed_minutes).where(A.live, A.overdrawn), scope)
    if after:
        question = question.where(tuple_(A.owed_minutes, A.id) < after)
    ranked = question.order_by(A.owed_minutes.desc(), A.id.desc()).limit(_PAGE)
    rows = (await session.execute(ranked)).mappings()
    return [(artifact_of(row), row["owed_minutes"]) for row in rows]
