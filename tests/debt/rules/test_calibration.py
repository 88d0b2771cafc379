"""The usual hours of each kind, refitted: known factors come back, and few logs move little."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.policy.policy import built_in
from debt.rules.calibration import ENOUGH_ARTIFACTS, ENOUGH_MONTHS, LoggedHours, refit
from tests.debt.rules.test_estimate import _poisson

POLICY = built_in()
FACTORS = {"throwaway_script": 2.0, "production_integration": 0.5, "test_suite": 1.5}


def logs_of(chance: Random, kind: str, factor: float, artifacts: int) -> list[LoggedHours]:
    """Ten months, in seven of ten somebody logs; artifacts of a kind differ by half."""
    logs = []
    for _ in range(artifacts):
        score = chance.choice((4, 9, 16, 36, 81, 144))
        own = factor * chance.gammavariate(4, 0.25)
        rate = POLICY.kinds[kind].monthly_hours * (score / 9) ** 0.5 * own
        months = sum(chance.random() < 0.7 for _ in range(10)) or 1
        minutes = sum(60 * _poisson(chance, rate) for _ in range(months))
        logs.append(LoggedHours(kind, score, minutes, months, 1))
    return logs


def test_known_factors_come_back_from_simulated_logs() -> None:
    chance = Random(3)
    logs = [log for kind, s in FACTORS.items() for log in logs_of(chance, kind, s, 300)]
    found = {each.kind: each for each in refit(logs, POLICY).proposed}
    for kind, factor in FACTORS.items():
        assert found[kind].own
        assert found[kind].fit.factor == pytest.approx(factor, rel=0.08)
        assert found[kind].hours == pytest.approx(found[kind].now * factor, rel=0.1)


def test_an_organization_with_eight_artifacts_of_a_kind_is_within_a_third_mostly() -> None:
    close = 0
    for seed in range(200):
        logs = logs_of(Random(seed), "production_integration", 2.0, ENOUGH_ARTIFACTS)
        close += abs(refit(logs, POLICY).fit.factor / 2.0 - 1) < 1 / 3
    assert close >= 150


def test_a_kind_with_few_logs_gets_the_factor_of_all_together() -> None:
    chance = Random(3)
    logs = logs_of(chance, "production_integration", 2.0, 100)
    found = {each.kind: each for each in refit(logs, POLICY).proposed}
    script = found["throwaway_script"]
    assert not script.own
    assert script.hours == pytest.approx(script.now * 2.0, rel=0.2)
    assert set(found) == set(POLICY.kinds)


@pytest.mark.parametrize(
    ("months", "artifacts", "enough"),
    [(0, 0, False), (3, 7, False), (24, 1, False), (4, 7, False), (2, 11, False), (3, 8, True)],
)
def test_too_few_logs_propose_nothing(months: int, artifacts: int, enough: bool) -> None:
    logs = [LoggedHours("test_suite", 9, 600 * months, months, 1)] * artifacts
    assert bool(refit(logs, POLICY).proposed) is enough


def test_the_worked_example() -> None:
    """Score 9, 24 months of 8 h where 4 h are usual: (24 + 192) / (24 + 96) = 1.8."""
    logs = [LoggedHours("production_integration", 9, 3 * 8 * 60, 3, 1)] * 8
    fit = refit(logs, POLICY).fit
    assert (fit.months, fit.artifacts) == (ENOUGH_MONTHS, ENOUGH_ARTIFACTS)
    assert fit.factor == pytest.approx(216 / 120)


def test_what_a_policy_does_not_know_says_nothing() -> None:
    logs = [LoggedHours("dropped", 9, 100_000, 12, 1)] * 20
    assert refit(logs, POLICY).fit.months == 0


@given(st.integers(8, 100), st.integers(3, 24), st.integers(0, 100_000))
def test_a_factor_lies_between_one_and_what_the_logs_alone_say(
    artifacts: int, months: int, minutes: int
) -> None:
    logs = [LoggedHours("production_integration", 9, minutes, months, 1)] * artifacts
    alone = minutes / 60 / (months * 4)
    found = refit(logs, POLICY).fit.factor
    assert min(1, alone) - 1e-9 <= found <= max(1, alone) + 1e-9
