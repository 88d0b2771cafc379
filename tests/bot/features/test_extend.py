"""A later end date: with its reason, as far as the tier allows."""

from datetime import date

import pytest

from bot.process.process import Process
from sandbox import Form, Person
from tests.bot.conftest import Ledger, on_both_databases

ENDS = date(2026, 12, 1)


async def extend_form(person: Person) -> Form:
    form = (await person.types("/debt extend D-1")).form
    assert form is not None
    return form


@on_both_databases
async def test_a_month_more_counts_from_the_end_date(dana: Person, ledger: Ledger) -> None:
    extended = await ledger.add(expires_on=ENDS)
    reply = await dana.types("/debt extend D-1 30d provider is late")
    assert "dana extended Payment retry worker (D-1) until Dec 31, 2026" in reply.text
    assert "provider is late" in reply.text
    assert "It can be extended 2 more times, by 60 days in all" in reply.text
    assert (await ledger.get(extended)).expires_on == date(2026, 12, 31)
    newest = (await ledger.history(extended))[0]
    assert (newest.action, newest.by, newest.reason) == ("extend", dana.id, "provider is late")


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        ("30d", date(2026, 12, 31)),
        ("2w", date(2026, 12, 15)),
        ("1m", date(2026, 12, 31)),
        ("2027-01-31", date(2027, 1, 31)),
        ("+5d", date(2026, 12, 6)),
        ("5days", date(2026, 12, 6)),
        ("30 days", date(2026, 12, 31)),
        ("by 2 weeks", date(2026, 12, 15)),
        ("until 2027-01-31", date(2027, 1, 31)),
    ],
)
async def test_how_long_may_be_said_in_several_ways(
    until: str, ends: date, dana: Person, ledger: Ledger
) -> None:
    extended = await ledger.add(expires_on=ENDS)
    reply = await dana.types(f"/debt extend D-1 {until} because")
    assert (await ledger.get(extended)).expires_on == ends
    assert reply.text.splitlines()[0].endswith(": because")


async def test_what_is_overdue_is_extended_from_today(dana: Person, ledger: Ledger) -> None:
    extended = await ledger.add(expires_on=date(2026, 11, 1))
    await dana.types("/debt extend D-1 2w still used by finance")
    assert (await ledger.get(extended)).expires_on == date(2026, 12, 8)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("30d", "An extension needs its reason: it is what the next reader will ask for."),
        ("2026-11-01 why", "2026-11-01 is not in the future; an extension ends after today."),
        ("2026-11-24 why", "2026-11-24 is not in the future"),
        ("2026-11-30 why", "D-1 already runs until 2026-12-01; choose a later date."),
        ("999999d why", "is more than ten years away; choose a date people will see."),
        ("9999-12-31 why", "9999-12-31 is more than ten years away"),
        ("soon why", "“soon” is neither a time nor a date. Say 30d, 2w or a date like 2027-01-31."),
        ("2027-02-30 why", "“2027-02-30” is not a date. Dates look like 2027-01-31."),
        ("0d why", "D-1 already runs until 2026-12-01; choose a later date."),
    ],
)
async def test_what_cannot_be_granted_is_refused_in_words(
    words: str, why: str, dana: Person, ledger: Ledger
) -> None:
    asked_for = await ledger.add(expires_on=ENDS)
    reply = await dana.types(f"/debt extend D-1 {words}")
    assert why in reply.text
    assert reply.ephemeral
    assert (await ledger.get(asked_for)).expires_on == ENDS


async def test_the_tier_counts_the_extensions(dana: Person, ledger: Ledger) -> None:
    await ledger.add(expires_on=ENDS)
    for _ in range(3):
        last = await dana.types("/debt extend D-1 10d once more")
    assert "That was the last extension its tier allows" in last.text
    assert "for more, others have to agree" in last.text
    reply = await dana.types("/debt extend D-1 10d and again")
    assert (
        "D-1 was already extended 3 times, and the standard tier allows 3, so this is a request now"
    ) in reply.text


async def test_the_strict_tier_allows_one_of_thirty_days(dana: Person, ledger: Ledger) -> None:
    await ledger.add(kind="iac_config", expires_on=ENDS)
    assert "That was the last extension" in (await dana.types("/debt extend D-1 30d why")).text
    reply = await dana.types("/debt extend D-1 1d why")
    assert "D-1 was already extended once, and the strict tier allows 1" in reply.text


@pytest.mark.parametrize("words", ["D-1 30d why", "D-1"])
async def test_what_has_ended_is_not_extended(words: str, dana: Person, ledger: Ledger) -> None:
    await ledger.ended()
    assert "D-1 has ended (retired)" in (await dana.types(f"/debt extend {words}")).text


async def test_the_form_says_what_is_left_and_extends(dana: Person, ledger: Ledger) -> None:
    extended = await ledger.add(expires_on=ENDS)
    form = await extend_form(dana)
    assert form.labels == ["Artifact", "New expiry date", "Reason"]
    assert "Standard tier: 3 extensions left, 90 days in all; more becomes a request" in form.shown
    form.fill("New expiry date", "2027-01-15")
    form.fill("Reason", "The provider’s launch moved")
    assert "until Jan 15, 2027: The provider’s launch moved" in (await form.submit()).text
    assert (await ledger.get(extended)).expires_on == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("until", "reason", "label", "why"),
    [
        ("2026-11-01", "why", "New expiry date", "2026-11-01 is not in the future"),
        ("2040-01-01", "why", "New expiry date", "more than ten years away"),
        ("2027-01-15", "  ", "Reason", "An extension needs its reason"),
    ],
)
async def test_the_form_says_no_at_the_field_concerned(
    until: str, reason: str, label: str, why: str, dana: Person, ledger: Ledger
) -> None:
    asked_for = await ledger.add(expires_on=ENDS)
    form = await extend_form(dana)
    form.fill("New expiry date", until)
    form.fill("Reason", reason)
    errors = (await form.submit()).errors
    assert list(errors) == [label]
    assert why in errors[label]
    assert (await ledger.get(asked_for)).expires_on == ENDS


async def test_extend_alone_asks_which_artifact(dana: Person, ledger: Ledger) -> None:
    await ledger.add(expires_on=ENDS)
    form = (await dana.types("/debt extend")).form
    assert form is not None
    assert (await form.submit()).errors.keys() == {"Artifact", "New expiry date", "Reason"}
    await form.search("Artifact", "retry")
    form.choose("Artifact", "Payment retry worker")
    form.fill("New expiry date", "2026-12-10")
    form.fill("Reason", "why")
    assert "until Dec 10, 2026" in (await form.submit()).text


async def test_the_button_of_a_card_comes_with_the_artifact_filled_in(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add(expires_on=ENDS)
    card = (await dana.types("/debt show D-1")).message
    form = (await dana.clicks(card, "Extend")).form
    assert form is not None
    assert form.values["Artifact"] == "D-1 Payment retry worker"
    form.fill("New expiry date", "2026-12-24")
    form.fill("Reason", "over the holidays")
    await form.submit()
    assert "extended Payment retry worker (D-1) until Dec 24, 2026" in card.shown
    assert "end date Dec 24, 2026" in card.shown


async def test_past_the_cap_it_is_a_request_at_once(
    dana: Person, erin: Person, ledger: Ledger, process: Process
) -> None:
    asked_for = await ledger.add(expires_on=ENDS)
    await dana.types("/debt subscribe team:payments", channel="payments")
    reply = await dana.types("/debt extend D-1 120d the provider is late")
    assert (
        "That is 120 days; the standard tier allows 90 days in all, and D-1 has 90 left, "
        "so this is a request now." in reply.text
    )
    assert "one other person has to agree. I have asked #payments." in reply.text
    assert (await ledger.get(asked_for)).expires_on == ENDS
    await process.send()
    request = erin.reads("payments")[-1]
    assert "@dana asks to extend Payment retry worker (D-1) until Mar 31, 2027" in request.shown
    await erin.clicks(request, "Approve")
    assert (await ledger.get(asked_for)).expires_on == date(2027, 3, 31)
    await process.send()
    assert "It runs until Mar 31, 2027 now" in dana.dms()[-1].shown


async def test_a_request_shows_how_often_it_was_extended_and_why(
    dana: Person, erin: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add(kind="iac_config", expires_on=ENDS)
    await dana.types("/debt extend D-1 30d the audit runs late")
    form = await extend_form(dana)
    assert "no extension is left; this becomes a request to others" in form.shown
    form.fill("New expiry date", "2027-01-15")
    form.fill("Reason", "and later still")
    assert "two people have to agree, one of them of sre or security" in (await form.submit()).text
    await process.send()
    request = erin.dms()[-1]
    assert "extended once, by 30 days in all: “the audit runs late”" in request.shown
