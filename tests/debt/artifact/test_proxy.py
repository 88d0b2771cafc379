"""An estimate moves past a cut only once its value lies clearly beyond it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.proxy import ProxyRating
from tests.debt.builders import one_to_five


def estimate(low: int, value: int, high: int, scale: str | None = "v1") -> ProxyRating:
    return ProxyRating(value, "4.1 a month", {"commits_a_month": 4.1}, scale, low, high)


@pytest.mark.parametrize(
    ("known", "around", "now"),
    [
        (3, (3, 4, 4), 3),
        (4, (3, 4, 4), 4),
        (4, (3, 3, 4), 4),
        (3, (4, 4, 4), 4),
        (4, (3, 3, 3), 3),
        (1, (3, 4, 4), 3),
        (5, (2, 3, 3), 3),
    ],
)
def test_a_value_near_a_cut_stays_where_it_was(
    known: int, around: tuple[int, int, int], now: int
) -> None:
    assert estimate(*around).beside(known, "v1") == now


def test_another_scale_starts_afresh() -> None:
    assert estimate(3, 4, 4).beside(3, "v1") == 3
    assert estimate(3, 4, 4).beside(3, "v1+3f2a91") == 4
    assert estimate(3, 4, 4).beside(3, None) == 4
    assert estimate(3, 4, 4, scale=None).beside(3, None) == 4


def test_an_estimate_without_edges_is_taken_as_it_is() -> None:
    assert ProxyRating(4, "said", {}, "v1").beside(2, "v1") == 4


@given(one_to_five, st.sampled_from([(0, 0), (-1, 0), (0, 1), (-1, 1), (-2, 2)]), one_to_five)
def test_the_same_value_again_moves_nothing(value: int, edges: tuple[int, int], known: int) -> None:
    low, high = max(1, value + edges[0]), min(5, value + edges[1])
    found = estimate(low, value, high)
    settled = found.beside(known, "v1")
    assert low <= settled <= high
    assert found.beside(settled, "v1") == settled
