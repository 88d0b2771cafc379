from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import (
    LIVE,
    MAX_ID,
    Label,
    Rating,
    Stage,
    as_json,
    key_of,
    looks_like_key,
    parse_key,
)
from debt.refusal import Refused
from tests.debt.builders import TODAY, an_artifact, answer


@given(st.integers(1, MAX_ID))
def test_every_key_is_understood_as_it_is_shown(number: int) -> None:
    assert parse_key(key_of(number)) == number
    assert looks_like_key(key_of(number))


@pytest.mark.parametrize("typed", ["D-7", "d-7", "7", " d-7 ", "D7", "D-007"])
def test_a_key_may_be_typed_carelessly(typed: str) -> None:
    assert parse_key(typed) == 7


@pytest.mark.parametrize(
    "typed", ["", "D-", "D-0", "0", "-7", "D--7", "7.5", "D-7x", "payments", "²", "٧", "9" * 400]
)
def test_what_is_no_key_is_refused_with_an_example_of_one(typed: str) -> None:
    with pytest.raises(Refused, match=r"is not a key. Keys look like D-7"):
        parse_key(typed)


def test_who_says_more_than_a_key_is_told_to_say_the_key_alone() -> None:
    with pytest.raises(Refused, match="“D-7 looks fine” is more than a key; say D-7 alone"):
        parse_key("D-7 looks fine")


def test_a_number_larger_than_any_key_is_refused_before_a_database_sees_it() -> None:
    with pytest.raises(Refused):
        parse_key(str(MAX_ID + 1))


def test_the_largest_key_there_is_is_understood() -> None:
    assert parse_key(key_of(MAX_ID)) == MAX_ID


@given(st.text())
def test_any_text_is_a_key_or_refused(typed: str) -> None:
    said = answer(lambda: parse_key(typed))
    assert 1 <= said <= MAX_ID if isinstance(said, int) else len(said) < 120


@pytest.mark.parametrize("words", ["payments", "bridge 7", "7d", ""])
def test_words_to_search_for_are_not_mistaken_for_a_key(words: str) -> None:
    assert not looks_like_key(words)


def test_a_persons_rating_wins_until_they_give_it_back() -> None:
    rating = Rating(2, "9 commits in 90 days", person=5, person_reason="we page every night")
    assert (rating.value, rating.reason, rating.by_person) == (5, "we page every night", True)

    returned = replace(rating, person=None)
    assert (returned.value, returned.reason, returned.by_person) == (
        2,
        "9 commits in 90 days",
        False,
    )


@pytest.mark.parametrize("wrong", [0, 6, -1, 99])
def test_no_rating_lies_outside_one_to_five(wrong: int) -> None:
    with pytest.raises(Refused, match=f"from 1 to 5, not {wrong}"):
        Rating(wrong, "a proxy")
    with pytest.raises(Refused, match=f"from 1 to 5, not {wrong}"):
        Rating(3, "a proxy", person=wrong)


def test_a_rating_is_asked_for_by_name() -> None:
    assert an_artifact(risk=5).ratings["risk"].value == 5


@pytest.mark.parametrize("stage", Stage)
def test_an_artifact_lives_until_it_is_retired_refactored_or_regenerated(stage: Stage) -> None:
    never_was = stage in {Stage.PROPOSED, Stage.DISMISSED}
    over = never_was or stage in {Stage.RETIRED, Stage.REFACTORED, Stage.REGENERATED}
    assert an_artifact(stage=stage).live is not over
    assert (stage in LIVE) is not over


def test_without_an_owner_or_with_one_who_left_it_is_an_orphan() -> None:
    assert an_artifact(owner=None).orphan
    assert an_artifact(owner="U0DANA", owner_gone=True).orphan
    assert not an_artifact(owner="U0DANA").orphan


def test_a_deadline_moved_to_guarantee_notice_does_not_hide_lateness() -> None:
    first, moved = date(2026, 10, 1), date(2026, 12, 1)
    assert an_artifact(expires_on=moved, originally_expires_on=first).due_from == first
    assert an_artifact(expires_on=moved).due_from == moved


def test_age_is_derived_from_the_day_of_creation() -> None:
    assert an_artifact(created_on=date(2026, 11, 13)).age_days(TODAY) == 10
    assert an_artifact().key == "D-7"


@pytest.mark.parametrize(
    ("before", "after", "changed_on"),
    [
        (None, "U0DANA", None),  # the first one it has
        ("U0DANA", "U0DANA", None),
        ("U0DANA", "U0SAM", TODAY),
        ("U0DANA", None, TODAY),
        (None, None, None),
    ],
)
def test_another_owner_is_a_change_of_owner_and_the_first_one_is_none(
    before: str | None, after: str | None, changed_on: date | None
) -> None:
    given = an_artifact(owner=before, owner_gone=True).with_owner(after, TODAY)
    assert (given.owner, given.owner_gone, given.owner_changed_on) == (after, False, changed_on)


def test_the_day_of_an_earlier_change_of_owner_stays() -> None:
    earlier = date(2026, 5, 1)
    kept = an_artifact(owner="U0DANA", owner_changed_on=earlier).with_owner("U0DANA", TODAY)
    assert kept.owner_changed_on == earlier


def test_what_a_file_may_say_is_compared_with_the_register_and_with_peoples_ratings() -> None:
    artifact = an_artifact(purpose="pays")
    rated = replace(artifact, ratings=replace(artifact.ratings, risk=Rating(2, "usual", person=5)))
    assert rated.register_value("risk") == 5
    assert rated.register_value("friction") is None
    assert rated.register_value("purpose") == "pays"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (date(2027, 1, 31), "2027-01-31"), (5, 5), (0, 0), (None, None),
        ("pays", "pays"), (Label.DURABLE, "durable"),
    ],
)  # fmt: skip
def test_a_fact_is_json_as_a_number_or_as_text(value: object, said: object) -> None:
    assert as_json(value) == said
    assert type(as_json(value)) is type(said)
