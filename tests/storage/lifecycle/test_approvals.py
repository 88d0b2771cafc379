"""What others have to agree to: asked once, counted right, done once, whatever happens at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from debt.artifact.artifact import Ending, Stage, Surface
from debt.change import Change
from debt.policy.roles import Roster
from debt.refusal import Refused
from debt.rules.approval import ApprovalKind
from storage.lifecycle import approvals, requests, retirement
from storage.lifecycle.approvals import DecidedRequest
from storage.lifecycle.maintenance import Requested, extend
from storage.tables import Approval, ApprovalState
from tests.storage.builders import DANA, ERIN, LEE, NOW, SAM, TODAY, Register, by, days
from tests.storage.test_two_at_once import settled

STRICT: dict[str, Any] = {"risk": 5, "surface": Surface.PRODUCTION}
ROSTER: Roster = {"sre": frozenset({SAM, "U0KAI"}), "security": frozenset({"U0PRIYA"})}
ONE_DAY, TWO_WEEKS = timedelta(days=1), timedelta(days=14)


def told_by(who: str, *, after: timedelta = timedelta(0), roster: Roster = ROSTER) -> Change:
    return replace(by(who, at=NOW + after), roster=roster)


async def asked(register: Register, key: int = 1, who: str = DANA, reason: str = "unused") -> int:
    """The number of a new request to retire."""
    outcome = await register.told(told_by(who), retirement.ask, key, Ending.RETIRE, reason)
    assert isinstance(outcome, Requested)
    return outcome.approval.id or 0


async def request(register: Register, number: int = 1) -> Approval:
    found = await register.asked(requests.find, number)
    assert found is not None
    return found


async def voters(register: Register, number: int = 1) -> set[str]:
    return {vote.person for vote in await register.asked(requests.votes, number)}


async def actions(register: Register) -> list[str]:
    return [entry.action for entry in await register.entries(1)]


async def test_the_second_of_two_has_it_done_in_the_same_transaction(register: Register) -> None:
    await register.holds(**STRICT)
    number = await asked(register)
    first = await register.told(told_by(ERIN), approvals.approve, number)
    assert first.open
    assert (first.still.missing, first.still.missing_groups) == (1, ("sre", "security"))
    second = await register.told(told_by(SAM), approvals.approve, number)
    assert not second.open
    assert second.artifact.stage is Stage.RETIRING
    assert await actions(register) == [
        "import", "ask to retire", "approve to retire", "approve to retire", "retire",
    ]  # fmt: skip
    assert await register.fault() is None


async def test_two_of_the_team_still_lack_one_of_the_groups(register: Register) -> None:
    await register.holds(**STRICT)
    number = await asked(register)
    await register.told(told_by(ERIN), approvals.approve, number)
    second = await register.told(told_by(LEE), approvals.approve, number)
    assert (second.open, second.still.missing) == (True, 1)
    assert not (await register.told(told_by("U0PRIYA"), approvals.approve, number)).open


async def test_everybody_who_presses_at_once_is_counted_and_it_is_done_once(
    register: Register,
) -> None:
    await register.holds(**STRICT)
    number = await asked(register)
    answers = await settled(
        *(
            register.told(told_by(who), approvals.approve, number)
            for who in (ERIN, LEE, SAM, "U0KAI", "U0PRIYA", ERIN, SAM)
        )
    )
    decided = [each for each in answers if isinstance(each, DecidedRequest)]
    assert sum(not each.open for each in decided) == 1
    assert (await request(register)).state == ApprovalState.APPROVED
    done = await actions(register)
    assert done.count("retire") == 1
    assert done.count("approve to retire") == len(decided) == len(await voters(register))
    assert await register.fault() is None


async def test_approving_and_rejecting_at_once_ends_in_one_of_them(register: Register) -> None:
    for key in range(1, 9):
        await register.holds()
        number = await asked(register, key)
        one, other = await settled(
            register.told(told_by(ERIN), approvals.approve, number),
            register.told(told_by(LEE), approvals.reject, number, "not yet"),
        )
        assert isinstance(one, Refused) != isinstance(other, Refused)
        approved = (await request(register, number)).state == ApprovalState.APPROVED
        assert approved == ((await register.artifact(key)).stage is Stage.RETIRING)
    assert await register.fault() is None


async def test_a_word_taken_back_while_another_is_given_does_not_count(register: Register) -> None:
    for key in range(1, 9):
        await register.holds(**STRICT)
        number = await asked(register, key)
        await register.told(told_by(ERIN), approvals.approve, number)
        await settled(
            register.told(told_by(ERIN), approvals.withdraw_vote, number),
            register.told(told_by(SAM), approvals.approve, number),
        )
        agreed = await voters(register, number)
        approved = (await request(register, number)).state == ApprovalState.APPROVED
        assert agreed == ({ERIN, SAM} if approved else {SAM})


async def test_the_same_is_asked_once_however_often_at_once(register: Register) -> None:
    await register.holds()
    answers = await settled(
        *(
            register.told(told_by(DANA), retirement.ask, 1, Ending.RETIRE, "unused")
            for _ in range(6)
        )
    )
    assert sum(isinstance(each, Refused) for each in answers) == 5
    assert [message.key for message in await register.messages()] == [f"approval:1:{ERIN}"]


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (DANA, "You asked for this yourself, and in the standard tier somebody else decides"),
        ("U0NOBODY", None),
    ],
)
async def test_any_other_person_decides_where_the_tier_names_no_group(
    who: str, why: str | None, register: Register
) -> None:
    await register.holds()
    number = await asked(register)
    if why is None:
        assert not (await register.told(told_by(who), approvals.approve, number)).open
        return
    with pytest.raises(Refused, match=why):
        await register.told(told_by(who), approvals.approve, number)
    with pytest.raises(Refused, match=why):
        await register.told(told_by(who), approvals.reject, number, "no")


async def test_in_the_light_tier_only_the_owner_decides_what_others_ask(
    register: Register,
) -> None:
    await register.holds(kind="throwaway_script")
    number = await asked(register, who=LEE)
    with pytest.raises(Refused, match="Only the owner of D-1 can decide this"):
        await register.told(told_by(ERIN), approvals.approve, number)
    await register.told(told_by(DANA), approvals.approve, number)
    assert (await register.artifact()).stage is Stage.RETIRING


@pytest.mark.parametrize("owner", [None, "left@example.com"])
async def test_where_no_owner_can_be_asked_one_other_person_decides(
    owner: str | None, register: Register
) -> None:
    await register.holds(kind="throwaway_script", owner=owner)
    number = await asked(register, who=LEE)
    assert [message.person for message in await register.messages()] == [ERIN]
    assert not (await register.told(told_by(SAM), approvals.approve, number)).open


async def test_who_lost_the_role_before_the_last_word_counts_no_longer_for_it(
    register: Register,
) -> None:
    await register.holds(**STRICT)
    number = await asked(register)
    await register.told(told_by(SAM), approvals.approve, number)
    left: Roster = {"sre": frozenset({"U0KAI"}), "security": frozenset()}
    second = await register.told(told_by(ERIN, roster=left), approvals.approve, number)
    assert (second.open, second.still.missing_groups) == (True, ("sre", "security"))


async def test_who_has_the_role_only_now_may_press_once_more(register: Register) -> None:
    await register.holds(**STRICT)
    number = await asked(register)
    await register.told(told_by(ERIN), approvals.approve, number)
    await register.told(told_by(SAM, roster={}), approvals.approve, number)
    with pytest.raises(Refused, match="approved that already; 1 more person has to agree, one of"):
        await register.told(told_by(SAM, roster={}), approvals.approve, number)
    assert not (await register.told(told_by(SAM), approvals.approve, number)).open
    assert (await actions(register)).count("approve to retire") == 2


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ((approvals.approve, ERIN), "was approved already"),
        ((approvals.withdraw, DANA), "was approved already"),
        ((approvals.withdraw_vote, LEE), "was approved already"),
    ],
)
async def test_after_the_decision_nothing_is_left_to_press(
    act: Any, words: str, register: Register
) -> None:
    await register.holds()
    number = await asked(register)
    await register.told(told_by(LEE), approvals.approve, number)
    verb, who = act
    with pytest.raises(Refused, match=f"The request about D-1 {words}"):
        await register.told(told_by(who), verb, number)


async def test_no_such_request_is_said(register: Register) -> None:
    with pytest.raises(Refused, match="There is no such request"):
        await register.told(told_by(ERIN), approvals.approve, 77)


async def test_what_is_asked_about_something_that_goes_has_lost_its_point(
    register: Register,
) -> None:
    await register.holds(expires_on=TODAY + days(5))
    more = await register.told(told_by(DANA), extend, 1, TODAY + days(300), "long")
    assert isinstance(more, Requested)
    number = await asked(register)
    await register.told(told_by(LEE), approvals.approve, number)
    overtaken = await request(register, more.approval.id or 0)
    assert overtaken.state == ApprovalState.OVERTAKEN
    assert "request to extend overtaken" in await actions(register)
    decisions = [each.key for each in await register.messages() if each.kind == "decision"]
    assert decisions == [f"decision:{number}", f"decision:{overtaken.id}"]


async def test_a_request_is_brought_up_once_then_lapses(register: Register) -> None:
    await register.holds(**STRICT)
    number = await asked(register)
    assert await register.asked(requests.due, NOW + 6 * ONE_DAY, 10) == []
    for _ in range(2):
        later = told_by("schedule", after=7 * ONE_DAY)
        await register.told(later, approvals.take_turn, number)
    reminders = [each.person for each in await register.messages() if "reminder" in each.key]
    assert reminders == ["U0KAI", "U0PRIYA", SAM]
    with pytest.raises(Refused, match="has lapsed; ask again"):
        await register.told(told_by(SAM, after=TWO_WEEKS), approvals.approve, number)
    [due] = await register.asked(requests.due, NOW + TWO_WEEKS, 10)
    await register.told(told_by("schedule", after=TWO_WEEKS), approvals.take_turn, due.id or 0)
    assert (await request(register)).state == ApprovalState.LAPSED
    assert (await register.last_entry()).action == "request to retire lapsed"
    assert await register.asked(requests.due, NOW + 2 * TWO_WEEKS, 10) == []


async def test_the_lead_is_reminded_unless_they_have_agreed(register: Register) -> None:
    await register.holds(risk=5, surface=Surface.PRODUCTION, owner=LEE)
    number = await asked(register)
    await register.told(told_by(SAM), approvals.approve, number)
    later = told_by("schedule", after=7 * ONE_DAY)
    await register.told(later, approvals.take_turn, number)
    reminders = [each.person for each in await register.messages() if "reminder" in each.key]
    assert reminders == [ERIN]


async def test_where_it_was_asked_can_be_told(register: Register) -> None:
    await register.holds(owner=LEE)
    number = await asked(register)
    places = await register.asked(requests.asked_at, await request(register, number))
    assert [place.person for place in places] == [ERIN, LEE]


async def test_a_wish_keeps_what_was_asked(register: Register) -> None:
    await register.holds()
    await register.told(
        told_by(DANA), retirement.ask, 1, Ending.REFACTOR, "rewritten", "https://git/1"
    )
    kept = await request(register)
    assert (kept.kind, kept.wish) == (
        ApprovalKind.RETIRE,
        {"end": "refactor", "link": "https://git/1"},
    )
    assert (kept.tier, kept.needed, kept.groups) == ("standard", 1, [])
