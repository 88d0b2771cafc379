"""This week's digest now, shown only to the person who asks."""

from datetime import date

import pytest

from bot.process.process import Process
from sandbox import Person, Sandbox
from tests.bot.conftest import MONDAY, Ledger, on_both_databases


@on_both_databases
async def test_brief_shows_what_would_be_sent_and_only_to_me(
    dana: Person, sam: Person, ledger: Ledger
) -> None:
    await ledger.add(expires_on=date(2026, 11, 1))
    before = len(sam.reads("payments"))
    reply = await dana.types("/debt brief", channel="payments")
    assert reply.ephemeral
    assert "Code debt this week" in reply.text
    assert "Payment retry worker (D-1): extend it with a reason, or retire it" in reply.text
    assert reply.message.buttons[0] == "Extend"
    assert len(sam.reads("payments")) == before


async def test_brief_follows_the_channels_own_scope(dana: Person, ledger: Ledger) -> None:
    await ledger.add(name="Ours", expires_on=date(2026, 11, 1))
    await ledger.add(name="Theirs", team="platform", expires_on=date(2026, 11, 1))
    await dana.types("/debt subscribe team:payments", channel="payments")
    reply = await dana.types("/debt brief", channel="payments")
    assert "Ours" in reply.text
    assert "Theirs" not in reply.text
    assert "Theirs" in (await dana.types("/debt brief team:platform", channel="payments")).text


async def test_nothing_to_say_says_that_there_would_be_no_digest(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    reply = await dana.types("/debt brief", channel="payments")
    assert "Nothing needs anybody this week" in reply.text


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            "tomorrow",
            "Say “brief” alone, or with a scope: all, team:x, repo:x, service:x, train:x.",
        ),
        ("team:paiments", "Nothing on the register is in team:paiments. Did you mean"),
    ],
)
async def test_a_scope_that_is_none_is_refused(
    words: str, why: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    assert why in (await dana.types(f"/debt brief {words}")).text


async def test_looking_early_makes_nothing_old_news(
    dana: Person, sam: Person, slack: Sandbox, ledger: Ledger, process: Process
) -> None:
    await ledger.add(expires_on=date(2026, 11, 1))
    await dana.types("/debt subscribe monday 09:30 UTC", channel="payments")
    await dana.types("/debt brief", channel="payments")
    await slack.clock.set(MONDAY)
    await process.tick()
    await process.send()
    digest = sam.reads("payments")[-1]
    assert "Payment retry worker (D-1)" in digest.shown
    assert "Said before" not in digest.shown


async def test_the_buttons_of_a_brief_work(dana: Person, ledger: Ledger) -> None:
    await ledger.add(review_on=date(2026, 11, 1))
    brief = (await dana.types("/debt brief")).message
    reply = await dana.clicks(brief, "Review", row="D-1")
    assert "dana reviewed Payment retry worker (D-1) today" in reply.text


async def test_the_closing_line_opens_the_rest_of_a_scope_with_spaces_in_its_name(
    dana: Person, ledger: Ledger
) -> None:
    for number in range(7):
        await ledger.add(
            name=f"Script {number}", team="data platform", expires_on=date(2026, 11, 1)
        )
    await ledger.add(name="Theirs", expires_on=date(2026, 11, 1))
    brief = (await dana.types('/debt brief team:"data platform"')).message
    assert "2 more artifacts need somebody" in brief.shown
    reply = await dana.clicks(brief, "See the list")
    assert reply.text.count("(D-") == 7
    assert "Theirs" not in reply.text
