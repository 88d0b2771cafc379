"""Claim, release and handoff, as people do them in Slack."""

import pytest

from bot.process.process import Process
from sandbox import Person, Sandbox
from tests.bot.conftest import Ledger, on_both_databases


@on_both_databases
async def test_who_claims_an_orphan_owns_it(dana: Person, ledger: Ledger) -> None:
    orphan = await ledger.add(owner=None)
    reply = await dana.types(f"/debt claim {orphan.key}")
    assert reply.ephemeral
    assert "owns Payment retry worker (D-1) now" in reply.text
    assert (await ledger.get(orphan)).owner == dana.id


@on_both_databases
async def test_an_owned_artifact_is_asked_for_and_changes_hands_on_accept(
    dana: Person, sam: Person, ledger: Ledger, process: Process
) -> None:
    owned = await ledger.add()
    reply = await sam.types(f"/debt claim {owned.key}")
    assert "belongs to @dana. I have asked" in reply.text
    await process.send()
    question = dana.dms()[-1]
    assert "would like to take over Payment retry worker" in question.shown
    reply = await dana.clicks(question, "Accept")
    assert (await ledger.get(owned)).owner == sam.id
    assert "You accepted" in question.shown
    assert question.buttons == []
    await process.send()
    assert "@dana accepted: Payment retry worker (D-1) is yours now" in sam.dms()[-1].shown


async def test_declining_leaves_everything_as_it_was(
    dana: Person, sam: Person, ledger: Ledger, process: Process
) -> None:
    owned = await ledger.add()
    await sam.types(f"/debt claim {owned.key}")
    await process.send()
    question = dana.dms()[-1]
    reply = await dana.clicks(question, "Decline")
    assert "Declined: Payment retry worker (D-1) stays where it is" in reply.text
    assert "You declined" in question.shown
    assert (await ledger.get(owned)).owner == dana.id
    await process.send()
    assert "@dana declined" in sam.dms()[-1].shown


async def test_the_question_comes_at_once_without_waiting_for_a_schedule(
    dana: Person, sam: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add()
    assert not dana.dms()
    await sam.types("/debt claim D-1")
    assert await process.send() == 1
    assert len(dana.dms()) == 1


async def test_asking_twice_is_refused_while_the_answer_is_to_come(
    dana: Person, sam: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add()
    await sam.types("/debt claim D-1")
    reply = await sam.types("/debt claim D-1")
    assert "You have asked for that already; the answer is still to come" in reply.text
    await process.send()
    assert len(dana.dms()) == 1


async def test_two_may_ask_and_accepting_one_settles_the_other(
    dana: Person, sam: Person, mia: Person, ledger: Ledger, process: Process
) -> None:
    owned = await ledger.add()
    await sam.types("/debt claim D-1")
    await mia.types("/debt claim D-1")
    await process.send()
    first, second = dana.dms()
    await dana.clicks(first, "Accept")
    reply = await dana.clicks(second, "Accept")
    assert "it has found another owner since" in reply.text
    assert "found another owner since" in second.shown
    assert (await ledger.get(owned)).owner == sam.id


async def test_who_asked_for_what_somebody_else_got_is_told(
    dana: Person, sam: Person, mia: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add()
    await sam.types("/debt claim D-1")
    await mia.types("/debt claim D-1")
    await process.send()
    await dana.clicks(dana.dms()[0], "Accept")
    await process.send()
    [told] = mia.dms()
    assert told.shown == (
        "You asked @dana for Payment retry worker (D-1); "
        "there is nothing left to answer: it belongs to @sam now."
    )
    assert "it is yours now" not in sam.dms()[-1].shown


async def test_who_asked_for_what_its_owner_let_go_of_may_claim_it_there(
    dana: Person, sam: Person, ledger: Ledger, process: Process
) -> None:
    owned = await ledger.add()
    await sam.types("/debt claim D-1")
    await dana.types("/debt release D-1")
    await process.send()
    [told] = sam.dms()
    assert "there is nothing left to answer: nobody owns it now." in told.shown
    await sam.clicks(told, "Claim")
    assert (await ledger.get(owned)).owner == sam.id
    assert "it is yours now." in told.shown
    assert told.buttons == []


async def test_who_offered_what_went_elsewhere_is_told(
    dana: Person, erin: Person, mia: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add()
    await erin.types("/debt handoff D-1 @mia")
    await dana.types("/debt handoff D-1 @sam")
    await dana.types("/debt release D-1")
    await process.send()
    assert erin.dms()[-1].shown.startswith("You offered Payment retry worker (D-1) to @mia; ")
    assert not [told for told in dana.dms() if "You offered" in told.shown]


async def test_only_the_person_who_was_asked_can_answer(
    dana: Person, sam: Person, slack: Sandbox, ledger: Ledger, process: Process
) -> None:
    """The button's value is all it takes to forge an answer, so the register checks who presses."""
    owned = await ledger.add()
    await sam.types("/debt claim D-1")
    await process.send()
    question = dana.dms()[-1]
    question.home.members.append(sam.id)
    reply = await sam.clicks(question, "Accept")
    assert "Only the person who was asked can answer that" in reply.text
    assert (await ledger.get(owned)).owner == dana.id


async def test_claiming_what_is_mine_already_says_so(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    assert "D-1 is yours already" in (await dana.types("/debt claim D-1")).text


async def test_what_belongs_to_somebody_who_left_is_claimed_at_once(
    dana: Person, olga: Person, ledger: Ledger
) -> None:
    left_behind = await ledger.amend(await ledger.add(owner=olga.id), owner_gone=True)
    assert "owns Payment retry worker" in (await dana.types("/debt claim D-1")).text
    assert (await ledger.get(left_behind)).owner == dana.id


async def test_what_belongs_to_an_unknown_address_cannot_be_asked_for(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add(owner="contractor@elsewhere.example")
    reply = await dana.types("/debt claim D-1")
    assert "whom Slack does not know, so nobody can be asked" in reply.text


@pytest.mark.parametrize("verb", ["claim", "release", "handoff"])
async def test_a_verb_alone_opens_its_form(verb: str, dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    form = (await dana.types(f"/debt {verb}")).form
    assert form is not None
    assert "Artifact" in form.labels


async def test_claim_alone_opens_a_form_with_a_picker(dana: Person, ledger: Ledger) -> None:
    orphan = await ledger.add(owner=None, name="Ledger exporter")
    reply = await dana.types("/debt claim")
    assert reply.form is not None
    assert [str(found) for found in await reply.form.search("Artifact", "export")] == [
        "D-1 Ledger exporter"
    ]
    reply.form.choose("Artifact", "Ledger exporter")
    reply = await reply.form.submit()
    assert "owns Ledger exporter" in reply.text
    assert (await ledger.get(orphan)).owner == dana.id


async def test_a_form_says_no_at_the_artifact_it_is_about(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    form = (await dana.types("/debt claim")).form
    assert form is not None
    await form.search("Artifact", "D-1")
    form.choose("Artifact", "Payment retry worker")
    assert (await form.submit()).errors == {"Artifact": "D-1 is yours already."}


@pytest.mark.parametrize("by", ["dana", "erin", "lena"])
async def test_owner_lead_and_admin_may_release(by: str, slack: Sandbox, ledger: Ledger) -> None:
    owned = await ledger.add()
    reply = await slack.person(by).types("/debt release D-1")
    assert f"{by} released Payment retry worker (D-1): nobody owns it now" in reply.text
    assert (await ledger.get(owned)).owner is None


async def test_nobody_else_may_release(sam: Person, ledger: Ledger) -> None:
    owned = await ledger.add()
    reply = await sam.types("/debt release D-1")
    assert "Only its owner, its team’s lead or an admin can release D-1" in reply.text
    assert (await ledger.get(owned)).owner is not None


async def test_what_nobody_owns_cannot_be_released(dana: Person, ledger: Ledger) -> None:
    await ledger.add(owner=None)
    assert (
        "has no owner, so there is nothing to release"
        in (await dana.types("/debt release D-1")).text
    )


async def test_release_by_form_and_by_button(dana: Person, ledger: Ledger) -> None:
    first, second = await ledger.add(name="First"), await ledger.add(name="Second")
    form = (await dana.types("/debt release")).form
    assert form is not None
    await form.search("Artifact", "First")
    form.choose("Artifact", "First")
    assert "released First" in (await form.submit()).text
    card = (await dana.types("/debt show D-2")).message
    assert "released Second" in (await dana.clicks(card, "Release")).text
    assert [(await ledger.get(each)).owner for each in (first, second)] == [None, None]


async def test_handing_off_asks_the_colleague_and_waits_for_their_word(
    dana: Person, sam: Person, ledger: Ledger, process: Process
) -> None:
    owned = await ledger.add()
    reply = await dana.types("/debt handoff D-1 @sam")
    assert "I have asked @sam to take over Payment retry worker (D-1)" in reply.text
    assert (await ledger.get(owned)).owner == dana.id
    await process.send()
    question = sam.dms()[-1]
    assert "@dana asks you to take over Payment retry worker" in question.shown
    await sam.clicks(question, "Accept")
    assert (await ledger.get(owned)).owner == sam.id
    await process.send()
    assert "is theirs now" in dana.dms()[-1].shown


async def test_handoff_by_form(dana: Person, sam: Person, ledger: Ledger, process: Process) -> None:
    await ledger.add()
    form = (await dana.types("/debt handoff D-1")).form
    assert form is not None
    assert form.values["Artifact"] == "D-1 Payment retry worker"
    form.choose("New owner", "sam")
    assert "I have asked @sam" in (await form.submit()).text
    await process.send()
    assert "asks you to take over" in sam.dms()[-1].shown


async def test_handoff_by_the_button_of_a_card(
    dana: Person, erin: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add()
    card = (await dana.types("/debt show D-1")).message
    form = (await dana.clicks(card, "Hand off")).form
    assert form is not None
    form.choose("New owner", "erin")
    await form.submit()
    await process.send()
    assert "asks you to take over" in erin.dms()[-1].shown


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("olga", "olga is deactivated in Slack"),
        ("debt", "debt is a bot"),
        ("gus", "gus is a guest here"),
        ("rex", "rex belongs to another organization"),
    ],
)
@pytest.mark.parametrize("way", ["typed", "form"])
async def test_an_artifact_goes_only_to_somebody_who_can_answer_for_it(
    to: str, why: str, way: str, dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    owned = await ledger.add()
    target = slack.person(to)
    if way == "typed":
        said = (await dana.types(f"/debt handoff D-1 {target.mention}")).text
    else:
        form = (await dana.types("/debt handoff D-1")).form
        assert form is not None
        form.choose("New owner", target.id)
        said = (await form.submit()).errors["New owner"]
    assert f"{why}, so it cannot go there. Choose a colleague." in said
    assert (await ledger.get(owned)).owner == dana.id


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("D-1 @dana", "To take D-1 yourself, say claim D-1"),
        ("D-1 sam", "“sam” is not a person. Type @ and choose the name"),
        ("D-99 @sam", "There is no D-99 on the register"),
    ],
)
async def test_a_handoff_that_makes_no_sense_says_why(
    words: str, answer: str, dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    await ledger.add()
    assert answer in (await dana.types(f"/debt handoff {words}")).text


async def test_a_stranger_to_the_artifact_cannot_hand_it_off(sam: Person, ledger: Ledger) -> None:
    await ledger.add()
    reply = await sam.types("/debt handoff D-1 @mia")
    assert "Only its owner, its team’s lead or an admin can hand off D-1" in reply.text


async def test_anybody_can_offer_to_a_colleague_what_nobody_answers_for(
    sam: Person, mia: Person, ledger: Ledger, process: Process
) -> None:
    orphan = await ledger.add(owner=None)
    card = (await sam.types("/debt show D-1")).message
    assert "Hand off" in card.buttons
    assert "Release" not in card.buttons
    await sam.types("/debt handoff D-1 @mia")
    await process.send()
    await mia.clicks(mia.dms()[-1], "Accept")
    assert (await ledger.get(orphan)).owner == mia.id


async def test_handing_to_who_has_it_already_says_so(erin: Person, ledger: Ledger) -> None:
    await ledger.add()
    assert "D-1 belongs to dana already" in (await erin.types("/debt handoff D-1 @dana")).text


@pytest.mark.parametrize("words", ["claim D-1", "release D-1", "handoff D-1 @sam"])
async def test_an_ended_artifact_changes_hands_no_more(
    words: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.ended()
    reply = await dana.types(f"/debt {words}")
    assert "D-1 has ended (retired); nothing about it changes any more" in reply.text


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("D-99", "There is no D-99 on the register. “list” shows what is."),
        ("D-x", "“D-x” is not a key. Keys look like D-7"),
        ("99999999999", "“99999999999” is not a key"),
    ],
)
async def test_an_unknown_key_is_said_to_be_unknown(
    key: str, why: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    for verb in ("claim", "release", "show", "review", "score", "log", "extend", "handoff"):
        reply = await dana.types(f"/debt {verb} {key}")
        assert why in reply.text, verb
        assert reply.ephemeral


async def test_a_key_is_understood_however_it_is_typed(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    for key in ("D-1", "d-1", "1", "D1", "d1", " D-1 ", "D-001"):
        assert "D-1 is yours already" in (await dana.types(f"/debt claim {key}")).text


async def test_history_knows_who_claimed_and_who_accepted(
    dana: Person, sam: Person, ledger: Ledger, process: Process
) -> None:
    owned = await ledger.add()
    await sam.types("/debt claim D-1")
    await process.send()
    await dana.clicks(dana.dms()[-1], "Accept")
    newest = (await ledger.history(owned))[0]
    assert (newest.by, newest.action) == (sam.id, "claimed")
    assert newest.reason == f"{dana.id} accepted"
    assert newest.after == {"owner": sam.id}
