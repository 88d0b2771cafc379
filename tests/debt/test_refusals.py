"""A refusal names what somebody typed once, and stays short whatever that was."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from debt.artifact.artifact import Rating, Stage, parse_key
from debt.artifact.columns import Facts
from debt.policy.roles import Powers, require_may_budget_of
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.dates import parse_day, parse_until
from debt.rules.facts import amend, require_kind
from debt.rules.gate import item_named
from debt.rules.hours import parse_amount, parse_length, parse_minutes, parse_quarter
from debt.text import LONGEST_QUOTED
from tests.debt.builders import POLICY, TODAY, an_artifact, answer

NOBODY = POLICY.model_copy(update={"roles": dict(POLICY.roles) | {Act.BUDGET: ("admin",)}})
READ: dict[str, Callable[[str], Any]] = {
    "a key": parse_key,
    "a day": parse_day,
    "an end": lambda typed: parse_until(typed, TODAY),
    "a length": parse_length,
    "a day’s work": parse_minutes,
    "an amount": parse_amount,
    "a quarter": parse_quarter,
    "a kind": lambda typed: require_kind(typed, POLICY),
    "an item": lambda typed: item_named(typed, an_artifact(stage=Stage.CREATED), POLICY),
    "a scope": lambda typed: require_may_budget_of("U1", Powers(), NOBODY, typed, frozenset()),
}
any_text = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize("what", READ)
@given(typed=any_text)
@example(typed="w" * 31)
@example(typed="the bridge between two payment providers " * 300)
@example(typed="７\u202e\x1b[31m\ud800" * 50)
def test_a_refusal_is_as_long_for_a_novel_as_for_a_word(what: str, typed: str) -> None:
    """But for the “Say D-7 alone” of what begins with a key."""
    said, usual = answer(lambda: READ[what](typed)), answer(lambda: READ[what]("?"))
    if isinstance(said, str) and isinstance(usual, str) and "more than a key" not in said:
        assert len(said) <= len(usual) + LONGEST_QUOTED - 1


@pytest.mark.parametrize("what", READ)
def test_a_refusal_names_what_was_typed_once(what: str) -> None:
    assert str(answer(lambda: READ[what]("zebra"))).count("zebra") == 1


@pytest.mark.parametrize("what", READ)
def test_a_refusal_stands_on_one_line_without_what_no_screen_can_show(what: str) -> None:
    said = str(answer(lambda: READ[what]("a zebra\nor\ttwo\x1b[2J\ud800")))
    assert "a zebra or two[2J" in said
    assert said.isprintable()


def test_what_is_left_out_of_a_long_word_shows() -> None:
    said = str(answer(lambda: parse_day("yesterday or the day before that, as you like")))
    assert said.startswith("“yesterday or the day before that, as yo…” is not a date.")


@pytest.mark.parametrize("digits", [1, 15, 16, 400, 5_000])
def test_a_number_out_of_bounds_is_refused_however_long_it_is(digits: int) -> None:
    """Python itself refuses to write one of 5,000 digits."""
    number, artifact = 9 * 10 ** (digits - 1), an_artifact()
    for rule in (
        lambda: Rating(number, "a proxy"),
        lambda: replace(artifact.ratings.risk, person=number),
        lambda: amend(artifact, Facts(value=number), policy=POLICY, today=TODAY),
        lambda: amend(artifact, Facts(risk=number), policy=POLICY, today=TODAY),
    ):
        with pytest.raises(Refused) as refused:
            rule()
        assert len(str(refused.value)) < 80
