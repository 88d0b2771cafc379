"""How an artifact ends: as planned, with nothing left behind, or as a new generation."""

from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given

from debt.artifact.artifact import Artifact, CodeState, Ending, Stage
from debt.refusal import Refused
from debt.rules.dates import default_expiry, default_review
from debt.rules.ending import (
    Leftover,
    ended,
    kept,
    next_generation,
    require_gone,
    require_not_retiring,
    require_retiring,
    still_open,
    usual_end,
)
from debt.rules.value import balance
from tests.debt.builders import POLICY, TODAY, an_artifact, artifacts


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({"kind": "throwaway_script"}, Ending.RETIRE),
        ({"kind": "production_integration"}, Ending.REFACTOR),
        ({"kind": "throwaway_script", "regenerate_every_days": 90}, Ending.REGENERATE),
        ({"planned_end": Ending.RETIRE, "regenerate_every_days": 90}, Ending.RETIRE),
        ({"code_state": CodeState.GONE, "planned_end": Ending.REFACTOR}, Ending.RETIRE),
        ({"code_state": CodeState.TAKEN_OVER, "planned_end": Ending.RETIRE}, Ending.REFACTOR),
    ],
)
def test_the_usual_end_is_the_planned_one_then_its_cadence_then_its_kinds(
    facts: dict[str, object], end: Ending
) -> None:
    assert usual_end(an_artifact(**facts), POLICY) is end


@pytest.mark.parametrize("done", [c for n in range(4) for c in combinations(Leftover, n)])
def test_what_is_still_open_is_named(done: tuple[Leftover, ...]) -> None:
    with pytest.raises(Refused) as refused:
        require_gone(an_artifact(stage=Stage.RETIRING), done)
    assert all(item in str(refused.value) for item in still_open(done))
    assert not any(item in str(refused.value) for item in done)


@pytest.mark.parametrize(
    ("done", "named"),
    [
        ((), "code, dashboards, alerts and runbooks are"),
        ((Leftover.CODE, Leftover.ALERTS), "dashboards and runbooks are"),
        ((Leftover.CODE, Leftover.DASHBOARDS, Leftover.ALERTS), "runbooks is"),
    ],
)
def test_what_is_still_open_reads_as_a_sentence(done: tuple[Leftover, ...], named: str) -> None:
    with pytest.raises(Refused) as refused:
        require_gone(an_artifact(stage=Stage.RETIRING), done)
    assert str(refused.value) == f"D-7 cannot end yet: {named} still open on its checklist."


@pytest.mark.parametrize(
    ("rule", "stage"),
    [
        (ended, Stage.CREATED),
        (kept, Stage.RETAINED),
        (lambda artifact: next_generation(artifact, TODAY, POLICY), Stage.RETAINED),
    ],
)
def test_what_cannot_end_or_begin_anew_is_refused_by_its_key(rule: Any, stage: Stage) -> None:
    with pytest.raises(Refused, match=f"^D-7 is {stage}, so it cannot become"):
        rule(an_artifact(stage=stage))


def test_nothing_open_lets_it_end() -> None:
    require_gone(an_artifact(stage=Stage.RETIRING), set(Leftover))


@pytest.mark.parametrize("end", [*Ending, None])
def test_it_ends_as_planned(end: Ending | None) -> None:
    over = ended(an_artifact(stage=Stage.RETIRING, planned_end=end, stage_before=Stage.CREATED))
    assert over.stage is (end or Ending.RETIRE).stage
    assert over.stage_before is None


@pytest.mark.parametrize("before", [Stage.CREATED, Stage.VALIDATED, Stage.RETAINED, None])
def test_kept_it_is_where_it_was(before: Stage | None) -> None:
    stays = kept(an_artifact(stage=Stage.RETIRING, stage_before=before))
    assert (stays.stage, stays.stage_before) == (before or Stage.RETAINED, None)


@given(artifacts())
def test_only_what_is_on_its_way_out_ends_or_stays(artifact: Artifact) -> None:
    for rule, allowed in (
        (require_retiring, artifact.stage is Stage.RETIRING),
        (require_not_retiring, artifact.stage is not Stage.RETIRING),
    ):
        if allowed:
            rule(artifact)
        else:
            with pytest.raises(Refused, match=artifact.key):
                rule(artifact)


@given(artifacts())
def test_a_new_generation_has_nothing_of_the_old_ones_dates(artifact: Artifact) -> None:
    over = replace(artifact, stage=Stage.REGENERATED)
    begun = next_generation(over, TODAY, POLICY)
    assert (begun.generation, begun.stage, begun.created_on) == (2, Stage.CREATED, TODAY)
    assert begun.expires_on is None or begun.expires_on > TODAY
    assert (begun.originally_expires_on, begun.reviewed_on, begun.lapsed_on) == (None,) * 3


def test_a_new_generation_begins_with_usual_dates_and_all_its_extensions() -> None:
    day = date(2026, 5, 1)
    over = an_artifact(
        stage=Stage.REGENERATED, owner_changed_on=day, reviewed_on=day, lapsed_on=day,
        code_state=CodeState.GONE, extensions=2, extended_days=60, originally_expires_on=day,
    )  # fmt: skip
    begun = next_generation(over, TODAY, POLICY)
    assert begun == replace(
        over, stage=Stage.CREATED, generation=2, created_on=TODAY, originally_expires_on=None,
        expires_on=default_expiry(over.kind, over.label, TODAY, POLICY),
        review_on=default_review(over.kind, over.label, TODAY, POLICY),
        owner_changed_on=None, reviewed_on=None, lapsed_on=None, code_state=None,
        extensions=0, extended_days=0,
    )  # fmt: skip
    assert begun.expires_on
    assert begun.review_on


def test_a_new_generation_goes_on_with_what_the_last_one_saved() -> None:
    """Its months begin anew; what was saved in the old ones is not forgotten."""
    saving = an_artifact(
        stage=Stage.REGENERATED, saved_minutes=600, saved_monthly_minutes=60, minutes_logged=90
    )
    following = next_generation(saving, TODAY, POLICY)
    assert balance(following, TODAY) == balance(saving, TODAY)
