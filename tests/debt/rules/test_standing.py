from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import Artifact, CodeState, Label, Stage, Surface, Tier
from debt.artifact.signals import FORSAKEN, bits
from debt.rules import reminders
from debt.rules.estimate import estimate
from debt.rules.score import Quadrant
from debt.rules.standing import Action, Leisure, Need, needs_of, next_step, standing
from tests.debt.builders import POLICY, TODAY, an_artifact, artifacts, days, near_days

RISKY = {"risk": 4, "surface": Surface.PRODUCTION, "responder": "U0SAM"}


def _in(count: int) -> date:
    return TODAY + timedelta(days=count)


def test_everything_derived_stands_beside_the_artifact() -> None:
    found = standing(an_artifact(), POLICY, TODAY)
    assert (found.score, found.priority, found.quadrant) == (16, 192, Quadrant.LOW_LOW)
    assert (found.tier, found.provisional, found.high_risk) == (Tier.STANDARD, False, False)
    assert (found.orphan, found.attention) == (False, False)
    assert (found.due_on, found.wakes_on) == (date(2027, 1, 15), date(2027, 1, 16))


def test_what_is_stored_is_what_each_rule_says_of_it() -> None:
    """Of one that costs more than it saved, was let go twice, and of which a scan sees much."""
    artifact = an_artifact(
        risk=POLICY.thresholds.high_risk, value=5, purpose=None, label=Label.EXPERIMENTAL,
        expires_on=_in(-1), expiry_noticed_on=_in(-15), minutes_logged=90 * 60, months_logged=3,
        saved_minutes=60, saved_monthly_minutes=60, signals=(FORSAKEN,), created_on=_in(-100),
    )  # fmt: skip
    found = standing(artifact, POLICY, TODAY)
    assert found.expected_minutes == estimate(artifact, POLICY).minutes
    assert (found.owed_minutes, found.overdrawn) == (90 * 60 - 4 * 60, True)
    assert (found.quadrant, found.provisional, found.high_risk) == (
        Quadrant.HIGH_HIGH, True, True,
    )  # fmt: skip
    assert found.watched == bits(artifact.all_signals) > 0
    assert found.nudge_on == reminders.nudge_on(artifact, POLICY) is not None
    assert found.ignored_on == reminders.ignored_on(artifact, POLICY) == TODAY
    assert found.escalates_on == reminders.escalates_on(artifact, POLICY) == _in(7)
    assert found.lapses_on == reminders.lapses_on(artifact, POLICY) == TODAY


def test_what_nobody_said_it_saves_is_owed_by_nothing() -> None:
    found = standing(an_artifact(minutes_logged=90 * 60, months_logged=1), POLICY, TODAY)
    assert (found.owed_minutes, found.overdrawn) == (0, False)


@pytest.mark.parametrize(
    ("changes", "wakes"),
    [
        ({"regenerate_every_days": 10, "created_on": _in(-7)}, 3),
        ({"regenerate_every_days": 10, "created_on": _in(-10)}, None),
        ({"regenerate_every_days": 10, "created_on": _in(-7), "review_on": _in(1)}, 2),
        ({"regenerate_every_days": 10, "created_on": _in(-7), "stage": Stage.RETIRED}, None),
    ],
)
def test_it_wakes_when_a_new_generation_is_due(changes: dict[str, Any], wakes: int | None) -> None:
    dates: dict[str, Any] = {"expires_on": None, "review_on": None}
    found = standing(an_artifact(**dates | changes), POLICY, TODAY).wakes_on
    assert found == (None if wakes is None else _in(wakes))


@given(artifacts(), near_days, st.integers(0, 400))
def test_nothing_changes_by_itself_before_the_day_it_wakes(
    artifact: Artifact, today: date, later: int
) -> None:
    now = standing(artifact, POLICY, today)
    last = (now.wakes_on or date(2029, 1, 1)) - timedelta(days=1)
    then = min(today + timedelta(days=later), last)
    assert standing(artifact, POLICY, then) == now
    assert list(needs_of(artifact, POLICY, then)) == list(needs_of(artifact, POLICY, today))


@given(artifacts(), near_days)
def test_it_wakes_after_today_or_never(artifact: Artifact, today: date) -> None:
    wakes = standing(artifact, POLICY, today).wakes_on
    assert wakes is None or wakes > today
    assert artifact.live or wakes is None


@pytest.mark.parametrize(
    ("ends", "review", "wakes"),
    [
        (20, None, 13),
        (8, None, 1),
        (7, None, 8),
        (0, None, 1),
        (-1, None, None),
        (None, 5, 6),
        (None, -1, None),
        (20, 5, 6),
        (None, None, None),
    ],
)
def test_it_wakes_when_its_end_is_soon_or_past_or_its_review_overdue(
    ends: int | None, review: int | None, wakes: int | None
) -> None:
    expires_on, review_on = (None if count is None else _in(count) for count in (ends, review))
    found = standing(an_artifact(expires_on=expires_on, review_on=review_on), POLICY, TODAY)
    assert found.wakes_on == (None if wakes is None else _in(wakes))


@given(artifacts(days), days)
def test_any_artifact_stands_somewhere_on_any_day(artifact: Artifact, today: date) -> None:
    found = standing(artifact, POLICY, today)
    assert found.attention == bool(list(needs_of(artifact, POLICY, today)))
    assert found.orphan == artifact.orphan


@given(artifacts(), near_days)
def test_needs_come_once_each_and_the_most_pressing_first(artifact: Artifact, today: date) -> None:
    needs = list(needs_of(artifact, POLICY, today))
    assert needs == [need for need in Need if need in needs]


@given(artifacts(), near_days, st.sampled_from(["retired", "refactored", "regenerated"]))
def test_what_has_ended_needs_nobody(artifact: Artifact, today: date, stage: str) -> None:
    ended = replace(artifact, stage=Stage(stage))
    assert list(needs_of(ended, POLICY, today)) == []
    assert next_step(ended, POLICY, today).what is Leisure.NOTHING


@given(artifacts(), near_days)
def test_there_is_always_one_next_step(artifact: Artifact, today: date) -> None:
    step = next_step(artifact, POLICY, today)
    assert step.action in Action
    assert step.need == next(needs_of(artifact, POLICY, today), None)


@pytest.mark.parametrize(
    ("changes", "needs"),
    [
        ({}, []),
        ({"expires_on": _in(8)}, []),
        ({"expires_on": _in(7)}, ["expiring"]),
        ({"expires_on": _in(0)}, ["expiring"]),
        ({"expires_on": _in(-1)}, ["expired"]),
        ({"expires_on": _in(90), "originally_expires_on": _in(-1)}, ["expired"]),
        ({"review_on": _in(0)}, []),
        ({"review_on": _in(-1)}, ["review overdue"]),
        ({"value": 2, "risk": 4}, ["delete first"]),
        ({"value": None, "risk": 4}, []),
        ({"owner": None}, ["orphan"]),
        ({"owner": None, "kind": "throwaway_script"}, []),
        ({"owner": None, "surface": Surface.PRODUCTION}, ["exposed orphan"]),
        ({"owner_gone": True, "surface": Surface.CUSTOMER}, ["exposed orphan"]),
        ({"regenerate_every_days": 10, "created_on": _in(-10)}, ["regenerate"]),
        ({"regenerate_every_days": 10, "created_on": _in(-9)}, []),
        ({"code_state": CodeState.GONE}, ["gone"]),
        ({"code_state": CodeState.TAKEN_OVER}, ["taken over"]),
        ({"stage": Stage.RETIRING, "expires_on": _in(0)}, []),
        ({"stage": Stage.RETIRING, "expires_on": _in(-1)}, ["ending"]),
        ({"stage": Stage.RETIRING, "owner": None}, []),
        ({"stage": Stage.RETIRING, "surface": Surface.PRODUCTION}, []),
        (
            {"stage": Stage.RETIRING, "surface": Surface.PRODUCTION, "owner": None},
            ["exposed orphan"],
        ),
        ({"stage": Stage.RETIRING, "code_state": CodeState.GONE, "review_on": _in(-9)}, []),
        (RISKY | {"value": 5}, []),
        (RISKY | {"value": 5, "responder": None}, ["unguarded"]),
        (
            RISKY | {"value": 1, "responder": None, "owner": None, "expires_on": _in(-1)},
            ["exposed orphan", "expired", "delete first", "unguarded"],
        ),
    ],
)
def test_somebody_is_needed_when_policy_says_so(changes: dict[str, Any], needs: list[str]) -> None:
    assert list(needs_of(an_artifact(**changes), POLICY, TODAY)) == needs


def test_what_is_due_first_is_the_due_date() -> None:
    both = an_artifact(expires_on=_in(9), review_on=_in(4))
    assert standing(both, POLICY, TODAY).due_on == _in(4)
    neither = an_artifact(expires_on=None, review_on=None)
    assert standing(neither, POLICY, TODAY).due_on is None
