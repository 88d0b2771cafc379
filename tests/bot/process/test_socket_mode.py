"""The same stories when the app dials in: no public address, no signatures."""

from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.process.process import Process
from bot.settings import Settings
from sandbox import Person, Sandbox
from tests.bot.conftest import Ledger


@pytest.fixture
def settings(settings: Settings, slack: Sandbox) -> Settings:
    return replace(settings, slack_app_token=slack.app_token)


@pytest.fixture(autouse=True)
async def connected(process: Process, slack: Sandbox) -> None:
    await slack.wait_for(lambda: slack.socket.connected)


async def test_a_command_and_a_form_with_its_picker(dana: Person, ledger: Ledger) -> None:
    orphan = await ledger.add(owner=None)
    assert "Did you mean /debt claim?" in (await dana.types("/debt clam")).text
    form = (await dana.types("/debt claim")).form
    assert form is not None
    await form.search("Artifact", "retry")
    form.choose("Artifact", "D-1 Payment retry worker")
    assert "owns Payment retry worker" in (await form.submit()).text
    assert (await ledger.get(orphan)).owner == dana.id


async def test_errors_go_back_into_the_form(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    form = (await dana.types("/debt log D-1")).form
    assert form is not None
    form.fill("Hours", "ages")
    assert list((await form.submit()).errors) == ["Hours"]


async def test_a_button_renews_the_card(dana: Person, ledger: Ledger) -> None:
    await ledger.add(owner=None)
    card = (await dana.types("/debt show D-1")).message
    await dana.clicks(card, "Claim")
    assert "Owner: @dana" in card.shown


async def test_words_in_a_direct_message_and_the_shortcut(dana: Person, ledger: Ledger) -> None:
    await ledger.add(owner=None)
    assert "owns Payment" in (await dana.types("claim D-1", channel="@bot")).text
    assert (await dana.shortcut("log_hours")).form is not None


async def test_health_is_served_and_signed_requests_are_not(address: str) -> None:
    statuses: dict[str, Any] = {}
    async with aiohttp.ClientSession() as session:
        for path in ("/healthz", "/readyz"):
            async with session.get(address + path) as answer:
                statuses[path] = answer.status
        async with session.post(f"{address}/slack/events") as answer:
            statuses["/slack/events"] = answer.status
    assert statuses == {"/healthz": 200, "/readyz": 200, "/slack/events": 404}
