"""What a Home tab shows (R25): who has opened it, what waits for them, how their teams stand."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select, text, update
from sqlmodel import col

from debt.approval import Count, count, require_vote
from debt.artifact import Artifact
from debt.hours import Span
from debt.named import Act
from debt.refusal import Refused
from debt.roles import may
from storage.approvals import open_requests, requirement_of
from storage.artifacts import COLUMNS, Change, artifact_of
from storage.lists import Cursor, several
from storage.store import ANYBODY, Session, insert_new
from storage.tables import ARTIFACT, HOME_VIEW, HOURS, TEAM, VOTE, Approval, OwnershipRequest

A, H = ARTIFACT.c, HOME_VIEW.c
LOOKING = 50
CONSIDERED = 200


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
    found = set((await session.execute(question)).scalars())
    if ANYBODY in concerned:
        lately = select(H.person).where(H.opened_at >= since).order_by(H.opened_at.desc())
        found.update((await session.execute(lately.limit(LOOKING))).scalars())
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim or handoff that waits for somebody's answer."""

    request: OwnershipRequest
    artifact: Artifact


async def asked_of(session: Session, person: str, limit: int) -> list[Asked]:
    """Claims and handoffs that wait for this person's answer, the longest first."""
    question = (
        select(OwnershipRequest)
        .where(col(OwnershipRequest.asked_of) == person, text("state = 'open'"))
        .order_by(col(OwnershipRequest.id))
        .limit(limit)
    )
    requests = list((await session.execute(question)).scalars())
    artifacts = await several(session, [request.artifact_id for request in requests])
    return [Asked(request, artifacts[request.artifact_id]) for request in requests]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request in which somebody's word is wanted, and what it still needs."""

    approval: Approval
    artifact: Artifact
    still: Count


async def to_decide(session: Session, change: Change) -> list[Waiting]:
    """Requests that this person may decide and whose word brings them further: first those
    that are theirs before others, and of each the one that waits longest.
    """
    approvals = await open_requests(session, CONSIDERED)
    artifacts = await several(session, [each.artifact_id for each in approvals])
    voters = await _voters(session, [each.id or 0 for each in approvals])
    found = [
        Waiting(each, artifacts[each.artifact_id], still)
        for each in approvals
        if (still := _wanted(change, each, artifacts[each.artifact_id], voters[each.id or 0]))
    ]
    return sorted(found, key=lambda waiting: not _theirs(change, waiting))


async def _voters(session: Session, approvals: Sequence[int]) -> dict[int, set[str]]:
    question = select(VOTE.c.approval_id, VOTE.c.person).where(VOTE.c.approval_id.in_(approvals))
    found: dict[int, set[str]] = {each: set() for each in approvals}
    for approval_id, person in await session.execute(question):
        found[approval_id].add(person)
    return found


def _wanted(
    change: Change, approval: Approval, artifact: Artifact, voters: set[str]
) -> Count | None:
    """What the request still needs, where this person's word would make it less."""
    needed = requirement_of(approval)
    still = count(needed, voters, change.roster)
    with_theirs = count(needed, voters | {change.by}, change.roster)
    if approval.lapses_at <= change.at or with_theirs == still:
        return None
    if not may(Act.APPROVE, change.by, change.powers, change.policy, artifact):
        return None
    with suppress(Refused):
        require_vote(needed, change.by, approval.asked_by, artifact.key)
        return still
    return None


def _theirs(change: Change, waiting: Waiting) -> bool:
    """Whether it was put to them by name, by group or as lead, not just to anybody."""
    named = {*waiting.approval.only, change.policy.lead_of(waiting.artifact.team)}
    return change.by in named or any(
        change.by in change.roster.get(group, ()) for group in waiting.approval.groups
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
