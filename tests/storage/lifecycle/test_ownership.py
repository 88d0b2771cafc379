"""Who answers for an artifact."""

from dataclasses import replace
from typing import Any

import pytest

from debt.artifact.artifact import Stage
from debt.refusal import Refused
from storage.database.store import Session
from storage.lifecycle.ownership import Claimed, OwnershipAsked, answer, claim, handoff, release
from storage.register.artifacts import locked, save
from storage.register.bulk import BulkRow, begin, put
from storage.register.people import owner_is
from storage.tables import RequestState
from tests.storage.builders import DANA, ERIN, LEE, SAM, TODAY, Register, a_person, by


async def test_what_nobody_owns_is_yours_at_once(register: Register) -> None:
    await register.holds(owner=None)
    assert isinstance(await register.told(SAM, claim, 1), Claimed)
    assert await register.owner() == SAM
    assert await register.messages() == []


async def test_what_somebody_who_left_owned_is_yours_at_once(register: Register) -> None:
    await register.holds(owner_gone=True)
    await register.told(SAM, claim, 1)
    artifact = await register.artifact()
    assert (artifact.owner, artifact.orphan) == (SAM, False)


async def test_who_came_back_may_claim_their_own_again(register: Register) -> None:
    await register.holds(owner_gone=True)
    await register.told(DANA, claim, 1)
    assert not (await register.artifact()).orphan


async def test_what_somebody_owns_stays_theirs_while_they_are_asked(register: Register) -> None:
    await register.holds()
    asked = await register.told(SAM, claim, 1)
    assert isinstance(asked, OwnershipAsked)
    assert asked.asked == DANA
    assert await register.owner() == DANA
    [message] = await register.messages()
    assert (message.kind, message.person, message.facts) == ("ask", DANA, {"request": 1})


async def test_what_is_yours_cannot_be_claimed_again(register: Register) -> None:
    await register.holds()
    with pytest.raises(Refused, match=r"D-1 is yours already\."):
        await register.told(DANA, claim, 1)


async def test_who_owns_it_first_changes_nothing_who_comes_later_does(register: Register) -> None:
    await register.holds(owner=None)
    await register.told(DANA, claim, 1)
    assert (await register.artifact()).owner_changed_on is None
    await register.told(DANA, release, 1)
    assert not (await register.artifact()).owner_changed_since_review, (
        "nobody has it to review it with"
    )
    await register.told(SAM, claim, 1)
    artifact = await register.artifact()
    assert (artifact.owner_changed_on, artifact.owner_changed_since_review) == (TODAY, True)


async def test_an_e_mail_that_slack_knows_by_now_is_no_other_owner(register: Register) -> None:
    await register.holds(owner="dana@example.test")
    await register.told(by("schedule"), owner_is, "dana@example.test", a_person(DANA))
    assert (await register.artifact()).owner_changed_on is None


@pytest.mark.parametrize("stage", [Stage.RETIRED, Stage.REFACTORED, Stage.REGENERATED])
async def test_nobody_takes_gives_or_leaves_what_has_ended(
    register: Register, stage: Stage
) -> None:
    await register.holds(stage=stage)
    with pytest.raises(Refused, match="D-1 has ended"):
        await register.told(SAM, claim, 1)
    with pytest.raises(Refused, match="D-1 has ended"):
        await register.told(DANA, release, 1)
    with pytest.raises(Refused, match="D-1 has ended"):
        await register.told(DANA, handoff, 1, a_person(SAM))


async def test_an_owner_whom_slack_does_not_know_cannot_be_asked(register: Register) -> None:
    await register.holds(owner="dana@example.com")
    with pytest.raises(Refused, match=r"belongs to dana@example\.com, whom Slack does not know"):
        await register.told(SAM, claim, 1)


async def test_nobody_asks_the_same_person_twice(register: Register) -> None:
    await register.holds()
    await register.told(SAM, claim, 1)
    with pytest.raises(Refused, match="asked for that already"):
        await register.told(SAM, claim, 1)
    assert len(await register.messages()) == 1


async def test_who_was_declined_may_ask_again(register: Register) -> None:
    await register.holds()
    await register.told(SAM, claim, 1)
    await register.told(DANA, answer, 1, accept=False)
    await register.told(SAM, claim, 1)
    assert [m.kind for m in await register.messages()] == ["ask", "answer", "ask"]


async def test_an_unknown_key_is_refused_in_words(register: Register) -> None:
    with pytest.raises(Refused, match="There is no D-404 on the register"):
        await register.told(SAM, claim, 404)


@pytest.mark.parametrize(("who", "admin"), [(DANA, False), (ERIN, False), (LEE, True)])
async def test_owner_lead_and_admin_may_release(register: Register, who: str, admin: bool) -> None:
    await register.holds()
    await register.told(who, release, 1, admin=admin)
    artifact = await register.artifact()
    assert (artifact.owner, artifact.changed_by, artifact.changed_how) == (None, who, "released")


async def test_nobody_else_may_release_or_hand_off(register: Register) -> None:
    await register.holds()
    with pytest.raises(Refused, match="its owner, its team’s lead or an admin can release"):
        await register.told(SAM, release, 1)
    with pytest.raises(Refused, match="or an admin can hand off D-1"):
        await register.told(SAM, handoff, 1, a_person(LEE))
    assert await register.owner() == DANA


async def test_the_lead_of_another_team_is_nobody_in_particular(register: Register) -> None:
    await register.holds(team="search")
    with pytest.raises(Refused, match="can release D-1"):
        await register.told(ERIN, release, 1)


async def test_what_nobody_owns_cannot_be_released(register: Register) -> None:
    await register.holds(owner=None)
    with pytest.raises(Refused, match="has no owner"):
        await register.told(ERIN, release, 1)


async def test_a_colleague_is_asked_before_they_get_it(register: Register) -> None:
    await register.holds()
    await register.told(DANA, handoff, 1, a_person(SAM))
    assert await register.owner() == DANA
    [message] = await register.messages()
    assert (message.kind, message.person) == ("ask", SAM)
    await register.told(SAM, answer, 1, accept=True)
    artifact = await register.artifact()
    assert (artifact.owner, artifact.changed_how) == (SAM, "taken over")


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"bot": True}, "is a bot"),
        ({"active": False}, "is deactivated in Slack"),
        ({"guest": True}, "is a guest here"),
        ({"stranger": True}, "belongs to another organization"),
    ],
)
async def test_only_a_colleague_can_be_given_it(
    register: Register, what: dict[str, Any], words: str
) -> None:
    await register.holds()
    with pytest.raises(Refused, match=f"Sam {words}"):
        await register.told(DANA, handoff, 1, a_person(SAM, **what))
    assert await register.messages() == []


async def test_a_handoff_to_oneself_is_a_claim(register: Register) -> None:
    await register.holds()
    with pytest.raises(Refused, match="say claim D-1"):
        await register.told(ERIN, handoff, 1, a_person(ERIN))


async def test_a_handoff_to_its_owner_changes_nothing(register: Register) -> None:
    await register.holds()
    with pytest.raises(Refused, match="D-1 belongs to Dana already"):
        await register.told(ERIN, handoff, 1, a_person(DANA))


async def test_who_accepts_gives_it_and_who_asked_is_told(register: Register) -> None:
    await register.holds()
    await register.told(SAM, claim, 1)
    settled = await register.told(DANA, answer, 1, accept=True)
    assert (settled.accepted, settled.asked_by, settled.artifact.owner) == (True, SAM, SAM)
    assert await register.owner() == SAM
    assert [(m.kind, m.person) for m in await register.messages()] == [
        ("ask", DANA),
        ("answer", SAM),
    ]
    entry = await register.last_entry()
    assert (entry.by, entry.after, entry.reason) == (SAM, {"owner": SAM}, f"{DANA} accepted")


async def test_who_declines_keeps_it_and_who_asked_is_told(register: Register) -> None:
    await register.holds()
    before = await register.count()
    await register.told(SAM, claim, 1)
    settled = await register.told(DANA, answer, 1, accept=False)
    assert not settled.accepted
    assert await register.owner() == DANA
    assert (await register.messages())[-1].person == SAM
    assert await register.count() == before


@pytest.mark.parametrize("accept", [True, False])
async def test_an_answer_is_given_once(register: Register, accept: bool) -> None:
    await register.holds()
    await register.told(SAM, claim, 1)
    await register.told(DANA, answer, 1, accept=accept)
    with pytest.raises(Refused, match=r"you have .* that already"):
        await register.told(DANA, answer, 1, accept=not accept)
    assert len(await register.messages()) == 2


async def test_only_the_person_who_was_asked_can_answer(register: Register) -> None:
    await register.holds()
    await register.told(SAM, claim, 1)
    for who in (SAM, ERIN, LEE):
        with pytest.raises(Refused, match="Only the person who was asked"):
            await register.told(who, answer, 1, accept=True)
    with pytest.raises(Refused, match="Only the person who was asked"):
        await register.told(DANA, answer, 99, accept=True)
    assert await register.owner() == DANA


async def test_the_first_to_accept_leaves_nothing_for_the_second(register: Register) -> None:
    await register.holds()
    await register.told(DANA, handoff, 1, a_person(SAM))
    await register.told(DANA, handoff, 1, a_person(LEE))
    await register.told(SAM, answer, 1, accept=True)
    with pytest.raises(Refused, match="found another owner since"):
        await register.told(LEE, answer, 2, accept=True)
    assert await register.owner() == SAM


async def test_a_former_owner_cannot_give_away_what_somebody_else_took(
    register: Register,
) -> None:
    await register.holds()
    await register.told(SAM, claim, 1)
    await register.told(DANA, release, 1)
    await register.told(LEE, claim, 1)
    with pytest.raises(Refused, match="found another owner since"):
        await register.told(DANA, answer, 1, accept=True)
    assert await register.owner() == LEE


async def test_an_offer_ends_when_somebody_else_gets_it_by_other_means(
    register: Register,
) -> None:
    await register.holds()
    await register.told(DANA, handoff, 1, a_person(SAM))
    await register.told("slack", owner_is, DANA, None)
    await register.told(LEE, claim, 1)
    [request] = await register.requests()
    assert request.state == RequestState.OVERTAKEN


async def outcomes(register: Register) -> list[str | None]:
    """Who was told what became of their request."""
    return [message.person for message in await register.messages() if message.kind == "answer"]


async def test_who_asked_in_vain_is_told_once_somebody_else_has_it(register: Register) -> None:
    await register.holds()
    await register.told(SAM, claim, 1)
    await register.told(LEE, claim, 1)
    await register.told(DANA, answer, 2, accept=True)
    assert await outcomes(register) == [SAM, LEE]
    assert [request.state for request in await register.requests()] == ["overtaken", "accepted"]


async def test_who_asked_is_told_that_its_owner_let_go_of_it(register: Register) -> None:
    await register.holds()
    await register.told(SAM, claim, 1)
    await register.told(DANA, release, 1)
    assert await outcomes(register) == [SAM]


async def test_nobody_is_told_what_they_did_or_got_themselves(register: Register) -> None:
    await register.holds()
    await register.told(DANA, handoff, 1, a_person(SAM))
    await register.told(DANA, release, 1)
    await register.told(ERIN, handoff, 1, a_person(LEE))
    await register.told(ERIN, claim, 1)
    assert await outcomes(register) == []


async def test_who_asked_is_told_when_a_spreadsheet_gave_it_to_somebody(
    register: Register,
) -> None:
    await register.holds()
    await register.holds()
    await register.told(SAM, claim, 1)
    await register.told(LEE, claim, 2)
    rows = [
        BulkRow(2, 1, {"owner": LEE}),
        BulkRow(3, 2, {"owner": LEE}),
        BulkRow(4, 2, {"usage": "daily"}),
    ]
    await register.does(begin)
    await register.told(ERIN, put, rows[:2], "import")
    await register.told(ERIN, put, rows[2:], "import")
    assert await outcomes(register) == [SAM]
    assert {request.state for request in await register.requests()} == {"overtaken"}


async def test_what_ended_meanwhile_cannot_be_accepted_but_declined(register: Register) -> None:
    await register.holds(stage=Stage.RETIRING)
    await register.told(SAM, claim, 1)
    await register.does(_retire)
    with pytest.raises(Refused, match="D-1 has ended"):
        await register.told(DANA, answer, 1, accept=True)
    assert not (await register.told(DANA, answer, 1, accept=False)).accepted


async def _retire(session: Session) -> None:
    old = await locked(session, 1)
    await save(session, by(DANA), old, replace(old, stage=Stage.RETIRED), action="retire")


async def test_a_question_and_its_message_are_written_together_or_not_at_all(
    register: Register,
) -> None:
    await register.holds()

    async def claim_and_fail(session: Session) -> None:
        await claim(session, by(SAM), 1)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await register.does(claim_and_fail)
    assert await register.messages() == []
    assert await register.requests() == []
    await register.told(SAM, claim, 1)
    assert len(await register.messages()) == len(await register.requests()) == 1
