"""Hours worked on artifacts (R9): logged, corrected by a reversing entry, summed."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import Select, extract, func, insert, select

from debt.artifact.artifact import Artifact
from debt.artifact.lifecycle import require_accepted
from debt.change import Change
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.hours import MINUTES_A_DAY, Span, Work, as_hours
from debt.text import clean_field
from storage.database.store import Session
from storage.register.artifacts import locked, save
from storage.register.queries import several
from storage.tables import HISTORY, HOURS, HoursRow

HoursScope = Literal["artifact_id", "team", "repo", "service"]
_PLACE = ("team", "repo", "service")


@dataclass(frozen=True, slots=True)
class Worked:
    """Minutes of one day; below zero where they take back the entry that `reverses` names."""

    minutes: int
    kind: Work
    worked_on: date
    note: str
    reverses: int | None = None

    @property
    def action(self) -> str:
        return "log" if self.reverses is None else "log reversed"

    @property
    def how(self) -> str:
        return f"{as_hours(abs(self.minutes))} {'logged' if self.minutes > 0 else 'taken back'}"

    def __str__(self) -> str:
        about = f"{self.kind} on {self.worked_on.isoformat()}"
        return f"{about}: {self.note}" if self.note else about


@dataclass(frozen=True, slots=True)
class HoursLogged:
    artifact: Artifact
    entry_id: int
    worked: Worked


async def log(
    session: Session,
    change: Change,
    artifact_id: int,
    minutes: int,
    *,
    kind: Work,
    worked_on: date,
    note: str = "",
) -> HoursLogged:
    """Adds minutes of one day. Refused for a day to come and for one more than a year ago.

    An ended artifact still takes hours: the work of ending it is work.
    """
    if not 0 < minutes <= MINUTES_A_DAY:
        raise Refused("Log between a minute and a day at a time.")
    if worked_on > change.today:
        raise Refused(f"{worked_on.isoformat()} is still to come; log hours once they are worked.")
    if (change.today - worked_on).days > 366:
        raise Refused(f"{worked_on.isoformat()} is more than a year ago; that book is closed.")
    artifact = await locked(session, artifact_id)
    change.require_may(Act.LOG, artifact)
    require_accepted(artifact.key, artifact.stage)
    worked = Worked(minutes, kind, worked_on, clean_field("note", note))
    return await _write(session, change, artifact, worked, await _place(session, artifact, worked))


async def _place(session: Session, artifact: Artifact, worked: Worked) -> dict[str, str | None]:
    """Team, repository and service of the artifact at the end of that day in UTC, by its history
    since.
    """
    place = {name: getattr(artifact, name) for name in _PLACE}
    over = datetime.combine(worked.worked_on + timedelta(days=1), time(), UTC)
    since = (HISTORY.c.artifact_id == artifact.id, HISTORY.c.at >= over)
    question = select(HISTORY.c.before).where(*since, HISTORY.c.before.is_not(None))
    for before in (await session.execute(question.order_by(HISTORY.c.id.desc()))).scalars():
        place |= {name: before[name] for name in _PLACE if name in before}
    return place


async def reverse(session: Session, change: Change, entry_id: int) -> HoursLogged:
    """Takes an entry back by logging its opposite. Refused for anyone but who logged it, and for an
    entry taken back already.
    """
    entry = await session.get(HoursRow, entry_id)
    if entry is None or entry.reverses is not None:
        raise Refused("There is no such entry of hours to take back.")
    if entry.person != change.by:
        raise Refused("Only the person who logged those hours can take them back.")
    artifact = await locked(session, entry.artifact_id)
    if await _reversed(session, entry_id):
        raise Refused(f"Those {as_hours(entry.minutes)} were taken back already.")
    opposite = Worked(-entry.minutes, Work(entry.kind), entry.worked_on, "", reverses=entry_id)
    place = {"team": entry.team, "repo": entry.repo, "service": entry.service}
    return await _write(session, change, artifact, opposite, place)


async def _reversed(session: Session, entry_id: int) -> bool:
    reversals = await session.execute(select(HOURS.c.id).where(HOURS.c.reverses == entry_id))
    return reversals.first() is not None


async def last_entry(session: Session, artifact_id: int, person: str) -> int | None:
    """The id of the person's newest entry on the artifact that was not taken back, or None."""
    here, reverses = HOURS.c.artifact_id == artifact_id, HOURS.c.reverses
    taken_back = select(reverses).where(here, reverses.is_not(None))
    question = (
        select(HOURS.c.id)
        .where(here, HOURS.c.person == person, reverses.is_(None), HOURS.c.id.not_in(taken_back))
        .order_by(HOURS.c.id.desc())
        .limit(1)
    )
    return (await session.execute(question)).scalar_one_or_none()


async def _write(
    session: Session,
    change: Change,
    artifact: Artifact,
    worked: Worked,
    place: dict[str, str | None],
) -> HoursLogged:
    """`place` is where the artifact was when the work was done, also where it has moved since."""
    who = {"artifact_id": artifact.id, "person": change.by, "at": change.at}
    values = asdict(worked) | place | who
    written = await session.execute(insert(HOURS).values(values).returning(HOURS.c.id))
    entry_id: int = written.scalar_one()
    new = replace(
        artifact,
        minutes_logged=artifact.minutes_logged + worked.minutes,
        months_logged=await _months(session, artifact.id),
    )
    saved = await save(
        session, change, artifact, new, action=worked.action, reason=str(worked), how=worked.how
    )
    return HoursLogged(saved, entry_id, worked)


async def _months(session: Session, artifact_id: int) -> int:
    """The number of months with hours on an artifact; entries taken back do not count."""
    month = (extract("year", HOURS.c.worked_on), extract("month", HOURS.c.worked_on))
    worked = select(*month).where(HOURS.c.artifact_id == artifact_id).group_by(*month)
    some = worked.having(func.sum(HOURS.c.minutes) > 0).subquery()
    number: int = (await session.execute(select(func.count()).select_from(some))).scalar_one()
    return number


async def minutes_in(session: Session, scope: HoursScope, name: object, span: Span) -> int:
    """Minutes worked in the span on one artifact, team, repository or service.

    An hour counts for the team, repository and service the artifact had when it was worked;
    no team has no hours.
    """
    if name is None:
        return 0
    minutes = func.coalesce(func.sum(HOURS.c.minutes), 0)
    total: int = (await session.execute(_worked(minutes, scope, name, span))).scalar_one()
    return total


async def minutes_by_kind(
    session: Session, scope: HoursScope, name: object, span: Span
) -> dict[Work, int]:
    """As `minutes_in`, by kind of work, what took most first; kinds that took nothing are left
    out.
    """
    question = _worked(HOURS.c.kind, scope, name, span).add_columns(_MINUTES)
    rows = await session.execute(question.group_by(HOURS.c.kind))
    took = {Work(kind): minutes for kind, minutes in rows if minutes}
    return dict(sorted(took.items(), key=lambda item: -item[1]))


async def costliest(
    session: Session, scope: HoursScope, name: object, span: Span, limit: int
) -> list[tuple[Artifact, int]]:
    """The artifacts that took most minutes in the span there, the costliest first."""
    question = _worked(HOURS.c.artifact_id, scope, name, span).add_columns(_MINUTES)
    by_artifact = question.group_by(HOURS.c.artifact_id).having(_MINUTES > 0)
    most = by_artifact.order_by(_MINUTES.desc(), HOURS.c.artifact_id).limit(limit)
    took = {row[0]: row[1] for row in await session.execute(most)}
    artifacts = await several(session, list(took))
    return [(artifacts[number], minutes) for number, minutes in took.items()]


_MINUTES = func.sum(HOURS.c.minutes)


def _worked(what: Any, scope: HoursScope, name: object, span: Span) -> Select[Any]:
    in_span = HOURS.c.worked_on.between(span.first, span.last)
    return select(what).where(HOURS.c[scope] == name, in_span)
