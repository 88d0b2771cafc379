"""What scopes use: minutes worked, and what is live there; for one, or for all at once (R11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, or_, select, true

from debt.artifact import Artifact
from debt.budget import MONTH_DAYS, Use
from debt.hours import Span
from storage import lists
from storage.lists import Scope, ScopeKind
from storage.store import Session, portions
from storage.tables import ABOARD, ARTIFACT, HOURS

A, H = ARTIFACT.c, HOURS.c


@dataclass(frozen=True, slots=True)
class Place:
    """What a budget is about: a team, repository, service or train, or one tier or label of it."""

    scope: Scope
    only: str = ""

    @property
    def part(self) -> str:
        """`tier` or `label`, or nothing for the whole of the scope."""
        return self.only.partition(":")[0]

    def __str__(self) -> str:
        return f"{self.scope} {self.only}".strip()


async def use_of(session: Session, place: Place, span: Span) -> Use:
    """What it uses in the span. An hour counts where its artifact was when it was worked."""
    return (await uses(session, [(place, span)]))[0]


async def uses(session: Session, asked: Sequence[tuple[Place, Span]]) -> list[Use]:
    """As `use_of` for many, in their order: one sum of hours for all of a kind that share a period,
    and one of live artifacts for all of a kind.
    """
    worked: dict[tuple[_Kind, Span], dict[_Name, int]] = {}
    live: dict[_Kind, dict[_Name, tuple[int, int, int]]] = {}
    for kind, spans in _grouped(asked).items():
        names = {name for some in spans.values() for name in some}
        live[kind] = await _live_by(session, kind, sorted(names))
        for span, some in spans.items():
            worked[kind, span] = await _spent_by(session, kind, sorted(set(some)), span)
    return [
        Use(worked[kind, span].get(name, 0), *live[kind].get(name, ()))
        for place, span in asked
        for kind, name in [_known_by(place)]
    ]


_Kind = tuple[ScopeKind, str]  # of a scope, and of a part of it: `tier`, `label`, or nothing
_Name = tuple[str, ...]  # of a scope, and of the part


def _known_by(place: Place) -> tuple[_Kind, _Name]:
    name = place.scope.name
    if not place.only:
        return (place.scope.kind, ""), (name,)
    part, _, value = place.only.partition(":")
    return (place.scope.kind, part), (name, value)


def _grouped(asked: Sequence[tuple[Place, Span]]) -> dict[_Kind, dict[Span, list[str]]]:
    groups: dict[_Kind, dict[Span, list[str]]] = {}
    for place, span in asked:
        kind = (place.scope.kind, place.part)
        groups.setdefault(kind, {}).setdefault(span, []).append(place.scope.name)
    return groups


async def _spent_by(
    session: Session, kind: _Kind, names: Sequence[str], span: Span
) -> dict[_Name, int]:
    scope, part = kind
    what = [_hours_name(scope), *([A[part]] if part else [])]
    found: dict[_Name, int] = {}
    for some in portions(names):
        question = _worked(scope, part, some, span, *what, func.sum(H.minutes)).group_by(*what)
        rows = await session.execute(question)
        found |= {tuple(there): int(minutes) for *there, minutes in rows}
    return found


async def _live_by(
    session: Session, kind: _Kind, names: Sequence[str]
) -> dict[_Name, tuple[int, int, int]]:
    """What a month of them is expected to cost, their scores' sum, their number."""
    scope, part = kind
    what = [_live_name(scope), *([A[part]] if part else [])]
    sums = func.sum(A.expected_minutes), func.sum(A.score), func.count()
    found: dict[_Name, tuple[int, int, int]] = {}
    for some in portions(names):
        rows = await session.execute(_living(scope, some, *what, *sums).group_by(*what))
        for *there, monthly, score, artifacts in rows:
            found[tuple(there)] = int(monthly), int(score), artifacts
    return found


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
    kind: ScopeKind, part: str, names: Sequence[str], span: Span, *what: Any
) -> Select[Any]:
    """Of the hours worked there in the span; on a train, those worked while it was aboard."""
    joined: FromClause = HOURS
    if kind is ScopeKind.TRAIN:
        joined = joined.join(ABOARD, _ON_THAT_DAY)
    if part:
        joined = joined.join(ARTIFACT, A.id == H.artifact_id)
    then = H.worked_on.between(span.first, span.last)
    there = true() if kind is ScopeKind.ALL else _hours_name(kind).in_(names)
    return select(*what).select_from(joined).where(there, then)


def _living(kind: ScopeKind, names: Sequence[str], *what: Any) -> Select[Any]:
    joined = ARTIFACT.join(ABOARD, _NOW) if kind is ScopeKind.TRAIN else ARTIFACT
    there = true() if kind is ScopeKind.ALL else _live_name(kind).in_(names)
    return select(*what).select_from(joined).where(A.live, there)


def _hours(place: Place, span: Span, *what: Any) -> Select[Any]:
    question = _worked(place.scope.kind, place.part, [place.scope.name], span, *what)
    return question.where(_in_part(place)) if place.part else question


def _in_part(place: Place) -> ColumnElement[bool]:
    same: ColumnElement[bool] = A[place.part] == place.only.partition(":")[2]
    return same


async def spent_by_day(session: Session, place: Place, span: Span) -> dict[date, int]:
    """Minutes of each day on which any were worked; their sum is what `use_of` calls spent."""
    question = _hours(place, span, H.worked_on, func.sum(H.minutes)).group_by(H.worked_on)
    return {day: int(minutes) for day, minutes in await session.execute(question)}


async def costliest(
    session: Session, place: Place, span: Span, days_left: int, limit: int = 3
) -> list[tuple[Artifact, int]]:
    """The artifacts that use most of it, spent and expected, in minutes; the costliest first."""
    candidates = await _spenders(session, place, span) | await _expensive(session, place)
    known = await lists.several(session, list(candidates))
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


async def _spenders(session: Session, place: Place, span: Span) -> set[int]:
    most = _hours(place, span, H.artifact_id).group_by(H.artifact_id)
    ranked = most.order_by(func.sum(H.minutes).desc()).limit(_CONSIDERED)
    return set((await session.execute(ranked)).scalars())


async def _expensive(session: Session, place: Place) -> set[int]:
    question = _living(place.scope.kind, [place.scope.name], A.id)
    if place.part:
        question = question.where(_in_part(place))
    most = question.order_by(A.expected_minutes.desc(), A.id).limit(_CONSIDERED)
    return set((await session.execute(most)).scalars())


async def _spent(
    session: Session, place: Place, span: Span, numbers: Sequence[int]
) -> dict[int, int]:
    question = _hours(place, span, H.artifact_id, func.sum(H.minutes))
    mine = question.where(H.artifact_id.in_(numbers)).group_by(H.artifact_id)
    return {row[0]: int(row[1]) for row in await session.execute(mine)}


async def _expected(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    question = select(A.id, A.expected_minutes).where(A.id.in_(numbers), A.live)
    return {row[0]: row[1] for row in await session.execute(question)}
