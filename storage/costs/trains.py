"""Release trains: planned, boarded and left by artifacts, and found (R11)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from debt.artifact.artifact import key_of
from debt.budgets.train import Train, require_boarding, require_running, require_train
from debt.change import Change
from debt.policy.roles import require_may_budget_of
from debt.refusal import Refused
from debt.scope import Scope, ScopeKind
from storage.database import history
from storage.database.store import ANYBODY, Session, concern, insert_new, one_of
from storage.register.queries import aboard, within
from storage.tables import ABOARD, ARTIFACT, TRAIN

T = TRAIN.c


async def put(session: Session, change: Change, wanted: Train) -> Train:
    """Plans a train, or moves its days; the same again changes nothing. Refused for who may not,
    and for one that is over.
    """
    require_train(wanted, change.today)
    await _require_may(session, change, wanted.name)
    when = {"first_on": wanted.first, "last_on": wanted.last}
    row = {"name": wanted.name, **when, "set_by": change.by, "at": change.at}
    fresh = insert_new(session, TRAIN).values(row).returning(T.name)
    if (await session.execute(fresh)).first() is None:
        before = await _locked(session, change, wanted.name)
        if before == wanted:
            return wanted
        kept = update(TRAIN).where(T.name == wanted.name).values(when)
        await session.execute(kept)
        _record(session, change, "train moved", wanted.name, _recorded(before), _recorded(wanted))
    else:
        _record(session, change, "train planned", wanted.name, None, _recorded(wanted))
    return wanted


def _recorded(train: Train) -> dict[str, Any]:
    return {"first_on": train.first.isoformat(), "last_on": train.last.isoformat()}


async def board(
    session: Session, change: Change, name: str, numbers: Sequence[int], since: date
) -> int:
    """Puts artifacts on a train from that day on, and returns how many were not aboard. One that
    was aboard before comes back on the day it left, at the earliest.
    """
    require_boarding(since, change.today)
    await _require_may(session, change, name)
    train = await _locked(session, change, name)
    await _require_known(session, numbers)
    here = set((await session.execute(aboard(name))).scalars())
    new = sorted(set(numbers) - here)
    left = await _left(session, name)
    rows = [
        {"train": name, "artifact_id": number, "since": max(since, left.get(number, since))}
        for number in new
    ]
    if rows:
        await session.execute(insert(ABOARD), rows)
        after = {"artifacts": [key_of(number) for number in new], "since": since.isoformat()}
        _record(session, change, "train boarded", train.name, None, after)
    return len(new)


async def _left(session: Session, name: str) -> dict[int, date]:
    last = func.max(ABOARD.c.until)
    question = select(ABOARD.c.artifact_id, last).where(ABOARD.c.train == name)
    rows = await session.execute(question.group_by(ABOARD.c.artifact_id).having(last.is_not(None)))
    return {row[0]: row[1] for row in rows}


async def _require_known(session: Session, numbers: Sequence[int]) -> None:
    question = select(ARTIFACT.c.id).where(one_of(session, ARTIFACT.c.id, numbers))
    registered = set((await session.execute(question)).scalars())
    if missing := sorted(set(numbers) - registered):
        raise Refused(f"There is no {key_of(missing[0])} on the register.", field="artifacts")


async def leave(session: Session, change: Change, name: str, numbers: Sequence[int]) -> int:
    """Takes artifacts off a train, and returns how many were aboard. Hours worked from today on no
    longer count for the train.
    """
    await _require_may(session, change, name)
    await _locked(session, change, name)
    here = set((await session.execute(aboard(name))).scalars())
    gone = sorted(here & set(numbers))
    if gone:
        leaving = one_of(session, ABOARD.c.artifact_id, gone)
        stays = (ABOARD.c.train == name, leaving, ABOARD.c.until.is_(None))
        await session.execute(delete(ABOARD).where(*stays, ABOARD.c.since >= change.today))
        await session.execute(update(ABOARD).where(*stays).values(until=change.today))
        before = {"artifacts": [key_of(number) for number in gone]}
        after = {"until": change.today.isoformat()}
        _record(session, change, "train left", name, before, after)
    return len(gone)


def _record(
    session: Session, change: Change, action: str, name: str, before: Any, after: Any
) -> None:
    event = history.Event(None, before, after)
    history.record(session, history.Draft(change.at, change.by, action, f"train:{name}", event))
    concern(session, change.by, ANYBODY)


async def _locked(session: Session, change: Change, name: str) -> Train:
    """The train, locked until the unit of work ends. Refused where there is none or it is over."""
    question = select(T.name, T.first_on, T.last_on).where(T.name == name).with_for_update()
    row = (await session.execute(question)).first()
    train = Train(*row) if row else _unknown(name)
    require_running(train, change.today)
    return train


def _unknown(name: str) -> Train:
    raise Refused(f"There is no train:{name[:60]}; “train set {name[:40]}” plans one.")


async def find(session: Session, name: str) -> Train | None:
    row = (
        await session.execute(select(T.name, T.first_on, T.last_on).where(T.name == name))
    ).first()
    return Train(*row) if row else None


async def require(session: Session, name: str) -> Train:
    return await find(session, name) or _unknown(name)


async def running(session: Session, today: date) -> list[tuple[Train, int]]:
    """Trains that are not over, each with its number of live artifacts; the first to end first."""
    live = (
        select(ABOARD.c.train, func.count().label("artifacts"))
        .join(ARTIFACT, ARTIFACT.c.id == ABOARD.c.artifact_id)
        .where(ABOARD.c.until.is_(None), ARTIFACT.c.live)
        .group_by(ABOARD.c.train)
        .subquery()
    )
    question = (
        select(T.name, T.first_on, T.last_on, func.coalesce(live.c.artifacts, 0))
        .outerjoin(live, live.c.train == T.name)
        .where(T.last_on >= today)
        .order_by(T.last_on, T.name)
    )
    return [(Train(*row[:3]), row[3]) for row in await session.execute(question)]


async def teams_in(session: Session, change: Change, scope: Scope) -> frozenset[str]:
    """The teams responsible for a scope: a team for itself, else those with live artifacts in it,
    and for a train also those led by who planned it. A scope without any is every team's.
    """
    if scope.kind is ScopeKind.TEAM:
        return frozenset({scope.name})
    question = within(select(ARTIFACT.c.team).where(ARTIFACT.c.live), scope).distinct()
    teams = frozenset(team for team in (await session.execute(question)).scalars() if team)
    if scope.kind is ScopeKind.TRAIN:
        planner = select(T.set_by).where(T.name == scope.name)
        by = (await session.execute(planner)).scalar_one_or_none()
        teams |= {name for name, team in change.policy.teams.items() if by and team.lead == by}
    return teams or frozenset(change.policy.teams)


async def _require_may(session: Session, change: Change, name: str) -> None:
    scope = Scope(ScopeKind.TRAIN, name)
    teams = await teams_in(session, change, scope)
    require_may_budget_of(change.by, change.powers, change.policy, str(scope), teams)
