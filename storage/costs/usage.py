"""The use of budget lines: minutes worked, and live artifacts; of one or of many at once (R11)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from math import sqrt
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from debt.artifact.artifact import Artifact
from debt.budgets.budget import MONTH_DAYS, BudgetUse
from debt.rules.estimate import PRIOR_MINUTES, EstimateBasis
from debt.rules.hours import Span
from debt.scope import BudgetLine, ScopeKind
from storage.database.store import Session, one_of
from storage.register import queries
from storage.tables import ABOARD, ARTIFACT, HOURS

A, H = ARTIFACT.c, HOURS.c


async def use_of(session: Session, line: BudgetLine, span: Span) -> BudgetUse:
    """The use of a line in the span. An hour counts where its artifact was when it was worked."""
    return (await uses_of(session, [(line, span)]))[0]


async def uses_of(session: Session, lines: Sequence[tuple[BudgetLine, Span]]) -> list[BudgetUse]:
    """As `use_of` for many lines, in their order: all that share a kind and a period are summed up
    at once, and all sums are asked for in one statement, which PostgreSQL works on side by side.
    """
    names: dict[_Sum, set[str]] = {}
    for line, span in lines:
        for when in (span, None):
            names.setdefault((line.scope.kind, line.part, when), set()).add(line.scope.name)
    amounts = await _amounts(session, names)
    return [_use(amounts, line, span) for line, span in lines]


# The kind of scope, its part or nothing, and the span of the hours; None sums live artifacts.
_Sum = tuple[ScopeKind, str, Span | None]
_Amounts = Mapping[_Sum, Mapping[tuple[str, str], Sequence[int]]]
_NOTHING = (0, 0, 0)
_TOGETHER = 100  # SQLite takes 500 in one statement


def _use(amounts: _Amounts, line: BudgetLine, span: Span) -> BudgetUse:
    kind = line.scope.kind
    part, _, value = line.only.partition(":")
    key = line.scope.name, value
    spent, *_ = amounts[kind, part, span].get(key, _NOTHING)
    return BudgetUse(spent, *amounts[kind, part, None].get(key, _NOTHING))


async def _amounts(session: Session, names: Mapping[_Sum, Collection[str]]) -> _Amounts:
    """The three amounts of each sum, by the name of a scope and the value of its part, or ""."""
    sums = list(names)
    amounts: dict[_Sum, dict[tuple[str, str], Sequence[int]]] = {key: {} for key in sums}
    questions = [_summed(session, number, key, names[key]) for number, key in enumerate(sums)]
    for start in range(0, len(questions), _TOGETHER):
        rows = await session.execute(union_all(*questions[start : start + _TOGETHER]))
        for number, name, value, *three in rows.all():
            amounts[sums[number]][name, value] = three
    return amounts


def _summed(session: Session, number: int, key: _Sum, names: Collection[str]) -> Select[Any]:
    """Minutes worked in a span, or of live artifacts the minutes a month expected, the sum of their
    scores, and their number. All columns have the same types: PostgreSQL sums them side by side
    only then.
    """
    kind, part, span = key
    named = _live_name(kind) if span is None else _hours_name(kind)
    by = (named, A[part]) if part else (named,)
    value = A[part] if part else literal_column("''")
    keys: list[Any] = [literal_column(str(number)), cast(named, Text), cast(value, Text)]
    there = one_of(session, named, names)
    if span is None:
        sums = _whole(func.sum(A.expected_minutes), func.sum(A.score), func.count())
        return _living(kind, there, *keys, *sums).group_by(*by)
    sums = _whole(func.sum(H.minutes), _NO_SUM, _NO_SUM)
    return _worked(kind, part, there, span, *keys, *sums).group_by(*by)


def _whole(*sums: ColumnElement[Any]) -> list[ColumnElement[int]]:
    return [cast(amount, BigInteger) for amount in sums]


_NO_SUM: ColumnElement[int] = literal_column("0")


def _hours_name(kind: ScopeKind) -> ColumnElement[Any]:
    return ABOARD.c.train if kind is ScopeKind.TRAIN else H[kind]


def _live_name(kind: ScopeKind) -> ColumnElement[Any]:
    return ABOARD.c.train if kind is ScopeKind.TRAIN else A[kind]


_ON_THAT_DAY = and_(
    ABOARD.c.artifact_id == H.artifact_id,
    H.worked_on >= ABOARD.c.since,
    or_(ABOARD.c.until.is_(None), H.worked_on < ABOARD.c.until),
)
_NOW = and_(ABOARD.c.artifact_id == A.id, ABOARD.c.until.is_(None))


def _worked(
    kind: ScopeKind, part: str, there: ColumnElement[bool], span: Span, *what: Any
) -> Select[Any]:
    """Selects from the hours worked there in the span; of a train those worked while the artifact
    was aboard.
    """
    joined: FromClause = HOURS
    if kind is ScopeKind.TRAIN:
        joined = joined.join(ABOARD, _ON_THAT_DAY)
    if part:
        joined = joined.join(ARTIFACT, A.id == H.artifact_id)
    then = H.worked_on.between(span.first, span.last)
    return select(*what).select_from(joined).where(there, then)


def _living(kind: ScopeKind, there: ColumnElement[bool], *what: Any) -> Select[Any]:
    joined = ARTIFACT.join(ABOARD, _NOW) if kind is ScopeKind.TRAIN else ARTIFACT
    return select(*what).select_from(joined).where(A.live, there)


def _hours(line: BudgetLine, span: Span, *what: Any) -> Select[Any]:
    kind, part = line.scope.kind, line.part
    question = _worked(kind, part, _there(line, _hours_name), span, *what)
    return question.where(_in_part(line)) if line.part else question


def _there(
    line: BudgetLine, named: Callable[[ScopeKind], ColumnElement[Any]]
) -> ColumnElement[bool]:
    kind, name = line.scope.kind, line.scope.name
    return true() if kind is ScopeKind.ALL else and_(named(kind) == name)


def _in_part(line: BudgetLine) -> ColumnElement[bool]:
    same: ColumnElement[bool] = A[line.part] == line.only.partition(":")[2]
    return same


async def spent_by_day(session: Session, line: BudgetLine, span: Span) -> dict[date, int]:
    """Minutes worked on each day that has any, by day; their sum is the `spent` of `use_of`."""
    question = _hours(line, span, H.worked_on, func.sum(H.minutes)).group_by(H.worked_on)
    return {day: int(minutes) for day, minutes in await session.execute(question)}


async def rests_on(session: Session, line: BudgetLine) -> EstimateBasis:
    """What the expected minutes a month of a line rest on: learned minutes, and the spread.

    An estimate ĥ has the variance ĥ / (φ / μ + n) in hours, which is ĥ² / (φ + Σ hours): see
    debt/rules/estimate.py. Those of several artifacts add up.
    """
    learned = func.sum(A.expected_minutes).filter(A.months_logged > 0)
    wide = 60.0 * A.expected_minutes * A.expected_minutes / (PRIOR_MINUTES + A.minutes_logged)
    question = _living(
        line.scope.kind, _there(line, _live_name), func.coalesce(learned, 0), func.sum(wide)
    )
    if line.part:
        question = question.where(_in_part(line))
    minutes, variance = (await session.execute(question)).one()
    return EstimateBasis(int(minutes), round(sqrt(variance or 0)))


async def costliest(
    session: Session, line: BudgetLine, span: Span, days_left: int, limit: int = 3
) -> list[tuple[Artifact, int]]:
    """The artifacts that use most of a line, each with its minutes spent and expected until the end
    of the period; the costliest first, none without minutes.
    """
    candidates = await _spenders(session, line, span) | await _expensive(session, line)
    artifacts = await queries.several(session, list(candidates))
    spent = await _spent(session, line, span, list(candidates))
    share = days_left / MONTH_DAYS
    expected = await _expected(session, list(candidates))
    costs = [
        (artifact, spent.get(number, 0) + round(expected.get(number, 0) * share))
        for number, artifact in artifacts.items()
    ]
    costs.sort(key=lambda cost: (-cost[1], cost[0].id))
    return [cost for cost in costs[:limit] if cost[1] > 0]


_CONSIDERED = 20


async def _spenders(session: Session, line: BudgetLine, span: Span) -> set[int]:
    most = _hours(line, span, H.artifact_id).group_by(H.artifact_id)
    ranked = most.order_by(func.sum(H.minutes).desc()).limit(_CONSIDERED)
    return set((await session.execute(ranked)).scalars())


async def _expensive(session: Session, line: BudgetLine) -> set[int]:
    question = _living(line.scope.kind, _there(line, _live_name), A.id)
    if line.part:
        question = question.where(_in_part(line))
    most = question.order_by(A.expected_minutes.desc(), A.id).limit(_CONSIDERED)
    return set((await session.execute(most)).scalars())


async def _spent(
    session: Session, line: BudgetLine, span: Span, numbers: Sequence[int]
) -> dict[int, int]:
    question = _hours(line, span, H.artifact_id, func.sum(H.minutes))
    mine = question.where(H.artifact_id.in_(numbers)).group_by(H.artifact_id)
    return {row[0]: int(row[1]) for row in await session.execute(mine)}


async def _expected(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    question = select(A.id, A.expected_minutes).where(A.id.in_(numbers), A.live)
    return {row[0]: row[1] for row in await session.execute(question)}
