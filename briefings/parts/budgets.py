"""How a budget stands, in words: one line in a digest, a few where somebody asks (R11)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from briefings.messages.message import PictureBlock
from briefings.pictures.pictures import BurnUp, burn_up_alt
from debt.artifact.artifact import Artifact
from debt.budgets.budget import BudgetStanding, BudgetState, days_left
from debt.change import Change
from debt.rules.estimate import EstimateBasis
from debt.scope import BudgetLine, Scope, ScopeKind
from storage.costs import budgets, usage
from storage.costs.budgets import Budget
from storage.database.store import Session

_RANK = {BudgetState.OVER: 0, BudgetState.AT_RISK: 1, BudgetState.WITHIN: 2}


@dataclass(frozen=True, slots=True)
class BudgetFacts:
    """A budget and how it stands; `costliest` are the artifacts that use most of it, in minutes,
    `rests` what the forecast rests on, and `asks_approval` whether new artifacts need approval
    while it is over.
    """

    budget: Budget
    standing: BudgetStanding
    costliest: Sequence[tuple[Artifact, int]] = ()
    asks_approval: bool = False
    rests: EstimateBasis | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """Over before at risk before within, the largest excess first."""
        standing = self.standing
        return _RANK[standing.state], standing.limits.minutes - standing.forecast

    @property
    def over(self) -> bool:
        return self.standing.state is BudgetState.OVER

    @property
    def at_risk(self) -> bool:
        return self.standing.state is BudgetState.AT_RISK

    def is_back(self, since: date) -> bool:
        """Whether it is within its limit again, and was found so after that day."""
        back = self.budget.back_on
        return back is not None and back > since

    @property
    def first(self) -> Artifact | None:
        """What uses most of it."""
        return next((artifact for artifact, _ in self.costliest), None)


async def standings(
    session: Session, change: Change, scopes: Iterable[Scope] | None
) -> list[BudgetFacts]:
    """Of all budgets, or of these scopes, the worst first; a few statements for all of them."""
    in_force = await budgets.in_force(session, change.today, scopes)
    states = await budgets.standings_of(session, change, in_force)
    facts = [
        BudgetFacts(budget, standing, asks_approval=_asks(change, budget))
        for budget, standing in zip(in_force, states, strict=True)
    ]
    return sorted(facts, key=lambda budget: budget.rank)


def _asks(change: Change, budget: Budget) -> bool:
    """Nothing is aboard a train before it is on the register."""
    own = budget.place.scope.kind is not ScopeKind.TRAIN
    return own and change.policy.budgets.when_over == "approval"


async def told_of(session: Session, change: Change, budget: Budget) -> BudgetFacts:
    """All there is to tell of one."""
    standing = await budgets.standing_of(session, change, budget)
    rests = await usage.rests_on(session, budget.place)
    facts = BudgetFacts(budget, standing, asks_approval=_asks(change, budget), rests=rests)
    return await with_costliest(session, change, facts)


async def with_costliest(session: Session, change: Change, facts: BudgetFacts) -> BudgetFacts:
    """The same, with the few artifacts that use most of it, in minutes, the costliest first."""
    span = facts.standing.span
    left = days_left(span, change.today)
    most = await usage.costliest(session, facts.budget.place, span, left)
    return replace(facts, costliest=most)


async def burn_up_of(session: Session, facts: BudgetFacts, today: date) -> BurnUp:
    """Its period so far: minutes spent on each day, from its first to today."""
    standing = facts.standing
    by_day = await usage.spent_by_day(session, facts.budget.place, standing.span)
    until = min(max(today, *by_day, standing.span.first), standing.span.last)
    days = (until - standing.span.first).days + 1
    spent = (by_day.get(standing.span.first + timedelta(days=day), 0) for day in range(days))
    return BurnUp(
        first=standing.span.first,
        last=standing.span.last,
        today=until,
        spent=tuple(spent),
        limit=standing.limits.minutes,
        forecast=standing.forecast,
        runs_out=standing.runs_out,
    )


def chart(place: BudgetLine, shown: BurnUp) -> PictureBlock:
    part = f" ({place.only.partition(':')[2]})" if place.only else ""
    return PictureBlock("budget", shown, burn_up_alt(f"{place.scope.name}{part}", shown))
