"""Budgets: set, ended, and how each stands (R11). A change never rewrites a period that is over."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text, true, update
from sqlmodel import col

from debt.artifact.artifact import Artifact, Label, Tier
from debt.budgets.budget import (
    BudgetLimits,
    BudgetPeriod,
    BudgetStanding,
    BudgetState,
    TrainPeriod,
    require_limits,
    standing,
)
from debt.budgets.train import Train, require_running
from debt.change import Change
from debt.policy.roles import require_may_budget_of
from debt.refusal import Refused
from debt.rules.hours import Period, Span
from debt.rules.tier import tier
from debt.scope import BudgetLine, Scope, ScopeKind
from storage.costs import trains
from storage.costs.usage import use_of, uses
from storage.database import history
from storage.database.store import ANYBODY, Session, concern, postgres
from storage.tables import BUDGET, HEAD, TRAIN, BudgetRow

B = BUDGET.c
_OWN = (ScopeKind.TEAM, ScopeKind.REPO, ScopeKind.SERVICE)  # what an artifact says of itself
SCOPES = (*_OWN, ScopeKind.TRAIN)
SPELLED = "team:x, repo:x, service:x or train:x"
_LIMITS = tuple(field.name for field in fields(BudgetLimits))


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget in force, and since which day it is over, or was found within again."""

    place: BudgetLine
    rhythm: BudgetPeriod | TrainPeriod
    limits: BudgetLimits
    from_on: date
    over_since: date | None = None
    back_on: date | None = None
    set_by: str = ""

    def span(self, change: Change) -> Span:
        """Its period of today."""
        return self.rhythm.span(change.today, change.policy.sprint)


def require_place(place: BudgetLine) -> None:
    """Refused for what no budget can be about."""
    if place.scope.kind not in SCOPES:
        raise Refused(f"A budget is for {SPELLED}.", field="scope")
    parts = {""} | {f"tier:{each}" for each in Tier} | {f"label:{each}" for each in Label}
    if place.only not in parts:
        raise Refused("A part of a scope is a tier or a label: tier:strict.", field="only")


async def put(
    session: Session, change: Change, place: BudgetLine, rhythm: BudgetPeriod, limits: BudgetLimits
) -> Budget:
    """From the period of today on; of a train, whose one period is the train itself, for all of
    it. What is to be saved counts from what a month costs now, and goes on counting from there
    while only other things are changed. The same again changes nothing.

    Refused for who may not, and for what no budget can be.
    """
    require_place(place)
    await _locked(session)
    await require_may_budget(session, change, place.scope)
    require_limits(limits, change.today)
    before = await find(session, place, change.today)
    told = (before.over_since, before.back_on) if before else (None, None)
    rhythm_there = await _rhythm(session, change, place, rhythm)
    budget = Budget(place, rhythm_there, limits, _EVER, *told, set_by=change.by)
    if before and _says_the_same(before, budget):
        return await renew(session, change, before)
    span = budget.span(change)
    if limits.lower_by is not None:
        lower_from = await _lower_from(session, budget, before, span)
        budget = replace(budget, limits=replace(limits, lower_from=lower_from))
    budget = replace(budget, from_on=await _from_on(session, budget, span))
    await _write(session, change, budget, "budget set", ends=False)
    return await renew(session, change, budget)


async def _lower_from(session: Session, now: Budget, before: Budget | None, span: Span) -> int:
    was = before.limits if before else None
    if was and was.lower_from is not None and was.pay_down == now.limits.pay_down:
        return was.lower_from
    return (await use_of(session, now.place, span)).monthly


def _says_the_same(before: Budget, now: Budget) -> bool:
    """But for what its pay-down is counted from."""
    was, wanted = (replace(each.limits, lower_from=None) for each in (before, now))
    return before.rhythm == now.rhythm and was == wanted


async def end(session: Session, change: Change, place: BudgetLine) -> Budget:
    """There is none from the period of today on. Refused where there is none now."""
    await _locked(session)
    await require_may_budget(session, change, place.scope)
    budget = await find(session, place, change.today)
    if budget is None:
        raise Refused(f"There is no budget for {place}.")
    ended = replace(budget, from_on=await _from_on(session, budget, budget.span(change)))
    await _write(session, change, ended, "budget ended", ends=True)
    return budget


async def _locked(session: Session) -> None:
    """Nobody else sets a budget, or notes that one has turned, until the unit of work ends; reading
    goes on. SQLite has one writer anyway.
    """
    if postgres(session):
        await session.execute(text("LOCK TABLE budget IN SHARE ROW EXCLUSIVE MODE"))


_EVER = date.min


async def _from_on(session: Session, budget: Budget, span: Span) -> date:
    """The first day of its period, unless something else was said within that. A train has one
    period, wherever its days are moved to.
    """
    if isinstance(budget.rhythm, TrainPeriod):
        return _EVER
    latest = select(func.max(B.from_on)).where(_about_place(budget.place), B.from_on <= span.last)
    said: date | None = (await session.execute(latest)).scalar_one()
    return max(span.first, said) if said else span.first


def _about_place(place: BudgetLine) -> ColumnElement[bool]:
    there = and_(B.scope == place.scope.kind, B.scope_name == place.scope.name)
    return and_(there, B.only == place.only)


async def _rhythm(
    session: Session, change: Change, place: BudgetLine, wanted: BudgetPeriod
) -> BudgetPeriod | TrainPeriod:
    if place.scope.kind is not ScopeKind.TRAIN:
        return wanted
    train = await trains.require(session, place.scope.name)
    require_running(train, change.today)
    return TrainPeriod(train.span)


async def require_may_budget(session: Session, change: Change, scope: Scope) -> None:
    """Refused, with who can, for who does not answer for what is there (R28)."""
    teams = await trains.teams_in(session, change, scope)
    require_may_budget_of(change.by, change.powers, change.policy, str(scope), teams)


async def _write(
    session: Session, change: Change, budget: Budget, action: str, *, ends: bool
) -> None:
    before = await find(session, budget.place, change.today)
    row = _row(budget) | {"ends": ends, "set_by": change.by, "at": change.at}
    await session.merge(BudgetRow(**row))
    await session.flush()
    after = None if ends else _said(budget)
    said = history.Event(None, _said(before) if before else None, after)
    why = str(budget.place)
    history.record(session, history.Draft(change.at, change.by, action, why, said))
    concern(session, change.by, ANYBODY)


def _row(budget: Budget) -> dict[str, Any]:
    place = {"scope": budget.place.scope.kind, "scope_name": budget.place.scope.name}
    told = {"over_since": budget.over_since, "back_on": budget.back_on}
    return (
        place
        | {"only": budget.place.only, "from_on": budget.from_on}
        | _rhythm_row(budget.rhythm)
        | asdict(budget.limits)
        | told
    )


def _rhythm_row(rhythm: BudgetPeriod | TrainPeriod) -> dict[str, Any]:
    if isinstance(rhythm, TrainPeriod):
        return {"period": ScopeKind.TRAIN, "weeks": None, "first_day": None}
    return asdict(rhythm)


def _said(budget: Budget) -> dict[str, Any]:
    unsaid = {"over_since", "back_on"} | ({"from_on"} if budget.from_on == _EVER else set())
    told = {k: v for k, v in _row(budget).items() if k not in unsaid}
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in told.items()}


async def find(session: Session, place: BudgetLine, day: date) -> Budget | None:
    """The one in force on that day."""
    found = await _in_force(session, _about_place(place), day)
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
    """In the order of the primary key, so that of each place what was said last comes last."""
    its_train = and_(B.scope == ScopeKind.TRAIN, TRAIN.c.name == B.scope_name)
    question = (
        select(*_PLACE, *_READ)
        .outerjoin_from(BUDGET, TRAIN, its_train)
        .where(those, B.from_on <= day, or_(TRAIN.c.last_on.is_(None), TRAIN.c.last_on >= day))
        .order_by(*_PLACE, B.from_on)
    )
    newest = {row[:3]: row for row in (await session.execute(question)).all()}
    return [_budget(*row) for row in newest.values() if not row.ends]


_PLACE = (B.scope, B.scope_name, B.only)
_READ = (
    *(B.ends, B.period, B.weeks, B.first_day, TRAIN.c.first_on, TRAIN.c.last_on),
    *(B.from_on, B.over_since, B.back_on, B.set_by),
    *(B[name] for name in _LIMITS),
)


def _budget(scope: str, name: str, only: str, *said: Any) -> Budget:
    _, period, weeks, first_day, first, last, from_on, over, back, set_by, *limits = said
    place = BudgetLine(Scope(ScopeKind(scope), name), only)
    rhythm = (
        TrainPeriod(Train(name, first, last).span) if first else _usual(period, weeks, first_day)
    )
    return Budget(place, rhythm, _limits(*limits), from_on, over, back, set_by)


@lru_cache(maxsize=1_000)
def _limits(*limits: Any) -> BudgetLimits:
    """Most budgets of an organization have the same few."""
    return BudgetLimits(*limits)


@cache
def _usual(period: str, weeks: int | None, first_day: date | None) -> BudgetPeriod:
    return BudgetPeriod(Period(period), weeks, first_day)


async def standing_of(session: Session, change: Change, budget: Budget) -> BudgetStanding:
    """As of today, in its period."""
    return (await standings_of(session, change, [budget]))[0]


async def standings_of(
    session: Session, change: Change, found: Sequence[Budget]
) -> list[BudgetStanding]:
    """As `standing_of`, one for each, in a few statements for all."""
    today, rhythms = change.today, {budget.rhythm for budget in found}
    spans = {each: each.span(today, change.policy.sprint) for each in rhythms}
    used = await uses(session, [(budget.place, spans[budget.rhythm]) for budget in found])
    return [
        standing(budget.limits, spans[budget.rhythm], use, today)
        for budget, use in zip(found, used, strict=True)
    ]


async def renew(session: Session, change: Change, budget: Budget) -> Budget:
    """Notes that it is over since today, or within again; the history tells of both. Needs the
    budgets locked.
    """
    return (await _renew(session, change, [budget]))[0]


async def renew_all(
    session: Session, change: Change, scopes: Iterable[Scope] | None
) -> list[Budget]:
    """As `renew`, for all budgets or those of some scopes; those that have turned."""
    await _locked(session)
    found = await in_force(session, change.today, scopes)
    renewed = await _renew(session, change, found)
    return [now for before, now in zip(found, renewed, strict=True) if now is not before]


async def _renew(session: Session, change: Change, found: Sequence[Budget]) -> list[Budget]:
    standings = await standings_of(session, change, found)
    renewed = []
    for budget, there in zip(found, standings, strict=True):
        over = there.state is BudgetState.OVER
        turned = over != (budget.over_since is not None)
        renewed.append(await _turn(session, change, budget, over=over) if turned else budget)
    return renewed


async def _turn(session: Session, change: Change, budget: Budget, *, over: bool) -> Budget:
    since, back = (change.today, None) if over else (None, change.today)
    turned = replace(budget, over_since=since, back_on=back)
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
    said = history.Event(None, None, {"budget": str(there)})
    history.record(session, history.Draft(change.at, change.by, action, str(there), said))
    return turned


async def seen_on(session: Session) -> date | None:
    """The day on which all budgets were looked at last."""
    day: date | None = (await session.execute(select(HEAD.c.budgets_seen_on))).scalar_one()
    return day


async def note_seen(session: Session, day: date) -> None:
    await session.execute(update(HEAD).values(budgets_seen_on=day))


async def over(session: Session, change: Change, artifact: Artifact) -> Budget | None:
    """The first budget that is over of those a new artifact comes under; None where none is."""
    scopes = [Scope(kind, name) for kind in _OWN if (name := getattr(artifact, kind)) is not None]
    those = await in_force(session, change.today, scopes)
    those = [budget for budget in those if _about(budget.place, artifact, change)]
    states = [there.state for there in await standings_of(session, change, those)]
    over = (one for one, state in zip(those, states, strict=True) if state is BudgetState.OVER)
    return next(over, None)


def _about(place: BudgetLine, artifact: Artifact, change: Change) -> bool:
    kind, _, name = place.only.partition(":")
    if not kind:
        return True
    return name == (artifact.label if kind == "label" else tier(artifact, change.policy))
