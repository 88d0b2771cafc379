"""Twelve weeks of a scope, from its snapshots, hours and observations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import add

from sqlalchemy import and_, func, select, true

from debt.metrics.figures import WEEK, WEEKS, WINDOW, Moment, ReviewedChanges, Snapshot, Tally
from debt.metrics.trend import Trend
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.scope import Scope, ScopeKind
from storage.database.store import Session
from storage.metrics import observations, snapshots
from storage.metrics.observations import DayObservations
from storage.metrics.snapshots import week_of
from storage.tables import HOURS, SNAPSHOT

H, S = HOURS.c, SNAPSHOT.c


def has_trend(scope: Scope) -> bool:
    """Whether snapshots are taken of a scope: of everything, a team or a repository."""
    return scope.kind in {ScopeKind.ALL, ScopeKind.TEAM, ScopeKind.REPO}


def require_scope(scope: Scope) -> None:
    """Refused for a service or a train: snapshots are of teams and repositories."""
    if not has_trend(scope):
        raise Refused("Metrics are of a team or a repository: team:x or repo:x.", field="scope")


async def trend(session: Session, policy: Policy, scope: Scope, today: date) -> Trend:
    """One moment a week, the oldest first, each with hours and observations of the four weeks up to
    it. The last one has the counts of now, of everything those of this week's snapshot; the others
    have those of their weeks' snapshots.
    """
    days = [today - WEEK * back for back in range(WEEKS, -1, -1)]
    seen = await snapshots.of(session, scope, week_of(days[0]), week_of(days[-2]))
    first = days[0] - WINDOW + timedelta(days=1)
    minutes = await minutes_by_day(session, scope, first, today)
    happened = await observations.by_day(session, scope, first, today)
    moments = [_moment(day, seen.get(week_of(day)), minutes, happened) for day in days[:-1]]
    latest = await snapshots.now(session, policy, scope, today)
    return Trend((*moments, _moment(today, latest, minutes, happened)))


def _moment(
    day: date,
    seen: Snapshot | None,
    minutes: Mapping[date, int],
    happened: Mapping[date, DayObservations],
) -> Moment:
    dated = _happened(day, minutes, happened)
    if seen is None:
        return Moment(day, None, None, *dated)
    return Moment(day, seen.counts, seen.taken_at.date(), *dated)


def _happened(
    day: date, minutes: Mapping[date, int], happened: Mapping[date, DayObservations]
) -> tuple[int, ReviewedChanges, ReviewedChanges, Tally, int]:
    """Minutes, changes by tools and people, incidents and workarounds of the four weeks that end on
    that day.
    """
    window = [day - timedelta(days=back) for back in range(WINDOW.days)]
    days = [happened[date_] for date_ in window if date_ in happened]
    return (
        sum(minutes.get(date_, 0) for date_ in window),
        reduce(add, (of_day.tools for of_day in days), ReviewedChanges()),
        reduce(add, (of_day.people for of_day in days), ReviewedChanges()),
        reduce(add, (of_day.incidents for of_day in days), Tally()),
        sum(of_day.workarounds for of_day in days),
    )


async def minutes_by_day(
    session: Session, scope: Scope, first: date, last: date
) -> dict[date, int]:
    """Minutes worked in a scope by day, where the artifact was then; no day without any."""
    in_scope = true() if scope.kind is ScopeKind.ALL else H[scope.kind] == scope.name
    condition = and_(in_scope, H.worked_on.between(first, last))
    question = select(H.worked_on, func.sum(H.minutes)).where(condition).group_by(H.worked_on)
    return {day: int(minutes) for day, minutes in await session.execute(question)}


@dataclass(frozen=True, slots=True)
class Cost:
    """Minutes per artifact of a team in four weeks, now and twelve weeks ago; None where that week
    has no snapshot or no hours.
    """

    team: str
    now: float
    then: float | None


async def costs(session: Session, today: date) -> list[Cost]:
    """The costs of teams that logged hours in the last four weeks, the costliest first (R14)."""
    then = today - WEEK * WEEKS
    minutes = {day: await _minutes_by_team(session, day) for day in (today, then)}
    live = {day: await _live_by_team(session, day) for day in (today, then)}
    by_team = [
        Cost(team, spent / live[today][team], _per_artifact(minutes[then], live[then], team))
        for team, spent in minutes[today].items()
        if spent > 0 and live[today].get(team)
    ]
    return sorted(by_team, key=lambda cost: (-cost.now, cost.team))


def _per_artifact(minutes: Mapping[str, int], live: Mapping[str, int], team: str) -> float | None:
    spent, artifacts = minutes.get(team), live.get(team)
    return spent / artifacts if spent and artifacts else None


async def _minutes_by_team(session: Session, day: date) -> dict[str, int]:
    window = H.worked_on.between(day - WINDOW + timedelta(days=1), day)
    question = select(H.team, func.sum(H.minutes)).where(window, H.team.is_not(None))
    return {team: int(sum_) for team, sum_ in await session.execute(question.group_by(H.team))}


async def _live_by_team(session: Session, day: date) -> dict[str, int]:
    """Live artifacts by team, as that week's snapshot has them."""
    condition = and_(S.scope == ScopeKind.TEAM, S.week == week_of(day))
    rows = await session.execute(select(S.scope_name, S.live).where(condition))
    return {row.scope_name: row.live for row in rows}
