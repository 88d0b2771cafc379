"""A measurement that takes its sizes as arguments runs small, too."""

import pytest

from benchmarks import budgets


async def test_budgets_are_measured_against_one_bare_statement(
    capsys: pytest.CaptureFixture[str],
) -> None:
    await budgets.measure(artifacts=1_000, entries=5_000, scopes=20)
    first, *said = capsys.readouterr().out.splitlines()
    assert first == "20 budgets over 1,000 artifacts and 5,000 hours:"
    for name, (ratio, alone) in {"SQLite": said[:2], "PostgreSQL": said[2:]}.items():
        assert ratio.startswith(f"  {name}: ")
        assert ratio.endswith(" × one bare statement of sums by team (goal ≤ 3)")
        assert alone.endswith(" ms (goal < 50)")
