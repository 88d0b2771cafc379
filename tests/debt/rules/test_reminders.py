"""What an owner hears before a date, and what may follow once it was delivered."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import Artifact, Label, Stage
from debt.policy.policy import Leadership
from debt.rules.reminders import (
    Due,
    DueKind,
    carried,
    delivered,
    dues,
    escalates_on,
    full_notice,
    horizon,
    ignored_on,
    lapses_on,
    next_review,
    nudge_on,
    told,
    told_of,
)
from tests.debt.builders import POLICY, TODAY, an_artifact, artifacts, near_days

LED = POLICY.model_copy(update={"leadership": Leadership(channel="C0LEADERS")})


def _in(count: int) -> date:
    return TODAY + timedelta(days=count)


def due_in(days: int | None, *, review: int | None = None, **changes: Any) -> Artifact:
    """An artifact that ends in so many days."""
    ends, again = (None if each is None else _in(each) for each in (days, review))
    return an_artifact(expires_on=ends, review_on=again, **changes)


def arrived(artifact: Artifact, day: date) -> Artifact:
    """After a nudge arrived that named all it is to speak of on that day."""
    return delivered(artifact, {due.kind for due in told_of(artifact, day, POLICY)}, day, POLICY)


def changed(old: Artifact, by: str = "U0ERIN", **changes: Any) -> Artifact:
    return carried(old, replace(old, **changes), by, TODAY, POLICY)


@pytest.mark.parametrize(
    ("days", "told_until", "next_in"),
    [
        (30, None, 16),
        (14, None, 0),
        (10, None, -4),
        (10, 0, 3),
        (7, 0, 6),
        (1, 0, 1),
        (0, 0, None),
        (-90, None, -104),
        (-90, 0, None),
        (20, 6, 13),
    ],
)
def test_the_steps_come_one_after_the_other(
    days: int, told_until: int | None, next_in: int | None
) -> None:
    said = None if told_until is None else _in(told_until)
    expected = None if next_in is None else _in(next_in)
    assert nudge_on(due_in(days, expiry_told=said), POLICY) == expected


def test_the_nearer_of_two_dates_speaks_first() -> None:
    assert nudge_on(due_in(60, review=20), POLICY) == _in(6)


@pytest.mark.parametrize("stage", [Stage.RETIRING, Stage.RETIRED, Stage.REFACTORED])
def test_nobody_hears_of_what_is_on_its_way_out(stage: Stage) -> None:
    assert nudge_on(due_in(3, stage=stage), POLICY) is None


def test_a_snooze_says_when_it_comes_back_sooner_or_later_than_the_next_step() -> None:
    for days in (1, 7):
        assert nudge_on(due_in(30, snoozed_until=_in(days)), POLICY) == _in(days)


def test_what_comes_soon_is_told_along_and_not_again_at_its_own_first_step() -> None:
    soon = due_in(24)
    assert [due.on for due in told_of(soon, TODAY, POLICY)] == [_in(24)]
    once = told(soon, TODAY, POLICY)
    assert nudge_on(once, POLICY) == _in(17)
    urgent = told(due_in(3), TODAY, POLICY)
    assert nudge_on(urgent, POLICY) == _in(2)


def test_what_is_far_away_is_not_spoken_of() -> None:
    assert told_of(due_in(29), TODAY, POLICY) == []


def test_an_end_date_moves_so_that_its_owner_has_the_full_notice() -> None:
    late = arrived(due_in(-100), TODAY)
    assert (late.expires_on, late.originally_expires_on) == (_in(14), _in(-100))
    assert late.due_from == _in(-100)
    assert late.expiry_noticed_on == TODAY


def test_enough_notice_moves_nothing_and_a_second_notice_neither() -> None:
    early = arrived(due_in(20), TODAY)
    assert (early.expires_on, early.originally_expires_on) == (_in(20), None)
    again = arrived(early, _in(19))
    assert again.expires_on == _in(20)


def test_a_new_owner_has_heard_nothing_yet() -> None:
    heard = arrived(told(due_in(3), TODAY, POLICY), TODAY)
    taken = changed(heard, owner="U0SAM")
    assert (taken.expiry_told, taken.expiry_noticed_on) == (None, None)


def test_a_new_end_date_needs_its_own_notice_and_unmarks_a_lapse() -> None:
    heard = replace(arrived(due_in(3), TODAY), lapsed_on=TODAY, lead_told_on=TODAY)
    later = changed(heard, expires_on=_in(60))
    assert (later.expiry_noticed_on, later.lapsed_on, later.lead_told_on) == (None, None, None)
    assert changed(heard, name="renamed").expiry_noticed_on == TODAY


def test_an_owner_who_sets_a_near_date_knows_of_it() -> None:
    """Nothing is moved behind their back; a lapse still waits for the full notice."""
    near = changed(due_in(3, label=Label.EXPERIMENTAL), by="U0DANA", expires_on=_in(5))
    assert near.expiry_noticed_on == TODAY
    assert arrived(near, _in(4)).expires_on == _in(5)
    assert lapses_on(near, POLICY) == _in(15)
    assert changed(due_in(3), by="U0SAM", expires_on=_in(5)).expiry_noticed_on is None
    assert changed(due_in(3), by="U0DANA", expires_on=_in(60)).expiry_noticed_on is None


def test_a_date_that_others_move_nearer_is_told_at_once() -> None:
    """What was told along of the old date says nothing of the new one."""
    heard = arrived(told(due_in(24), TODAY, POLICY), TODAY)
    nearer = changed(heard, by="U0SAM", expires_on=_in(12))
    assert nudge_on(nearer, POLICY) == _in(-2)
    assert nudge_on(changed(heard, by="U0DANA", expires_on=_in(12)), POLICY) == _in(5)


def test_a_message_that_comes_late_has_said_the_steps_until_then() -> None:
    on_its_way = told(due_in(14), TODAY, POLICY)
    assert nudge_on(arrived(on_its_way, _in(8)), POLICY) == _in(15)


def test_notice_counts_for_the_dates_that_were_named() -> None:
    both = due_in(20, review=10)
    heard = delivered(both, {DueKind.REVIEW}, TODAY, POLICY)
    assert (heard.review_noticed_on, heard.expiry_noticed_on) == (TODAY, None)


@pytest.mark.parametrize("label", Label)
def test_only_experimental_artifacts_lapse(label: Label) -> None:
    heard = arrived(due_in(14, label=label), TODAY)
    assert lapses_on(heard, POLICY) == (_in(15) if label is Label.EXPERIMENTAL else None)


def test_nothing_lapses_or_escalates_that_nobody_was_told_of() -> None:
    silent = due_in(-400, label=Label.EXPERIMENTAL, review=-300)
    assert (lapses_on(silent, LED), ignored_on(silent, LED), escalates_on(silent, LED)) == (
        None, None, None,
    )  # fmt: skip


def test_the_lead_hears_a_week_after_the_date_and_leadership_a_week_later_of_high_risk() -> None:
    ignored = due_in(-1, expiry_noticed_on=_in(-15), risk=4)
    assert ignored_on(ignored, LED) == TODAY
    assert escalates_on(ignored, LED) == _in(7)
    told_lead = replace(ignored, lead_told_on=_in(7))
    assert escalates_on(told_lead, LED) == _in(14)
    assert escalates_on(replace(told_lead, leadership_told_on=_in(14)), LED) is None
    assert escalates_on(due_in(-1, expiry_noticed_on=_in(-15), lead_told_on=TODAY), LED) is None
    assert escalates_on(told_lead, POLICY) is None


def test_a_review_that_was_told_late_is_ignored_only_after_the_full_notice() -> None:
    told_late = due_in(None, review=-30, review_noticed_on=TODAY)
    assert ignored_on(told_late, POLICY) == _in(15)


def test_what_nobody_ever_owned_is_a_matter_for_digests_unless_it_would_lapse() -> None:
    assert nudge_on(due_in(3, owner=None), POLICY) is None
    prototype = due_in(20, owner=None, label=Label.EXPERIMENTAL)
    assert nudge_on(prototype, POLICY) == _in(6)
    assert nudge_on(replace(prototype, expiry_told=_in(6)), POLICY) is None
    lost = replace(due_in(60, owner_gone=True, label=Label.EXPERIMENTAL), expiry_told=TODAY)
    assert nudge_on(lost, POLICY) == _in(46)


def test_who_lost_an_owner_is_asked_for_one_at_once_and_once() -> None:
    orphan = an_artifact(owner_gone=True, expires_on=None, review_on=None)
    assert nudge_on(orphan, POLICY) == date.min
    assert nudge_on(told(orphan, TODAY, POLICY), POLICY) is None


@given(artifacts(), near_days, st.integers(0, 200))
def test_each_step_is_said_once_however_long_it_goes_on(
    artifact: Artifact, day: date, nights: int
) -> None:
    """A person who ignores everything hears of a date as often as policy has steps, at most."""
    said = 0
    for _ in range(nights):
        due = nudge_on(artifact, POLICY)
        if due is not None and due <= day:
            artifact = told(artifact, day, POLICY)
            said += 1
        day += timedelta(days=1)
    dates = len(list(dues(artifact)))
    assert said <= max(1, dates * len(POLICY.nudges.steps)) + artifact.owner_gone


@given(artifacts(), near_days)
def test_nothing_lapses_within_the_full_notice(artifact: Artifact, day: date) -> None:
    ends = lapses_on(arrived(artifact, day), POLICY)
    noticed = arrived(artifact, day).expiry_noticed_on
    assert ends is None or noticed is None or (ends - noticed).days > full_notice(POLICY)


def test_a_due_date_knows_what_was_said_of_it() -> None:
    both = due_in(
        20, review=10,
        expiry_told=_in(-1), expiry_noticed_on=_in(-2),
        review_told=_in(-3), review_noticed_on=_in(-4),
    )  # fmt: skip
    assert list(dues(both)) == [
        Due(DueKind.EXPIRY, _in(20), _in(-1), _in(-2)),
        Due(DueKind.REVIEW, _in(10), _in(-3), _in(-4)),
    ]


@pytest.mark.parametrize("stage", [Stage.PROPOSED, Stage.RETIRING, Stage.RETIRED])
def test_what_is_not_on_the_register_for_good_has_no_dates_and_wakes_nobody(stage: Stage) -> None:
    artifact = due_in(3, review=2, stage=stage, snoozed_until=TODAY)
    assert list(dues(artifact)) == []
    assert nudge_on(artifact, POLICY) is None


@pytest.mark.parametrize(
    ("expiry", "review", "told_until"),
    [
        (60, 60, (-9, -8)),  # neither comes soon: what was said before stays so
        (10, 60, (0, -8)),
        (60, 10, (-9, 0)),
        (28, 28, (14, 14)),  # their first step comes in two weeks, and is said along
        (29, 29, (-9, -8)),
    ],
)
def test_a_nudge_says_the_dates_that_come_soon_and_no_others(
    expiry: int, review: int, told_until: tuple[int, int]
) -> None:
    said = told(
        due_in(expiry, review=review, expiry_told=_in(-9), review_told=_in(-8)), TODAY, POLICY
    )
    assert (said.expiry_told, said.review_told) == tuple(map(_in, told_until))


def test_a_nudge_ends_a_snooze() -> None:
    assert told(due_in(60, snoozed_until=TODAY), TODAY, POLICY).snoozed_until is None


def test_a_date_at_the_very_horizon_is_spoken_of() -> None:
    assert horizon(TODAY, POLICY) == _in(28)
    assert [due.on for due in told_of(due_in(28), TODAY, POLICY)] == [_in(28)]


@pytest.mark.parametrize(("said", "until"), [(None, 0), (-3, 0), (6, 6)])
def test_what_arrived_counts_up_to_its_day_or_up_to_what_was_said_ahead(
    said: int | None, until: int
) -> None:
    before = None if said is None else _in(said)
    both = due_in(20, review=10, expiry_told=before, review_told=before)
    heard = delivered(both, {*DueKind}, TODAY, POLICY)
    assert (heard.expiry_told, heard.review_told) == (_in(until), _in(until))
    assert (heard.expiry_noticed_on, heard.review_noticed_on) == (TODAY, TODAY)
    again = delivered(heard, {*DueKind}, _in(1), POLICY)
    assert (again.expiry_noticed_on, again.review_noticed_on) == (TODAY, TODAY)


HEARD = {
    "expiry_told": _in(-5),
    "expiry_noticed_on": _in(-4),
    "review_told": _in(-3),
    "review_noticed_on": _in(-2),
    "snoozed_until": _in(1),
    "lead_told_on": _in(-1),
    "leadership_told_on": TODAY,
}
EXPIRY = {"expiry_told", "expiry_noticed_on"}
REVIEW = {"review_told", "review_noticed_on"}
ESCALATED = {"lead_told_on", "leadership_told_on"}


@pytest.mark.parametrize(
    ("changes", "forgotten"),
    [
        ({"name": "renamed"}, set()),
        ({"owner": "U0SAM"}, set(HEARD)),
        ({"owner_gone": True}, set(HEARD)),
        ({"expires_on": _in(60)}, EXPIRY | ESCALATED | {"snoozed_until"}),
        ({"review_on": _in(60)}, REVIEW | ESCALATED | {"snoozed_until"}),
        ({"expires_on": None}, EXPIRY | ESCALATED | {"snoozed_until"}),
        ({"review_on": None}, REVIEW | ESCALATED | {"snoozed_until"}),
    ],
)
def test_a_change_forgets_just_the_notices_that_it_made_void(
    changes: dict[str, Any], forgotten: set[str]
) -> None:
    now = changed(due_in(20, review=10, **HEARD), by="U0DANA", **changes)
    left = {name: getattr(now, name) for name in HEARD}
    assert left == {name: None if name in forgotten else day for name, day in HEARD.items()}


@pytest.mark.parametrize(
    ("by", "days", "known"),
    [("U0DANA", 14, True), ("U0DANA", 15, False), ("U0SAM", 14, False)],
)
@pytest.mark.parametrize("date_of", ["expires_on", "review_on"])
def test_an_owner_knows_of_a_date_that_they_set_within_the_full_notice(
    date_of: str, by: str, days: int, known: bool
) -> None:
    now = changed(due_in(90, review=90), by=by, **{date_of: _in(days)})
    told_of_it = (
        (now.expiry_told, now.expiry_noticed_on)
        if date_of == "expires_on"
        else (now.review_told, now.review_noticed_on)
    )
    assert told_of_it == ((TODAY, TODAY) if known else (None, None))


@pytest.mark.parametrize("changes", [{"owner": None}, {"owner_gone": True}])
def test_nobody_ignores_what_nobody_owns(changes: dict[str, Any]) -> None:
    assert ignored_on(due_in(-1, expiry_noticed_on=_in(-15)), POLICY) == TODAY
    assert ignored_on(due_in(-1, expiry_noticed_on=_in(-15), **changes), POLICY) is None


@pytest.mark.parametrize(
    ("review", "following"),
    [
        (None, 90),
        (-5, 90),
        (0, 90),
        (1, 91),  # answered early: counted from the day on which it was due
        (28, 118),
        (29, 90),  # no nudge has spoken of it yet
        (100, 100),  # and never sooner than what was set already
    ],
)
def test_the_next_review_comes_by_the_cadence_whoever_answers_early(
    review: int | None, following: int
) -> None:
    assert next_review(due_in(None, review=review), TODAY, POLICY) == _in(following)


def test_what_is_not_reviewed_at_all_has_no_next_review() -> None:
    script = due_in(30, review=5, kind="throwaway_script", label=Label.TEMPORARY)
    assert next_review(script, TODAY, POLICY) is None
