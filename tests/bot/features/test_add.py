"""Create with intent: a form, defaults by kind and policy, and what vagueness costs."""

from datetime import date

import pytest

from debt.artifact.artifact import Label, Surface
from sandbox import Form, Person, Sandbox
from tests.bot.conftest import Ledger, on_both_databases

FILLED = {
    "Repository": "acme/checkout",
    "Paths": "services/retry/**\nlib/backoff.py",
    "Purpose": "Retries failed card payments overnight",
    "Expected lifespan": "Until the new provider is live",
    "What happens if it is removed": "Failed payments stay failed",
}


async def add_form(person: Person, name: str = "Payment retry worker") -> Form:
    """The form as somebody careful fills it."""
    form = (await person.types(f"/debt add {name}")).form
    assert form is not None
    for label, words in FILLED.items():
        form.fill(label, words)
    return form


@on_both_databases
async def test_an_artifact_with_all_its_intent_is_on_the_register(
    dana: Person, ledger: Ledger
) -> None:
    form = await add_form(dana)
    assert form.values["Name"] == "Payment retry worker"
    assert form.values["Owner"] == "dana"
    reply = await form.submit()
    assert "dana put Payment retry worker (D-1) on the register: durable" in reply.text
    assert "ends Nov 24, 2027, first review Feb 22, 2027" in reply.text
    assert "provisional" not in reply.text
    assert reply.message.buttons == ["Show", "Score"]
    added = await ledger.by_key(1)
    assert added.paths == ("services/retry/**", "lib/backoff.py")
    assert (added.owner, added.created_on) == (dana.id, date(2026, 11, 24))
    assert [entry.by for entry in await ledger.history(added)] == [dana.id]


@pytest.mark.parametrize(
    ("kind", "label", "ends"),
    [
        ("Throwaway script", "experimental", "ends Dec 24, 2026"),
        ("Prototype service", "experimental", "ends Feb 22, 2027, first review Dec 24, 2026"),
        ("Production integration", "durable", "ends Nov 24, 2027, first review Feb 22, 2027"),
        ("Generated test suite", "temporary", "ends May 23, 2027, first review Feb 22, 2027"),
        ("IaC / deployment config", "durable", "ends Nov 24, 2027, first review Jan 23, 2027"),
    ],
)
async def test_kind_and_policy_fill_what_is_left_open(
    kind: str, label: str, ends: str, dana: Person, ledger: Ledger
) -> None:
    form = await add_form(dana)
    form.choose("Kind", kind)
    assert f"on the register: {label}, {ends}" in (await form.submit()).text


async def test_everything_that_is_said_is_kept(dana: Person, sam: Person, ledger: Ledger) -> None:
    form = await add_form(dana)
    form.choose("Owner", "sam")
    form.choose("Runs where", "Production")
    form.choose("Label", "temporary")
    form.fill("Expiry date", "2027-02-01")
    form.fill("Team", "payments")
    form.fill("AI tool", "Claude Code")
    form.choose("Business value", "4: high")
    form.choose("Blast radius", "3: medium")
    form.fill("Dependants", "14")
    form.fill("Monthly hours", "40")
    form.fill("Responder", "@sre")
    await form.submit()
    added = await ledger.by_key(1)
    assert (added.owner, added.surface, added.label) == (
        sam.id,
        Surface.PRODUCTION,
        Label.TEMPORARY,
    )
    assert (added.expires_on, added.team, added.origin_tool) == (
        date(2027, 2, 1),
        "payments",
        "Claude Code",
    )
    assert (added.value, added.blast_radius, added.dependants) == (4, 3, 14)
    assert (added.monthly_minutes, added.responder) == (2_400, "@sre")


@pytest.mark.parametrize(
    ("label", "words", "why"),
    [
        ("Purpose", None, "no purpose"),
        ("Purpose", "tbd", "vague purpose"),
        ("Expected lifespan", None, "no lifespan"),
        ("Expected lifespan", "whatever", "vague lifespan"),
        ("Owner", None, "no owner"),
        ("What happens if it is removed", "nothing", "vague removal impact"),
    ],
)
async def test_what_is_vague_is_provisional_and_says_why(
    label: str, words: str | None, why: str, dana: Person, ledger: Ledger
) -> None:
    form = await add_form(dana)
    form.fill(label, words)
    reply = await form.submit()
    assert f"It is provisional, first in line for cleanup: {why}." in reply.text


@pytest.mark.parametrize(
    ("label", "entered", "why"),
    [
        ("Name", "   ", "This cannot be blank."),
        ("Repository", " ", "This cannot be blank."),
        ("Paths", " \n \n", "This cannot be blank."),
        ("Paths", ";", "An artifact needs name, repo and paths; missing: paths."),
        ("Expiry date", "2026-11-23", "Choose a day after today."),
        ("Expiry date", "2026-11-24", "Choose a day after today."),
        ("Dependants", "many", "Say a whole number."),
        ("Dependants", "-1", "Say a whole number."),
        ("Monthly hours", "lots", "“lots” is not a length of time. Say 1.5h, 90m or 1h30."),
        ("Team", "\u0000", None),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    label: str, entered: str, why: str | None, dana: Person, ledger: Ledger
) -> None:
    form = await add_form(dana)
    form.fill(label, entered)
    reply = await form.submit()
    if why is None:
        assert "on the register" in reply.text
        return
    assert reply.errors == {label: why}
    assert form.values["Purpose"] == FILLED["Purpose"]
    assert await ledger.count() == 0


@pytest.mark.parametrize("who", ["olga", "debt", "gus", "rex"])
async def test_who_cannot_answer_for_it_cannot_own_it(
    who: str, dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    form = await add_form(dana)
    form.choose("Owner", slack.person(who).id)
    errors = (await form.submit()).errors
    assert list(errors) == ["Owner"]
    assert errors["Owner"].endswith("so it cannot go there. Choose a colleague.")
    assert await ledger.count() == 0


async def test_a_message_becomes_name_and_purpose(dana: Person, sam: Person) -> None:
    """“Add to debt register” in the menu of a message."""
    await sam.types("The invoice script Claude wrote runs every night.\nShould we keep it?")
    form = (await dana.message_shortcut(dana.reads()[-1], "add_to_register")).form
    assert form is not None
    assert form.values["Name"] == "The invoice script Claude wrote runs every night."
    assert form.values["Purpose"].endswith("Should we keep it?")
    form.fill("Repository", "acme/billing")
    form.fill("Paths", "scripts/invoice.py")
    assert "on the register" in (await form.submit()).text


async def test_a_message_is_read_as_its_readers_read_it(dana: Person, sam: Person) -> None:
    await dana.types("/debt help")  # now the register knows her name
    await sam.types("@dana: the <draft> in #payments & https://example.com/runbook, @here")
    form = (await sam.message_shortcut(sam.reads()[-1], "add_to_register")).form
    assert form is not None
    assert form.values["Name"] == (
        "@dana: the <draft> in #payments & https://example.com/runbook, @here"
    )


async def test_a_long_message_fits_the_form(dana: Person, sam: Person, slack: Sandbox) -> None:
    await sam.types("word " * 2_000)
    form = (await dana.message_shortcut(dana.reads()[-1], "add_to_register")).form
    assert form is not None
    assert len(form.values["Name"]) <= 200
    assert len(form.values["Purpose"]) <= 3_000


async def test_cancelling_leaves_nothing_behind(dana: Person, ledger: Ledger) -> None:
    form = await add_form(dana)
    await form.close()
    assert await ledger.count() == 0


async def test_what_was_added_is_shown_and_scored_from_its_receipt(
    dana: Person, ledger: Ledger
) -> None:
    receipt = (await (await add_form(dana)).submit()).message
    assert "Next:" in (await dana.clicks(receipt, "Show")).text
    form = (await dana.clicks(receipt, "Score")).form
    assert form is not None
    assert form.values["Artifact"] == "D-1 Payment retry worker"
