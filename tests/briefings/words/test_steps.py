"""The one thing to do about an artifact, in words: the same in every message and on a terminal."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

from briefings.words.words import readable, say
from debt.artifact.artifact import Artifact, CodeState, Stage, Surface
from debt.rules.score import Quadrant
from debt.rules.standing import Action, NextStep, next_step
from tests.debt.builders import POLICY, TODAY, an_artifact, artifacts, near_days

RISKY = {"risk": 4, "surface": Surface.PRODUCTION, "responder": "U0SAM"}


def _in(count: int) -> date:
    return TODAY + timedelta(days=count)


def words(step: NextStep) -> str:
    return readable(say("steps.words", step=step))


@pytest.mark.parametrize(
    ("changes", "said", "action"),
    [
        (
            {"owner": None, "surface": Surface.PRODUCTION},
            "claim it: in production with nobody behind it",
            "claim",
        ),
        (
            {"owner": None, "surface": Surface.CUSTOMER},
            "claim it: customer-facing with nobody behind it",
            "claim",
        ),
        ({"expires_on": _in(-1)}, "extend it with a reason, or retire it", "extend"),
        ({"expires_on": _in(3)}, "extend it with a reason, or let it end", "extend"),
        (
            {"value": 1, "risk": 5},
            "delete first: low value, high risk; retire it",
            "retire",
        ),
        ({"review_on": _in(-1)}, "review it: is it still needed?", "review"),
        (
            RISKY | {"value": 5, "responder": None},
            "name a responder: high risk and nobody on call",
            "edit",
        ),
        ({"owner": None}, "claim it: nobody answers for it", "claim"),
        (
            {"owner": None, "kind": "throwaway_script"},
            "claim it: nobody owns it",
            "claim",
        ),
        (
            {"owner": None, "purpose": None, "kind": "throwaway_script"},
            "say what it is for: no purpose, no owner",
            "edit",
        ),
        ({"purpose": "tbd"}, "say what it is for: vague purpose", "edit"),
        (
            {"value": None, "risk": 5},
            "say what it is worth: risky, and its value is not rated",
            "edit",
        ),
        (
            {"value": None, "risk": 1},
            "keep only with a clear owner and a revision date",
            "show",
        ),
        (
            {"stage": Stage.PROPOSED},
            "accept it, or say that it is not AI-produced",
            "accept",
        ),
        (
            {"code_state": CodeState.GONE},
            "retire it: none of its paths is left in the repository",
            "retire",
        ),
        (
            {"code_state": CodeState.TAKEN_OVER},
            "retire it as refactored: people’s code has taken its place",
            "retire",
        ),
        ({"lapsed_on": TODAY}, "retire it: it lapsed and nobody extended it", "retire"),
        (
            {"regenerate_every_days": 90, "generation": 2},
            "regenerate it: generation 2 has had its time",
            "retire",
        ),
        (
            {"stage": Stage.RETIRING, "expires_on": _in(-1), "review_on": _in(-9)},
            "finish its checklist and confirm that it is gone",
            "show",
        ),
        ({"value": 5}, "keep it and watch", "show"),
        ({"value": 5, "risk": 5}, "strongest review; refactor it as roadmap work", "show"),
        ({"value": 1}, "keep only with a clear owner and a revision date", "show"),
    ],
)
def test_the_next_step_is_the_one_thing_to_do(
    changes: dict[str, Any], said: str, action: str
) -> None:
    step = next_step(an_artifact(**changes), POLICY, TODAY)
    assert (words(step), step.action) == (said, action)


@given(artifacts(), near_days)
def test_there_are_words_for_whatever_an_artifact_is(artifact: Artifact, today: date) -> None:
    step = next_step(artifact, POLICY, today)
    said = words(step)
    assert said == " ".join(said.split()) != ""
    assert step.action in Action
    assert (say("steps.quadrant", quadrant=step.quadrant) in said) == step.is_quadrants


@pytest.mark.parametrize(
    ("box", "action"),
    [
        ("high/high", "strongest review; refactor it as roadmap work"),
        ("high/low", "keep it and watch"),
        ("low/high", "delete first"),
        ("low/low", "keep only with a clear owner and a revision date"),
    ],
)
def test_each_quadrant_names_its_action(box: str, action: str) -> None:
    assert say("steps.quadrant", quadrant=Quadrant(box)) == action
