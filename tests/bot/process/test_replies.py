"""Who sees an answer, and how shared messages keep up with what was done."""

import asyncio
from datetime import date

import pytest

from bot.process.process import Process
from bot.process.replies import settled
from bot.slack.call import Answer, Reply
from bot.slack.form_state import FieldRefused, at
from debt.refusal import Refused
from sandbox import Person, PostedMessage, Sandbox
from tests.bot.conftest import MONDAY, Ledger, on_both_databases

CHANGES = ["claim D-1", "log D-1 1h", "extend D-1 10d why", "review D-1", "score D-1 1 2 3 4"]
LOOKS = ["show D-1", "list", "brief", "help", "claim D-2", "claim D-99", "xyzzy"]


@pytest.fixture
async def followed(ledger: Ledger, dana: Person) -> Ledger:
    """#payments follows team payments: D-1 is theirs and nobody's, D-2 is dana's."""
    await ledger.add(owner=None, expires_on=date(2026, 12, 24))
    await ledger.add()
    await dana.types("/debt subscribe team:payments", channel="payments")
    return ledger


@pytest.mark.parametrize("words", CHANGES)
async def test_a_channel_sees_what_changes_in_what_it_follows(
    words: str, dana: Person, sam: Person, followed: Ledger
) -> None:
    reply = await dana.types(f"/debt {words}", channel="payments")
    assert not reply.ephemeral
    assert "Payment retry worker (D-1)" in sam.reads("payments")[-1].shown


@pytest.mark.parametrize("words", LOOKS)
async def test_looking_asking_and_refusals_are_for_the_person_alone(
    words: str, dana: Person, followed: Ledger
) -> None:
    assert (await dana.types(f"/debt {words}", channel="payments")).ephemeral


@pytest.mark.parametrize("words", CHANGES)
async def test_elsewhere_a_change_is_answered_to_the_person_alone(
    words: str, dana: Person, followed: Ledger
) -> None:
    assert (await dana.types(f"/debt {words}", channel="general")).ephemeral


async def test_a_channel_is_not_told_of_what_is_outside_its_scope(
    dana: Person, followed: Ledger
) -> None:
    await followed.add(name="Theirs", team="platform", owner=None)
    assert (await dana.types("/debt claim D-3", channel="payments")).ephemeral


async def test_a_form_answers_where_its_command_was_typed(
    dana: Person, sam: Person, followed: Ledger
) -> None:
    form = (await dana.types("/debt log D-1", channel="payments")).form
    assert form is not None
    form.fill("Hours", "1h")
    await form.submit()
    assert "logged 1 h" in sam.reads("payments")[-1].shown


# --------------------------------------------------------------------- a digest that is shared


@pytest.fixture
async def digest(followed: Ledger, slack: Sandbox, process: Process, dana: Person) -> PostedMessage:
    """Monday’s digest in #payments: an orphan in production, two that are overdue."""
    await followed.add(name="Orphan", owner=None, surface="production")
    await followed.add(name="Unreviewed", review_on=date(2026, 11, 1))
    await followed.add(name="Overdue", expires_on=date(2026, 11, 1))
    await slack.clock.set(MONDAY.replace(hour=15))
    await process.tick()
    await process.send()
    return dana.reads("payments")[-1]


async def test_a_shared_message_shows_what_was_done_to_it(
    sam: Person, digest: PostedMessage, followed: Ledger
) -> None:
    reply = await sam.clicks(digest, "Claim", row="D-3")
    assert [one.ephemeral for one in reply.messages] == [True]
    assert "✓ claimed by sam" in digest.shown or "claimed by sam" in digest.shown
    assert "Overdue (D-5): extend it with a reason, or retire it" in digest.shown


async def test_a_form_opened_from_a_shared_message_renews_it_too(
    sam: Person, digest: PostedMessage
) -> None:
    form = (await sam.clicks(digest, "Extend", row="D-5")).form
    assert form is not None
    form.fill("New expiry date", "2026-12-20")
    form.fill("Reason", "books close first")
    await form.submit()
    assert "extended to Dec 20, 2026 by sam" in digest.shown


async def test_a_refusal_changes_nothing_in_the_shared_message(
    sam: Person, mia: Person, digest: PostedMessage
) -> None:
    await sam.clicks(digest, "Review", row="D-4")
    before = digest.shown
    reply = await mia.types("/debt review D-4")
    assert "was reviewed today already" in reply.text
    assert digest.shown == before


@on_both_databases
async def test_two_people_pressing_different_items_at_once_lose_nothing(
    sam: Person, mia: Person, digest: PostedMessage, followed: Ledger
) -> None:
    await asyncio.gather(
        sam.clicks(digest, "Claim", row="D-3"), mia.clicks(digest, "Review", row="D-4")
    )
    assert "claimed by sam" in digest.shown
    assert "reviewed by mia" in digest.shown
    assert (await followed.by_key(3)).owner == sam.id
    assert (await followed.by_key(4)).reviewed_on is not None


async def test_a_message_renewed_by_a_slow_update_still_ends_up_right(
    sam: Person, mia: Person, slack: Sandbox, digest: PostedMessage
) -> None:
    """The first update is under way when the second press comes: the last one shows both."""
    slack.faults.delay("chat.update", 0.3)
    await asyncio.gather(
        sam.clicks(digest, "Claim", row="D-3"), mia.clicks(digest, "Review", row="D-4")
    )
    assert "claimed by sam" in digest.shown
    assert "reviewed by mia" in digest.shown


async def test_the_same_press_delivered_twice_acts_once(
    sam: Person, digest: PostedMessage, followed: Ledger
) -> None:
    press = digest.control("Claim", row="D-3")
    await asyncio.gather(sam.presses(digest, press), sam.presses(digest, press))
    claimed = [one for one in await followed.history(await followed.by_key(3)) if one.by == sam.id]
    assert len(claimed) == 1
    assert "claimed by sam" in digest.shown


async def test_two_who_press_claim_at_once_find_one_owner_and_one_question(
    sam: Person, mia: Person, digest: PostedMessage, process: Process, followed: Ledger
) -> None:
    press = digest.control("Claim", row="D-3")
    await asyncio.gather(sam.presses(digest, press), mia.presses(digest, press))
    owner = (await followed.by_key(3)).owner
    winner, other = (sam, mia) if owner == sam.id else (mia, sam)
    await process.send()
    assert f"@{other.handle} would like to take over Orphan" in winner.dms()[-1].shown


async def test_a_digest_that_cannot_be_renewed_still_answers(
    sam: Person, slack: Sandbox, digest: PostedMessage, followed: Ledger
) -> None:
    slack.faults.answer("chat.update", error="message_not_found")
    reply = await sam.clicks(digest, "Claim", row="D-3")
    assert "sam owns Orphan (D-3) now" in reply.text
    assert (await followed.by_key(3)).owner == sam.id


async def test_what_a_field_refuses_is_said_in_words_where_there_is_no_form() -> None:
    async def refusing() -> Answer:
        with at("minutes"):
            raise Refused("Say 1.5h.")

    answer = await settled(refusing())
    assert isinstance(answer, Reply)
    assert answer.message.text == "Say 1.5h."
    with pytest.raises(FieldRefused):
        await settled(refusing(), in_form=True)
