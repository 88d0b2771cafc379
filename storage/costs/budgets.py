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
from storage.costs.usage import use_of, uses_of
from storage.database import history
from storage.database.store import ANYBODY, Session, concern, postgres
from storage.tables import BUDGET, HEAD, TRAIN, BudgetRow

B = BUDGET.c
_OWN = (ScopeKind.TEAM, ScopeKind.REPO, ScopeKind.SERVICE)  # what an artifact says of itself
SCOPES = (*_OWN, ScopeKind.TRAIN)
SCOPE_WORDS = "team:x, repo:x, service:x or train:x"
_LIMITS = tuple(field.name for field in fields(BudgetLimits))


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget in force from `from_on` on. `over_since` is the day it went over; `back_on`
    the one on which it was found within its limits again.
    """

    line: BudgetLine
    period: BudgetPeriod | TrainPeriod
    limits: BudgetLimits
    from_on: date
    over_since: date | None = None
    back_on: date | None = None
    set_by: str = ""

    def span(self, change: Change) -> Span:
        """Its period that has today in it."""
        return self.period.span(change.today, change.policy.sprint)


def require_line(line: BudgetLine) -> None:
    """Refuses everything as a scope, and a part that is neither a tier nor a label."""
    if line.scope.kind not in SCOPES:
        raise Refused(f"A budget is for {SCOPE_WORDS}.", field="scope")
    parts = {""} | {f"tier:{each}" for each in Tier} | {f"label:{each}" for each in Label}
    if line.only not in parts:
        raise Refused("A part of a scope is a tier or a label: tier:strict.", field="only")


async def put(
    session: Session, change: Change, line: BudgetLine, period: BudgetPeriod, limits: BudgetLimits
) -> Budget:
    """Sets a budget from the period of today on; a train's for the whole train, its one period.

    A pay-down counts from what a month is expected to cost now, and goes on counting from there
    while only other limits change. Setting the same again changes nothing.

    Refused for who may not, and for a line, limits or a train that no budget can have.
    """
    require_line(line)
    await _locked(session)
    await require_may_budget(session, change, line.scope)
    require_limits(limits, change.today)
    before = await find(session, line, change.today)
    turned = (before.over_since, before.back_on) if before else (None, None)
    in_force = await _period_of(session, change, line, period)
    budget = Budget(line, in_force, limits, _EVER, *turned, set_by=change.by)
    if before and _is_same(before, budget):
        return await renew(session, change, before)
    span = budget.span(change)
    if limits.lower_by is not None:
        lower_from = await _lower_from(session, budget, before, span)
        budget = replace(budget, limits=replace(limits, lower_from=lower_from))
    budget = replace(budget, from_on=await _from_on(session, budget, span))
    await _write(session, change, budget, "budget set", ends=False)
    return await renew(session, change, budget)


async def _lower_from(session: Session, now: Budget, before: Budget | None, span: Span) -> int:
    """The minutes a month from which its pay-down counts: as before where that is unchanged."""
    earlier = before.limits if before else None
    if earlier and earlier.lower_from is not None and earlier.pay_down == now.limits.pay_down:
        return earlier.lower_from
    return (await use_of(session, now.line, span)).monthly


def _is_same(before: Budget, now: Budget) -> bool:
    """Whether period and limits are equal, `lower_from` left aside."""
    earlier, later = (replace(budget.limits, lower_from=None) for budget in (before, now))
    return before.period == now.period and earlier == later


async def end(session: Session, change: Change, line: BudgetLine) -> Budget:
    """Ends a budget from the period of today on, and returns it. Refused where there is none."""
    await _locked(session)
    await require_may_budget(session, change, line.scope)
    budget = await find(session, line, change.today)
    if budget is None:
        raise Refused(f"There is no budget for {line}.")
    ended = replace(budget, from_on=await _from_on(session, budget, budget.span(change)))
    await _write(session, change, ended, "budget ended", ends=True)
    return budget


async def _locked(session: Session) -> None:
    """Locks budgets against writers until the unit of work ends; reading goes on. SQLite has one
    writer anyway.
    """
    if postgres(session):
        await session.execute(text("LOCK TABLE budget IN SHARE ROW EXCLUSIVE MODE"))


_EVER = date.min


async def _from_on(session: Session, budget: Budget, span: Span) -> date:
    """The day from which a budget counts: the first of its period, or the latest day within that
    from which another counts. A train's counts from the first day of all, since its days may move.
    """
    if isinstance(budget.period, TrainPeriod):
        return _EVER
    latest = select(func.max(B.from_on)).where(_about_line(budget.line), B.from_on <= span.last)
    earlier: date | None = (await session.execute(latest)).scalar_one()
    return max(span.first, earlier) if earlier else span.first


def _about_line(line: BudgetLine) -> ColumnElement[bool]:
    there = and_(B.scope == line.scope.kind, B.scope_name == line.scope.name)
    return and_(there, B.only == line.only)


async def _period_of(
    session: Session, change: Change, line: BudgetLine, wanted: BudgetPeriod
) -> BudgetPeriod | TrainPeriod:
    if line.scope.kind is not ScopeKind.TRAIN:
        return wanted
    train = await trains.require(session, line.scope.name)
    require_running(train, change.today)
    return TrainPeriod(train.span)


async def require_may_budget(session: Session, change: Change, scope: Scope) -> None:
    """Refuses who is not responsible for the scope, and says who is (R28)."""
    teams = await trains.teams_in(session, change, scope)
    require_may_budget_of(change.by, change.powers, change.policy, str(scope), teams)


async def _write(
    session: Session, change: Change, budget: Budget, action: str, *, ends: bool
) -> None:
    before = await find(session, budget.line, change.today)
    row = _row(budget) | {"ends": ends, "set_by": change.by, "at": change.at}
    await session.merge(BudgetRow(**row))
    await session.flush()
    after = None if ends else _recorded(budget)
    event = history.Event(None, _recorded(before) if before else None, after)
    history.record(session, history.Draft(change.at, change.by, action, str(budget.line), event))
    concern(session, change.by, ANYBODY)


def _row(budget: Budget) -> dict[str, Any]:
    line = {"scope": budget.line.scope.kind, "scope_name": budget.line.scope.name}
    turned = {"over_since": budget.over_since, "back_on": budget.back_on}
    return (
        line
        | {"only": budget.line.only, "from_on": budget.from_on}
        | _period_row(budget.period)
        | asdict(budget.limits)
        | turned
    )


def _period_row(period: BudgetPeriod | TrainPeriod) -> dict[str, Any]:
    if isinstance(period, TrainPeriod):
        return {"period": ScopeKind.TRAIN, "weeks": None, "first_day": None}
    return {"period": period.length, "weeks": period.weeks, "first_day": period.first_day}


def _recorded(budget: Budget) -> dict[str, Any]:
    """The fields that the history keeps, dates as text."""
    left_out = {"over_since", "back_on"} | ({"from_on"} if budget.from_on == _EVER else set())
    values = {name: value for name, value in _row(budget).items() if name not in left_out}
    return history.dates_as_text(values)


async def find(session: Session, line: BudgetLine, day: date) -> Budget | None:
    """The budget of a line that is in force on that day; None where there is none."""
    budgets = await _in_force(session, _about_line(line), day)
    return budgets[0] if budgets else None


async def in_force(
    session: Session, day: date, scopes: Iterable[Scope] | None = None
) -> list[Budget]:
    """The budgets in force on that day, all or those of some scopes: by kind and name of the scope,
    the whole scope before its parts.
    """
    if scopes is None:
        return await _in_force(session, true(), day)
    conditions = [and_(B.scope == scope.kind, B.scope_name == scope.name) for scope in scopes]
    return await _in_force(session, or_(*conditions), day) if conditions else []


async def _in_force(session: Session, condition: ColumnElement[bool], day: date) -> list[Budget]:
    """Read in the order of the primary key, so that the newest row of a line comes last."""
    its_train = and_(B.scope == ScopeKind.TRAIN, TRAIN.c.name == B.scope_name)
    question = (
        select(*_LINE, *_READ)
        .outerjoin_from(BUDGET, TRAIN, its_train)
        .where(condition, B.from_on <= day, or_(TRAIN.c.last_on.is_(None), TRAIN.c.last_on >= day))
        .order_by(*_LINE, B.from_on)
    )
    newest = {row[:3]: row for row in (await session.execute(question)).all()}
    return [_budget(*row) for row in newest.values() if not row.ends]


_LINE = (B.scope, B.scope_name, B.only)
_READ = (
    *(B.ends, B.period, B.weeks, B.first_day, TRAIN.c.first_on, TRAIN.c.last_on),
    *(B.from_on, B.over_since, B.back_on, B.set_by),
    *(B[name] for name in _LIMITS),
)


def _budget(scope: str, name: str, only: str, *values: Any) -> Budget:
    """A row of `_LINE` and `_READ`."""
    _, length, weeks, first_day, first, last, from_on, over, back, set_by, *limits = values
    line = BudgetLine(Scope(ScopeKind(scope), name), only)
    period = (
        TrainPeriod(Train(name, first, last).span) if first else _usual(length, weeks, first_day)
    )
    return Budget(line, period, _limits(*limits), from_on, over, back, set_by)


@lru_cache(maxsize=1_000)
def _limits(*limits: Any) -> BudgetLimits:
    """Kept, since most budgets of an organization have the same few limits."""
    return BudgetLimits(*limits)


@cache
def _usual(length: str, weeks: int | None, first_day: date | None) -> BudgetPeriod:
    return BudgetPeriod(Period(length), weeks, first_day)


async def standing_of(session: Session, change: Change, budget: Budget) -> BudgetStanding:
    """Where a budget stands today."""
    return (await standings_of(session, change, [budget]))[0]


async def standings_of(
    session: Session, change: Change, budgets: Sequence[Budget]
) -> list[BudgetStanding]:
    """Where budgets stand today, in their order; a few statements for all of them."""
    today, periods = change.today, {budget.period for budget in budgets}
    spans = {period: period.span(today, change.policy.sprint) for period in periods}
    uses = await uses_of(session, [(budget.line, spans[budget.period]) for budget in budgets])
    return [
        standing(budget.limits, spans[budget.period], use, today)
        for budget, use in zip(budgets, uses, strict=True)
    ]


async def renew(session: Session, change: Change, budget: Budget) -> Budget:
    """Notes, with an entry in the history, where a budget went over today or came back within its
    limits; returns it as it is now. Needs the budgets locked.
    """
    return (await _renew(session, change, [budget]))[0]


async def renew_all(
    session: Session, change: Change, scopes: Iterable[Scope] | None
) -> list[Budget]:
    """As `renew` for all budgets, or those of some scopes; returns those that turned."""
    await _locked(session)
    budgets = await in_force(session, change.today, scopes)
    renewed = await _renew(session, change, budgets)
    return [now for before, now in zip(budgets, renewed, strict=True) if now is not before]


async def _renew(session: Session, change: Change, budgets: Sequence[Budget]) -> list[Budget]:
    standings = await standings_of(session, change, budgets)
    renewed = []
    for budget, now in zip(budgets, standings, strict=True):
        over = now.state is BudgetState.OVER
        turned = over != (budget.over_since is not None)
        renewed.append(await _turn(session, change, budget, over=over) if turned else budget)
    return renewed


async def _turn(session: Session, change: Change, budget: Budget, *, over: bool) -> Budget:
    since, back = (change.today, None) if over else (None, change.today)
    turned = replace(budget, over_since=since, back_on=back)
    line = budget.line
    key = and_(
        col(BudgetRow.scope) == line.scope.kind,
        col(BudgetRow.scope_name) == line.scope.name,
        col(BudgetRow.only) == line.only,
        col(BudgetRow.from_on) == budget.from_on,
    )
    days = {"over_since": turned.over_since, "back_on": turned.back_on}
    await session.execute(update(BudgetRow).where(key).values(days))
    action = "budget over" if over else "budget within again"
    event = history.Event(None, None, {"budget": str(line)})
    history.record(session, history.Draft(change.at, change.by, action, str(line), event))
    return turned


async def seen_on(session: Session) -> date | None:
    """The day on which all budgets were last looked at; None where they never were."""
    day: date | None = (await session.execute(select(HEAD.c.budgets_seen_on))).scalar_one()
    return day


async def note_seen(session: Session, day: date) -> None:
    await session.execute(update(HEAD).values(budgets_seen_on=day))


async def over(session: Session, change: Change, artifact: Artifact) -> Budget | None:
    """The first budget that is over of those that count a new artifact; None where none is."""
    scopes = [Scope(kind, name) for kind in _OWN if (name := getattr(artifact, kind)) is not None]
    budgets = await in_force(session, change.today, scopes)
    counting = [budget for budget in budgets if _counts(budget.line, artifact, change)]
    standings = await standings_of(session, change, counting)
    over = (
        budget
        for budget, now in zip(counting, standings, strict=True)
        if now.state is BudgetState.OVER
    )
    return next(over, None)


def _counts(line: BudgetLine, artifact: Artifact, change: Change) -> bool:
    kind, _, name = line.only.partition(":")
    if not kind:
        return True
    return name == (artifact.label if kind == "label" else tier(artifact, change.policy))
