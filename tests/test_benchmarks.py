"""A measurement that takes its sizes as arguments runs small, too."""

import pytest

from benchmarks import budgets


async def test_budgets_are_measured_against_one_bare_statement(
    capsys: pytest.CaptureFixture[str],
) -> None:
    await budgets.measure(artifacts=1_000, entries=5_000, scopes=20)
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == "20 budgets over 1,000 artifacts and 5,000 hours:"
    assert "× one bare statement of sums by team (goal ≤ 3)" in second
    assert "(goal < 50)" in third
