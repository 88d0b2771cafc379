"""Weekly snapshots: how every team and repository stood, once in each ISO week (R14, R20, R22).

One is taken within its own week or never: a week in which nothing ran stays without. What can be
told exactly of any week afterwards, such as hours, is not kept here.
"""

from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from debt.artifact.artifact import Label, Stage
from debt.artifact.signals import Sign, bit
from debt.change import Change
from debt.metrics.figures import Counts, Snapshot
from debt.policy.policy import Policy
from debt.scope import ALL, Scope, ScopeKind
from storage.database.store import Session, insert_new, postgres
from storage.register.queries import within
from storage.tables import ARTIFACT, SNAPSHOT

A, S = ARTIFACT.c, SNAPSHOT.c
WEEK = timedelta(days=7)
_NAMES = tuple(each.name for each in fields(Counts))
_ENDED = {"retired": Stage.RETIRED, "refactored": Stage.REFACTORED}
_SIGNS = {
    "handed_on": Sign.HANDED_ON,
    "untested": Sign.UNTESTED,
    "churning": Sign.CHURN,
    "regenerated": Sign.REGENERATED,
    "unstable": Sign.DEPENDENCIES,
    "shifted": Sign.SHIFTED,
    "unused": Sign.UNUSED,
}


def week_of(day: date) -> date:
    """The Monday of its ISO week."""
    return day - timedelta(days=day.weekday())


async def take(session: Session, change: Change) -> bool:
    """This week's, of everything, unless it is there; whether it was taken now.

    The register is read once a scope kind, from an index alone. Standings must be awake.
    """
    today = change.at.date()
    if await _is_taken(session, week_of(today)):
        return False
    told = (literal(week_of(today), S.week.type), literal(change.at, S.taken_at.type))
    pairs = _counted(session, change.policy, today)
    some = pairs.add_columns(A.repo, A.team).group_by(A.repo, A.team).subquery()
    for kind in (ScopeKind.REPO, ScopeKind.TEAM):
        name = some.c[kind]
        sums = (func.sum(some.c[each]) for each in _NAMES)
        those = select(literal(kind.value), name, *told, *sums).where(name.is_not(None))
        await _write(session, those.group_by(name))
    whole = (func.coalesce(func.sum(S[each]), 0) for each in _NAMES)
    every_repo = and_(S.scope == ScopeKind.REPO, S.week == week_of(today))
    those = select(literal(ALL.kind.value), literal(""), *told, *whole).where(every_repo)
    await _write(session, those)
    return True


async def _is_taken(session: Session, week: date) -> bool:
    whole = and_(S.scope == ALL.kind, S.scope_name == "", S.week == week)
    return (await session.execute(select(S.week).where(whole))).first() is not None


async def _write(session: Session, those: Select[Any]) -> None:
    names = ("scope", "scope_name", "week", "taken_at", *_NAMES)
    await session.execute(insert_new(session, SNAPSHOT).from_select(names, those))


def _counted(session: Session, policy: Policy, today: date) -> Select[Any]:
    """A column for each of `Counts`, over what lives and what ended."""
    short = (label for label, rules in policy.labels.items() if rules.counts_as == "ephemeral")
    return _counting(tuple(short), today, postgres(session))


@lru_cache(maxsize=16)
def _counting(short: tuple[Label, ...], today: date, on_postgres: bool) -> Select[Any]:
    """Kept for the day, since to put it together takes longer than to answer it for a team."""
    counts = _counts(short, today, on_postgres)
    those = or_(A.live, A.stage.in_(_ENDED.values()))
    return select(*(counts[name].label(name) for name in _NAMES)).where(those)


def _counts(short: tuple[Label, ...], today: date, on_postgres: bool) -> dict[str, Any]:
    live: dict[str, ColumnElement[bool] | None] = {
        "live": None,
        "owned": A.orphan.is_(False),
        "owner_gone": and_(A.owner_gone),
        "provisional": and_(A.provisional),
        "needing": and_(A.attention),
        "past_review": A.review_on < today,
        "ephemeral": A.label.in_(short),
        "retained": A.label.not_in(short),
    }
    live |= {name: A.watched.op("&")(bit(sign)) > 0 for name, sign in _SIGNS.items()}
    counted: dict[str, Any] = {name: _number_of(A.live, those) for name, those in live.items()}
    counted |= {name: _number_of(A.stage == stage) for name, stage in _ENDED.items()}
    counted["age_days"] = _sum(_age(today, on_postgres))
    counted["expected_minutes"] = _sum(A.expected_minutes)
    return counted


def _number_of(*those: ColumnElement[bool] | None) -> Any:
    return func.count().filter(*(each for each in those if each is not None))


def _sum(value: Any) -> Any:
    return func.coalesce(func.sum(value).filter(A.live), 0)


def _age(today: date, on_postgres: bool) -> Any:
    """In days; databases count them differently."""
    if on_postgres:
        return type_coerce(literal(today, A.created_on.type) - A.created_on, Integer)
    days = func.julianday(today.isoformat()) - func.julianday(A.created_on)
    return cast(days, Integer)


async def now(session: Session, policy: Policy, scope: Scope, today: date) -> Snapshot:
    """As it stands; where that is everything, as this week's snapshot has it if there is one."""
    week = week_of(today)
    known = await of(session, scope, week, week) if scope == ALL else {}
    if week in known:
        return known[week]
    question = within(_counted(session, policy, today), scope)
    counts = _as_counts((await session.execute(question)).one())
    return Snapshot(datetime.combine(today, time(), UTC), counts)


async def of(session: Session, scope: Scope, first: date, last: date) -> dict[date, Snapshot]:
    """Those of a scope between two Mondays, both included, by week; a missing week has none."""
    there = and_(S.scope == scope.kind, S.scope_name == scope.name)
    question = select(SNAPSHOT).where(there, S.week.between(first, last))
    rows = await session.execute(question.order_by(S.week))
    return {row.week: Snapshot(row.taken_at, _as_counts(row)) for row in rows}


def _as_counts(row: Any) -> Counts:
    """Sums are decimals on PostgreSQL."""
    values = {name: getattr(row, name) for name in _NAMES}
    counted: dict[str, Any] = {name: each and int(each) for name, each in values.items()}
    return Counts(**counted)


async def tops(
    session: Session, kind: ScopeKind, last: date, weeks: int, least: int
) -> list[str | None]:
    """Of so many weeks up to that of a Monday, the oldest first, which scope had most artifacts in
    need of somebody; None in a week without a snapshot, or where none had so many.
    """
    found = []
    for back in range(weeks - 1, -1, -1):
        ours = and_(S.week == last - WEEK * back, S.scope == kind, S.needing >= max(1, least))
        most = select(S.scope_name).where(ours).order_by(S.needing.desc(), S.scope_name.desc())
        found.append((await session.execute(most.limit(1))).scalar_one_or_none())
    return found


async def teams(session: Session, week: date) -> dict[str, Counts]:
    """What ages in each team, and in all of it under an empty name, that week."""
    those = and_(S.week == week, S.scope.in_((ScopeKind.TEAM, ScopeKind.ALL)))
    rows = await session.execute(select(S.scope_name, S.live, S.age_days).where(those))
    return {row.scope_name: Counts(live=row.live, age_days=row.age_days) for row in rows}
