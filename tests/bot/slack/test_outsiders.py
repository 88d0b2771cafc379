"""Guests and people of other organizations get one polite line and no data."""

from datetime import timedelta

import pytest

from bot.process.process import Process
from bot.slack.people import OUTSIDER
from sandbox import Person, PostedMessage, Sandbox
from tests.bot.conftest import Ledger

A_DAY = timedelta(days=1, minutes=1)
WORDS = ["", "help", "list", "show D-1", "claim D-1", "claim", "add", "brief", "subscribe", "xyz"]


@pytest.fixture(params=["gus", "rex"])
def outsider(request: pytest.FixtureRequest, slack: Sandbox, process: Process) -> Person:
    return slack.person(request.param)


@pytest.fixture
def place(outsider: Person) -> str:
    return "general" if outsider.handle == "gus" else "partners"


@pytest.fixture
async def artifact(ledger: Ledger) -> None:
    await ledger.add(owner=None)


async def test_a_command_is_answered_with_one_polite_line(
    outsider: Person, place: str, artifact: None
) -> None:
    for words in WORDS:
        reply = await outsider.types(f"/debt {words}", channel=place)
        assert reply.text == OUTSIDER, words
        assert reply.ephemeral
        assert reply.form is None


async def test_a_direct_message_is_too(outsider: Person, artifact: None) -> None:
    assert (await outsider.types("list", channel="@bot")).text == OUTSIDER


async def test_a_button_they_can_see_does_nothing_for_them(
    outsider: Person, place: str, erin: Person, artifact: None, ledger: Ledger
) -> None:
    seen = await shared_with_buttons(erin, outsider, place)
    for label in ("Claim", "Log", "Review"):
        reply = await outsider.clicks(seen, label)
        assert reply.text == OUTSIDER
        assert reply.form is None
    assert (await ledger.by_key(1)).owner is None


async def shared_with_buttons(erin: Person, outsider: Person, place: str) -> PostedMessage:
    """A card as it might come to stand in a channel where outsiders are."""
    card = (await erin.types("/debt show D-1", channel="general")).message
    home = erin.channel(place)
    message = erin.workspace.post(home, erin.workspace.bot.id, "card", card.blocks)
    assert message.visible_to(outsider.id)
    return message


async def test_shortcuts_open_nothing(outsider: Person, artifact: None) -> None:
    assert (await outsider.shortcut("log_hours")).form is None
    assert outsider.dms()[-1].shown == OUTSIDER


async def test_the_picker_offers_nothing(
    outsider: Person, erin: Person, slack: Sandbox, artifact: None
) -> None:
    """Somebody who became a guest with a form still open."""
    noah = slack.person("noah")
    form = (await noah.types("/debt claim")).form
    assert form is not None
    slack.update_person("noah", is_restricted=True)
    await slack.clock.advance(A_DAY)
    assert await form.search("Artifact", "") == []
    assert OUTSIDER in (await noah.types("/debt list")).text


async def test_a_form_left_open_by_somebody_who_became_a_guest_says_no(
    noah: Person, slack: Sandbox, ledger: Ledger
) -> None:
    orphan = await ledger.add(owner=None)
    form = (await noah.types("/debt claim")).form
    assert form is not None
    await form.search("Artifact", "D-1")
    form.choose("Artifact", "D-1 Payment retry worker")
    slack.update_person("noah", is_restricted=True)
    await slack.clock.advance(A_DAY)
    assert (await form.submit()).errors == {"Artifact": OUTSIDER}
    assert (await ledger.get(orphan)).owner is None
