"""The map of value and risk: what is live, by quadrant, and the first of each."""

from debt.artifact.artifact import Rating, Ratings, Stage
from debt.rules.score import Quadrant
from debt.scope import ALL, Scope, ScopeKind
from storage.register import quadrants
from storage.register.quadrants import QuadrantCount
from tests.storage.builders import Register

PAYMENTS = Scope(ScopeKind.TEAM, "payments")


def risky(risk: int, frequency: int = 2) -> Ratings:
    return Ratings(*(Rating(each, "") for each in (frequency, 2, risk, 2)))


async def test_live_artifacts_are_counted_where_they_belong(register: Register) -> None:
    await register.holds(value=1, ratings=risky(5))
    await register.holds(value=5, ratings=risky(5))
    await register.holds(value=1, ratings=risky(1))
    await register.holds(value=None, ratings=risky(1))
    await register.holds(value=1, ratings=risky(5), team="growth")
    await register.holds(value=1, ratings=risky(5), stage=Stage.RETIRED)
    await register.holds(value=1, ratings=risky(5), stage=Stage.PROPOSED)
    here = await register.asked(quadrants.count, PAYMENTS)
    assert here[Quadrant.LOW_HIGH] == QuadrantCount(1)
    assert here[Quadrant.HIGH_HIGH] == QuadrantCount(1)
    assert sum(each.artifacts for each in here.values()) == 4
    assert sum(each.unrated for each in here.values()) == 1
    assert (await register.asked(quadrants.count, ALL))[Quadrant.LOW_HIGH] == QuadrantCount(2)


async def test_the_first_of_a_quadrant_ranks_highest(register: Register) -> None:
    await register.holds(value=1, ratings=risky(5))
    await register.holds(value=1, ratings=risky(5, frequency=5))
    await register.holds(value=5, ratings=risky(5, frequency=5))
    first = await register.asked(quadrants.first, PAYMENTS, Quadrant.LOW_HIGH)
    assert first is not None
    assert first.key == "D-2"
    assert await register.asked(quadrants.first, PAYMENTS, Quadrant.LOW_LOW) is None
