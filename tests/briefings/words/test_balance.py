"""What an artifact saved against its cost, in words: the same in messages and on a terminal."""

import pytest

from briefings.words.words import say
from debt.rules.value import Balance
from tests.debt.builders import POLICY

H = 60


@pytest.mark.parametrize(
    ("saved", "cost", "words"),
    [
        (10, 40, "saved 10 h, cost 40 h: deferred work with interest"),
        (10, 18, "saved 10 h, cost 18 h: deferred work with interest"),
        (10, 17, "saved 10 h, cost 17 h: 7 h more than it saved"),
        (40, 10, "saved 40 h, cost 10 h: 30 h to the good"),
        (0, 0, "saved 0 h, cost 0 h: even"),
        (0, 9, "saved 0 h, cost 9 h: deferred work with interest"),
    ],
)
def test_it_is_called_what_it_is(saved: int, cost: int, words: str) -> None:
    balance = Balance(saved * H, cost * H)
    assert say("balance.words", balance=balance, policy=POLICY) == words
