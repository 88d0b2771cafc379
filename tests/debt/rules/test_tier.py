from itertools import product

import pytest
from hypothesis import given

from debt.artifact.artifact import Artifact, Surface, Tier
from debt.policy.policy import load
from debt.rules.tier import tier
from tests.debt.builders import POLICY, an_artifact, artifacts

KINDS = ("throwaway_script", "prototype_service", "production_integration", "test_suite")


def _by_the_design(kind: str, surface: Surface, risk: int, dependants: int) -> str:
    """DESIGN.md, “Built-in tiers”, sentence by sentence."""
    shown = surface in {Surface.PRODUCTION, Surface.CUSTOMER}
    if risk >= 4 and shown:
        return "strict"
    if dependants >= 25:
        return "strict"
    if kind == "iac_config" and surface is not Surface.SANDBOX:
        return "strict"
    if kind == "throwaway_script" and not shown:
        return "light"
    if kind in {"prototype_service", "test_suite"} and risk <= 2 and not shown:
        return "light"
    return "standard"


@pytest.mark.parametrize(
    ("kind", "surface", "risk", "dependants"),
    [*product([*KINDS, "iac_config"], Surface, range(1, 6), (0, 24, 25))],
)
def test_the_built_in_tiers_are_the_designs(
    kind: str, surface: Surface, risk: int, dependants: int
) -> None:
    artifact = an_artifact(kind=kind, surface=surface, risk=risk, dependants=dependants)
    assert tier(artifact, POLICY) == _by_the_design(kind, surface, risk, dependants)


def test_strict_wins_over_light() -> None:
    script = an_artifact(kind="throwaway_script", surface=Surface.INTERNAL, dependants=25)
    assert tier(script, POLICY) is Tier.STRICT


@given(artifacts())
def test_every_artifact_has_a_tier(artifact: Artifact) -> None:
    assert tier(artifact, POLICY) in Tier


@pytest.mark.parametrize(
    ("name", "extensions", "days"), [("light", 3, 90), ("standard", 3, 90), ("strict", 1, 30)]
)
def test_each_tier_says_how_far_an_end_date_may_move(name: str, extensions: int, days: int) -> None:
    limit = load(None).tier(Tier(name))
    assert (limit.extensions, limit.extension_days) == (extensions, days)


def test_nobody_decides_alone_where_it_is_not_light() -> None:
    assert POLICY.tier(Tier.LIGHT).own_request
    assert not POLICY.tier(Tier.STANDARD).own_request
    assert not POLICY.tier(Tier.STRICT).own_request
    assert POLICY.tier(Tier.STRICT).from_ == ("sre", "security")
