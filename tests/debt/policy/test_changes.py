"""What one policy says and another does not."""

from debt.artifact.artifact import Tier
from debt.policy.changes import changes, moves_standings
from debt.policy.policy import TeamPolicy, built_in


def test_only_what_differs_is_named_by_its_dotted_key() -> None:
    strict = built_in().tiers[Tier.STRICT].model_copy(update={"approvals": 3})
    stricter = built_in().model_copy(update={"tiers": {**built_in().tiers, Tier.STRICT: strict}})
    was, is_now = changes(built_in().as_json(), stricter.as_json())
    assert was == {"tiers.strict.approvals": 2}
    assert is_now == {"tiers.strict.approvals": 3}


def test_what_came_was_nothing_and_what_went_is_nothing() -> None:
    teams = {"data & ml": TeamPolicy(lead="U0ERIN")}
    more = built_in().model_copy(update={"teams": teams})
    was, is_now = changes(built_in().as_json(), more.as_json())
    assert is_now['teams."data & ml".lead'] == "U0ERIN"
    assert set(was.values()) == {None}
    assert changes(more.as_json(), built_in().as_json()) == (is_now, was)


def test_a_list_is_one_value() -> None:
    old, new = {"roles": {"see": ["everyone"]}}, {"roles": {"see": ["lead", "sre"]}}
    assert changes(old, new) == ({"roles.see": ["everyone"]}, {"roles.see": ["lead", "sre"]})


def test_equal_policies_have_no_difference() -> None:
    assert changes(built_in().as_json(), built_in().as_json()) == ({}, {})


def test_what_only_scans_ask_about_moves_no_standing() -> None:
    assert not moves_standings(["scale.frequency.cuts", "scan.threshold", "markers.tool"])
    assert not moves_standings(["signals.churn", 'repositories."acme/shop".path', "refresh.day"])
    assert moves_standings(["scan.threshold", "thresholds.high_risk"])
    assert moves_standings(["scanners.lead"])
