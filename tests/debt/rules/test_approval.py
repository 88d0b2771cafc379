"""Who has to agree, and when it is enough."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import Surface, Tier
from debt.policy.policy import Policy, TeamPolicy
from debt.rules.approval import (
    Requirement,
    VoteCount,
    count,
    past_limit,
    require_vote,
    requirement,
    waits_for,
)
from tests.debt.builders import POLICY, an_artifact, answer

STRICT: dict[str, Any] = {"risk": 5, "surface": Surface.PRODUCTION}
LIGHT: dict[str, Any] = {"kind": "throwaway_script", "risk": 1}
ROSTER = {"sre": frozenset({"U0SAM", "U0KAI"}), "security": frozenset({"U0PRIYA"})}


@pytest.mark.parametrize(
    ("artifact", "by", "needed"),
    [
        (LIGHT, "U0DANA", Requirement(Tier.LIGHT, 0)),
        (LIGHT, "U0SAM", Requirement(Tier.LIGHT, 1, only=("U0DANA",))),
        (LIGHT | {"owner": None}, "U0SAM", Requirement(Tier.LIGHT, 1)),
        ({}, "U0DANA", Requirement(Tier.STANDARD, 1)),
        (STRICT, "U0DANA", Requirement(Tier.STRICT, 2, ("sre", "security"))),
    ],
)
def test_the_tier_decides_who_has_to_agree(
    artifact: dict[str, Any], by: str, needed: Requirement
) -> None:
    assert requirement(an_artifact(**artifact), by, POLICY) == needed


def test_a_tier_may_let_people_decide_what_they_asked_for_themselves() -> None:
    lenient = POLICY.tier(Tier.STANDARD).model_copy(update={"own_request": True})
    policy = POLICY.model_copy(update={"tiers": {**POLICY.tiers, Tier.STANDARD: lenient}})
    assert requirement(an_artifact(), "U0DANA", policy) == Requirement(Tier.STANDARD, 1, own=True)


@pytest.mark.parametrize(
    ("artifact", "needed"),
    [
        (LIGHT, Requirement(Tier.LIGHT, 1)),
        ({}, Requirement(Tier.STANDARD, 1)),
        (STRICT, Requirement(Tier.STRICT, 2, ("sre", "security"))),
    ],
)
def test_past_its_limit_an_extension_or_a_new_artifact_needs_somebody_else_in_any_tier(
    artifact: dict[str, Any], needed: Requirement
) -> None:
    assert past_limit(an_artifact(**artifact), POLICY) == needed


@pytest.fixture
def in_teams() -> Policy:
    """erin leads payments, where dana and noah work."""
    payments = TeamPolicy(members=("U0DANA", "U0NOAH"), lead="U0ERIN")
    return POLICY.model_copy(update={"teams": {"payments": payments}})


@pytest.mark.parametrize(
    ("needed", "by", "asked_by", "waits"),
    [
        (Requirement(Tier.STANDARD, 1), "U0DANA", "U0SAM", True),  # owns it
        (Requirement(Tier.STANDARD, 1), "U0ERIN", "U0DANA", True),  # leads its team
        (Requirement(Tier.STANDARD, 1), "U0NOAH", "U0DANA", True),  # is in its team
        (Requirement(Tier.STANDARD, 1), "U0KAI", "U0DANA", False),  # has nothing to do with it
        (Requirement(Tier.STRICT, 2, ("sre", "security")), "U0KAI", "U0DANA", True),
        (Requirement(Tier.STRICT, 2, ("sre", "security")), "U0PRIYA", "U0DANA", True),
        (Requirement(Tier.STRICT, 2, ("security",)), "U0KAI", "U0DANA", False),
        (Requirement(Tier.STRICT, 2, ("nobody",)), "U0KAI", "U0DANA", False),
        (Requirement(Tier.STANDARD, 1), "U0DANA", "U0DANA", False),  # asked for it
        (Requirement(Tier.STANDARD, 1, own=True), "U0DANA", "U0DANA", True),
        (Requirement(Tier.LIGHT, 1, only=("U0DANA",)), "U0DANA", "U0ERIN", True),
        (Requirement(Tier.LIGHT, 1, only=("U0DANA",)), "U0NOAH", "U0ERIN", False),
    ],
)
def test_a_request_waits_for_the_groups_and_for_who_is_close_to_the_artifact(
    needed: Requirement, by: str, asked_by: str, waits: bool, in_teams: Policy
) -> None:
    artifact = an_artifact(team="payments")
    assert waits_for(needed, by, asked_by, artifact, in_teams, ROSTER) is waits


def test_an_artifact_of_no_team_waits_for_its_owner_and_the_groups(in_teams: Policy) -> None:
    needed, artifact = Requirement(Tier.STRICT, 2, ("sre",)), an_artifact(team=None)
    waiting = [
        who
        for who in ("U0DANA", "U0ERIN", "U0NOAH", "U0KAI")
        if waits_for(needed, who, "U0LEE", artifact, in_teams, ROSTER)
    ]
    assert waiting == ["U0DANA", "U0KAI"]


@pytest.mark.parametrize(
    ("voters", "missing", "groups"),
    [
        ([], 2, ("sre", "security")),
        (["U0ERIN"], 1, ("sre", "security")),
        (["U0ERIN", "U0NOAH"], 1, ("sre", "security")),
        (["U0SAM"], 1, ()),
        (["U0ERIN", "U0PRIYA"], 0, ()),
    ],
)
def test_two_agree_and_one_of_them_is_of_the_groups(
    voters: list[str], missing: int, groups: tuple[str, ...]
) -> None:
    strict = Requirement(Tier.STRICT, 2, ("sre", "security"))
    assert count(strict, voters, ROSTER) == VoteCount(missing, groups)


def test_who_has_left_the_group_counts_as_one_other_person_only() -> None:
    strict = Requirement(Tier.STRICT, 2, ("sre", "security"))
    left = ROSTER | {"sre": frozenset({"U0KAI"})}
    assert not count(strict, ["U0SAM", "U0ERIN"], left).enough


def test_a_group_that_nobody_is_in_is_never_satisfied() -> None:
    strict = Requirement(Tier.STRICT, 2, ("sre",))
    assert not count(strict, ["U0SAM", "U0ERIN", "U0NOAH"], {}).enough


@given(st.lists(st.sampled_from(["U0SAM", "U0PRIYA", "U0ERIN", "U0NOAH"]), unique=True))
def test_it_is_enough_exactly_when_the_tier_is_satisfied(voters: list[str]) -> None:
    strict = Requirement(Tier.STRICT, 2, ("sre", "security"))
    satisfied = len(voters) >= 2 and bool({"U0SAM", "U0PRIYA"} & set(voters))
    assert count(strict, voters, ROSTER).enough == satisfied


@pytest.mark.parametrize(
    ("needed", "by", "said"),
    [
        (Requirement(Tier.STANDARD, 1), "U0SAM", None),
        (Requirement(Tier.STANDARD, 1), "U0DANA", "in the standard tier somebody else decides"),
        (Requirement(Tier.STANDARD, 1, own=True), "U0DANA", None),
        (Requirement(Tier.LIGHT, 1, only=("U0ERIN",)), "U0SAM", "Only the owner of D-7"),
        (Requirement(Tier.LIGHT, 1, only=("U0ERIN",)), "U0ERIN", None),
    ],
)
def test_nobody_approves_what_they_asked_for_where_the_tier_says_so(
    needed: Requirement, by: str, said: str | None
) -> None:
    found = answer(lambda: require_vote(needed, by, "U0DANA", "D-7"))
    assert found is None if said is None else said in str(found)
