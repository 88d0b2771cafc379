"""From created to validated to retained: what is asked for is shown, waived, or named."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.process.process import Process
from debt.artifact.artifact import Artifact, Ending, Stage, Surface
from debt.change import Change
from debt.refusal import Refused
from sandbox import Form, Person, PostedMessage, Sandbox
from storage.lifecycle import approvals
from tests.bot.conftest import Ledger, on_both_databases

CHECKS = ("tests", "security", "observability", "style", "architecture", "documentation")


async def checklist(person: Person, words: str = "D-1") -> PostedMessage:
    return (await person.types(f"/debt promote {words}")).message


async def opened(person: Person, message: PostedMessage, label: str, item: str = "") -> Form:
    """The form of a button, of an item's where one is named."""
    block = f"gate:D-1:{item}" if item else None
    form = (await person.clicks(message, label, block_id=block)).form
    assert form is not None
    return form


async def reviewed_by(person: Person, notes: str = "") -> None:
    form = (await person.types(f"/debt promote D-1 review {notes}")).form
    assert form is not None
    form.fill("It is", ["Readable", "Modular", "Replaceable", "Fits the roadmap"])
    await form.submit()


async def all_shown(dana: Person, reviewer: Person) -> None:
    for item in CHECKS:
        await dana.types(f"/debt promote D-1 {item} https://ci.acme.test/{item}")
    await reviewed_by(reviewer)


@on_both_databases
async def test_a_prototype_that_became_an_integration_is_retained_with_one_item_waived(
    dana: Person, erin: Person, sam: Person, ledger: Ledger
) -> None:
    became = await ledger.add(kind="prototype_service")
    await ledger.amend(became, kind="production_integration", label="durable")
    board = await checklist(dana)
    assert "From created to validated: 7 items missing." in board.shown
    assert "○ Automated tests: missing" in board.shown
    assert "✓ Named owner: @dana" in board.shown
    form = await opened(dana, board, "Show it", "tests")
    assert form.labels == ["Artifact", "Item", "Evidence"]
    assert form.values["Item"] == "Automated tests"
    form.fill("Evidence", "https://ci.acme.test/7")
    await form.submit()
    assert "From created to validated: 6 items missing." in board.shown
    assert "✓ Automated tests: https://ci.acme.test/7 · @dana, Nov 24, 2026" in board.shown
    for item in ("security", "observability", "architecture", "documentation"):
        await dana.types(f"/debt promote D-1 {item} https://ci.acme.test/{item}")
    form = await opened(sam, await checklist(sam), "Show it", "review")
    form.fill("It is", ["Readable", "Modular", "Replaceable", "Fits the roadmap"])
    form.fill("Notes", "read on Tuesday")
    await form.submit()
    board = await checklist(erin)
    assert "fits the roadmap: read on Tuesday · @sam, Nov 24, 2026" in board.shown
    form = await opened(erin, board, "Waive", "style")
    assert "2027-02-22 at the latest" in form.shown
    form.fill("Reason", "the formatter comes next month")
    form.fill("Waived until", "2027-01-31")
    await form.submit()
    waived = "✓ Style rules: waived until Jan 31, 2027 by @erin: the formatter comes next month"
    assert waived in board.shown
    assert "all that is asked for is there" in board.shown
    await erin.clicks(board, "Promote to validated")
    assert "erin promoted Payment retry worker (D-1) to validated" in board.shown
    assert "From validated to retained: all that is asked for is there." in board.shown
    form = await opened(erin, board, "Promote to retained")
    assert form.values["Planned end"] == "Refactor: people take its code over"
    await form.submit()
    assert "is retained, with a planned end: refactor" in board.shown
    retained = await ledger.get(became)
    assert (retained.stage, retained.planned_end) == (Stage.RETAINED, Ending.REFACTOR)
    newest, before, *rest = await ledger.history(became)
    assert [newest.action, before.action] == ["promote", "promote"]
    assert newest.before == {"stage": "validated", "planned_end": None}
    assert {"show tests to promote", "waive style to promote"} <= {entry.action for entry in rest}


async def strict(ledger: Ledger) -> Artifact:
    return await ledger.add(
        surface=Surface.PRODUCTION,
        risk=5,
        rollback="switch the flag off",
        monitoring="https://grafana.acme.test/retry",
        responder="payments on call",
    )


@on_both_databases
async def test_what_is_strict_waits_for_two_others(
    dana: Person, erin: Person, sam: Person, ledger: Ledger, slack: Sandbox
) -> None:
    artifact = await strict(ledger)
    await all_shown(dana, erin)
    board = await checklist(dana)
    assert "✓ Rollback strategy: switch the flag off" in board.shown
    await dana.clicks(board, "Promote to validated")
    assert "In the strict tier 2 other people have to agree; I have asked." in board.shown
    assert "A request to promote it waits for those who decide." in board.shown
    assert "Promote to validated" not in board.buttons
    assert (await ledger.get(artifact)).stage is Stage.CREATED
    await approved(ledger, erin, sam)
    assert (await ledger.get(artifact)).stage is Stage.VALIDATED
    assert "From validated to retained" in (await checklist(dana)).shown


async def approved(ledger: Ledger, *people: Person) -> None:
    sre = frozenset({ledger.slack.person("sam").id})
    for person in people:
        change = Change(person.id, ledger.slack.clock.now(), ledger.policy, roster={"sre": sre})
        async with ledger.store.change() as session:
            await approvals.approve(session, change, 1)


async def test_an_approval_comes_too_late_where_an_item_went_missing(
    dana: Person, erin: Person, sam: Person, ledger: Ledger
) -> None:
    artifact = await strict(ledger)
    await all_shown(dana, erin)
    await dana.clicks(await checklist(dana), "Promote to validated")
    await ledger.amend(await ledger.get(artifact), rollback=None)
    with pytest.raises(Refused, match="cannot become validated yet; missing: rollback strategy"):
        await approved(ledger, erin, sam)
    assert (await ledger.get(artifact)).stage is Stage.CREATED


async def test_what_is_missing_is_named_and_nothing_is_promoted_around_it(
    dana: Person, sam: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add()
    for item in ("tests", "security", "observability", "style"):
        await dana.types(f"/debt promote D-1 {item} https://ci.acme.test/1")
    reply = await dana.clicks(await checklist(dana), "Promote to validated")
    assert reply.text == (
        "D-1 cannot become validated yet; missing: architecture constraints, "
        "human maintainability review, documentation."
    )
    assert (await ledger.get(artifact)).stage is Stage.CREATED


async def test_a_fact_is_said_of_the_artifact_and_counts_at_once(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add(surface=Surface.PRODUCTION, rollback="tbd", owner=None)
    board = await checklist(dana)
    assert "○ Rollback strategy: missing" in board.shown
    reply = await dana.types("/debt promote D-1 rollback switch it off")
    assert "The rollback strategy is a fact about D-1: say it with edit D-1." in reply.text
    form = await opened(dana, board, "Edit", "rollback")
    form.fill("Rollback strategy", "switch the flag off")
    await form.submit()
    assert "✓ Rollback strategy: switch the flag off" in board.shown
    await dana.clicks(board, "Claim")
    assert "✓ Named owner: @dana" in board.shown


async def test_the_owner_does_not_sign_the_human_review(
    dana: Person, sam: Person, ledger: Ledger
) -> None:
    await ledger.add()
    reply = await dana.types("/debt promote D-1 review looks fine to me")
    assert reply.text == (
        "You own D-1; its human maintainability review is for somebody who is not the owner."
    )
    assert "Show it" not in labels_at(await checklist(dana), "review")
    form = await opened(sam, await checklist(sam), "Show it", "review")
    form.fill("It is", ["Readable", "Modular"])
    errors = (await form.submit()).errors
    assert errors == {"It is": "All four have to be true; what is not has to be mended first."}


def labels_at(message: PostedMessage, item: str) -> list[str]:
    block = next((b for b in message.blocks if b.get("block_id") == f"gate:D-1:{item}"), None)
    return [element["text"]["text"] for element in block["elements"]] if block else []


async def test_a_review_counts_no_more_once_its_reviewer_owns_the_artifact(
    dana: Person, sam: Person, erin: Person, ledger: Ledger
) -> None:
    await ledger.add()
    await reviewed_by(sam)
    await dana.types("/debt release D-1")
    await sam.types("/debt claim D-1")
    told = "○ Human maintainability review: missing; @sam, who reviewed it, owns it by now"
    assert told in (await checklist(dana)).shown
    await reviewed_by(erin)
    assert "✓ Human maintainability review" in (await checklist(dana)).shown


async def test_a_waiver_that_has_ended_counts_no_more(
    erin: Person, dana: Person, ledger: Ledger, slack: Sandbox
) -> None:
    await ledger.add()
    reply = await erin.types("/debt promote D-1 waive style until 2026-12-01 formatter comes")
    assert "erin waived the style rules of Payment retry worker (D-1) until Dec 1" in reply.text
    await slack.clock.set(datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert "✓ Style rules: waived until Dec 1, 2026 by @erin" in (await checklist(dana)).shown
    await slack.clock.set(datetime(2026, 12, 2, 12, tzinfo=UTC))
    ended = await checklist(dana)
    assert "○ Style rules: missing; its waiver ended on Dec 1, 2026" in ended.shown


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("waive style until 2027-01-31", "A waiver needs its reason"),
        ("waive style 2027-12-31 why", "A waiver ends on 2027-02-22 at the latest, within 90 days"),
        ("waive style 2026-11-24 why", "2026-11-24 is not in the future; a waiver ends after"),
        ("waive style soon why", "“soon” is neither a time nor a date"),
        ("waive looks 30d why", "“looks” is not asked of D-1; tests, security, observability"),
        ("looks https://x", "“looks” is not asked of D-1"),
        ("tests \x07", "Say what shows it"),
    ],
)
async def test_what_cannot_stand_for_an_item_is_refused_in_words(
    words: str, why: str, erin: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add()
    if words.startswith("tests"):
        form = (await erin.types("/debt promote D-1 tests")).form
        assert form is not None
        form.fill("Evidence", "\x07")
        assert why in (await form.submit()).errors["Evidence"]
    else:
        assert why in (await erin.types(f"/debt promote D-1 {words}")).text
    assert len(await ledger.history(artifact)) == 1


async def test_who_may_not_waive_is_told_who_can_and_offered_no_button(
    dana: Person, noah: Person, ledger: Ledger
) -> None:
    await ledger.add()
    reply = await noah.types("/debt promote D-1 waive style 30d why")
    assert reply.text.startswith("You cannot waive a check of D-1 here; the team’s lead, an admin")
    assert labels_at(await checklist(noah), "style") == ["Show it"]


async def test_a_lead_does_not_waive_for_what_they_own(erin: Person, ledger: Ledger) -> None:
    await ledger.add(owner=erin.id)
    reply = await erin.types("/debt promote D-1 waive style 30d why")
    assert reply.text == "You own D-1, and in the standard tier somebody else waives."


async def test_the_form_of_a_waiver_says_no_at_the_field_concerned(
    erin: Person, ledger: Ledger
) -> None:
    await ledger.add()
    form = await opened(erin, await checklist(erin), "Waive", "tests")
    form.fill("Reason", " ")
    form.fill("Waived until", date(2027, 1, 1))
    assert "A waiver needs its reason" in (await form.submit()).errors["Reason"]
    form.fill("Reason", "why")
    form.fill("Waived until", date(2027, 12, 1))
    assert "at the latest" in (await form.submit()).errors["Waived until"]


async def test_promote_alone_asks_which_artifact(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    form = (await dana.types("/debt promote")).form
    assert form is not None
    await form.search("Artifact", "retry")
    form.choose("Artifact", "Payment retry worker")
    assert "From created to validated" in (await form.submit()).message.shown


async def test_the_card_of_what_can_be_promoted_leads_to_its_checklist(
    dana: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add()
    card = (await dana.types("/debt show D-1")).message
    assert "From created to validated" in (await dana.clicks(card, "Promote")).message.shown
    await ledger.amend(artifact, stage=Stage.RETAINED)
    assert "Promote" not in (await dana.types("/debt show D-1")).message.buttons


async def test_a_script_in_the_light_tier_needs_little(dana: Person, ledger: Ledger) -> None:
    script = await ledger.add(kind="throwaway_script")
    await dana.types("/debt promote D-1 tests ran it twice")
    board = (await dana.types("/debt promote D-1 security no secrets in it")).message
    await dana.clicks(board, "Promote to validated")
    form = await opened(dana, await checklist(dana), "Promote to retained")
    form.choose("Planned end", "Retire: it goes when it is no longer needed")
    await form.submit()
    assert (await ledger.get(script)).planned_end is Ending.RETIRE


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (Stage.RETAINED, "is retained. Promotion leads no further."),
        (Stage.RETIRING, "is retiring. Promotion leads no further."),
        (Stage.RETIRED, "is retired. Promotion leads no further."),
    ],
)
async def test_what_is_further_on_already_has_no_gate(
    stage: Stage, said: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.amend(await ledger.add(), stage=stage)
    assert said in (await checklist(dana)).shown
    refusal = (await dana.types("/debt promote D-1 tests https://ci")).text
    assert "only what is created or validated is promoted" in refusal or "has ended" in refusal


async def test_the_channel_hears_of_the_step_and_not_of_each_item(
    dana: Person, mia: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add(kind="throwaway_script")
    await dana.types("/debt subscribe team:payments", channel="payments")
    heard = len(mia.reads("payments"))
    await dana.types("/debt promote D-1 tests ran it", channel="payments")
    reply: Any = await dana.types("/debt promote D-1 security clean", channel="payments")
    assert len(mia.reads("payments")) == heard
    await dana.clicks(reply.message, "Promote to validated")
    assert "dana promoted Payment retry worker (D-1)" in mia.reads("payments")[-1].shown
