"""What a Home tab shows (R25): who has opened it, what waits for them, how their teams stand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select, text, update
from sqlmodel import col

from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.policy.roles import may
from debt.policy.vocabulary import Act
from debt.rules.approval import count, waits_for
from debt.rules.hours import Span
from debt.scope import Cursor
from storage.database.store import ANYBODY, Session, insert_new
from storage.lifecycle.approvals import requirement_of
from storage.lifecycle.requests import open_requests
from storage.register.artifacts import COLUMNS, artifact_of
from storage.register.queries import several
from storage.tables import ARTIFACT, HOME_VIEW, HOURS, TEAM, Approval, OwnershipRequest, Vote

A, H = ARTIFACT.c, HOME_VIEW.c
LOOKING = 50
CONSIDERED = 500


async def opened(session: Session, person: str, at: datetime) -> None:
    """Notes that somebody looks at their Home now, at its first page."""
    row = {"person": person, "opened_at": at}
    fresh = insert_new(session, HOME_VIEW).values(row).returning(H.person)
    if (await session.execute(fresh)).first() is None:
        again = update(HOME_VIEW).where(H.person == person)
        await session.execute(again.values(opened_at=at, after_priority=None, after_id=None))


async def turn_to(session: Session, person: str, after: Cursor | None) -> None:
    """The page of their artifacts that begins there, until they open Home again."""
    place = {"after_priority": after and after.priority, "after_id": after and after.id}
    await session.execute(update(HOME_VIEW).where(H.person == person).values(place))


async def page_of(session: Session, person: str) -> Cursor | None:
    """Where the page begins that they turned to; None for the first one."""
    question = select(H.after_priority, H.after_id).where(H.person == person)
    place = (await session.execute(question)).first()
    return Cursor(*place) if place and place.after_id is not None else None


async def looking(session: Session, concerned: Collection[str], since: datetime) -> list[str]:
    """Those of the concerned who ever opened their Home; `ANYBODY` are the last to have done so."""
    question = select(H.person).where(H.person.in_(set(concerned) - {ANYBODY}))
    rows = set((await session.execute(question)).scalars())
    if ANYBODY in concerned:
        lately = select(H.person).where(H.opened_at >= since).order_by(H.opened_at.desc())
        rows.update((await session.execute(lately.limit(LOOKING))).scalars())
    return sorted(rows)


@dataclass(frozen=True, slots=True)
class OwnershipQuestion:
    """A claim or handoff that waits for somebody's answer."""

    request: OwnershipRequest
    artifact: Artifact


async def asked_of(session: Session, person: str, limit: int) -> list[OwnershipQuestion]:
    """Claims and handoffs that wait for this person's answer, the longest first."""
    question = (
        select(OwnershipRequest)
        .where(col(OwnershipRequest.asked_of) == person, text("state = 'open'"))
        .order_by(col(OwnershipRequest.id))
        .limit(limit)
    )
    requests = list((await session.execute(question)).scalars())
    artifacts = await several(session, [request.artifact_id for request in requests])
    return [OwnershipQuestion(request, artifacts[request.artifact_id]) for request in requests]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request in which somebody's word is wanted, and who has agreed so far."""

    approval: Approval
    artifact: Artifact
    votes: Sequence[Vote]


async def to_decide(session: Session, change: Change, teams: Collection[str]) -> list[Waiting]:
    """Requests that wait for this person: theirs to decide, also as one of these teams, and
    brought further by their word. The one that lapses or is brought up next comes first.
    """
    approvals = await open_requests(session, CONSIDERED)
    artifacts = await several(session, [approval.artifact_id for approval in approvals])
    votes = await _votes(session, [approval.id or 0 for approval in approvals])
    waiting = (
        Waiting(approval, artifacts[approval.artifact_id], votes[approval.id or 0])
        for approval in approvals
    )
    return [
        request
        for request in waiting
        if _theirs(change, request, teams) and _wanted(change, request)
    ]


async def _votes(session: Session, approvals: Sequence[int]) -> dict[int, list[Vote]]:
    question = select(Vote).where(col(Vote.approval_id).in_(approvals))
    found: dict[int, list[Vote]] = {number: [] for number in approvals}
    for vote in (await session.execute(question.order_by(col(Vote.at)))).scalars():
        found[vote.approval_id].append(vote)
    return found


def _theirs(change: Change, waiting: Waiting, teams: Collection[str]) -> bool:
    needed, asked_by = requirement_of(waiting.approval), waiting.approval.asked_by
    artifact, close = waiting.artifact, (waiting.artifact.team or "").casefold() in teams
    if close and not needed.only and (needed.own or asked_by != change.by):
        return True
    return waits_for(needed, change.by, asked_by, artifact, change.policy, change.roster)


def _wanted(change: Change, waiting: Waiting) -> bool:
    """Whether they may say it, and less would be missing once they have."""
    needed, voters = requirement_of(waiting.approval), {vote.person for vote in waiting.votes}
    still = count(needed, voters, change.roster)
    return (
        waiting.approval.lapses_at > change.at
        and count(needed, voters | {change.by}, change.roster) != still
        and may(Act.APPROVE, change.by, change.powers, change.policy, waiting.artifact)
    )


def _needing(owner: str) -> Any:
    return and_(A.live, A.owner == owner, A.attention)


async def needing(session: Session, owner: str, limit: int) -> list[Artifact]:
    """What of somebody's needs them now, the longest overdue first. Standings must be awake."""
    question = (
        select(*COLUMNS)
        .where(_needing(owner))
        .order_by(func.coalesce(A.due_on, date.max), A.priority.desc(), A.id.desc())
        .limit(limit)
    )
    return [artifact_of(row) for row in (await session.execute(question)).mappings()]


async def count_needing(session: Session, owner: str) -> int:
    question = select(func.count()).select_from(ARTIFACT).where(_needing(owner))
    counted: int = (await session.execute(question)).scalar_one()
    return counted


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """How a team's live artifacts stand, and the minutes its work took in a span."""

    name: str
    live: int
    needing: int
    overdue: int
    orphans: int
    minutes: int


async def teams_named(session: Session, handles: Collection[str]) -> list[str]:
    """Teams on the register whose name in lower case is among these."""
    question = select(TEAM.c.name).where(func.lower(TEAM.c.name).in_(handles))
    return list((await session.execute(question.order_by(TEAM.c.name))).scalars())


async def teams_owned_in(session: Session, owner: str, limit: int) -> list[str]:
    """Teams whose artifacts somebody owns, those with most of them first."""
    question = (
        select(A.team)
        .where(A.live, A.owner == owner, A.team.is_not(None))
        .group_by(A.team)
        .order_by(func.count().desc(), A.team)
        .limit(limit)
    )
    return list((await session.execute(question)).scalars())


async def standings(
    session: Session, teams: Collection[str], span: Span, today: date, limit: int
) -> list[TeamStanding]:
    """Those of the teams that have live artifacts, the one where most need somebody first."""
    late = and_(A.attention, A.due_on < today)
    needing = func.count().filter(A.attention)
    worked = (
        select(HOURS.c.team, func.sum(HOURS.c.minutes).label("minutes"))
        .where(HOURS.c.team.in_(teams), HOURS.c.worked_on.between(span.first, span.last))
        .group_by(HOURS.c.team)
        .subquery()
    )
    counted = (
        select(
            A.team.label("name"),
            func.count().label("live"),
            needing.label("needing"),
            func.count().filter(late).label("overdue"),
            func.count().filter(A.orphan).label("orphans"),
        )
        .where(A.live, A.team.in_(teams))
        .group_by(A.team)
        .order_by(needing.desc(), A.team)
        .limit(limit)
        .subquery()
    )
    minutes = func.coalesce(worked.c.minutes, 0).label("minutes")
    question = select(*counted.c, minutes).outerjoin(worked, worked.c.team == counted.c.name)
    ranked = question.order_by(counted.c.needing.desc(), counted.c.name)
    return [TeamStanding(**row) for row in (await session.execute(ranked)).mappings()]
