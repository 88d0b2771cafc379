"""What is known of an artifact, said again by who knows better, and what is still missing then."""

from datetime import date
from typing import Any

import pytest

from bot.process.process import Process
from debt.artifact.artifact import Label, Stage, Surface
from sandbox import Form, Person
from tests.bot.conftest import Ledger, on_both_databases

FULL: dict[str, Any] = {
    "service": "checkout",
    "value": 4,
    "blast_radius": 3,
    "dependants": 14,
    "monthly_minutes": 125,
    "planned_end": "regenerate",
    "regenerate_every_days": 90,
    "rollback": "Switch the flag off",
    "monitoring": "Grafana: retries",
    "responder": "@sre",
    "origin_tool": "Claude Code",
    "origin_model": "Opus",
    "prompt_category": "worker",
    "prompt_template": "worker-v2",
    "usage": "nightly",
    "paths": ("services/retry/**", "lib/backoff.py"),
}


async def edit_form(person: Person, words: str = "D-1") -> Form:
    form = (await person.types(f"/debt edit {words}")).form
    assert form is not None
    return form


@on_both_databases
async def test_what_was_left_out_is_said_later(sam: Person, ledger: Ledger) -> None:
    vague = await ledger.add(purpose="tbd", lifespan=None)
    form = await edit_form(sam)
    assert form.title == "Edit"
    assert form.values["Artifact"] == "D-1 Payment retry worker"
    form.fill("Purpose", "Retries failed card payments overnight")
    form.fill("Monthly hours", "1h30")
    form.choose("Business value", "5: very high")
    reply = await form.submit()
    assert (
        "sam edited Payment retry worker (D-1): Purpose, Business value and Monthly" in reply.text
    )
    assert "It is provisional, first in line for cleanup: no lifespan." in reply.text
    edited = await ledger.get(vague)
    assert (edited.purpose, edited.value) == ("Retries failed card payments overnight", 5)
    assert edited.monthly_minutes == 90
    newest = (await ledger.history(edited))[0]
    assert (newest.by, newest.action) == (sam.id, "edit")
    assert newest.before == {"purpose": "tbd", "value": None, "monthly_minutes": None}


async def test_the_form_begins_with_all_that_is_known(dana: Person, ledger: Ledger) -> None:
    await ledger.add(**FULL)
    form = await edit_form(dana)
    assert form.values == {
        "Artifact": "D-1 Payment retry worker",
        "Name": "Payment retry worker",
        "Kind": "Production integration",
        "Repository": "acme/checkout",
        "Paths": "services/retry/**\nlib/backoff.py",
        "Purpose": "Retries failed card payments overnight",
        "Expected lifespan": "Until the new payment provider is live",
        "What happens if it is removed": "Failed payments stay failed",
        "Runs where": "Internal",
        "Label": "Durable: full ownership, monitoring, documentation",
        "Team": "payments",
        "Service": "checkout",
        "AI tool": "Claude Code",
        "Model": "Opus",
        "Prompt category": "worker",
        "Prompt template": "worker-v2",
        "How often it is used": "nightly",
        "Rollback strategy": "Switch the flag off",
        "Monitoring hook": "Grafana: retries",
        "Responder": "@sre",
        "Business value": "4: high",
        "Blast radius": "3: medium",
        "Dependants": "14",
        "Monthly hours": "2 h 5 min",
        "Planned end": "Regenerate",
        "Regenerate every … days": "90",
    }


async def test_a_form_sent_as_it_was_changes_nothing(dana: Person, ledger: Ledger) -> None:
    await dana.types("/debt subscribe")
    for facts in (FULL, {"monthly_minutes": 0, "name": "two\nlines", "usage": "x" * 900}):
        await ledger.add(**facts)
    for number in (1, 2):
        before = await ledger.by_key(number)
        reply = await (await edit_form(dana, f"D-{number}")).submit()
        assert "stays as it was: nothing in the form was changed." in reply.text
        assert reply.ephemeral
        assert await ledger.by_key(number) == before


async def test_an_emptied_field_clears_what_it_held(dana: Person, ledger: Ledger) -> None:
    await ledger.add(**FULL)
    form = await edit_form(dana)
    for label in ("Team", "Responder", "Business value", "Dependants", "Monthly hours", "Purpose"):
        form.fill(label, None)
    assert "provisional, first in line for cleanup: no purpose." in (await form.submit()).text
    edited = await ledger.by_key(1)
    assert (edited.team, edited.responder, edited.value, edited.purpose) == (None,) * 4
    assert (edited.dependants, edited.monthly_minutes) == (0, None)


async def test_kind_label_place_and_paths_can_be_put_right(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    form = await edit_form(dana)
    form.choose("Kind", "Prototype service")
    form.choose("Label", "temporary")
    form.choose("Runs where", "Production")
    form.fill("Paths", "a/**\n\n b.py ")
    await form.submit()
    edited = await ledger.by_key(1)
    assert (edited.kind, edited.label) == ("prototype_service", Label.TEMPORARY)
    assert (edited.surface, edited.paths) == (Surface.PRODUCTION, ("a/**", "b.py"))


async def test_what_somebody_else_changed_meanwhile_stays(
    dana: Person, sam: Person, ledger: Ledger
) -> None:
    await ledger.add(responder=None)
    danas, sams = await edit_form(dana), await edit_form(sam)
    sams.fill("Responder", "@sre")
    await sams.submit()
    danas.fill("Team", "growth")
    await danas.submit()
    edited = await ledger.by_key(1)
    assert (edited.responder, edited.team) == ("@sre", "growth")


async def test_what_is_too_long_for_a_form_is_not_cut_by_it(dana: Person, ledger: Ledger) -> None:
    long = await ledger.add(purpose="word " * 1_000, monitoring="x" * 2_000)
    form = await edit_form(dana)
    assert "Purpose" not in form.labels
    form.fill("Team", "growth")
    await form.submit()
    edited = await ledger.by_key(1)
    assert (edited.purpose, edited.monitoring) == (long.purpose, long.monitoring)


@pytest.mark.parametrize(
    ("label", "entered", "why"),
    [
        ("Name", "  ", "This cannot be blank."),
        ("Repository", " ", "This cannot be blank."),
        ("Paths", "\n", "This cannot be blank."),
        ("Paths", ";", "An artifact needs name, repo and paths; missing: paths."),
        ("Dependants", "many", "Say a whole number."),
        ("Dependants", "9999999", None),
        ("Monthly hours", "lots", "“lots” is not a length of time. Say 1.5h, 90m or 1h30."),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    label: str, entered: str, why: str | None, dana: Person, ledger: Ledger
) -> None:
    before = await ledger.add(team=None)
    form = await edit_form(dana)
    form.fill("Team", "growth")
    form.fill(label, entered)
    errors = (await form.submit()).errors
    assert list(errors) == [label]
    assert why is None or errors[label] == why
    assert form.values["Team"] == "growth"
    assert await ledger.get(before) == before


async def test_a_label_that_asks_for_a_date_is_refused_where_there_is_none(
    dana: Person, ledger: Ledger
) -> None:
    endless = await ledger.amend(await ledger.add(), expires_on=None)
    form = await edit_form(dana)
    form.choose("Label", "experimental")
    assert (await form.submit()).errors == {
        "Label": "experimental must have a sunset date; lapses by itself; give it an expiry date."
    }
    await dana.types("/debt extend D-1 60d it is an experiment")
    await form.submit()
    assert (await ledger.get(endless)).label is Label.EXPERIMENTAL


async def test_a_kind_that_the_policy_has_dropped_can_stay(dana: Person, ledger: Ledger) -> None:
    await ledger.amend(await ledger.add(), kind="lambda_function")
    form = await edit_form(dana)
    assert form.values["Kind"] == "Lambda function"
    form.fill("Responder", "@sre")
    await form.submit()
    edited = await ledger.by_key(1)
    assert (edited.kind, edited.responder) == ("lambda_function", "@sre")


async def test_without_a_key_it_is_asked_for(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    form = await edit_form(dana, "")
    await form.search("Artifact", "retry")
    form.choose("Artifact", "Payment retry worker")
    await form.submit()
    assert form.values["Name"] == "Payment retry worker"


@pytest.mark.parametrize(
    ("key", "why"),
    [("D-2", "D-2 has ended (retired)"), ("D-9", "no D-9"), ("soon", "“soon” is not a key")],
)
async def test_what_cannot_be_edited_is_said_before_any_form(
    key: str, why: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    await ledger.ended()
    assert why in (await dana.types(f"/debt edit {key}")).text


async def test_what_ended_meanwhile_is_not_edited(dana: Person, ledger: Ledger) -> None:
    artifact = await ledger.add()
    form = await edit_form(dana)
    form.fill("Team", "growth")
    ended = await ledger.amend(artifact, stage=Stage.RETIRED)
    [why] = (await form.submit()).errors.values()
    assert "D-1 has ended" in why
    assert await ledger.get(artifact) == ended


async def test_the_thing_to_do_is_to_edit_on_card_list_and_digest(
    dana: Person, sam: Person, process: Process, ledger: Ledger
) -> None:
    await ledger.add(risk=5, value=5, surface="production", rollback="flag")
    card = (await sam.types("/debt show D-1")).message
    assert card.buttons[0] == "Edit"
    assert "Edit" in (await sam.types("/debt list")).message.buttons
    digest = (await sam.types("/debt brief", channel="payments")).message
    form = (await sam.clicks(digest, "Edit")).form
    assert form is not None
    form.fill("Responder", "@sre")
    await form.submit()
    assert "Edit" not in (await sam.types("/debt list")).message.buttons
    form = (await sam.clicks(card, "Edit")).form
    assert form is not None
    form.fill("Responder", "@payments-on-call")
    await form.submit()
    assert "sam edited Payment retry worker (D-1): Responder." in card.shown


async def test_dates_and_owner_are_no_part_of_it(dana: Person, ledger: Ledger) -> None:
    await ledger.add(expires_on=date(2027, 2, 1))
    labels = (await edit_form(dana)).labels
    assert "Owner" not in labels
    assert "Expiry date" not in labels
