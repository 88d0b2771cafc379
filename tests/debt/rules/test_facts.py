from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import RATING_NAMES, Artifact, Ending, Label, RatingName, Stage, Surface
from debt.artifact.columns import Facts
from debt.artifact.proxy import ProxyRating
from debt.artifact.signals import FORSAKEN
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.facts import amend, create
from tests.debt.builders import POLICY, TODAY, an_artifact, artifacts, one_to_five

LEAST: Facts = {"name": "payments bridge", "repo": "acme/pay", "paths": ("src/bridge/**",)}


def made(**facts: Any) -> Artifact:
    said: Facts = {**LEAST, **facts}  # type: ignore[typeddict-item]  # facts by name, as a form has them
    return create(7, said, stage=Stage.CREATED, today=TODAY, policy=POLICY, said="I know it well")


def amended(artifact: Artifact, **facts: Any) -> Artifact:
    said: Facts = {**facts}  # type: ignore[typeddict-item]  # as above
    return amend(artifact, said, policy=POLICY, today=TODAY, said="I know it well")


def test_name_repository_and_paths_are_enough() -> None:
    artifact = made()
    assert (artifact.kind, artifact.label) == ("production_integration", Label.DURABLE)
    assert (artifact.created_on, artifact.surface) == (TODAY, Surface.INTERNAL)
    assert (artifact.expires_on, artifact.review_on) == (date(2027, 11, 23), date(2027, 2, 21))
    assert artifact.ratings.risk.reason == "usual for a production integration"


def test_gaps_are_filled_from_the_kind() -> None:
    artifact = made(kind="throwaway_script", created_on=date(2026, 11, 1))
    assert (artifact.label, artifact.expires_on) == (Label.EXPERIMENTAL, date(2026, 12, 1))
    assert [artifact.ratings[name].value for name in RATING_NAMES] == [2, 2, 1, 2]


def test_what_is_said_is_kept() -> None:
    artifact = made(
        label=Label.TEMPORARY,
        expires_on=date(2027, 1, 31),
        review_on=date(2026, 12, 1),
        surface=Surface.CUSTOMER,
        dependants=14,
        risk=5,
        proxies={"frequency": ProxyRating(4, "37 commits in 90 days")},
    )
    assert (artifact.label, artifact.surface, artifact.dependants) == ("temporary", "customer", 14)
    assert (artifact.expires_on, artifact.review_on) == (date(2027, 1, 31), date(2026, 12, 1))
    assert (artifact.ratings.risk.value, artifact.ratings.risk.reason) == (5, "I know it well")
    assert artifact.ratings.frequency.reason == "37 commits in 90 days"
    assert not artifact.ratings.frequency.by_person


@pytest.mark.parametrize("gap", ["name", "repo", "paths"])
def test_an_artifact_without_name_repository_or_paths_is_refused(gap: str) -> None:
    blank = () if gap == "paths" else " \x00 "
    with pytest.raises(Refused, match=f"missing: {gap}"):
        made(**{gap: blank})
    with pytest.raises(Refused, match=f"missing: {gap}"):
        amended(an_artifact(), **{gap: blank})


def test_the_three_are_missed_together() -> None:
    with pytest.raises(Refused, match="missing: name, repo, paths"):
        create(7, {}, stage=Stage.CREATED, today=TODAY, policy=POLICY)


def test_a_kind_that_policy_does_not_know_is_refused_with_the_kinds_it_knows() -> None:
    with pytest.raises(Refused, match=r"There is no kind “script”. Kinds are throwaway_script, "):
        made(kind="script")
    with pytest.raises(Refused, match="There is no kind “script”"):
        amended(an_artifact(), kind="script")


def test_experimental_and_temporary_cannot_go_without_an_end(endless: Policy) -> None:
    endless_facts: Facts = {**LEAST, "kind": "throwaway_script"}
    with pytest.raises(Refused, match="experimental must have a sunset date; lapses by itself"):
        create(7, endless_facts, stage=Stage.CREATED, today=TODAY, policy=endless)
    for label in (Label.EXPERIMENTAL, Label.TEMPORARY):
        with pytest.raises(Refused, match=f"{label} .*; give it an expiry date"):
            amended(an_artifact(expires_on=None), label=label)
        with pytest.raises(Refused, match=f"{label} .*; give it an expiry date"):
            amended(an_artifact(label=label), expires_on=None)
    assert amended(an_artifact(), expires_on=None).expires_on is None


@pytest.fixture
def endless() -> Policy:
    kinds = {
        name: kind.model_copy(update={"expires_after_days": None})
        for name, kind in POLICY.kinds.items()
    }
    labels = {
        name: label.model_copy(update={"expires_after_days": None})
        for name, label in POLICY.labels.items()
    }
    return POLICY.model_copy(update={"kinds": kinds, "labels": labels})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("risk", 6), ("frequency", 0), ("value", 6), ("value", 0), ("blast_radius", 9),
        ("dependants", -1), ("dependants", 2**31), ("monthly_minutes", -5),
        ("proxies", {"risk": ProxyRating(7, "a proxy gone wild")}),
    ],
)  # fmt: skip
def test_a_number_out_of_bounds_is_refused_before_it_is_kept(field: str, value: object) -> None:
    with pytest.raises(Refused, match=r"goes from|from 1 to 5"):
        made(**{field: value})
    with pytest.raises(Refused, match=r"goes from|from 1 to 5"):
        amended(an_artifact(), **{field: value})


def _facts_of(artifact: Artifact) -> dict[str, Any]:
    """All that an export says of an artifact."""
    known = {field.name for field in fields(artifact)} & set(Facts.__annotations__)
    said = {name: getattr(artifact, name) for name in known}
    return said | {name: artifact.ratings[name].value for name in RATING_NAMES}


exported = artifacts().map(
    lambda it: replace(it, purpose=it.purpose or None, lifespan=it.lifespan or None,
                       removal_impact=it.removal_impact or None,
                       responder=it.responder or None, rollback=it.rollback or None)
)  # fmt: skip


@given(exported)
def test_saying_what_is_already_so_changes_nothing(artifact: Artifact) -> None:
    assert amended(artifact, **_facts_of(artifact)) == artifact
    assert amended(artifact) == artifact


@given(exported, st.sampled_from(RATING_NAMES), one_to_five, one_to_five)
def test_a_persons_rating_survives_whatever_a_proxy_says(
    artifact: Artifact, name: RatingName, person: int, proxy: int
) -> None:
    before = amended(artifact, **{name: person})
    after = amended(before, proxies={name: ProxyRating(proxy, "seen by a scan")})
    if before.ratings[name].by_person:
        assert after.ratings[name].value == person
        assert after.ratings[name].reason == "I know it well"
    assert after.ratings[name].proxy == proxy
    assert after.ratings[name].proxy_reason == "seen by a scan"


def test_a_proxy_moves_a_rating_that_nobody_gave() -> None:
    after = amended(an_artifact(risk=2), proxies={"risk": ProxyRating(5, "4 incidents")})
    assert (after.ratings.risk.value, after.ratings.risk.reason) == (5, "4 incidents")


def test_what_the_facts_leave_out_stays() -> None:
    before = an_artifact(purpose="pays the bills nightly", team="payments")
    after = amended(before, purpose="pays bills and refunds nightly")
    assert after == replace(before, purpose="pays bills and refunds nightly")


def test_blank_text_takes_a_fact_back() -> None:
    assert amended(an_artifact(team="payments"), team="  ").team is None


def test_a_new_owner_has_not_left() -> None:
    gone = an_artifact(owner="U0DANA", owner_gone=True)
    assert not amended(gone, owner="U0ERIN").orphan
    assert amended(gone, owner="U0DANA").orphan


def test_a_new_end_date_is_the_one_lateness_is_counted_from() -> None:
    moved = an_artifact(expires_on=date(2026, 12, 1), originally_expires_on=date(2026, 10, 1))
    assert amended(moved, expires_on=date(2027, 2, 1)).due_from == date(2027, 2, 1)
    assert amended(moved, expires_on=date(2026, 12, 1)).due_from == date(2026, 10, 1)


def test_text_is_cleaned_before_it_is_kept() -> None:
    artifact = made(name=" pay\x00ments ", paths=(" src/** ", "", "\x07"), service="\ud800")
    assert (artifact.name, artifact.paths, artifact.service) == ("payments", ("src/**",), None)


def test_a_list_of_paths_reads_the_same_from_a_form_and_a_spreadsheet() -> None:
    assert made(paths=("src/**; docs/**;",)).paths == made(paths=("src/**", "docs/**")).paths


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"risk": 6}, "risk"),
        ({"value": 0}, "value"),
        ({"name": ""}, "name"),
        ({"kind": "script"}, "kind"),
        ({"purpose": "x" * 10_001}, "purpose"),
        ({"label": Label.TEMPORARY, "expires_on": None}, "expires_on"),
    ],
)
def test_a_refusal_names_the_field_it_is_about(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        amended(an_artifact(), **facts)
    assert refused.value.field == field


def test_a_label_that_leaves_no_end_date_is_refused_at_the_label() -> None:
    with pytest.raises(Refused) as refused:
        amended(an_artifact(expires_on=None), label=Label.TEMPORARY)
    assert refused.value.field == "label"


def test_what_is_only_proposed_needs_no_end_date_yet(endless: Policy) -> None:
    facts: Facts = {**LEAST, "kind": "throwaway_script"}
    proposed = create(7, facts, stage=Stage.PROPOSED, today=TODAY, policy=endless)
    assert (proposed.id, proposed.stage, proposed.expires_on) == (7, Stage.PROPOSED, None)


@pytest.mark.parametrize(
    ("stage", "end"), [(Stage.RETAINED, Ending.REFACTOR), (Stage.CREATED, None)]
)
def test_what_is_retained_has_a_planned_end(stage: Stage, end: Ending | None) -> None:
    artifact = create(7, LEAST, stage=stage, today=TODAY, policy=POLICY)
    assert (artifact.stage, artifact.planned_end) == (stage, end)
    chosen: Facts = {**LEAST, "planned_end": Ending.RETIRE}
    assert create(7, chosen, stage=stage, today=TODAY, policy=POLICY).planned_end is Ending.RETIRE


def test_a_rating_without_a_reason_has_none() -> None:
    rated: Facts = {**LEAST, "risk": 5}
    made_so = create(7, rated, stage=Stage.CREATED, today=TODAY, policy=POLICY)
    changed_so = amend(an_artifact(), Facts(risk=5), policy=POLICY, today=TODAY)
    assert made_so.ratings.risk.reason == changed_so.ratings.risk.reason == ""


def test_a_change_of_owner_has_its_day() -> None:
    assert amended(an_artifact(owner="U0DANA"), owner="U0SAM").owner_changed_on == TODAY


def test_a_measured_estimate_keeps_what_was_measured_and_its_scale() -> None:
    seen = ProxyRating(4, "37 commits", {"commits": 37.0}, "v1", 3, 5)
    rating = amended(an_artifact(), proxies={"frequency": seen}).ratings.frequency
    assert (rating.proxy, rating.raw, rating.scale) == (4, {"commits": 37.0}, "v1")
    wavered = ProxyRating(3, "20 commits", {"commits": 20.0}, "v1", 3, 4)
    known = an_artifact(ratings=replace(an_artifact().ratings, frequency=rating))
    assert amended(known, proxies={"frequency": wavered}).ratings.frequency.proxy == 4


@pytest.mark.parametrize(
    ("facts", "forsaken"),
    [
        ({"dependants": 0}, True),
        ({"dependants": 0, "paths": ("src/bridge/**",)}, True),
        ({"dependants": 0, "paths": ("src/other/**",)}, False),  # others may import that
        ({"dependants": 2}, False),
        ({}, False),
    ],
)
def test_what_nobody_imports_any_more_is_missed_for_the_same_paths(
    facts: dict[str, Any], forsaken: bool
) -> None:
    once = an_artifact(dependants=1)
    assert (FORSAKEN in amended(once, signals=(), **facts).signals) is forsaken
    script = an_artifact(dependants=1, kind="throwaway_script")
    assert amended(script, signals=(), **facts).signals == ()


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        ({"blast_radius": 9}, "blast_radius", "Blast radius goes from 1 to 5; 9 does not fit."),
        (
            {"dependants": -1},
            "dependants",
            "Dependants goes from 0 to 1,000,000; -1 does not fit.",
        ),
        (
            {"paths": ("x" * 10_001,)},
            "path",
            "The path is 10,001 characters long; 10,000 are allowed.",
        ),
    ],
)
def test_what_is_out_of_bounds_is_called_as_people_call_it(
    facts: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        made(**facts)
    assert (refused.value.field, str(refused.value)) == (field, said)


def test_text_too_long_to_keep_is_refused_by_its_name() -> None:
    with pytest.raises(Refused, match="The removal impact is 10,001 characters long; 10,000"):
        made(removal_impact="x" * 10_001)
