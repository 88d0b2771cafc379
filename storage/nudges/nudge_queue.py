"""Whose dates are due for a direct message, what was said of them and what came of it (R26).

An owner is told of dates as the artifact's own columns say (`nudge_on`); everything else waits in
attention.py until it fits.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, union, update

from debt.artifact.artifact import Artifact, Surface
from debt.artifact.lifecycle import require_live
from debt.change import Change
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules import reminders
from debt.rules.reminders import DueKind
from storage.database.store import Session
from storage.register.artifacts import COLUMNS, adjust, artifact_of, locked, row_of, unchanging
from storage.tables import ARTIFACT, ATTENTION, MATTER, PERSON

A = ARTIFACT.c
_FURTHEST_EAST = timedelta(hours=14)
_WEEK = timedelta(days=7)


async def people_due(session: Session, now: datetime, limit: int) -> list[str]:
    """Who has something to hear, is known to Slack and may be spoken to by now."""
    somewhere = (now + _FURTHEST_EAST).date()
    owning = select(A.owner.label("who")).where(
        A.live, A.nudge_on <= somewhere, A.owner.is_not(None), A.owner_gone.is_(False)
    )
    waiting = union(owning, select(MATTER.c.person.label("who"))).subquery()
    question = (
        select(waiting.c.who)
        .join(PERSON, and_(PERSON.c.slack_id == waiting.c.who, PERSON.c.active))
        .outerjoin(ATTENTION, ATTENTION.c.person == waiting.c.who)
        .where(or_(ATTENTION.c.next_at.is_(None), ATTENTION.c.next_at <= now))
        .order_by(waiting.c.who)
        .limit(limit)
    )
    return list((await session.execute(question)).scalars())


async def may_be_looked_at(session: Session, person: str, now: datetime) -> bool:
    """Whether nobody has looked at them since they were found to be due."""
    question = select(ATTENTION.c.next_at).where(ATTENTION.c.person == person)
    until: datetime | None = (await session.execute(question)).scalar_one_or_none()
    return until is None or until <= now


async def dates_of(
    session: Session, owner: str, today: date, until: date, limit: int
) -> list[Artifact]:
    """The owner's artifacts with something to say today, the most pressing date first, and those
    with a date until then of which nothing was said yet; locked.

    What they have put off, or were told of lately, is left alone until its day.
    """
    mine = _dated(owner, today, until)
    first = select(A.id).where(mine).order_by(A.nudge_on, A.due_on, A.id).limit(limit)
    return await _locked(session, list((await session.execute(first)).scalars()), mine)


async def count_dates(session: Session, owner: str, today: date, until: date) -> int:
    question = select(func.count()).select_from(ARTIFACT).where(_dated(owner, today, until))
    total: int = (await session.execute(question)).scalar_one()
    return total


def _dated(owner: str, today: date, until: date) -> Any:
    expiry = and_(A.expires_on <= until, A.expiry_told.is_(None), A.lapsed_on.is_(None))
    review = and_(A.review_on <= until, A.review_told.is_(None))
    along = and_(or_(expiry, review), A.nudge_on.is_not(None), A.snoozed_until.is_(None))
    return and_(A.live, A.owner == owner, A.owner_gone.is_(False), or_(A.nudge_on <= today, along))


async def _locked(session: Session, ids: Sequence[int], *still: Any) -> list[Artifact]:
    """In the order given; locked in the order of their keys, as everywhere.

    `still` is what has to hold of them once they are: somebody else may have been first.
    """
    if not ids:
        return []
    question = unchanging(select(*COLUMNS).where(A.id.in_(ids), *still))
    rows = {row["id"]: artifact_of(row) for row in (await session.execute(question)).mappings()}
    return [rows[number] for number in ids if number in rows]


_KEPT = (
    "expiry_told", "expiry_noticed_on", "review_told", "review_noticed_on", "snoozed_until",
    "lead_told_on", "leadership_told_on", "nudge_on", "ignored_on", "escalates_on", "lapses_on",
)  # fmt: skip
_SAID = (
    update(ARTIFACT)
    .where(A.id == bindparam("this"))
    .values({name: bindparam(f"new_{name}") for name in _KEPT})
)


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": row[name] for name in _KEPT} | {"this": row["id"]}


async def named(session: Session, ids: Sequence[int]) -> list[Artifact]:
    """What a message speaks of, in the order of their keys; locked."""
    return await _locked(session, sorted(set(ids)))


async def arrived(
    session: Session,
    change: Change,
    told: Iterable[tuple[Artifact, Collection[DueKind]]],
    escalated: Collection[int],
    day: date,
) -> None:
    """A message that named these dates was delivered on that day: notices count from now.

    An end date that leaves less than the full notice moves, and the history says so. Needs the
    artifacts locked.
    """
    policy = change.policy
    quiet = []
    for artifact, dates in told:
        noticed = reminders.delivered(artifact, dates, day, policy)
        if artifact.id in escalated and artifact.lead_told_on:
            noticed = replace(noticed, lead_told_on=day)
        if noticed.expires_on != artifact.expires_on:
            await adjust(session, change, artifact, noticed, action="notice", reason=_MOVED)
        elif noticed != artifact:
            quiet.append(noticed)
    await keep(session, policy, quiet, change.today)


_MOVED = "its notice came late: the owner keeps the full notice"


async def unsaid(
    session: Session, policy: Policy, artifacts: Iterable[Artifact], today: date
) -> None:
    """A message about them never arrived: what it said is said again another day."""
    again = [replace(artifact, expiry_told=None, review_told=None) for artifact in artifacts]
    await keep(session, policy, again, today)


async def snooze(session: Session, change: Change, artifact_id: int, days: int | None) -> Artifact:
    """Reminds the owner again in so many days; None: at the next step there is.

    Refused for anybody but the owner, and where no further step is to come.
    """
    artifact = await locked(session, artifact_id)
    require_live(artifact.key, artifact.stage)
    if artifact.owner != change.by:
        raise Refused("Only the owner of an artifact can put off its reminders.")
    until = _snoozed_until(artifact, change, days)
    later = replace(artifact, snoozed_until=until)
    how = f"reminder put off until {until.isoformat()}"
    return await adjust(session, change, artifact, later, action="snooze", reason=how)


def _snoozed_until(artifact: Artifact, change: Change, days: int | None) -> date:
    if days is not None:
        return change.today + timedelta(days=days)
    step = reminders.next_step_on(artifact, change.policy)
    if step is None or step <= change.today:
        raise Refused(
            f"{artifact.key} has no further reminder; choose a day or a week, or decide now."
        )
    return step


async def ignored(session: Session, today: date, limit: int, *, by_lead: bool) -> list[Artifact]:
    """What is to be escalated: past its date and told of, the longest first; locked.

    `by_lead`: the lead was told too, so that leadership is next.
    """
    told = A.lead_told_on.is_not(None) if by_lead else A.lead_told_on.is_(None)
    due = and_(A.live, A.escalates_on <= today, told)
    first = select(A.id).where(due).order_by(A.escalates_on, A.id).limit(limit)
    return await _locked(session, list((await session.execute(first)).scalars()), due)


async def keep(
    session: Session, policy: Policy, artifacts: Iterable[Artifact], today: date
) -> None:
    """Writes what was said of them, and what hangs on it; no history entry, no new version."""
    rows = [_said(row_of(artifact, policy, today)) for artifact in artifacts]
    if rows:
        connection = await session.connection()
        await connection.execute(_SAID, rows)


async def orphans_due(session: Session, today: date, limit: int) -> list[Artifact]:
    """What nobody is there for and somebody has to hear of, production surfaces first; locked."""
    due = and_(A.live, A.orphan, A.nudge_on <= today)
    exposed = A.surface.in_((Surface.PRODUCTION, Surface.CUSTOMER))
    first = select(A.id).where(due).order_by(exposed.desc(), A.priority.desc(), A.id)
    ids = list((await session.execute(first.limit(limit))).scalars())
    return await _locked(session, ids, due)


async def to_lapse(session: Session, today: date, limit: int) -> list[Artifact]:
    """Experimental, past their end date, their owners told in time; locked."""
    due = and_(A.live, A.lapses_on <= today)
    first = select(A.id).where(due).order_by(A.lapses_on, A.id).limit(limit)
    return await _locked(session, list((await session.execute(first)).scalars()), due)


# ----------------------------------------------------------------------------- attention
