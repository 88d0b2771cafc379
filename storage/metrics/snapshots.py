"""Weekly snapshots: how every team and repository stood, once in each ISO week (R14, R20, R22).

One is taken within its own week or never: a week in which nothing ran stays without. What can be
told exactly of any week afterwards, such as hours, is not kept here.
"""

from collections.abc import Mapping
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
from debt.change import Change
from debt.metrics.figures import Counts, Snapshot
from debt.metrics.metrics import COUNTED
from debt.policy.policy import Policy
from debt.scope import ALL, Scope, ScopeKind
from storage.database.store import Session, insert_new, postgres
from storage.metrics.conditions import clause
from storage.register.queries import within
from storage.tables import ARTIFACT, SNAPSHOT

A, S = ARTIFACT.c, SNAPSHOT.c
WEEK = timedelta(days=7)
_ENDED = {"retired": Stage.RETIRED, "refactored": Stage.REFACTORED}
# What every snapshot has a column for; what metrics count is one JSON object beside them.
_COLUMNS = (
    "live", "needing", "ephemeral", "retained", "age_days", "expected_minutes", *_ENDED,
)  # fmt: skip


def week_of(day: date) -> date:
    """The Monday of the ISO week of a day."""
    return day - timedelta(days=day.weekday())


async def take(session: Session, change: Change) -> bool:
    """Takes this week's snapshots of every team, every repository and everything; False where they
    were taken already.

    The register is read once a scope kind, from an index alone. Standings must be refreshed before.
    """
    today = change.at.date()
    if await _is_taken(session, week_of(today)):
        return False
    for kind in (ScopeKind.REPO, ScopeKind.TEAM):
        await _take_each(session, change, kind)
    await _take_whole(session, change)
    return True


async def _is_taken(session: Session, week: date) -> bool:
    whole = and_(S.scope == ALL.kind, S.scope_name == "", S.week == week)
    return (await session.execute(select(S.week).where(whole))).first() is not None


async def _take_each(session: Session, change: Change, kind: ScopeKind) -> None:
    """One of every team, or of every repository, from the register."""
    counted = _counted(session, change.policy, change.at.date())
    pairs = counted.add_columns(A.repo, A.team).group_by(A.repo, A.team).subquery()
    name = pairs.c[kind]
    sums = {column: func.sum(pairs.c[column]) for column in (*_COLUMNS, *COUNTED)}
    rows = _rows(session, change, literal(kind.value), name, sums)
    await _write(session, rows.where(name.is_not(None)).group_by(name))


async def _take_whole(session: Session, change: Change) -> None:
    """The one of everything, from this week's snapshots of all repositories."""
    sums = {column: _total(S[column]) for column in _COLUMNS}
    sums |= {metric: _total(S.by_metric[metric].as_integer()) for metric in COUNTED}
    rows = _rows(session, change, literal(ALL.kind.value), literal(""), sums)
    every_repo = and_(S.scope == ScopeKind.REPO, S.week == week_of(change.at.date()))
    await _write(session, rows.where(every_repo))


def _total(column: ColumnElement[Any]) -> Any:
    return func.coalesce(func.sum(column), 0)


def _rows(
    session: Session, change: Change, scope: Any, name: Any, sums: Mapping[str, Any]
) -> Select[Any]:
    """The columns of snapshots, in the order in which `_write` enters them."""
    week = literal(week_of(change.at.date()), S.week.type)
    taken_at = literal(change.at, S.taken_at.type)
    pairs = (part for metric in COUNTED for part in (literal(metric.value), sums[metric]))
    as_object = func.json_build_object if postgres(session) else func.json_object
    columns = (sums[column] for column in _COLUMNS)
    return select(scope, name, week, taken_at, *columns, as_object(*pairs))


async def _write(session: Session, rows: Select[Any]) -> None:
    names = ("scope", "scope_name", "week", "taken_at", *_COLUMNS, "by_metric")
    await session.execute(insert_new(session, SNAPSHOT).from_select(names, rows))


def _counted(session: Session, policy: Policy, today: date) -> Select[Any]:
    """Selects a column for each number of `Counts`, from live and ended artifacts."""
    short = (label for label, rules in policy.labels.items() if rules.counts_as == "ephemeral")
    return _counting(tuple(short), today, postgres(session))


@lru_cache(maxsize=16)
def _counting(short: tuple[Label, ...], today: date, on_postgres: bool) -> Select[Any]:
    """Kept for the day: building this statement takes longer than running it for a team."""
    columns = {
        "live": _number_of(A.live),
        "needing": _number_of(A.live, and_(A.attention)),
        "ephemeral": _number_of(A.live, A.label.in_(short)),
        "retained": _number_of(A.live, A.label.not_in(short)),
        "age_days": _sum(_age(today, on_postgres)),
        "expected_minutes": _sum(A.expected_minutes),
    }
    columns |= {name: _number_of(A.stage == stage) for name, stage in _ENDED.items()}
    for metric, condition in COUNTED.items():
        columns[metric] = _number_of(A.live, clause(condition, today))
    lives_or_ended = or_(A.live, A.stage.in_(_ENDED.values()))
    labeled = (number.label(name) for name, number in columns.items())
    return select(*labeled).where(lives_or_ended)


def _number_of(*conditions: ColumnElement[bool]) -> Any:
    return func.count().filter(*conditions)


def _sum(value: Any) -> Any:
    return func.coalesce(func.sum(value).filter(A.live), 0)


def _age(today: date, on_postgres: bool) -> Any:
    """Days since an artifact was created, which databases count differently."""
    if on_postgres:
        return type_coerce(literal(today, A.created_on.type) - A.created_on, Integer)
    days = func.julianday(today.isoformat()) - func.julianday(A.created_on)
    return cast(days, Integer)


async def now(session: Session, policy: Policy, scope: Scope, today: date) -> Snapshot:
    """A scope as it stands now; everything as of this week's snapshot, where there is one."""
    week = week_of(today)
    taken = await of(session, scope, week, week) if scope == ALL else {}
    if week in taken:
        return taken[week]
    question = within(_counted(session, policy, today), scope)
    row = (await session.execute(question)).one()
    counts = _as_counts(row, row._mapping)
    return Snapshot(datetime.combine(today, time(), UTC), counts)


async def of(session: Session, scope: Scope, first: date, last: date) -> dict[date, Snapshot]:
    """The snapshots of a scope from one Monday to another, by Monday; without missing weeks."""
    of_scope = and_(S.scope == scope.kind, S.scope_name == scope.name)
    question = select(SNAPSHOT).where(of_scope, S.week.between(first, last))
    rows = await session.execute(question.order_by(S.week))
    return {row.week: Snapshot(row.taken_at, _as_counts(row, row.by_metric)) for row in rows}


def _as_counts(row: Any, by_metric: Mapping[str, Any]) -> Counts:
    """Counts with integers, since PostgreSQL sums decimals; without metrics that have no number."""
    columns: dict[str, int] = {column: int(getattr(row, column)) for column in _COLUMNS}
    counted = {name: by_metric.get(name) for name in COUNTED}
    known = {name: int(number) for name, number in counted.items() if number is not None}
    return Counts(**columns, by_metric=known)


async def tops(
    session: Session, kind: ScopeKind, last: date, weeks: int, least: int
) -> list[str | None]:
    """The team or repository with most artifacts in need of somebody, in each of so many weeks up
    to that of a Monday, the oldest week first; None in a week without a snapshot, or where none had
    at least so many.
    """
    names = []
    for back in range(weeks - 1, -1, -1):
        ours = and_(S.week == last - WEEK * back, S.scope == kind, S.needing >= max(1, least))
        most = select(S.scope_name).where(ours).order_by(S.needing.desc(), S.scope_name.desc())
        names.append((await session.execute(most.limit(1))).scalar_one_or_none())
    return names


async def teams(session: Session, week: date) -> dict[str, Counts]:
    """Live artifacts and their age in days in that week, by team, and of everything under ""."""
    condition = and_(S.week == week, S.scope.in_((ScopeKind.TEAM, ScopeKind.ALL)))
    rows = await session.execute(select(S.scope_name, S.live, S.age_days).where(condition))
    return {row.scope_name: Counts(live=row.live, age_days=row.age_days) for row in rows}
