"""An artifact's way out: asked for, agreed to, cleared away, ended, or kept after all."""

from datetime import date, timedelta

import pytest

from bot.process.process import Process
from debt.artifact.artifact import Ending, Stage, Surface
from sandbox import Form, Person, PostedMessage, Sandbox
from storage.database.history import HistoryEntry
from tests.bot.conftest import TODAY, Ledger, on_both_databases

STRICT = {"risk": 5, "surface": Surface.PRODUCTION}
SCRIPT = {"kind": "throwaway_script"}


async def retire_form(person: Person, words: str = "D-1") -> Form:
    form = (await person.types(f"/debt retire {words}")).form
    assert form is not None
    return form


async def asks(person: Person, *, reason: str = "nobody calls it", link: str = "") -> str:
    form = await retire_form(person)
    form.choose("Planned end", "Retire")
    form.fill("Reason", reason)
    if link:
        form.fill("Link to the change", link)
    return (await form.submit()).text


def deeds(entries: list[HistoryEntry]) -> list[str]:
    """What was done, the first first."""
    return [entry.action for entry in reversed(entries)]


@on_both_databases
async def test_a_strict_integration_is_retired_by_two_approvers_the_first_of_whom_first_rejects(
    dana: Person, erin: Person, sam: Person, ledger: Ledger, process: Process
) -> None:
    artifact = await ledger.add(**STRICT, dependants=14, value=2, rollback="switch the flag off")
    await dana.types("/debt subscribe team:payments", channel="payments")
    said = await asks(dana, link="https://git/acme/checkout/41")
    assert "two people have to agree, one of them of sre or security. I have asked #payments." in (
        said
    )
    await process.send()
    first = erin.reads("payments")[-1]
    for words in (
        "@dana asks to retire Payment retry worker (D-1): nobody calls it",
        "Strict tier · 14 dependants · value 2 of 5 · no hours so far",
        "If removed: Failed payments stay failed",
        "Rollback: switch the flag off",
        "The change: https://git/acme/checkout/41",
        "0 of 2 agreed; one of them has to be of sre or security",
    ):
        assert words in first.shown, words

    form = (await erin.clicks(first, "Reject")).form
    assert form is not None
    assert form.labels == ["Request", "Reason"]
    form.fill("Reason", "finance still reads it")
    assert "You said no" in (await form.submit()).text
    assert "✗ Rejected by @erin (Nov 24, 2026, 10:00 UTC): finance still reads it" in first.shown
    assert first.buttons == []
    await process.send()
    assert "Rejected by @erin" in dana.dms()[-1].shown
    assert (await ledger.get(artifact)).stage is Stage.CREATED

    await asks(dana, reason="finance has moved off it")
    await process.send()
    second = erin.reads("payments")[-1]
    assert (
        "One more person has to agree, one of them of sre or security."
        in (await erin.clicks(second, "Approve")).text
    )
    assert "✓ @erin (Nov 24, 2026, 10:00 UTC)" in second.shown
    assert "that was enough to retire" in (await sam.clicks(second, "Approve")).text
    assert "✓ Approved by @erin (Nov 24, 2026, 10:00 UTC), @sam (" in second.shown
    assert second.buttons == []
    await process.send()
    assert "It is on its way out; its card has the checklist" in dana.dms()[-1].shown
    retiring = await ledger.get(artifact)
    assert (retiring.stage, retiring.planned_end) == (Stage.RETIRING, Ending.RETIRE)

    card = (await dana.types("/debt show D-1")).message
    assert (
        "cannot end yet: code, dashboards, alerts and runbooks are still open"
        in (await dana.clicks(card, "It is gone")).text
    )
    for item, evidence in {
        "Code": "https://git/acme/checkout/42",
        "Dashboards": "none there",
        "Alerts": "https://pager/7",
        "Runbooks": "none there",
    }.items():
        await clears(dana, card, item, evidence)
    assert "✓ Code: https://git/acme/checkout/42 (@dana)" in card.shown
    assert "has ended (retired)" in (await dana.clicks(card, "It is gone")).text
    assert (await ledger.get(artifact)).stage is Stage.RETIRED
    assert deeds(await ledger.history(artifact)) == [
        "add", "ask to retire", "reject to retire", "ask to retire", "approve to retire",
        "approve to retire", "retire", "show code to retire", "show dashboards to retire",
        "show alerts to retire", "show runbooks to retire", "end",
    ]  # fmt: skip


async def clears(person: Person, card: PostedMessage, item: str, evidence: str) -> None:
    form = (await person.clicks(card, f"{item} gone")).form
    assert form is not None
    assert form.values["What"] == item
    form.fill("What shows that it is gone", evidence)
    await form.submit()


async def test_in_the_light_tier_the_owners_word_is_enough(dana: Person, ledger: Ledger) -> None:
    script = await ledger.add(**SCRIPT)
    reply = await dana.types("/debt retire D-1 the migration is done")
    assert "dana set Payment retry worker (D-1) to retire: it is on its way out" in reply.text
    retiring = await ledger.get(script)
    assert (retiring.stage, retiring.stage_before) == (Stage.RETIRING, Stage.CREATED)
    newest = (await ledger.history(script))[0]
    assert (newest.action, newest.by, newest.reason) == (
        "retire",
        dana.id,
        "the migration is done",
    )


async def test_of_what_somebody_else_owns_they_are_asked(
    dana: Person, noah: Person, ledger: Ledger, process: Process
) -> None:
    script = await ledger.add(**SCRIPT)
    reply = await noah.types("/debt retire D-1 it is unused")
    assert "@dana, who owns it, has to agree. I have asked @dana." in reply.text
    await process.send()
    await dana.clicks(dana.dms()[-1], "Approve")
    assert (await ledger.get(script)).stage is Stage.RETIRING
    await process.send()
    assert "Approved by @dana" in noah.dms()[-1].shown


@pytest.mark.parametrize(
    ("words", "ending"),
    [
        ("it is unused", Ending.RETIRE),
        ("refactor people rewrote it", Ending.REFACTOR),
        ("Regenerate a newer model does better", Ending.REGENERATE),
    ],
)
async def test_how_it_ends_can_be_said_in_words(
    words: str, ending: Ending, dana: Person, ledger: Ledger
) -> None:
    script = await ledger.add(**SCRIPT)
    await dana.types(f"/debt retire D-1 {words}")
    assert (await ledger.get(script)).planned_end is ending


async def test_the_form_begins_with_the_end_of_its_kind_and_shows_what_removal_means(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    form = await retire_form(dana)
    assert form.labels == ["Artifact", "Planned end", "Reason", "Link to the change"]
    assert form.values["Planned end"] == "Refactor: people’s code takes its place"
    assert "If it is removed: Failed payments stay failed" in form.shown
    assert list((await form.submit()).errors) == ["Reason"]
    form.fill("Reason", "   ")
    assert list((await form.submit()).errors) == ["Reason"]


@pytest.mark.parametrize("words", ["D-1", "D-1 once more"])
async def test_what_is_on_its_way_out_or_has_ended_is_not_retired_again(
    words: str, dana: Person, ledger: Ledger
) -> None:
    script = await ledger.add(**SCRIPT)
    await dana.types("/debt retire D-1 unused")
    assert "D-1 is on its way out already" in (await dana.types(f"/debt retire {words}")).text
    await ledger.amend(await ledger.get(script), stage=Stage.RETIRED)
    assert "D-1" in (await dana.types(f"/debt retire {words}")).text


async def test_with_nobody_to_ask_the_request_is_refused_with_what_to_do(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add(team="growth")
    reply = await dana.types("/debt retire D-1 unused")
    assert "Nobody can be asked about D-1" in reply.text
    assert "Subscribe a channel to it, or name a lead in the policy." in reply.text


async def test_a_request_that_waits_is_not_made_twice(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    await dana.types("/debt retire D-1 unused")
    reply = await dana.types("/debt retire D-1 unused")
    assert reply.text == (
        "A request to retire D-1 waits for answers already; "
        "“approvals” shows it to those who can give one."
    )


async def test_a_new_generation_begins_with_dates_of_its_own(
    dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    suite = await ledger.add(kind="test_suite", risk=1, expires_on=date(2026, 12, 1))
    await dana.types("/debt extend D-1 10d one more run")
    await slack.clock.advance(timedelta(days=3))
    await dana.types("/debt retire D-1 regenerate flaky since the upgrade")
    card = (await dana.types("/debt show D-1")).message
    assert "On its way out: regenerate" in card.shown
    for item in ("Code", "Dashboards", "Alerts", "Runbooks"):
        await clears(dana, card, item, "none there")
    reply = await dana.clicks(card, "It is gone")
    assert "generation 1 of Payment retry worker (D-1) was regenerated" in reply.text
    begun, today = await ledger.get(suite), TODAY + timedelta(days=3)
    assert (begun.stage, begun.generation, begun.created_on) == (Stage.CREATED, 2, today)
    assert (begun.expires_on, begun.review_on) == (
        today + timedelta(days=180),
        today + timedelta(days=90),
    )
    assert (begun.extensions, begun.extended_days, begun.stage_before) == (0, 0, None)
    assert deeds(await ledger.history(suite))[-2:] == ["end", "begin again"]
    assert "generation 2" in card.shown


async def test_what_is_kept_after_all_is_where_it_was_and_its_checklist_begins_anew(
    dana: Person, ledger: Ledger
) -> None:
    script = await ledger.add(**SCRIPT)
    await dana.types("/debt retire D-1 unused")
    card = (await dana.types("/debt show D-1")).message
    await clears(dana, card, "Code", "https://git/1")
    form = (await dana.clicks(card, "Keep it")).form
    assert form is not None
    form.fill("Reason", "support still runs it")
    assert (
        "dana keeps Payment retry worker (D-1): it is created again" in (await form.submit()).text
    )
    assert (await ledger.get(script)).stage is Stage.CREATED
    await dana.types("/debt retire D-1 now really")
    card = (await dana.types("/debt show D-1")).message
    assert "Code gone" in card.buttons


async def test_who_does_not_answer_for_it_neither_ends_nor_keeps_it(
    dana: Person, sam: Person, erin: Person, ledger: Ledger
) -> None:
    await ledger.add(**SCRIPT)
    await dana.types("/debt retire D-1 unused")
    theirs = (await sam.types("/debt show D-1")).message
    assert {"It is gone", "Keep it"} & set(theirs.buttons) == set()
    assert "Alerts gone" in theirs.buttons
    assert "It is gone" in (await erin.types("/debt show D-1")).message.buttons
