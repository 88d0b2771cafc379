"""What a month costs: a prior that gives way to logged hours, by a formula worked through."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.policy.policy import built_in
from debt.rules.estimate import Basis, blended, estimate, prior
from tests.debt.builders import an_artifact

POLICY = built_in()
EIGHT = 8 * 60


@pytest.mark.parametrize(
    ("months", "hours"),
    [([], 8.0), ([20], 16.0), ([20, 2], 10.4), ([20, 2, 5, 3, 4, 2], 6.15)],
)
def test_the_worked_example_comes_out(months: list[int], hours: float) -> None:
    told = blended(EIGHT, sum(months) * 60, len(months))
    assert told.minutes == pytest.approx(hours * 60, abs=1)


@pytest.mark.parametrize(
    ("expected", "logged", "months", "minutes", "weight", "spread"),
    [
        (EIGHT, 0, 0, 480, 0, 240),  # 8 h, give or take 4: √(480 × 60 / 0.5)
        (EIGHT, 20 * 60, 1, 960, 2 / 3, 196),  # √(960 × 60 / 1.5)
        (240, 4 * 240, 4, 240, 0.8, 54),
        (1, 0, 0, 1, 0, 0),
        (0, 0, 0, 0, 0, 0),  # it costs nothing, until somebody logs hours
        (0, 0, 3, 0, 1, 0),
        (0, 600, 3, 200, 1, 63),
    ],
)
def test_an_estimate_has_its_minutes_what_was_logged_weighs_and_a_spread(
    expected: int, logged: int, months: int, minutes: int, weight: float, spread: int
) -> None:
    told = blended(expected, logged, months)
    assert (told.minutes, told.spread) == (minutes, spread)
    assert told.weight == pytest.approx(weight)


@pytest.mark.parametrize(
    ("expected", "months", "basis"),
    [
        (240, 3, Basis.BLENDED),
        (240, 4, Basis.MEASURED),  # weighs four fifths
        (1, 5, Basis.BLENDED),
        (1, 6, Basis.MEASURED),
        (0, 1, Basis.MEASURED),
    ],
)
def test_four_fifths_or_half_a_year_of_logged_hours_are_a_measurement(
    expected: int, months: int, basis: Basis
) -> None:
    assert blended(expected, 60 * months, months).basis is basis


def test_the_prior_grows_with_the_root_of_the_score() -> None:
    usual = an_artifact(
        kind="production_integration", frequency=3, complexity=3, risk=2, friction=2
    )
    assert prior(usual, POLICY) == pytest.approx(4 * 60 * (36 / 9) ** 0.5)
    assert prior(an_artifact(monthly_minutes=90), POLICY) == 90


def test_what_it_rests_on_is_said() -> None:
    assert estimate(an_artifact(), POLICY).basis is Basis.ESTIMATED
    assert blended(EIGHT, 20 * 60, 1).basis is Basis.BLENDED
    assert blended(EIGHT, 60 * 60, 6).basis is Basis.MEASURED
    assert blended(30, 600, 6).basis is Basis.MEASURED


@given(st.integers(0, 10_000), st.integers(0, 100_000), st.integers(0, 60))
def test_an_estimate_lies_between_the_prior_and_the_mean(
    expected: int, logged: int, months: int
) -> None:
    told = blended(expected, logged if months else 0, months)
    mean = logged / months if months else expected
    assert min(expected, mean) - 1 <= told.minutes <= max(expected, mean) + 1
    assert told.spread >= 0


def test_more_months_make_it_surer() -> None:
    spreads = [blended(EIGHT, EIGHT * n, n).spread for n in range(12)]
    assert spreads == sorted(spreads, reverse=True)


def test_known_rates_are_recovered_better_each_month_than_by_prior_or_mean_alone() -> None:
    """Artifacts cost what is usual for their kind times a factor of their own (Gamma, mean 1); each
    month somebody logs with a chance of 0.7, Poisson hours.
    """
    chance = Random(5)
    rates = [8 * chance.gammavariate(4, 0.25) for _ in range(1_500)]
    logged = [[0, 0] for _ in rates]
    errors = []
    for _ in range(8):
        for rate, log in zip(rates, logged, strict=True):
            if chance.random() < 0.7:
                log[0] += _poisson(chance, rate)
                log[1] += 1
        mine = [blended(EIGHT, hours * 60, n).minutes / 60 for hours, n in logged]
        means = [hours / n if n else 8 for hours, n in logged]
        errors.append(tuple(_error(guess, rates) for guess in (mine, means, [8.0] * len(rates))))
    ours = [mine for mine, _, _ in errors]
    assert ours == sorted(ours, reverse=True)
    assert all(mine < min(others) for mine, *others in errors)


def _error(guesses: list[float], rates: list[float]) -> float:
    return sum(abs(g - r) for g, r in zip(guesses, rates, strict=True)) / len(rates)


def _poisson(chance: Random, rate: float) -> int:
    """Arrivals within a month, by the gaps between them."""
    count, passed = 0, chance.expovariate(rate)
    while passed < 1:
        count, passed = count + 1, passed + chance.expovariate(rate)
    return count
