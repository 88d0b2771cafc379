from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import Artifact, Ending, Label, Stage, Surface
from debt.policy.policy import GatePolicy
from debt.policy.vocabulary import GateCheck
from debt.refusal import Refused
from debt.rules.gate import (
    GateItem,
    fact,
    gate,
    item_named,
    last_waiver_day,
    missing,
    next_stage,
    require_complete,
    require_evidence,
    require_waivable,
    require_waiver,
    settled,
)
from tests.debt.builders import POLICY, TODAY, an_artifact, answer, artifacts

OWNER = "U0DANA"
CHECKS = tuple(map(GateItem, GateCheck))
VALIDATED, RETAINED = Stage.VALIDATED, Stage.RETAINED
EXPOSED = (GateItem.ROLLBACK, GateItem.MONITORING, GateItem.RESPONDER)


@dataclass
class Kept:
    by: str = "U0SAM"
    waived_until: date | None = None


kept = st.builds(
    Kept,
    st.sampled_from([OWNER, "U0SAM"]),
    st.none() | st.dates(TODAY - timedelta(days=5), TODAY + timedelta(days=5)),
)
shown = st.dictionaries(st.sampled_from(GateItem), kept)


def asked(stage: Stage = VALIDATED, **changes: Any) -> tuple[GateItem, ...]:
    return gate(an_artifact(**changes), POLICY, stage)


@pytest.mark.parametrize(
    ("changes", "items"),
    [
        ({}, (*CHECKS, GateItem.REVIEW, GateItem.DOCUMENTATION, GateItem.OWNER)),
        ({"label": Label.TEMPORARY}, (*CHECKS, GateItem.REVIEW, GateItem.OWNER)),
        (
            {"surface": Surface.CUSTOMER},
            (*CHECKS, GateItem.REVIEW, GateItem.DOCUMENTATION, GateItem.OWNER, *EXPOSED),
        ),
        (
            {"kind": "throwaway_script", "label": Label.EXPERIMENTAL},
            (GateItem.TESTS, GateItem.SECURITY),
        ),
        (
            {"kind": "throwaway_script", "label": Label.DURABLE},
            (GateItem.TESTS, GateItem.SECURITY, GateItem.DOCUMENTATION, GateItem.OWNER),
        ),
        (
            {"kind": "throwaway_script", "label": Label.EXPERIMENTAL, "surface": "production"},
            (GateItem.TESTS, GateItem.SECURITY, GateItem.REVIEW, *EXPOSED),
        ),
        (
            {"kind": "test_suite", "label": Label.TEMPORARY},
            (GateItem.TESTS, GateItem.STYLE, GateItem.OWNER),
        ),
        (
            {"kind": "test_suite", "label": Label.TEMPORARY, "risk": 3},
            (GateItem.TESTS, GateItem.STYLE, GateItem.REVIEW, GateItem.OWNER),
        ),
    ],
)
def test_what_is_asked_comes_from_kind_tier_label_and_surface(
    changes: dict[str, Any], items: tuple[GateItem, ...]
) -> None:
    assert asked(**changes) == items
    assert asked(RETAINED, **changes) == (*items, GateItem.END)


def test_the_policy_says_which_tiers_are_read_by_a_person() -> None:
    nobody = POLICY.model_copy(update={"gate": GatePolicy(human_review_tiers=(), waive_days=30)})
    assert GateItem.REVIEW not in gate(an_artifact(), nobody, VALIDATED)


@given(artifacts())
def test_what_is_retained_is_asked_everything_and_how_it_is_to_end(artifact: Artifact) -> None:
    before, after = (gate(artifact, POLICY, stage) for stage in (VALIDATED, RETAINED))
    assert after == (*before, GateItem.END)
    assert len(set(after)) == len(after)


@given(artifacts(), shown)
def test_what_is_missing_is_asked_for_and_not_settled(
    artifact: Artifact, said: dict[str, Kept]
) -> None:
    items = gate(artifact, POLICY, RETAINED)
    lacking = missing(items, said, artifact, TODAY)
    assert set(lacking) <= set(items)
    for item in items:
        assert (item in lacking) != settled(item, said.get(item), artifact, TODAY)
        assert item in lacking or item in said or fact(item, artifact)


@given(artifacts(), shown, st.integers(0, 40))
def test_time_alone_never_settles_anything(
    artifact: Artifact, said: dict[str, Kept], later: int
) -> None:
    items = gate(artifact, POLICY, VALIDATED)
    now = missing(items, said, artifact, TODAY)
    assert set(now) <= set(missing(items, said, artifact, TODAY + timedelta(days=later)))


@pytest.mark.parametrize(
    ("item", "said", "counts"),
    [
        (GateItem.TESTS, None, False),
        (GateItem.TESTS, Kept(), True),
        (GateItem.TESTS, Kept(OWNER), True),
        (GateItem.REVIEW, Kept(), True),
        (GateItem.REVIEW, Kept(OWNER), False),
        (GateItem.TESTS, Kept(waived_until=TODAY), True),
        (GateItem.TESTS, Kept(waived_until=TODAY - timedelta(days=1)), False),
        (GateItem.ROLLBACK, Kept(waived_until=TODAY), True),
    ],
)
def test_evidence_counts_and_a_waiver_up_to_its_last_day(
    item: GateItem, said: Kept | None, counts: bool
) -> None:
    assert settled(item, said, an_artifact(), TODAY) is counts


@pytest.mark.parametrize(
    ("changes", "item", "said"),
    [
        ({}, GateItem.OWNER, OWNER),
        ({"owner_gone": True}, GateItem.OWNER, None),
        ({"rollback": "switch the flag off"}, GateItem.ROLLBACK, "switch the flag off"),
        ({"rollback": "tbd"}, GateItem.ROLLBACK, None),
        ({"monitoring": " "}, GateItem.MONITORING, None),
        ({"responder": "@payments-oncall"}, GateItem.RESPONDER, "@payments-oncall"),
        ({"planned_end": Ending.REFACTOR}, GateItem.END, "refactor"),
        ({}, GateItem.END, None),
    ],
)
def test_a_fact_is_settled_by_what_the_artifact_says(
    changes: dict[str, Any], item: GateItem, said: str | None
) -> None:
    artifact = an_artifact(**changes)
    assert fact(item, artifact) == said
    assert settled(item, None, artifact, TODAY) is (said is not None)


def test_what_is_missing_is_named_in_words() -> None:
    lacking = (GateItem.TESTS, GateItem.REVIEW)
    refused = answer(lambda: require_complete(an_artifact(), VALIDATED, lacking))
    words = "missing: automated tests, human maintainability review."
    assert refused == f"D-7 cannot become validated yet; {words}"
    require_complete(an_artifact(), VALIDATED, ())


@pytest.mark.parametrize(
    ("stage", "then"),
    [
        (Stage.CREATED, Stage.VALIDATED),
        (Stage.VALIDATED, Stage.RETAINED),
        (Stage.RETAINED, "D-7 is retained; only what is created or validated is promoted."),
        (Stage.RETIRING, "D-7 is retiring; only what is created or validated is promoted."),
        (Stage.RETIRED, "D-7 has ended (retired); nothing about it changes any more."),
    ],
)
def test_promotion_goes_one_stage_at_a_time(stage: Stage, then: str) -> None:
    assert answer(lambda: next_stage(an_artifact(stage=stage))) == then


def test_an_item_is_called_by_its_name() -> None:
    artifact = an_artifact(stage=Stage.CREATED)
    assert item_named(" Tests ", artifact, POLICY) is GateItem.TESTS
    with pytest.raises(Refused, match="“rollback” is not asked of D-7; tests, security, ") as no:
        item_named("rollback", artifact, POLICY)
    assert no.value.field == "item"


def test_what_is_asked_depends_on_where_the_promotion_leads() -> None:
    assert item_named("end", an_artifact(stage=VALIDATED), POLICY) is GateItem.END
    with pytest.raises(Refused, match="“end” is not asked of D-7"):
        item_named("end", an_artifact(stage=Stage.CREATED), POLICY)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (GateItem.OWNER, "The named owner is a fact about D-7: claim it."),
        (GateItem.END, "The planned end is a fact about D-7: it is chosen with the promotion."),
        (GateItem.ROLLBACK, "The rollback strategy is a fact about D-7: say it with edit D-7."),
    ],
)
def test_no_evidence_is_taken_for_a_fact(item: GateItem, words: str) -> None:
    with pytest.raises(Refused) as refused:
        require_evidence(item, an_artifact(), "U0SAM")
    assert (refused.value.field, str(refused.value)) == ("item", words)


def test_the_human_review_is_somebody_elses() -> None:
    with pytest.raises(Refused, match="You own D-7; its human maintainability review is for"):
        require_evidence(GateItem.REVIEW, an_artifact(), OWNER)
    require_evidence(GateItem.REVIEW, an_artifact(), "U0SAM")
    require_evidence(GateItem.TESTS, an_artifact(), OWNER)


def test_an_owner_waives_for_themselves_only_where_the_tier_lets_one_decide_alone() -> None:
    with pytest.raises(Refused, match="You own D-7, and in the standard tier somebody else"):
        require_waivable(GateItem.STYLE, an_artifact(), OWNER, POLICY)
    script = an_artifact(kind="throwaway_script", label=Label.EXPERIMENTAL)
    require_waivable(GateItem.TESTS, script, OWNER, POLICY)


def test_a_planned_end_is_not_waived() -> None:
    with pytest.raises(Refused) as refused:
        require_waivable(GateItem.END, an_artifact(), "U0ERIN", POLICY)
    assert refused.value.field == "item"
    assert str(refused.value) == "Whatever is retained has a planned end; that is not waived."


def test_a_waiver_has_a_reason_and_ends_before_long() -> None:
    latest = last_waiver_day(TODAY, POLICY)
    assert (latest - TODAY).days == POLICY.gate.waive_days
    require_waiver("why", latest, TODAY, POLICY)
    late = f"A waiver ends on {latest} at the latest, within {POLICY.gate.waive_days} days."
    none = "A waiver needs its reason: it is what the next reader will ask for."
    for reason, until, field, words in (
        (" ", latest, "reason", none),
        ("why", TODAY, "until", f"{TODAY} is not in the future; a waiver ends after today."),
        ("why", latest + timedelta(days=1), "until", late),
    ):
        with pytest.raises(Refused) as refused:
            require_waiver(reason, until, TODAY, POLICY)
        assert (refused.value.field, str(refused.value)) == (field, words)
