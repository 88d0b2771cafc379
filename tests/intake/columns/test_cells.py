"""A cell is never run as a formula, and comes back as it went."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from debt.refusal import Refused
from intake.columns.cells import READERS, guarded, unguarded


@given(st.text())
@example("'=1+1")
@example("''@x")
@example("=HYPERLINK(1)")
def test_what_goes_out_comes_back_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(st.sampled_from("=+-@\t\r\n＝＋－＠"), st.text())
def test_no_cell_begins_like_a_formula(sign: str, rest: str) -> None:
    assert guarded(sign + rest)[0] == "'"


@given(st.text())
def test_text_that_is_no_formula_stays_as_it_is(text: str) -> None:
    if not text.lstrip("'").startswith(tuple("=+-@\t\r\n＝＋－＠")):
        assert guarded(text) == text


@pytest.mark.parametrize("minutes", range(0, 2_000, 7))
def test_hours_in_decimals_are_the_same_minutes_again(minutes: int) -> None:
    assert READERS["monthly_hours"].read(f"{round(minutes / 60, 4)}") == minutes


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("owner", "Dana@Example.com", "dana@example.com"),
        ("owner", "U012AB3CD", "U012AB3CD"),
        ("key", "d-007", 7),
        ("label", "Temporary", "temporary"),
        ("surface", "CUSTOMER", "customer"),
        ("paths", "a/**; b.py ;;", ("a/**", "b.py")),
        ("value", "5", 5),
        ("dependants", "40", 40),
    ],
)
def test_a_cell_is_read_the_way_people_write(column: str, cell: str, value: object) -> None:
    assert READERS[column].read(cell) == value


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("owner", "dana"),
        ("owner", "<!channel>@example.com"),
        ("owner", "u012ab3cd"),
        ("key", "E-7"),
        ("key", "0"),
        ("label", "forever"),
        ("surface", "moon"),
        ("value", "6"),
        ("value", "٣"),
        ("risk", "0"),
        ("dependants", "-1"),
        ("dependants", "1e3"),
        ("monthly_hours", "1,5"),
        ("monthly_hours", "nan"),
        ("monthly_hours", "99999"),
        ("created_on", "24.11.2026"),
        ("expires_on", "2026-02-30"),
        ("review_on", "20261124"),
        ("team", "x" * 201),
        ("purpose", "x" * 10_001),
    ],
)
def test_a_cell_that_cannot_be_meant_is_refused(column: str, cell: str) -> None:
    with pytest.raises(Refused):
        READERS[column].read(cell)
