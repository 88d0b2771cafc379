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
    """A budget and its standing; the artifacts that use most of it with their minutes; whether new
    artifacts need approval while it is over; and what its expected minutes rest on.
    """

    budget: Budget
    standing: BudgetStanding
    costliest: Sequence[tuple[Artifact, int]] = ()
    asks_approval: bool = False
    rests: EstimateBasis | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts over before at risk before within, the largest excess first."""
        standing = self.standing
        return _RANK[standing.state], standing.limits.minutes - standing.forecast

    @property
    def over(self) -> bool:
        return self.standing.state is BudgetState.OVER

    @property
    def at_risk(self) -> bool:
        return self.standing.state is BudgetState.AT_RISK

    def is_back(self, since: date) -> bool:
        """Whether it was found within its limits again after that day."""
        back_on = self.budget.back_on
        return back_on is not None and back_on > since

    @property
    def first(self) -> Artifact | None:
        """What uses most of it."""
        return next((artifact for artifact, _ in self.costliest), None)


async def standings(
    session: Session, change: Change, scopes: Iterable[Scope] | None
) -> list[BudgetFacts]:
    """Facts of all budgets, or of those of some scopes, the worst first; a few statements for all
    of them, and so without their costliest artifacts.
    """
    in_force = await budgets.in_force(session, change.today, scopes)
    now = await budgets.standings_of(session, change, in_force)
    facts = [
        BudgetFacts(budget, standing, asks_approval=_asks_approval(change, budget))
        for budget, standing in zip(in_force, now, strict=True)
    ]
    return sorted(facts, key=lambda of_one: of_one.rank)


def _asks_approval(change: Change, budget: Budget) -> bool:
    """A train's never does: artifacts board it once they are on the register."""
    is_of_train = budget.line.scope.kind is ScopeKind.TRAIN
    return not is_of_train and change.policy.budgets.when_over == "approval"


async def facts_of(session: Session, change: Change, budget: Budget) -> BudgetFacts:
    """All facts of one budget."""
    standing = await budgets.standing_of(session, change, budget)
    rests = await usage.rests_on(session, budget.line)
    facts = BudgetFacts(budget, standing, asks_approval=_asks_approval(change, budget), rests=rests)
    return await with_costliest(session, change, facts)


async def with_costliest(session: Session, change: Change, facts: BudgetFacts) -> BudgetFacts:
    """The same facts, with the artifacts that use most of the budget."""
    span = facts.standing.span
    left = days_left(span, change.today)
    most = await usage.costliest(session, facts.budget.line, span, left)
    return replace(facts, costliest=most)


async def burn_up_of(session: Session, facts: BudgetFacts, today: date) -> BurnUp:
    """The minutes of its period day by day, from the first to today or the last day with any."""
    standing = facts.standing
    by_day = await usage.spent_by_day(session, facts.budget.line, standing.span)
    until = min(max(today, *by_day, standing.span.first), standing.span.last)
    days = (until - standing.span.first).days + 1
    spent = (by_day.get(standing.span.first + timedelta(days=past), 0) for past in range(days))
    return BurnUp(
        first=standing.span.first,
        last=standing.span.last,
        today=until,
        spent=tuple(spent),
        limit=standing.limits.minutes,
        forecast=standing.forecast,
        runs_out=standing.runs_out,
    )


def chart(line: BudgetLine, shown: BurnUp) -> PictureBlock:
    part = f" ({line.only.partition(':')[2]})" if line.only else ""
    return PictureBlock("budget", shown, burn_up_alt(f"{line.scope.name}{part}", shown))
