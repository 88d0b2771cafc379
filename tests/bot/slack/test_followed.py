"""A channel that follows an artifact learns of changes, however they were made."""

from sandbox import Person
from tests.bot.conftest import Ledger


async def test_a_change_made_on_ones_own_card_is_told_to_the_channel_that_follows(
    dana: Person, erin: Person, ledger: Ledger
) -> None:
    orphan = await ledger.add(owner=None)
    await dana.types("/debt subscribe team:payments", channel="payments")
    card = (await dana.types(f"/debt show {orphan.key}", channel="payments")).message
    seen = len(erin.reads("payments"))
    await dana.clicks(card, "Claim")
    assert [message.shown for message in erin.reads("payments")[seen:]] == [
        "✓ dana owns Payment retry worker (D-1) now."
    ]
    assert "Release" in card.buttons


async def test_a_change_made_from_ones_own_list_is_told_to_the_channel_that_follows(
    dana: Person, erin: Person, ledger: Ledger
) -> None:
    await ledger.add(owner=None)
    await dana.types("/debt subscribe all", channel="payments")
    rows = (await dana.types("/debt list", channel="payments")).message
    seen = len(erin.reads("payments"))
    await dana.clicks(rows, "Claim")
    assert "dana owns" in erin.reads("payments")[seen:][0].shown
