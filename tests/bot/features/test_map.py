"""Value × risk of a scope: four counts with what to do, the first to act on, and a picture."""

from typing import Any

import aiohttp
import pytest

from bot.process.process import Process
from sandbox import Person, PostedMessage, Sandbox, VisibleReply
from tests.bot.conftest import Ledger, on_both_databases

WORDS = """Value × risk: 6 artifacts of team payments
• 2 of low value and high risk: delete first
• 1 of high value and high risk: strongest review; refactor it as roadmap work
• 2 of low value and low risk: keep only with a clear owner and a revision date
• 1 of high value and low risk: keep it and watch"""


@pytest.fixture
async def register(ledger: Ledger) -> Ledger:
    await ledger.add(name="Old import", value=1, risk=5)
    await ledger.add(name="Older import", value=2, risk=4, complexity=1)
    await ledger.add(name="Ledger sync", value=5, risk=5)
    await ledger.add(name="Chart script", value=1, risk=1)
    await ledger.add(name="Log script", risk=1)
    await ledger.add(name="Test data", value=4, risk=1)
    await ledger.add(name="Elsewhere", value=1, risk=5, team="search")
    await ledger.ended(name="Gone", value=1, risk=5)
    return ledger


async def asks(person: Person, process: Process, words: str) -> tuple[VisibleReply, PostedMessage]:
    """The acknowledgement, and the message that comes once the picture is there."""
    reply = await person.types(f"/debt map {words}", "payments")
    await process.bot.tasks.finish()
    return reply, person.reads("payments")[-1]


def pictures_in(message: PostedMessage) -> list[dict[str, Any]]:
    return [block for block in message.blocks if block["type"] == "image"]


@on_both_databases
async def test_what_to_delete_refactor_and_keep_is_counted_and_drawn(
    dana: Person, register: Ledger, process: Process, slack: Sandbox
) -> None:
    _, shown = await asks(dana, process, "team:payments")
    assert shown.only_for == dana.id
    for line in WORDS.splitlines():
        assert line in shown.shown
    assert "Begin with Old import (D-1): score" in shown.shown
    assert "1 artifact has no value that anybody gave and counts as 3 of 5" in shown.shown
    [picture] = pictures_in(shown)
    assert picture["alt_text"] == (
        "payments: 2 of 6 artifacts are of low value and high risk, to be deleted first"
    )
    file = slack.workspace.files[picture["slack_file"]["id"]]
    assert file.content.startswith(b"\x89PNG")
    address = f"{slack.url}/files/{file.id}/{file.name}"
    async with aiohttp.ClientSession() as session, session.get(address) as got:
        assert await got.read() == file.content


async def test_it_is_acknowledged_before_anything_is_drawn(
    dana: Person, register: Ledger, process: Process, slack: Sandbox
) -> None:
    slack.faults.delay("files.getUploadURLExternal", 3.2)  # Slack gives up after 3 s
    reply, shown = await asks(dana, process, "")
    assert reply.error is None
    assert pictures_in(shown)


async def test_the_first_one_is_a_press_away(
    dana: Person, register: Ledger, process: Process
) -> None:
    _, shown = await asks(dana, process, "team:payments")
    form = (await dana.clicks(shown, "Retire")).form
    assert form is not None
    assert form.values["Artifact"] == "D-1 Old import"


async def test_with_nothing_to_delete_one_begins_with_what_needs_review(
    dana: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add(name="Ledger sync", value=5, risk=5)
    _, shown = await asks(dana, process, "")
    assert "Begin with Ledger sync (D-1)" in shown.shown
    assert shown.buttons == ["Review"]


async def test_of_what_nobody_gave_a_value_one_asks_for_it_before_anything_is_deleted(
    dana: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add(name="Deploy pipeline", risk=5)
    _, shown = await asks(dana, process, "")
    assert "Begin with Deploy pipeline (D-1): say what it is worth; score" in shown.shown
    assert shown.buttons == ["Edit"]


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("files.getUploadURLExternal", "missing_scope"),
        ("files.getUploadURLExternal", "internal_error"),
        ("files.completeUploadExternal", "file_not_found"),
    ],
)
async def test_without_a_picture_the_words_go_alone(
    method: str, error: str, dana: Person, register: Ledger, process: Process, slack: Sandbox
) -> None:
    slack.faults.answer(method, error=error)
    _, shown = await asks(dana, process, "team:payments")
    for line in WORDS.splitlines():
        assert line in shown.shown
    assert not pictures_in(shown)


async def test_without_the_permission_nothing_is_tried_again(
    dana: Person, register: Ledger, process: Process, slack: Sandbox
) -> None:
    slack.faults.answer("files.getUploadURLExternal", error="missing_scope")
    for _ in range(2):
        await asks(dana, process, "")
    assert len([each for each in slack.calls if each.method.startswith("files.")]) == 1


async def test_a_picture_that_slack_does_not_know_yet_is_waited_for(
    dana: Person, register: Ledger, process: Process, slack: Sandbox
) -> None:
    slack.file_lag = 0.3
    _, shown = await asks(dana, process, "team:payments")
    assert pictures_in(shown)


async def test_a_picture_that_slack_never_shows_is_given_up(
    dana: Person, register: Ledger, process: Process, slack: Sandbox
) -> None:
    slack.file_lag = 3600
    _, shown = await asks(dana, process, "team:payments")
    assert WORDS.splitlines()[1] in shown.shown
    assert not pictures_in(shown)


async def test_in_a_direct_message_the_picture_comes_too(
    dana: Person, register: Ledger, process: Process, slack: Sandbox
) -> None:
    slack.file_lag = 0.3
    await dana.types("map team:payments", "@bot")
    await process.bot.tasks.finish()
    assert pictures_in(dana.reads("@bot")[-1])


async def test_a_scope_of_nothing_and_a_slip_are_answered_in_words(
    dana: Person, register: Ledger, process: Process
) -> None:
    assert "Did you mean team:payments?" in (await dana.types("/debt map team:paymens")).text
    assert "Say “map” alone, or with a scope" in (await dana.types("/debt map all of it")).text


async def test_an_empty_register_has_no_map(dana: Person, process: Process) -> None:
    reply = await dana.types("/debt map")
    assert reply.text == "Nothing is live in the register yet, so there is no map of it."
