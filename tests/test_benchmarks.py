"""A measurement that takes its sizes as arguments runs small, too; what is read is added up."""

import pytest

from benchmarks import budgets, suite


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


def test_the_tests_time_is_added_up_by_directory_and_phase() -> None:
    log = [
        "0.50s setup    tests/bot/test_add.py::test_a_name[one::two]",
        "2.00s call     tests/bot/test_list.py::test_all",
        "0.25s teardown tests/debt/test_score.py::test_it",
        "1.00s call     tests/debt/test_score.py::test_it",
        "==== 3 passed in 9.99s ====",
    ]
    _, *rows = suite.table(suite.by_directory(suite.seconds(log)), most=2)
    assert [row.split() for row in rows] == [
        ["tests/bot", "0.5", "2.0", "0.0", "2.5"],
        ["tests/debt", "0.0", "1.0", "0.2", "1.2"],
    ]
