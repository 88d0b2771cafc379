"""Extending, reviewing and rating what is on the register."""

from datetime import timedelta

import pytest

from debt.artifact.artifact import Stage, Surface
from debt.refusal import Refused
from storage.lifecycle import approvals
from storage.lifecycle.maintenance import Extended, Requested, extend, rate, review
from tests.storage.builders import DANA, ERIN, SAM, TODAY, Register, days

SOON = TODAY + days(10)


async def test_an_extension_moves_the_end_date_and_is_counted(register: Register) -> None:
    await register.holds(expires_on=SOON)
    extended = await register.told(DANA, extend, 1, SOON + days(30), " still migrating ")
    assert isinstance(extended, Extended)
    assert (extended.extension.days, extended.extension.left, extended.extension.days_left) == (
        30,
        2,
        60,
    )
    artifact = await register.artifact()
    assert (artifact.expires_on, artifact.extensions, artifact.extended_days) == (
        SOON + days(30),
        1,
        30,
    )
    entry = await register.last_entry()
    assert (entry.action, entry.reason) == ("extend", "still migrating")
    assert entry.before == {
        "expires_on": SOON.isoformat(),
        "extensions": 0,
        "extended_days": 0,
    }


async def test_an_extension_ends_the_notice_that_moved_the_date(register: Register) -> None:
    await register.holds(expires_on=SOON, originally_expires_on=TODAY - days(4))
    await register.told(DANA, extend, 1, SOON + days(7), "needed for the audit")
    assert (await register.artifact()).due_from == SOON + days(7)


async def test_an_extension_needs_a_reason_a_day_to_come_and_something_to_extend(
    register: Register,
) -> None:
    await register.holds(expires_on=SOON)
    await register.holds(stage=Stage.RETIRED)
    for key, until, reason, words in [
        (1, SOON + days(7), "  ", "needs its reason"),
        (1, TODAY, "late", "is not in the future"),
        (1, TODAY + days(40_00), "late", "more than ten years"),
        (1, SOON, "late", "already runs until"),
        (2, SOON + days(7), "late", "D-2 has ended"),
        (3, SOON, "late", "There is no D-3"),
    ]:
        with pytest.raises(Refused, match=words):
            await register.told(DANA, extend, key, until, reason)
    assert (await register.artifact()).extensions == 0


async def test_the_tier_says_how_often_and_how_far(register: Register) -> None:
    await register.holds(expires_on=SOON)
    for number in (1, 2, 3):
        await register.told(DANA, extend, 1, SOON + days(10 * number), "a bit more")
    asked = await register.told(DANA, extend, 1, SOON + days(40), "a bit more")
    assert isinstance(asked, Requested)
    assert asked.why == "D-1 was already extended 3 times, and the standard tier allows 3"
    assert (await register.artifact()).extensions == 3
    with pytest.raises(Refused, match="A request to extend D-1 waits for answers already"):
        await register.told(DANA, extend, 1, SOON + days(40), "a bit more")


async def test_farther_than_the_tier_allows_is_for_others_to_agree_to(register: Register) -> None:
    await register.holds(expires_on=SOON)
    asked = await register.told(DANA, extend, 1, SOON + days(91), "long")
    assert isinstance(asked, Requested)
    assert "allows 90 days in all, and D-1 has 90 left" in asked.why
    assert (asked.approval.needed, asked.approval.own) == (1, False)
    await register.told(ERIN, approvals.approve, asked.approval.id or 0)
    artifact = await register.artifact()
    assert (artifact.expires_on, artifact.extended_days) == (SOON + days(91), 91)


async def test_a_strict_artifact_is_extended_once(register: Register) -> None:
    await register.holds(expires_on=SOON, risk=5, surface=Surface.CUSTOMER)
    await register.told(DANA, extend, 1, SOON + days(30), "once")
    asked = await register.told(DANA, extend, 1, SOON + days(31), "twice")
    assert isinstance(asked, Requested)
    assert asked.why == "D-1 was already extended once, and the strict tier allows 1"
    assert (asked.approval.needed, asked.approval.groups) == (2, ["sre", "security"])


async def test_what_a_database_cannot_hold_is_left_out_of_a_reason(register: Register) -> None:
    await register.holds(expires_on=SOON)
    await register.told(DANA, extend, 1, SOON + days(1), "caf\u00e9\x00 \ud800ok")
    assert (await register.last_entry()).reason == "caf\u00e9 ok"
    with pytest.raises(Refused, match="10,000 are allowed"):
        await register.told(DANA, extend, 1, SOON + days(2), "x" * 10_001)
    assert await register.fault() is None


async def test_a_review_is_done_today_and_due_again_by_policy(register: Register) -> None:
    await register.holds(review_on=TODAY - days(3))
    reviewed = await register.told(SAM, review, 1)
    assert (reviewed.reviewed_on, reviewed.review_on) == (TODAY, TODAY + timedelta(days=90))
    with pytest.raises(Refused, match="reviewed today already"):
        await register.told(SAM, review, 1)


async def test_what_has_ended_is_neither_reviewed_nor_rated(register: Register) -> None:
    await register.holds(stage=Stage.RETIRED)
    with pytest.raises(Refused, match="has ended"):
        await register.told(DANA, review, 1)
    with pytest.raises(Refused, match="has ended"):
        await register.told(DANA, rate, 1, {"risk": 4})


async def test_a_persons_rating_counts_until_they_give_it_back(register: Register) -> None:
    await register.holds()
    await register.told(DANA, rate, 1, {"risk": 5, "friction": 1}, " it moves money ")
    risk = (await register.artifact()).ratings.risk
    assert (risk.value, risk.proxy, risk.person_reason) == (5, 2, "it moves money")
    entry = await register.last_entry()
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["risk"], entry.after["risk"]) == (2, 5)
    assert (entry.before["risk_by"], entry.after["risk_by"]) == ("proxy", "person")

    await register.told(DANA, rate, 1, {"risk": None})
    artifact = await register.artifact()
    assert (artifact.ratings.risk.value, artifact.ratings.friction.value) == (2, 1)
    assert artifact.ratings.risk.person_reason == ""


async def test_the_same_rating_again_changes_nothing(register: Register) -> None:
    await register.holds()
    await register.told(DANA, rate, 1, {"risk": 5}, "it moves money")
    before = await register.artifact()
    assert await register.told(SAM, rate, 1, {"risk": 5}, "I think so too") == before
    assert (await register.artifact()).version == before.version


async def test_a_rating_out_of_bounds_is_refused(register: Register) -> None:
    await register.holds()
    with pytest.raises(Refused, match="from 1 to 5"):
        await register.told(DANA, rate, 1, {"risk": 6})


async def test_extending_what_has_lapsed_tells_that_it_had(register: Register) -> None:
    await register.holds(expires_on=SOON, lapsed_on=TODAY)
    await register.told(DANA, extend, 1, SOON + days(30), "it is used after all")
    assert (await register.artifact()).lapsed_on is None
    assert (await register.last_entry()).before["lapsed_on"] == TODAY.isoformat()  # type: ignore[index]  # a change has a before
