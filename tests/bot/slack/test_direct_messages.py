"""In a direct message the same words work without the slash."""

import pytest

from sandbox import Person, Sandbox
from tests.bot.conftest import Ledger, on_both_databases


@on_both_databases
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("help", "/debt claim"),
        ("claim D-1", "owns Payment retry worker (D-1) now"),
        ("Claim d-1", "owns Payment retry worker (D-1) now"),
        ("/debt claim D-1", "owns Payment retry worker (D-1) now"),
        ("show 1", "Next:"),
        ("list", "What to fix first"),
        ("log D-1 1.5h rework", "logged 1.5 h of rework"),
        ("extend D-1 30d", "An extension needs its reason"),
        ("hello", "I do not know “hello”"),
        ("claim D-99", "There is no D-99 on the register"),
    ],
)
async def test_the_words_do_what_the_command_does(
    words: str, said: str, dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    await ledger.add(owner=None)
    if words.startswith("/"):  # a client would take it for the command
        event = {"type": "message", "channel_type": "im", "user": dana.id, "text": words}
        await slack.deliver_event(event | {"channel": dana.channel("@bot").id, "ts": "1.1"})
        await slack.settled()
    else:
        await dana.types(words, channel="@bot")
    assert said in dana.dms()[-1].shown


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("claim", "Claim an artifact"),
        ("log D-1", "Log debt hours"),
        ("add Invoice script", "Add to the register"),
        ("handoff D-1", "Hand off"),
        ("score", "Score an artifact"),
    ],
)
async def test_a_form_is_offered_by_a_button(
    words: str, title: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    offer = (await dana.types(words, channel="@bot")).message
    assert offer.buttons == ["Open the form"]
    form = (await dana.clicks(offer, "Open the form")).form
    assert form is not None
    assert form.title == title


async def test_what_was_typed_is_in_the_form(dana: Person, ledger: Ledger) -> None:
    offer = (await dana.types("add Invoice script", channel="@bot")).message
    form = (await dana.clicks(offer, "Open the form")).form
    assert form is not None
    assert form.values["Name"] == "Invoice script"


async def test_a_novel_after_add_still_gets_its_form(dana: Person, ledger: Ledger) -> None:
    offer = (await dana.types("add " + "x" * 9_990, channel="@bot")).message
    form = (await dana.clicks(offer, "Open the form")).form
    assert form is not None
    assert len(form.values["Name"]) == 200


async def test_a_form_from_a_direct_message_answers_there(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    offer = (await dana.types("log D-1", channel="@bot")).message
    form = (await dana.clicks(offer, "Open the form")).form
    assert form is not None
    form.fill("Hours", "2h")
    await form.submit()
    assert "logged 2 h of rework" in dana.dms()[-1].shown


async def test_a_redelivered_event_acts_once(dana: Person, slack: Sandbox, ledger: Ledger) -> None:
    logged = await ledger.add()
    event = {"type": "message", "channel_type": "im", "user": dana.id, "text": "log D-1 1h"}
    event |= {"channel": dana.channel("@bot").id, "ts": "1.1"}
    for retry in (None, 1, 2):
        ack = await slack.deliver_event(event, event_id="Ev123", retry_num=retry)
        assert ack.error is None
    await slack.wait_for(dana.dms)
    await slack.settled()
    assert (await ledger.get(logged)).minutes_logged == 60
    assert len(dana.dms()) == 1


async def test_its_own_and_edited_messages_are_not_answered(
    dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    channel = dana.channel("@bot").id
    base = {"type": "message", "channel_type": "im", "channel": channel, "ts": "1.1"}
    for more in (
        {"user": slack.workspace.bot.id, "bot_id": "B1", "text": "help"},
        {"subtype": "message_changed", "message": {"user": dana.id, "text": "help"}},
        {"subtype": "message_deleted", "deleted_ts": "1.0"},
        {"user": dana.id, "text": "help", "channel_type": "channel"},
    ):
        await slack.deliver_event(base | more)
    await slack.settled()
    assert dana.dms() == []


async def test_the_command_itself_works_there_too(dana: Person, ledger: Ledger) -> None:
    await ledger.add(owner=None)
    assert "owns Payment retry worker" in (await dana.types("/debt claim D-1", "@bot")).text
