"""Who may do what, and what they are told who may not."""

from contextlib import nullcontext
from typing import Any

import pytest

from debt.policy.policy import Policy, TeamPolicy
from debt.policy.roles import OPERATOR, Powers, may, require_may, require_may_budget_of
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from tests.debt.builders import POLICY, an_artifact, answer


def roles(**allowed: tuple[str, ...]) -> Policy:
    teams = {"payments": TeamPolicy(lead="U0ERIN")}
    given = dict(POLICY.roles) | {Act(name): those for name, those in allowed.items()}
    return POLICY.model_copy(update={"roles": given, "teams": teams})


NOBODY_SPECIAL = Powers()


@pytest.mark.parametrize(
    ("allowed", "by", "powers", "yes"),
    [
        (("everyone",), "U0SAM", NOBODY_SPECIAL, True),
        (("owner",), "U0DANA", NOBODY_SPECIAL, True),
        (("owner",), "U0SAM", NOBODY_SPECIAL, False),
        (("lead",), "U0ERIN", NOBODY_SPECIAL, True),
        (("admin",), "U0SAM", Powers(admin=True), True),
        (("sre",), "U0SAM", Powers(groups=frozenset({"sre"})), True),
        (("sre", "owner"), "U0SAM", Powers(admin=True), False),
        ((), "U0DANA", Powers(admin=True), False),
        ((), "cli:root", OPERATOR, True),
    ],
)
def test_the_policy_says_who_may(
    allowed: tuple[str, ...], by: str, powers: Powers, yes: bool
) -> None:
    artifact = an_artifact(team="payments")
    assert may(Act.RETIRE, by, powers, roles(retire=allowed), artifact) is yes


def test_an_owner_who_has_left_has_no_say_any_more() -> None:
    left = an_artifact(owner_gone=True)
    assert not may(Act.EXTEND, "U0DANA", NOBODY_SPECIAL, roles(extend=("owner",)), left)


def test_a_lead_may_what_leads_may_where_no_artifact_is_concerned() -> None:
    policy = roles(subscribe=("lead",))
    assert may(Act.SUBSCRIBE, "U0ERIN", NOBODY_SPECIAL, policy)
    assert not may(Act.SUBSCRIBE, "U0DANA", NOBODY_SPECIAL, policy)


@pytest.mark.parametrize(
    ("act", "allowed", "artifact", "said"),
    [
        (Act.RETIRE, ("owner", "lead"), an_artifact(),
         "You cannot ask to retire D-7 here; the owner or the team’s lead can."),
        (Act.EXTEND, ("sre",), an_artifact(),
         "You cannot extend D-7 here; somebody of sre can."),
        (Act.ADD, ("admin", "lead", "security"), None,
         ("You cannot add to the register here; "
          "an admin, the team’s lead or somebody of security can.")),
        (Act.SUBSCRIBE, (), None, "You cannot change this channel’s digest here; nobody can."),
    ],
)  # fmt: skip
def test_a_refusal_says_who_can(
    act: Act, allowed: tuple[str, ...], artifact: Any, said: str
) -> None:
    policy = roles(**{act.value: allowed})
    found = answer(lambda: require_may(act, "U0SAM", NOBODY_SPECIAL, policy, artifact))
    assert found == said


@pytest.mark.parametrize("act", Act)
def test_every_act_has_words_for_its_refusal(act: Act) -> None:
    said = answer(lambda: require_may(act, "U0SAM", NOBODY_SPECIAL, roles(**{act.value: ()})))
    assert str(said).startswith("You cannot ")


@pytest.mark.parametrize(
    ("by", "powers", "teams", "yes"),
    [
        ("U0ERIN", NOBODY_SPECIAL, {"payments", "growth"}, True),
        ("U0ERIN", NOBODY_SPECIAL, {"growth"}, False),
        ("U0DANA", NOBODY_SPECIAL, {"payments"}, False),
        ("U0LENA", Powers(admin=True), {"growth"}, True),
        ("U0CTO", Powers(groups=frozenset({"leadership"})), {"growth"}, True),
        ("cli:root", OPERATOR, set(), True),
    ],
)
def test_a_budget_is_changed_by_who_answers_for_what_is_there(
    by: str, powers: Powers, teams: set[str], yes: bool
) -> None:
    policy = roles(budget=("lead", "admin", "leadership"))
    why = "cannot change the budget of repo:acme/shop; the lead of a team with artifacts there"
    with nullcontext() if yes else pytest.raises(Refused, match=why):
        require_may_budget_of(by, powers, policy, "repo:acme/shop", frozenset(teams))


@pytest.mark.parametrize("act", Act)
def test_who_owns_an_artifact_is_not_refused_what_owners_may(act: Act) -> None:
    policy = roles(**{act.value: ("owner",)})
    require_may(act, "U0DANA", NOBODY_SPECIAL, policy, an_artifact())
    assert answer(lambda: require_may(act, "U0DANA", NOBODY_SPECIAL, policy)) is not None


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (Act.BUDGET, "You cannot change budgets here; nobody can."),
        (Act.SEE, "You cannot see the register here; nobody can."),
        (Act.PLAN, "You cannot plan work here; nobody can."),
        (Act.CLAIM, "You cannot claim here; nobody can."),
    ],
)
def test_where_no_artifact_is_concerned_the_refusal_speaks_of_the_register(
    act: Act, said: str
) -> None:
    policy = roles(**{act.value: ()})
    assert answer(lambda: require_may(act, "U0DANA", NOBODY_SPECIAL, policy)) == said


@pytest.mark.parametrize(
    ("scope", "who"),
    [
        ("team:payments", "the team’s lead"),
        ("service:pay", "the lead of a team with artifacts there"),
        ("train:team:1", "the lead of a team with artifacts there"),
    ],
)
def test_a_budget_names_the_lead_who_can_change_it(scope: str, who: str) -> None:
    policy = roles(budget=("lead",))
    said = answer(lambda: require_may_budget_of("U1", NOBODY_SPECIAL, policy, scope, frozenset()))
    assert said == f"You cannot change the budget of {scope}; {who} can."
