"""What a person says of the four ratings, beside what the proxies say."""

import pytest

from debt.artifact.proxy import ProxyRating
from sandbox import Form, Person
from tests.bot.conftest import Ledger, on_both_databases


async def score_form(person: Person) -> Form:
    form = (await person.types("/debt score D-1")).form
    assert form is not None
    return form


@on_both_databases
async def test_four_numbers_rate_it(dana: Person, ledger: Ledger) -> None:
    rated = await ledger.add()
    reply = await dana.types("/debt score D-1 4 3 5 2 it moves money")
    assert "dana rated Payment retry worker (D-1): " in reply.text
    assert "Frequency 4 × Complexity 3 × Risk 5 × Friction 2 = score 120" in reply.text
    newest = (await ledger.history(rated))[0]
    assert (newest.by, newest.action, newest.reason) == (dana.id, "score", "it moves money")


async def test_one_rating_by_name_leaves_the_others_to_the_estimate(
    dana: Person, ledger: Ledger
) -> None:
    rated = await ledger.add(proxies={"frequency": ProxyRating(5, "37 commits in 90 days")})
    reply = await dana.types("/debt score D-1 risk=5 because refunds")
    assert "Frequency 5 (estimated) × Complexity 3 (estimated) × Risk 5 × Friction" in reply.text
    ratings = (await ledger.get(rated)).ratings
    assert (ratings.risk.person, ratings.risk.person_reason) == (5, "because refunds")
    assert not ratings.frequency.by_person


async def test_a_rating_can_be_given_back_to_the_estimate(dana: Person, ledger: Ledger) -> None:
    await ledger.add(proxies={"risk": ProxyRating(2, "internal only")})
    await dana.types("/debt score D-1 4 3 5 2")
    reply = await dana.types("/debt score D-1 risk=estimate")
    assert "Risk 2 (estimated)" in reply.text
    assert "Frequency 4 ×" in reply.text


@pytest.mark.parametrize(
    "words", ["4 3 9 2", "4 3", "very risky", "risk=6", "0 0 0 0", "risk=", "risk = 5"]
)
async def test_what_is_no_rating_is_answered_with_the_two_ways_to_say_one(
    words: str, dana: Person, ledger: Ledger
) -> None:
    unrated = await ledger.add()
    reply = await dana.types(f"/debt score D-1 {words}")
    assert "Say four ratings from 1 to 5 (Frequency, Complexity, Risk, Friction)" in reply.text
    assert len(await ledger.history(unrated)) == 1


async def test_a_persons_word_is_beside_the_estimate_and_says_how_it_is_given_back(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add(proxies={"frequency": ProxyRating(5, "37 commits in 90 days")})
    told = await dana.types("/debt score D-1 frequency=2 most are merges")
    assert "/debt score D-1 frequency=estimate gives it back to the estimate." in told.text
    card = await dana.types("/debt show D-1")
    assert "Frequency 2 (by a person: most are merges; the estimate is 5)" in card.text
    told = await dana.types("/debt score D-1 frequency=estimate")
    assert "gives it back" not in told.text


async def test_what_has_ended_is_not_rated(dana: Person, ledger: Ledger) -> None:
    await ledger.ended()
    assert "D-1 has ended" in (await dana.types("/debt score D-1 1 1 1 1")).text
    assert "D-1 has ended" in (await dana.types("/debt score D-1")).text


async def test_the_form_shows_the_scale_and_what_the_proxies_said(
    dana: Person, ledger: Ledger
) -> None:
    rated = await ledger.add(proxies={"frequency": ProxyRating(5, "37 commits in 90 days")})
    form = await score_form(dana)
    assert form.labels == ["Artifact", "Frequency", "Complexity", "Risk", "Friction", "Reason"]
    assert "Estimated 5: 37 commits in 90 days" in form.shown
    assert "1: rarely changes" in form.options("Frequency")
    assert form.values["Frequency"] == "Leave it to the estimate (5)"
    form.choose("Frequency", "3: changes a few times a month")
    form.fill("Reason", "most are merges")
    assert "Frequency 3 × Complexity 3 (estimated)" in (await form.submit()).text
    again = await score_form(dana)
    assert again.values["Frequency"] == "3: changes a few times a month"
    assert "Estimated 5: 37 commits in 90 days" in again.shown
    again.choose("Frequency", "Leave it to the estimate (5)")
    await again.submit()
    assert not (await ledger.get(rated)).ratings.frequency.by_person


async def test_score_alone_asks_which_artifact_and_goes_on_to_its_ratings(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    form = (await dana.types("/debt score")).form
    assert form is not None
    assert form.labels == ["Artifact"]
    await form.search("Artifact", "1")
    form.choose("Artifact", "Payment retry worker")
    await form.submit()
    assert form.values["Artifact"] == "D-1 Payment retry worker"
    form.choose("Risk", "5: a failure costs money or trust")
    assert "Risk 5" in (await form.submit()).text


async def test_the_button_of_a_card_rates_and_renews_the_card(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    card = (await dana.types("/debt show D-1")).message
    form = (await dana.clicks(card, "Score")).form
    assert form is not None
    form.choose("Risk", "5: a failure costs money or trust")
    await form.submit()
    assert "Risk 5 (by a person; the estimate is 3)" in card.shown
    assert "a failure costs money or trust" in card.shown
