"""What scopes use: minutes worked, and what is live there; for one, or for all at once (R11)."""

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


async def use_of(session: Session, place: BudgetLine, span: Span) -> BudgetUse:
    """What it uses in the span. An hour counts where its artifact was when it was worked."""
    return (await uses(session, [(place, span)]))[0]


async def uses(session: Session, asked: Sequence[tuple[BudgetLine, Span]]) -> list[BudgetUse]:
    """As `use_of` for many, in their order: all that share a kind and a period are summed up at
    once, and all sums are asked for in one statement, which PostgreSQL works on side by side.
    """
    names: dict[_Sum, set[str]] = {}
    for place, span in asked:
        for when in (span, None):
            names.setdefault((place.scope.kind, place.part, when), set()).add(place.scope.name)
    found = await _found(session, names)
    return [_use(found, place, span) for place, span in asked]


_Sum = tuple[ScopeKind, str, Span | None]  # what is summed, as a part or whole; live where no span
_Found = Mapping[_Sum, Mapping[tuple[str, str], Sequence[int]]]
_NOTHING = (0, 0, 0)
_TOGETHER = 100  # SQLite takes 500 in one statement


def _use(found: _Found, place: BudgetLine, span: Span) -> BudgetUse:
    kind = place.scope.kind
    part, _, value = place.only.partition(":")
    known = place.scope.name, value
    spent, *_ = found[kind, part, span].get(known, _NOTHING)
    return BudgetUse(spent, *found[kind, part, None].get(known, _NOTHING))


async def _found(session: Session, names: Mapping[_Sum, Collection[str]]) -> _Found:
    """By the name of a scope, and of its part where it is about parts."""
    sums = list(names)
    found: dict[_Sum, dict[tuple[str, str], Sequence[int]]] = {each: {} for each in sums}
    questions = [_summed(session, number, each, names[each]) for number, each in enumerate(sums)]
    for start in range(0, len(questions), _TOGETHER):
        rows = await session.execute(union_all(*questions[start : start + _TOGETHER]))
        for number, name, value, *amounts in rows.all():
            found[sums[number]][name, value] = amounts
    return found


def _summed(session: Session, number: int, what: _Sum, names: Collection[str]) -> Select[Any]:
    """Minutes worked in a span; or of what is live what a month of it is expected to cost, its
    scores' sum, and its number. All have the same types, without which PostgreSQL takes them one
    after another.
    """
    kind, part, span = what
    named = _live_name(kind) if span is None else _hours_name(kind)
    by = (named, A[part]) if part else (named,)
    value = A[part] if part else literal_column("''")
    told: list[Any] = [literal_column(str(number)), cast(named, Text), cast(value, Text)]
    there = one_of(session, named, names)
    if span is None:
        sums = _whole(func.sum(A.expected_minutes), func.sum(A.score), func.count())
        return _living(kind, there, *told, *sums).group_by(*by)
    sums = _whole(func.sum(H.minutes), _NO_SUM, _NO_SUM)
    return _worked(kind, part, there, span, *told, *sums).group_by(*by)


def _whole(*sums: ColumnElement[Any]) -> list[ColumnElement[int]]:
    return [cast(each, BigInteger) for each in sums]


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
    """Of the hours worked there in the span; on a train, those worked while it was aboard."""
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


def _hours(place: BudgetLine, span: Span, *what: Any) -> Select[Any]:
    kind, part = place.scope.kind, place.part
    question = _worked(kind, part, _there(place, _hours_name), span, *what)
    return question.where(_in_part(place)) if place.part else question


def _there(
    place: BudgetLine, named: Callable[[ScopeKind], ColumnElement[Any]]
) -> ColumnElement[bool]:
    kind, name = place.scope.kind, place.scope.name
    return true() if kind is ScopeKind.ALL else and_(named(kind) == name)


def _in_part(place: BudgetLine) -> ColumnElement[bool]:
    same: ColumnElement[bool] = A[place.part] == place.only.partition(":")[2]
    return same


async def spent_by_day(session: Session, place: BudgetLine, span: Span) -> dict[date, int]:
    """Minutes of each day on which any were worked; their sum is what `use_of` calls spent."""
    question = _hours(place, span, H.worked_on, func.sum(H.minutes)).group_by(H.worked_on)
    return {day: int(minutes) for day, minutes in await session.execute(question)}


async def rests_on(session: Session, place: BudgetLine) -> EstimateBasis:
    """What the expected month of a place rests on.

    An estimate ĥ has the variance ĥ / (φ / μ + n) in hours, which is ĥ² / (φ + Σ hours): see
    debt/rules/estimate.py. Those of several artifacts add up.
    """
    learned = func.sum(A.expected_minutes).filter(A.months_logged > 0)
    wide = 60.0 * A.expected_minutes * A.expected_minutes / (PRIOR_MINUTES + A.minutes_logged)
    question = _living(
        place.scope.kind, _there(place, _live_name), func.coalesce(learned, 0), func.sum(wide)
    )
    if place.part:
        question = question.where(_in_part(place))
    minutes, variance = (await session.execute(question)).one()
    return EstimateBasis(int(minutes), round(sqrt(variance or 0)))


async def costliest(
    session: Session, place: BudgetLine, span: Span, days_left: int, limit: int = 3
) -> list[tuple[Artifact, int]]:
    """The artifacts that use most of it, spent and expected, in minutes; the costliest first."""
    candidates = await _spenders(session, place, span) | await _expensive(session, place)
    known = await queries.several(session, list(candidates))
    spent = await _spent(session, place, span, list(candidates))
    share = days_left / MONTH_DAYS
    expected = await _expected(session, list(candidates))
    costs = [
        (artifact, spent.get(number, 0) + round(expected.get(number, 0) * share))
        for number, artifact in known.items()
    ]
    costs.sort(key=lambda each: (-each[1], each[0].id))
    return [each for each in costs[:limit] if each[1] > 0]


_CONSIDERED = 20


async def _spenders(session: Session, place: BudgetLine, span: Span) -> set[int]:
    most = _hours(place, span, H.artifact_id).group_by(H.artifact_id)
    ranked = most.order_by(func.sum(H.minutes).desc()).limit(_CONSIDERED)
    return set((await session.execute(ranked)).scalars())


async def _expensive(session: Session, place: BudgetLine) -> set[int]:
    question = _living(place.scope.kind, _there(place, _live_name), A.id)
    if place.part:
        question = question.where(_in_part(place))
    most = question.order_by(A.expected_minutes.desc(), A.id).limit(_CONSIDERED)
    return set((await session.execute(most)).scalars())


async def _spent(
    session: Session, place: BudgetLine, span: Span, numbers: Sequence[int]
) -> dict[int, int]:
    question = _hours(place, span, H.artifact_id, func.sum(H.minutes))
    mine = question.where(H.artifact_id.in_(numbers)).group_by(H.artifact_id)
    return {row[0]: int(row[1]) for row in await session.execute(mine)}


async def _expected(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    question = select(A.id, A.expected_minutes).where(A.id.in_(numbers), A.live)
    return {row[0]: row[1] for row in await session.execute(question)}
