"""Artifacts and strategies that the rules' tests are made of."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from hypothesis import strategies as st

from debt.artifact.artifact import RATING_NAMES, Artifact, Label, Rating, Ratings, Stage, Surface
from debt.policy.policy import built_in
from debt.refusal import Refused

TODAY = date(2026, 11, 23)
POLICY = built_in()
INTENT = {
    "purpose": "charge cards of returning customers",
    "lifespan": "two years",
    "removal_impact": "nobody can pay",
    "owner": "U0DANA",
}


T = TypeVar("T")


def answer(rule: Callable[[], T], no: type[Exception] = Refused) -> T | str:
    """What the rule says: its value, or the words of its refusal. Any other error is a defect."""
    try:
        return rule()
    except no as refused:
        return str(refused)


def ratings(frequency: int = 2, complexity: int = 2, risk: int = 2, friction: int = 2) -> Ratings:
    given = (frequency, complexity, risk, friction)
    return Ratings(*(Rating(value, "usual for a sample") for value in given))


def an_artifact(**changes: Any) -> Artifact:
    """An owned, quiet internal integration with nothing due; `risk=4` and the like rate it."""
    rated = {name: changes.pop(name) for name in RATING_NAMES if name in changes}
    values: dict[str, Any] = {
        "id": 7,
        "name": "payments bridge",
        "kind": "production_integration",
        "label": Label.DURABLE,
        "stage": Stage.RETAINED,
        "repo": "acme/pay",
        "paths": ("src/bridge/**",),
        "ratings": ratings(**rated),
        "created_on": date(2026, 1, 15),
        "expires_on": date(2027, 6, 1),
        "review_on": date(2027, 1, 15),
        "value": 3,
    }
    return Artifact(**values | INTENT | changes)


one_to_five = st.integers(1, 5)
days = st.dates()
near_days = st.dates(date(2026, 9, 1), date(2027, 2, 28))
kinds = st.sampled_from([*POLICY.kinds, "kind_a_policy_dropped"])


@st.composite
def artifacts(draw: st.DrawFn, dates: st.SearchStrategy[date] = near_days) -> Artifact:
    """Any artifact at all: every kind, label, stage, surface, rating and date."""
    some_day = st.none() | dates
    some_text = st.none() | st.sampled_from(["", "tbd", "pays the bills of the team"])
    return an_artifact(
        kind=draw(kinds),
        label=draw(st.sampled_from(Label)),
        stage=draw(st.sampled_from(Stage)),
        surface=draw(st.sampled_from(Surface)),
        ratings=ratings(*(draw(one_to_five) for _ in RATING_NAMES)),
        created_on=draw(dates),
        expires_on=draw(some_day),
        originally_expires_on=draw(some_day),
        review_on=draw(some_day),
        value=draw(st.none() | one_to_five),
        blast_radius=draw(st.none() | one_to_five),
        dependants=draw(st.integers(0, 60)),
        owner=draw(st.sampled_from([None, "U0DANA"])),
        owner_gone=draw(st.booleans()),
        purpose=draw(some_text),
        lifespan=draw(some_text),
        removal_impact=draw(some_text),
        responder=draw(some_text),
        rollback=draw(some_text),
        extensions=draw(st.integers(0, 4)),
        extended_days=draw(st.integers(0, 120)),
    )
