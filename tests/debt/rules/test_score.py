from dataclasses import replace
from datetime import date
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import (
    RATING_NAMES,
    Artifact,
    Rating,
    RatingName,
    Ratings,
    Stage,
    Surface,
)
from debt.policy.policy import Policy
from debt.rules.score import SCALE, Gap, Quadrant, blast_radius, explain, priority, quadrant, score
from tests.debt.builders import POLICY, an_artifact, artifacts, days, one_to_five, ratings

four = st.tuples(one_to_five, one_to_five, one_to_five, one_to_five)


@given(four)
def test_the_score_is_the_product_of_the_four_ratings_from_1_to_625(
    given_ratings: tuple[int, int, int, int],
) -> None:
    frequency, complexity, risk, friction = given_ratings
    result = score(ratings(*given_ratings))
    assert result == frequency * complexity * risk * friction
    assert 1 <= result <= 625


@given(four, st.sampled_from(RATING_NAMES))
def test_a_higher_rating_never_lowers_the_score_or_the_rank(
    given_ratings: tuple[int, int, int, int], name: RatingName
) -> None:
    named = dict(zip(RATING_NAMES, given_ratings, strict=True))
    rising = [ratings(**named | {name: value}) for value in range(1, 6)]
    for lower, higher in pairwise(rising):
        assert score(lower) < score(higher)
        assert priority(an_artifact(ratings=lower)) < priority(an_artifact(ratings=higher))


@given(artifacts(), days, days, st.integers(1, 9))
def test_what_to_fix_first_never_depends_on_age(
    artifact: Artifact, created: date, touched: date, generation: int
) -> None:
    other = replace(artifact, created_on=created, last_touched=touched, generation=generation)
    assert priority(other) == priority(artifact)
    assert str(explain(other)) == str(explain(artifact))


@given(artifacts())
def test_the_rank_stays_within_its_bounds(artifact: Artifact) -> None:
    assert 4 <= priority(artifact) <= 28_125
    assert 1 <= blast_radius(artifact) <= 5


@pytest.mark.parametrize(
    "worse",
    [
        {"dependants": 3},
        {"dependants": 30},
        {"surface": Surface.PRODUCTION},
        {"surface": Surface.CUSTOMER},
        {"blast_radius": 5},
        {"rollback": None},
        {"frequency": 5},
        {"risk": 5},
    ],
)
def test_reach_change_incidents_and_a_hard_rollback_bring_it_forward(worse: dict[str, Any]) -> None:
    calm = an_artifact(rollback="revert the deploy")
    assert priority(an_artifact(**{"rollback": "revert the deploy"} | worse)) > priority(calm)


@pytest.mark.parametrize(
    ("changes", "rank"),
    [
        ({"rollback": "revert the deploy"}, 128),
        ({"rollback": None}, 192),
        ({"rollback": "revert the deploy", "purpose": "tbd"}, 192),
        ({"rollback": None, "purpose": None, "owner": None}, 288),
    ],
)
def test_no_rollback_and_no_intent_weigh_half_as_much_again_each(
    changes: dict[str, Any], rank: int
) -> None:
    """Score 16, blast radius 2."""
    assert priority(an_artifact(**changes)) == rank


@pytest.mark.parametrize(
    ("surface", "dependants", "reach"),
    [
        ("sandbox", 0, 1),
        ("internal", 0, 2),
        ("production", 0, 4),
        ("customer", 0, 5),
        ("internal", 2, 2),
        ("internal", 3, 3),
        ("internal", 25, 4),
        ("customer", 25, 5),
    ],
)
def test_blast_radius_follows_surface_and_dependants(
    surface: str, dependants: int, reach: int
) -> None:
    assert blast_radius(an_artifact(surface=Surface(surface), dependants=dependants)) == reach


def test_a_blast_radius_that_a_person_gave_wins() -> None:
    assert blast_radius(an_artifact(blast_radius=1, surface=Surface.CUSTOMER)) == 1


def _expected(value: int, risk: int) -> str:
    return f"{'high' if value >= 4 else 'low'}/{'high' if risk >= 4 else 'low'}"


@pytest.mark.parametrize(("value", "risk"), [*product(range(1, 6), repeat=2)])
def test_value_and_risk_from_four_on_are_high(value: int, risk: int) -> None:
    assert quadrant(value, risk, POLICY) == _expected(value, risk)


def test_a_value_nobody_gave_counts_as_the_policy_says(generous: Policy) -> None:
    assert quadrant(None, 5, POLICY) is Quadrant.LOW_HIGH
    assert quadrant(None, 5, generous) is Quadrant.HIGH_HIGH


@pytest.fixture
def generous() -> Policy:
    limits = POLICY.thresholds.model_copy(update={"unrated_value": 4})
    return POLICY.model_copy(update={"thresholds": limits})


def test_the_rank_is_explained_as_a_person_would() -> None:
    artifact = an_artifact(
        frequency=4,
        complexity=4,
        risk=3,
        friction=5,
        dependants=14,
        surface=Surface.PRODUCTION,
        rollback="revert the deploy",
    )
    assert str(explain(artifact)) == (
        "score 240: changes weekly, hard to change, 14 dependants, production; "
        "nobody on call for it"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"owner": None}, "nobody owns it"),
        ({"owner_gone": True}, "its owner has left"),
        ({"dependants": 1}, "1 dependant,"),
        ({"risk": 5}, "a failure may cost money or trust"),
        ({"surface": Surface.CUSTOMER}, "customer-facing; nobody on call for it, no rollback"),
    ],
)
def test_what_drives_the_rank_is_said(changes: dict[str, Any], words: str) -> None:
    assert words in str(explain(an_artifact(**changes)))


def test_an_estimate_does_not_claim_what_only_people_know() -> None:
    by_people = Rating(2, "usual", person=4)
    rated = Ratings(by_people, by_people, by_people, by_people)
    said = explain(replace(an_artifact(), ratings=rated))
    assert "a failure reaches customers" in str(said)
    assert "a failure may reach customers" in str(explain(an_artifact(risk=4)))
    assert "very hard to change" in str(explain(an_artifact(complexity=5)))


def test_beside_the_wish_to_claim_it_the_reasons_do_not_repeat_that_nobody_owns_it() -> None:
    artifact = an_artifact(owner=None, surface=Surface.PRODUCTION)
    assert "nobody owns it" not in str(explain(artifact, to_claim=True))
    assert str(explain(artifact, to_claim=True)).endswith("; nobody on call for it, no rollback")


@pytest.mark.parametrize(
    ("changes", "gaps"),
    [
        ({}, ()),
        ({"owner": None}, (Gap.UNOWNED,)),
        ({"owner": None, "owner_gone": True}, (Gap.UNOWNED,)),
        ({"owner_gone": True}, (Gap.OWNER_LEFT,)),
        ({"surface": Surface.PRODUCTION}, (Gap.NO_RESPONDER, Gap.NO_ROLLBACK)),
        ({"surface": Surface.CUSTOMER, "responder": "payments on call"}, (Gap.NO_ROLLBACK,)),
        ({"surface": Surface.PRODUCTION, "rollback": "a flag"}, (Gap.NO_RESPONDER,)),
        ({"purpose": None}, (Gap.PROVISIONAL,)),
        ({"owner": None, "lifespan": "tbd"}, (Gap.UNOWNED, Gap.PROVISIONAL)),
    ],
)
def test_what_an_artifact_lacks_is_a_list_of_gaps_and_its_owner_is_named_once(
    changes: dict[str, Any], gaps: tuple[Gap, ...]
) -> None:
    assert explain(an_artifact(**changes)).gaps == gaps
    to_claim = tuple(gap for gap in gaps if gap is not Gap.UNOWNED)
    assert explain(an_artifact(**changes), to_claim=True).gaps == to_claim


@pytest.mark.parametrize("name", RATING_NAMES)
@pytest.mark.parametrize("value", range(1, 6))
def test_only_what_people_alone_can_know_is_worded_otherwise_by_an_estimate(
    name: RatingName, value: int
) -> None:
    """Of complexity and risk, which are named from 4 on; frequency is counted either way."""
    rated = an_artifact().ratings
    by_person, estimated = Rating(1, "usual", person=value), Rating(value, "usual")
    known, guessed = (
        explain(an_artifact(ratings=replace(rated, **{name: rating}))).drivers
        for rating in (by_person, estimated)
    )
    differs = (name, value) in {("complexity", 5), ("risk", 4), ("risk", 5)}
    assert (known != guessed) is differs


def test_what_a_proposal_lacks_is_no_reproach() -> None:
    proposal = an_artifact(owner=None, purpose=None, stage=Stage.PROPOSED)
    assert str(explain(proposal)) == "score 16: changes monthly, internal"


def test_a_quiet_artifact_is_explained_without_gaps() -> None:
    assert str(explain(an_artifact())) == "score 16: changes monthly, internal"


@given(artifacts())
def test_every_rank_has_an_explanation_that_starts_with_the_score(artifact: Artifact) -> None:
    assert str(explain(artifact)).startswith(f"score {score(artifact.ratings)}: ")


@pytest.mark.parametrize("name", RATING_NAMES)
def test_every_rating_has_five_words_for_its_scale(name: RatingName) -> None:
    assert len(set(SCALE[name])) == 5
