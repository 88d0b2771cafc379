"""What to do about a budget, in one clause: the same in digests, answers and the report."""

from datetime import date

import pytest

from briefings.words.words import say
from debt.budgets.budget import (
    BudgetLimits,
    BudgetStanding,
    BudgetState,
    BudgetUse,
    standing,
)
from debt.rules.hours import Span
from tests.debt.builders import an_artifact

H = 60
NOVEMBER = Span("November 2026", date(2026, 11, 1), date(2026, 11, 30))
HALF_TIME = date(2026, 11, 16)


def words(there: BudgetStanding, *, names: bool = False) -> str:
    first = an_artifact(name="payments bridge") if names else None
    return say("advice.words", standing=there, first=first)


def stands(spent: int = 0, monthly: int = 0, artifacts: int = 0) -> BudgetStanding:
    """Forty hours and three artifacts are allowed."""
    limits, use = BudgetLimits(40 * H, artifacts=3), BudgetUse(spent, monthly, 0, artifacts)
    return standing(limits, NOVEMBER, use, HALF_TIME)


def test_each_standing_says_what_to_do() -> None:
    within = "nothing to do: about 35 h will be left of it"
    assert words(stands(spent=5 * H), names=True) == (
        f"{within}; payments bridge (D-7) uses most of it"
    )
    over = "2 h over: retire or refactor before anything new comes in"
    assert words(stands(spent=42 * H)) == over
    short = "5 h short at this rate: decide now what can wait"
    assert words(stands(spent=30 * H, monthly=30 * H)) == short
    assert words(stands(spent=30 * H, monthly=30 * H), names=True) == (
        f"{short}; payments bridge (D-7) uses most of it"
    )


@pytest.mark.parametrize(
    ("spent", "said"),
    [
        (41 * H, "1 h over: retire or refactor before anything new comes in"),
        (40 * H + 1, "1 min over: retire or refactor before anything new comes in"),
        (40 * H, "over its limit of artifacts or score: retire before anything new comes in"),
        (0, "over its limit of artifacts or score: retire before anything new comes in"),
    ],
)
def test_who_is_over_is_told_of_hours_first_and_else_of_artifacts_or_score(
    spent: int, said: str
) -> None:
    over = stands(spent, artifacts=4)
    assert (over.state, words(over)) == (BudgetState.OVER, said)
