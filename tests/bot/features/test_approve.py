"""Others agree to what somebody asked for, or do not; every copy of the question shows it."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.process.process import Process
from debt.artifact.artifact import Artifact, Stage, Surface
from sandbox import Person, PostedMessage, Sandbox
from tests.bot.conftest import Ledger, on_both_databases

STRICT = {"risk": 5, "surface": Surface.PRODUCTION}


@pytest.fixture
async def strict(ledger: Ledger, dana: Person, process: Process) -> Artifact:
    """D-1 is dana's; she has asked to retire it, in #payments."""
    artifact = await ledger.add(**STRICT)
    await dana.types("/debt subscribe team:payments", channel="payments")
    await dana.types("/debt retire D-1 nobody calls it")
    await process.send()
    return artifact


def request_in(person: Person) -> PostedMessage:
    return person.reads("payments")[-1]


@on_both_databases
async def test_two_who_press_at_the_same_instant_are_both_counted(
    erin: Person, sam: Person, strict: Artifact, ledger: Ledger, process: Process
) -> None:
    message = request_in(erin)
    replies = await asyncio.gather(erin.clicks(message, "Approve"), sam.clicks(message, "Approve"))
    await process.send()
    assert (await ledger.get(strict)).stage is Stage.RETIRING
    assert "that was enough" in "".join(reply.text for reply in replies)
    assert "✓ Approved by" in message.shown
    assert message.buttons == []
    actions = [entry.action for entry in await ledger.history(strict)]
    assert (actions.count("retire"), actions.count("approve to retire")) == (1, 2)


@on_both_databases
async def test_the_same_press_delivered_twice_is_one_word(
    sam: Person, strict: Artifact, ledger: Ledger
) -> None:
    message = request_in(sam)
    replies = await asyncio.gather(sam.clicks(message, "Approve"), sam.clicks(message, "Approve"))
    said = "".join(reply.text for reply in replies)
    assert "You have approved that already; 1 more person has to agree." in said
    assert (await ledger.get(strict)).stage is Stage.CREATED
    actions = [entry.action for entry in await ledger.history(strict)]
    assert actions.count("approve to retire") == 1


async def test_a_digest_asks_nobody_for_what_somebody_else_has_asked_for(
    erin: Person, ledger: Ledger, dana: Person, process: Process
) -> None:
    await ledger.add(**STRICT, expires_on=date(2026, 11, 30))
    ask = "extend it with a reason, or let it end"
    assert f"(D-1): {ask}" in (await erin.types("/debt brief team:payments")).text
    await dana.types("/debt retire D-1 nobody calls it")
    brief = (await erin.types("/debt brief team:payments")).text
    assert "(D-1): dana asked to retire it; others have to agree" in brief
    assert ask not in brief


async def test_a_press_on_an_old_copy_says_what_became_of_it(
    dana: Person, erin: Person, sam: Person, strict: Artifact, process: Process
) -> None:
    old = (await erin.types("/debt approvals")).message
    await erin.clicks(request_in(erin), "Approve")
    await sam.clicks(request_in(sam), "Approve")
    reply = await erin.clicks(old, "Approve")
    assert reply.text == "The request about D-1 was approved already."


async def test_an_approver_who_has_lost_the_role_counts_as_another_person_only(
    erin: Person, sam: Person, kai: Person, strict: Artifact, ledger: Ledger, slack: Sandbox
) -> None:
    slack.add_usergroup("sre", members=["kai"])
    slack.join("payments", kai.id)
    await erin.clicks(request_in(erin), "Approve")
    reply = await sam.clicks(request_in(sam), "Approve")
    assert "One more person has to agree, one of them of sre or security." in reply.text
    assert (await ledger.get(strict)).stage is Stage.CREATED
    assert "that was enough" in (await kai.clicks(request_in(kai), "Approve")).text


async def test_nobody_approves_or_rejects_their_own_request(
    dana: Person, strict: Artifact, ledger: Ledger
) -> None:
    message = request_in(dana)
    for button in ("Approve", "Reject"):
        reply = await dana.clicks(message, button)
        assert "You asked for this yourself, and in the strict tier somebody else decides." in (
            reply.text
        )
        assert reply.form is None


async def test_a_word_is_taken_back_until_the_decision(
    erin: Person, sam: Person, mia: Person, strict: Artifact, ledger: Ledger
) -> None:
    message = request_in(erin)
    assert "Take back" not in message.buttons
    await erin.clicks(message, "Approve")
    assert "nothing to take back" in (await mia.clicks(message, "Take back")).text
    assert "You took your approval back" in (await erin.clicks(message, "Take back")).text
    assert "0 of 2 agreed" in message.shown
    await sam.clicks(message, "Approve")
    assert (await ledger.get(strict)).stage is Stage.CREATED


async def test_who_asked_withdraws_it_and_nobody_else_does(
    dana: Person, erin: Person, strict: Artifact, process: Process
) -> None:
    message = request_in(erin)
    assert "Only the person who asked" in (await erin.clicks(message, "Withdraw")).text
    assert "You withdrew the request" in (await dana.clicks(message, "Withdraw")).text
    assert "Withdrawn by @dana" in message.shown
    await process.send()
    assert dana.dms() == []


async def test_a_rejection_needs_its_reason(erin: Person, strict: Artifact) -> None:
    form = (await erin.clicks(request_in(erin), "Reject")).form
    assert form is not None
    form.fill("Reason", "  ")
    assert (await form.submit()).errors == {"Reason": "Say why: the one who asked has to know."}


async def test_a_request_that_was_decided_while_somebody_wrote_why_not_says_so(
    erin: Person, sam: Person, mia: Person, strict: Artifact
) -> None:
    message = request_in(erin)
    form = (await mia.clicks(message, "Reject")).form
    assert form is not None
    form.fill("Reason", "not yet")
    await erin.clicks(message, "Approve")
    await sam.clicks(message, "Approve")
    assert "was approved already" in (await form.submit()).errors["Reason"]


async def test_every_copy_shows_the_decision(
    dana: Person, noah: Person, erin: Person, ledger: Ledger, process: Process
) -> None:
    """The lead, and the owner since somebody else asks."""
    await ledger.add()
    await noah.types("/debt retire D-1 unused")
    await process.send()
    copies = [erin.dms()[-1], dana.dms()[-1]]
    assert all("@noah asks to retire" in copy.shown for copy in copies)
    await erin.clicks(copies[0], "Approve")
    await process.send()
    assert all("✓ Approved by @erin" in copy.shown for copy in copies)
    assert all(copy.buttons == [] for copy in copies)


async def test_what_changes_about_the_artifact_shows_in_the_question(
    dana: Person, erin: Person, strict: Artifact, process: Process
) -> None:
    await dana.types("/debt log D-1 3h debugging")
    await process.send()
    assert "3 h so far" in request_in(erin).shown


async def test_a_request_is_brought_up_once_more_and_lapses(
    dana: Person,
    kai: Person,
    priya: Person,
    sam: Person,
    erin: Person,
    strict: Artifact,
    slack: Sandbox,
    process: Process,
) -> None:
    message = request_in(erin)
    await slack.clock.advance(timedelta(days=7))
    await process.tick()
    await process.send()
    reminded = [person.dms()[-1] for person in (sam, kai, priya)]
    assert all("Still waiting for a decision: @dana asks" in each.shown for each in reminded)
    await sam.clicks(reminded[0], "Approve")
    await process.send()
    assert "1 of 2 agreed" in message.shown
    await slack.clock.advance(timedelta(days=7))
    await process.tick()
    await process.send()
    for copy in (message, *reminded):
        assert "nobody decided it in time; agreed had @sam" in copy.shown
        assert copy.buttons == []
    assert "Ask again if it still holds." in dana.dms()[-1].shown
    await dana.types("/debt retire D-1 once more")


async def test_the_list_has_what_is_mine_to_decide_and_what_i_asked_for(
    dana: Person, erin: Person, sam: Person, noah: Person, strict: Artifact
) -> None:
    theirs = (await sam.types("/debt approvals")).message
    assert "For you to decide" in theirs.shown
    assert theirs.buttons == ["Approve", "Reject", "Show"]
    assert "@dana asks to retire Payment retry worker (D-1): nobody calls it" in theirs.shown
    await sam.clicks(theirs, "Approve")
    assert "nothing waits for you" in (await sam.types("/debt approvals")).text
    assert "nothing waits for you" in (await noah.types("/debt approvals")).text
    mine = (await dana.types("/debt approvals")).message
    assert "What you asked for" in mine.shown
    assert "1 of 2 agreed" in mine.shown
    assert mine.buttons == ["Withdraw", "Show"]
    await dana.clicks(mine, "Withdraw")
    assert "nothing waits for you" in (await erin.types("/debt approvals")).text


async def test_a_long_list_says_how_many_more_there_are(
    dana: Person, erin: Person, ledger: Ledger
) -> None:
    for number in range(1, 23):
        await ledger.add(name=f"Worker {number}")
        await dana.types(f"/debt retire D-{number} unused")
    listed = (await erin.types("/debt approvals")).message
    assert listed.shown.count("asks to retire") == 20
    assert "2 more requests wait" in listed.shown
