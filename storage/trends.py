"""Twelve weeks of a scope, put together from snapshots and from what has a date of its own."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import reduce
from operator import add

from sqlalchemy import and_, func, select, true

from debt.metrics import WEEK, WEEKS, WINDOW, Changes, Facts, Snapshot, Tally, Trend
from debt.policy import Policy
from debt.refusal import Refused
from storage import observations, snapshots
from storage.lists import Scope, ScopeKind
from storage.observations import OfDay
from storage.snapshots import week_of
from storage.store import Session
from storage.tables import HOURS

H = HOURS.c


def require_scope(scope: Scope) -> None:
    """Refused for a service: snapshots are of teams and repositories."""
    if scope.kind is ScopeKind.SERVICE:
        raise Refused("Metrics are of a team or a repository: team:x or repo:x.", field="scope")


async def trend(session: Session, policy: Policy, scope: Scope, today: date) -> Trend:
    """A moment a week, each with the four weeks up to it, so that all are equally long. The last
    one is as the register stands now; the others are their weeks' snapshots.
    """
    days = [today - WEEK * back for back in range(WEEKS, -1, -1)]
    seen = await snapshots.of(session, scope, week_of(days[0]), week_of(days[-2]))
    first = days[0] - WINDOW + timedelta(days=1)
    minutes = await minutes_by_day(session, scope, first, today)
    happened = await observations.by_day(session, scope, first, today)
    moments = [_moment(day, seen.get(week_of(day)), minutes, happened) for day in days[:-1]]
    counts = await snapshots.now(session, policy, scope, today)
    last = _happened(today, minutes, happened)
    return Trend((*moments, Facts(today, counts, today, *last)))


def _moment(
    day: date,
    seen: Snapshot | None,
    minutes: Mapping[date, int],
    happened: Mapping[date, OfDay],
) -> Facts:
    dated = _happened(day, minutes, happened)
    if seen is None:
        return Facts(day, None, None, *dated)
    return Facts(day, seen.counts, seen.taken_at.date(), *dated)


def _happened(
    day: date, minutes: Mapping[date, int], happened: Mapping[date, OfDay]
) -> tuple[int, Changes, Changes, Tally]:
    """In the four weeks that end on that day."""
    window = [day - timedelta(days=back) for back in range(WINDOW.days)]
    some = [happened[each] for each in window if each in happened]
    return (
        sum(minutes.get(each, 0) for each in window),
        reduce(add, (each.tools for each in some), Changes()),
        reduce(add, (each.people for each in some), Changes()),
        reduce(add, (each.incidents for each in some), Tally()),
    )


async def minutes_by_day(
    session: Session, scope: Scope, first: date, last: date
) -> dict[date, int]:
    """Minutes worked on each day on which anybody worked, where the artifact was then."""
    there = true() if scope.kind is ScopeKind.ALL else H[scope.kind] == scope.name
    those = and_(there, H.worked_on.between(first, last))
    question = select(H.worked_on, func.sum(H.minutes)).where(those).group_by(H.worked_on)
    return {day: int(minutes) for day, minutes in await session.execute(question)}
