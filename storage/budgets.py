"""Budgets: set, ended, and how each stands (R11). A change never rewrites a period that is over."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, update
from sqlmodel import col

from debt.artifact import Artifact, Label, Tier
from debt.budget import Limits, Rhythm, Standing, State, Use, require_limits, standing
from debt.hours import Period, Span
from debt.named import Act
from debt.refusal import Refused
from debt.tier import tier
from storage import history, lists
from storage.artifacts import Change
from storage.lists import Scope, ScopeKind
from storage.store import ANYBODY, Session, concern
from storage.tables import ARTIFACT, BUDGET, HOURS, BudgetRow

A, B, H = ARTIFACT.c, BUDGET.c, HOURS.c
SCOPES = (ScopeKind.TEAM, ScopeKind.REPO, ScopeKind.SERVICE)
_LIMITS = tuple(field.name for field in fields(Limits))


@dataclass(frozen=True, slots=True)
class Place:
    """What a budget is about: a team, repository or service, or one tier or label of it."""

    scope: Scope
    only: str = ""

    def __str__(self) -> str:
        return f"{self.scope} {self.only}".strip()


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget in force, and since which day it is over, or was found within again."""

    place: Place
    rhythm: Rhythm
    limits: Limits
    from_on: date
    over_since: date | None = None
    back_on: date | None = None


def require_place(place: Place) -> None:
    """Refused for what no budget can be about."""
    if place.scope.kind not in SCOPES:
        raise Refused("A budget is for team:x, repo:x or service:x.", field="scope")
    parts = {""} | {f"tier:{each}" for each in Tier} | {f"label:{each}" for each in Label}
    if place.only not in parts:
        raise Refused("A part of a scope is a tier or a label: tier:strict.", field="only")


async def put(
    session: Session, change: Change, place: Place, rhythm: Rhythm, limits: Limits
) -> Budget:
    """From the period of today on. What is to be saved counts from what a month costs now.

    Refused for who may not, and for what no budget can be.
    """
    change.require_may(Act.BUDGET)
    require_place(place)
    require_limits(limits, change.today)
    span = rhythm.span(change.today, change.policy.sprint)
    if limits.lower_by is not None:
        use = await use_of(session, place, span)
        limits = replace(limits, lower_from=use.monthly)
    before = await find(session, place, change.today)
    told = (before.over_since, before.back_on) if before else (None, None)
    budget = Budget(place, rhythm, limits, span.first, *told)
    await _write(session, change, budget, "budget set", ends=False)
    return await renew(session, change, budget)


async def end(session: Session, change: Change, place: Place) -> Budget:
    """There is none from the period of today on. Refused where there is none now."""
    change.require_may(Act.BUDGET)
    budget = await find(session, place, change.today)
    if budget is None:
        raise Refused(f"There is no budget for {place}.")
    span = budget.rhythm.span(change.today, change.policy.sprint)
    await _write(session, change, replace(budget, from_on=span.first), "budget ended", ends=True)
    return budget


async def _write(
    session: Session, change: Change, budget: Budget, action: str, *, ends: bool
) -> None:
    before = await find(session, budget.place, change.today)
    row = _row(budget) | {"ends": ends, "set_by": change.by, "at": change.at}
    await session.merge(BudgetRow(**row))
    await session.flush()
    after = None if ends else _said(budget)
    said = history.Said(None, _said(before) if before else None, after)
    why = str(budget.place)
    history.record(session, history.Draft(change.at, change.by, action, why, said))
    concern(session, change.by, ANYBODY)


def _row(budget: Budget) -> dict[str, Any]:
    place = {"scope": budget.place.scope.kind, "scope_name": budget.place.scope.name}
    told = {"over_since": budget.over_since, "back_on": budget.back_on}
    return (
        place
        | {"only": budget.place.only, "from_on": budget.from_on}
        | asdict(budget.rhythm)
        | asdict(budget.limits)
        | told
    )


def _said(budget: Budget) -> dict[str, Any]:
    told = {k: v for k, v in _row(budget).items() if k not in {"over_since", "back_on"}}
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in told.items()}


async def find(session: Session, place: Place, day: date) -> Budget | None:
    """The one in force on that day."""
    there = and_(B.scope == place.scope.kind, B.scope_name == place.scope.name)
    found = await _in_force(session, and_(there, B.only == place.only), day)
    return found[0] if found else None


async def in_force(
    session: Session, day: date, scopes: Iterable[Scope] | None = None
) -> list[Budget]:
    """All budgets on that day, or those of some scopes, whole scopes before their parts."""
    if scopes is None:
        return await _in_force(session, true(), day)
    those = [and_(B.scope == scope.kind, B.scope_name == scope.name) for scope in scopes]
    return await _in_force(session, or_(*those), day) if those else []


async def _in_force(session: Session, those: ColumnElement[bool], day: date) -> list[Budget]:
    newest = (
        select(B.scope, B.scope_name, B.only, func.max(B.from_on).label("from_on"))
        .where(those, B.from_on <= day)
        .group_by(B.scope, B.scope_name, B.only)
        .subquery()
    )
    same = (B[name] == newest.c[name] for name in ("scope", "scope_name", "only", "from_on"))
    question = select(*BUDGET.c).join(newest, and_(*same)).where(B.ends.is_(False))
    rows = await session.execute(question.order_by(B.scope, B.scope_name, B.only))
    return [_budget(row) for row in rows]


def _budget(row: Any) -> Budget:
    place = Place(Scope(ScopeKind(row.scope), row.scope_name), row.only)
    rhythm = Rhythm(Period(row.period), row.weeks, row.first_day)
    limits = Limits(**{name: getattr(row, name) for name in _LIMITS})
    return Budget(place, rhythm, limits, row.from_on, row.over_since, row.back_on)


async def use_of(session: Session, place: Place, span: Span) -> Use:
    """What it uses in the span. An hour counts where its artifact was when it was worked."""
    column, name = H[place.scope.kind], place.scope.name
    spent = select(func.coalesce(func.sum(H.minutes), 0)).where(
        column == name, H.worked_on.between(span.first, span.last)
    )
    live = select(
        func.coalesce(func.sum(A.expected_minutes), 0),
        func.coalesce(func.sum(A.score), 0),
        func.count(),
    ).where(A.live, A[place.scope.kind] == name)
    part = _part(place.only)
    if part is not None:
        spent = spent.join(ARTIFACT, A.id == H.artifact_id).where(part)
        live = live.where(part)
    minutes = (await session.execute(spent)).scalar_one()
    monthly, score, artifacts = (await session.execute(live)).one()
    return Use(int(minutes), int(monthly), int(score), artifacts)


async def spent_by_day(session: Session, place: Place, span: Span) -> dict[date, int]:
    """Minutes of each day on which any were worked; their sum is what `use_of` calls spent."""
    question = select(H.worked_on, func.sum(H.minutes)).where(
        H[place.scope.kind] == place.scope.name, H.worked_on.between(span.first, span.last)
    )
    part = _part(place.only)
    if part is not None:
        question = question.join(ARTIFACT, A.id == H.artifact_id).where(part)
    rows = await session.execute(question.group_by(H.worked_on))
    return {day: int(minutes) for day, minutes in rows}


def _part(only: str) -> ColumnElement[bool] | None:
    kind, _, name = only.partition(":")
    return A[kind] == name if kind else None


async def standing_of(session: Session, change: Change, budget: Budget) -> Standing:
    """As of today, in its period."""
    span = budget.rhythm.span(change.today, change.policy.sprint)
    use = await use_of(session, budget.place, span)
    return standing(budget.limits, span, use, change.today)


async def costliest(
    session: Session, place: Place, span: Span, days_left: int, limit: int = 3
) -> list[tuple[Artifact, int]]:
    """The artifacts that use most of it, spent and expected, in minutes; the costliest first."""
    candidates = await _spenders(session, place, span) | await _expensive(session, place)
    known = await lists.several(session, list(candidates))
    spent = await _spent(session, place, span, list(candidates))
    share = days_left / (365.25 / 12)
    expected = await _expected(session, list(candidates))
    uses = [
        (artifact, spent.get(number, 0) + round(expected.get(number, 0) * share))
        for number, artifact in known.items()
    ]
    uses.sort(key=lambda each: (-each[1], each[0].id))
    return [each for each in uses[:limit] if each[1] > 0]


_CONSIDERED = 20


async def _spenders(session: Session, place: Place, span: Span) -> set[int]:
    most = _hours(place, span).group_by(H.artifact_id).order_by(func.sum(H.minutes).desc())
    return {row[0] for row in await session.execute(most.limit(_CONSIDERED))}


def _hours(place: Place, span: Span) -> Select[Any]:
    question = select(H.artifact_id, func.sum(H.minutes)).where(
        H[place.scope.kind] == place.scope.name, H.worked_on.between(span.first, span.last)
    )
    part = _part(place.only)
    return question if part is None else question.join(ARTIFACT, A.id == H.artifact_id).where(part)


async def _expensive(session: Session, place: Place) -> set[int]:
    there = [A.live, A[place.scope.kind] == place.scope.name]
    part = _part(place.only)
    question = select(A.id).where(*there, *([] if part is None else [part]))
    most = question.order_by(A.expected_minutes.desc(), A.id).limit(_CONSIDERED)
    return set((await session.execute(most)).scalars())


async def _spent(
    session: Session, place: Place, span: Span, numbers: Sequence[int]
) -> dict[int, int]:
    question = _hours(place, span).where(H.artifact_id.in_(numbers)).group_by(H.artifact_id)
    return {row[0]: int(row[1]) for row in await session.execute(question)}


async def _expected(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    question = select(A.id, A.expected_minutes).where(A.id.in_(numbers), A.live)
    return {row[0]: row[1] for row in await session.execute(question)}


async def renew(session: Session, change: Change, budget: Budget) -> Budget:
    """Notes that it is over since today, or within again; the history tells of both."""
    over = (await standing_of(session, change, budget)).state is State.OVER
    if over == (budget.over_since is not None):
        return budget
    turned = replace(
        budget,
        over_since=change.today if over else None,
        back_on=None if over else change.today,
    )
    there = budget.place
    key = and_(
        col(BudgetRow.scope) == there.scope.kind,
        col(BudgetRow.scope_name) == there.scope.name,
        col(BudgetRow.only) == there.only,
        col(BudgetRow.from_on) == budget.from_on,
    )
    told = {"over_since": turned.over_since, "back_on": turned.back_on}
    await session.execute(update(BudgetRow).where(key).values(told))
    action = "budget over" if over else "budget within again"
    said = history.Said(None, None, {"budget": str(there)})
    history.record(session, history.Draft(change.at, change.by, action, str(there), said))
    return turned


async def renew_all(session: Session, change: Change, scopes: Iterable[Scope] | None) -> None:
    """As `renew`, for all budgets or those of some scopes."""
    for budget in await in_force(session, change.today, scopes):
        await renew(session, change, budget)


async def over(session: Session, change: Change, artifact: Artifact) -> Budget | None:
    """The first budget that is over of those a new artifact comes under; None where none is."""
    scopes = [Scope(kind, name) for kind in SCOPES if (name := getattr(artifact, kind)) is not None]
    for budget in await in_force(session, change.today, scopes):
        if (
            _about(budget.place, artifact, change)
            and (await standing_of(session, change, budget)).state is State.OVER
        ):
            return budget
    return None


def _about(place: Place, artifact: Artifact, change: Change) -> bool:
    kind, _, name = place.only.partition(":")
    if not kind:
        return True
    return name == (artifact.label if kind == "label" else tier(artifact, change.policy))
