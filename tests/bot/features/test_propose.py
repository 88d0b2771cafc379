"""What a scan found, from the message about it to the register: told once, answered in place.

Erin subscribed; she lives in Dublin, where it is Tuesday afternoon.
"""

from pathlib import Path

import pytest

from bot.process.process import Process
from debt.artifact.artifact import Stage
from debt.change import Change
from debt.policy.policy import Policy
from intake.scan.apply import Applied
from intake.scan.run import scan
from sandbox import Person, PostedMessage
from tests.bot.conftest import TUESDAY, Comes, Ledger, on_both_databases
from tests.intake.repositories import BY_CLAUDE, Story, Text, code


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path / "shop")


async def scanned(ledger: Ledger, story: Story, policy: Policy, parts: int = 3) -> Applied:
    """So many directories of tools' code, the last one the largest."""
    files: dict[Text, Text] = {
        f"src/part{number}/worker.py": code(40 * 4**number, f"v{number}")
        for number in range(1, parts + 1)
    }
    story.commit("Work\n\n" + BY_CLAUDE, files)
    change = Change("cli:ops", TUESDAY, policy)
    return await scan(ledger.store, change, story.path, name="acme/shop")


def said_to(person: Person) -> list[PostedMessage]:
    return [message for message in person.dms() if not message.ephemeral]


@on_both_databases
async def test_all_finds_come_in_one_message_and_are_accepted_with_one_press(
    erin: Person, ledger: Ledger, story: Story, policy: Policy, comes: Comes
) -> None:
    await erin.types("/debt subscribe all", channel="payments")
    await scanned(ledger, story, policy)
    await comes()
    [message] = said_to(erin)
    assert "A scan of acme/shop found 3 artifacts that AI tools seem to have written" in (
        message.shown
    )
    assert "part3/worker.py (D-1): 2,560 of 2,560 added lines by Claude Code in 1 commit" in (
        message.shown
    )
    assert "[Accept all 3] [Review]" in message.shown
    assert await ledger.count() == 0

    reply = await erin.clicks(message, "Accept all 3")
    assert "3 artifacts are on the register now" in reply.text
    await comes()
    assert message.shown == "✓ What a scan of acme/shop proposed is answered: 3 accepted."
    assert message.buttons == []
    assert await ledger.count() == 3
    await comes(hours=1)
    assert len(said_to(erin)) == 1


async def test_a_review_takes_them_one_by_one_on_the_same_list(
    erin: Person, ledger: Ledger, story: Story, policy: Policy, comes: Comes
) -> None:
    await erin.types("/debt subscribe all", channel="payments")
    await scanned(ledger, story, policy)
    await comes()
    [message] = said_to(erin)
    [page, *_] = (await erin.clicks(message, "Review")).messages
    assert "What to fix first: proposed repo:acme/shop" in page.shown
    assert page.shown.index("part3") < page.shown.index("part1")

    then = await erin.clicks(page, "Accept", row="D-1")
    assert "erin accepted part3/worker.py (D-1): durable, ends Nov 24, 2027" in then.text
    last = await erin.clicks(then.message, "Not AI-produced", row="D-2")
    assert "erin says that part2/worker.py (D-2) is not AI-produced" in last.text
    assert "part1/worker.py (D-3)" in last.text
    await comes()
    assert "1 accepted, 1 not AI-produced so far" in message.shown
    assert "[Accept it]" in message.shown
    assert (await ledger.by_key(2)).stage is Stage.DISMISSED


async def test_a_list_names_what_waits_at_its_foot(
    dana: Person, ledger: Ledger, story: Story, policy: Policy
) -> None:
    await ledger.add()
    await scanned(ledger, story, policy)
    reply = await dana.types("/debt list")
    assert "3 finds of scans wait for a yes and are not on the register yet" in reply.text
    waiting = await dana.clicks(reply.message, "See them")
    assert "part3/worker.py (D-2) · acme/shop: src/part3/worker.py" in waiting.text
    assert "Payment retry worker" not in waiting.text


async def test_accept_and_dismiss_by_words(
    dana: Person, ledger: Ledger, story: Story, policy: Policy
) -> None:
    await scanned(ledger, story, policy)
    assert "dana accepted part3/worker.py (D-1)" in (await dana.types("/debt accept D-1")).text
    said = await dana.types("/debt dismiss D-2 we typed it ourselves")
    assert "No scan proposes it again" in said.text
    again = await dana.clicks(said.message, "It is, after all")
    assert "dana accepted part2/worker.py (D-2)" in again.text
    entries = await ledger.history(await ledger.by_key(2))
    assert [(each.action, each.reason) for each in entries[:2]] == [
        ("accept", ""),
        ("dismiss", "we typed it ourselves"),
    ]
    assert "part1/worker.py (D-3)" in (await dana.types("/debt accept")).text


async def test_what_is_only_proposed_takes_nothing_but_an_answer(
    dana: Person, ledger: Ledger, story: Story, policy: Policy
) -> None:
    await scanned(ledger, story, policy)
    for verb in ("claim D-1", "log D-1 1h", "extend D-1 30d later", "review D-1", "retire D-1 old"):
        assert "D-1 is only proposed; “accept D-1”" in (await dana.types(f"/debt {verb}")).text
    card = await dana.types("/debt show D-1")
    assert "[Accept] [Not AI-produced] [History]" in card.text
    await dana.types("/debt accept D-1")
    refused = await dana.types("/debt dismiss D-1")
    assert "D-1 is on the register already; “retire D-1 refactor …” ends it" in refused.text


async def test_nobody_is_told_where_nobody_subscribed(
    erin: Person, ledger: Ledger, story: Story, policy: Policy, comes: Comes
) -> None:
    await scanned(ledger, story, policy)
    await comes()
    assert said_to(erin) == []


async def test_what_was_answered_before_it_could_be_said_is_not_said(
    erin: Person,
    dana: Person,
    ledger: Ledger,
    story: Story,
    policy: Policy,
    comes: Comes,
    process: Process,
) -> None:
    await erin.types("/debt subscribe all", channel="payments")
    await scanned(ledger, story, policy, parts=1)
    await dana.types("/debt accept D-1")
    await comes()
    assert said_to(erin) == []
