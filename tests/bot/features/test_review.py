"""Somebody looked, and it is still needed."""

from datetime import date

from sandbox import Person
from tests.bot.conftest import TODAY, Ledger, on_both_databases


@on_both_databases
async def test_a_review_today_sets_the_next_one_by_policy(dana: Person, ledger: Ledger) -> None:
    reviewed = await ledger.add(review_on=date(2026, 11, 1))
    reply = await dana.types("/debt review D-1")
    assert "dana reviewed Payment retry worker (D-1) today. Next review: Feb 22, 2027" in reply.text
    assert (await ledger.get(reviewed)).reviewed_on == TODAY


async def test_reviewing_twice_in_a_day_says_so(dana: Person, sam: Person, ledger: Ledger) -> None:
    await ledger.add()
    await dana.types("/debt review D-1")
    assert "D-1 was reviewed today already" in (await sam.types("/debt review D-1")).text


async def test_a_kind_without_reviews_says_that_none_follows(dana: Person, ledger: Ledger) -> None:
    await ledger.add(kind="throwaway_script")
    assert "Its kind asks for no further review" in (await dana.types("/debt review D-1")).text


async def test_what_has_ended_is_not_reviewed(dana: Person, ledger: Ledger) -> None:
    await ledger.ended()
    assert "D-1 has ended (retired)" in (await dana.types("/debt review D-1")).text


async def test_review_by_form_and_by_button(dana: Person, ledger: Ledger) -> None:
    await ledger.add(name="First")
    await ledger.add(name="Second")
    form = (await dana.types("/debt review")).form
    assert form is not None
    await form.search("Artifact", "First")
    form.choose("Artifact", "First")
    assert "reviewed First (D-1) today" in (await form.submit()).text
    card = (await dana.types("/debt show D-2")).message
    assert "reviewed Second (D-2) today" in (await dana.clicks(card, "Review")).text
