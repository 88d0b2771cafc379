"""Logging maintenance hours, and taking a wrong entry back."""

from datetime import UTC, datetime

import pytest

from bot.process.process import Process
from sandbox import Form, Person, PostedMessage, Sandbox
from tests.bot.conftest import Ledger, on_both_databases


async def log_form(person: Person, words: str = "D-1") -> Form:
    form = (await person.types(f"/debt log {words}")).form
    assert form is not None
    return form


@on_both_databases
async def test_logged_hours_add_up_for_artifact_and_team(dana: Person, ledger: Ledger) -> None:
    worked_on = await ledger.add()
    await ledger.add(name="Another of the team")
    await dana.types("/debt log D-2 2h")
    reply = await dana.types("/debt log D-1 1.5h rework the retry loop never ended")
    assert "dana logged 1.5 h of rework on Payment retry worker (D-1): the retry loop" in reply.text
    assert "November 2026: 1.5 h on D-1, 3.5 h in team payments; 1.5 h on it in all" in reply.text
    assert (await ledger.get(worked_on)).minutes_logged == 90


@pytest.mark.parametrize(
    "hours",
    ["90m", "1h30", "1,5h", "1.5", "1.5h", "1:30", "1h30m", "90min", "1h 30m", "1.5 h", "90 min"],
)
async def test_every_way_of_writing_an_hour_and_a_half_means_it(
    hours: str, dana: Person, ledger: Ledger
) -> None:
    worked_on = await ledger.add()
    reply = await dana.types(f"/debt log D-1 {hours} debugging flaky")
    assert "logged 1.5 h of debugging" in reply.text
    assert "flaky" in reply.text
    assert (await ledger.get(worked_on)).minutes_logged == 90


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("1h", "rework"),
        ("1h review", "review"),
        ("1h Patching", "patching"),
        ("1h debugging: the queue", "debugging"),
        ("1h handoff to sam", "handoff"),
        ("1h debug", "debugging"),
        ("1h ownership", "handoff"),
        ("1h wrestled with it", "rework"),
    ],
)
async def test_the_kind_of_work_may_be_said_and_is_rework_otherwise(
    words: str, kind: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    assert f"logged 1 h of {kind}" in (await dana.types(f"/debt log D-1 {words}")).text


async def test_a_past_day_counts_in_its_own_month(dana: Person, ledger: Ledger) -> None:
    logged = await ledger.add()
    reply = await dana.types("/debt log D-1 2h patching certificates on 2026-10-30")
    assert "logged 2 h of patching on Payment retry worker (D-1): certificates" in reply.text
    assert "November 2026: 0 h on D-1" in reply.text
    assert (await ledger.history(logged))[0].reason == "patching on 2026-10-30: certificates"


async def test_a_note_that_ends_in_on_something_is_a_note(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    reply = await dana.types("/debt log D-1 1h debugging waited on CI")
    assert "debugging on Payment retry worker (D-1): waited on CI" in reply.text


async def test_a_note_names_people_and_channels_and_pings_nobody(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    reply = await dana.types("/debt log D-1 1h review paired with @sam, see #payments")
    assert "(D-1): paired with @sam, see #payments" in reply.text
    assert reply.message.pings == set()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("1h on 2026-11-25", "2026-11-25 is still to come; log hours once they are worked."),
        ("1h on 2026-11-31", "“2026-11-31” is not a date. Dates look like 2027-01-31."),
        ("1h on 20.11.2026", "“20.11.2026” is not a date"),
        ("1h on yesterday", "“yesterday” is not a date"),
        ("1h on 2024-11-20", "2024-11-20 is more than a year ago; that book is closed."),
        ("soon rework", "“soon” is not a length of time. Say 1.5h, 90m or 1h30."),
        ("0h rework", "That is no time at all; log at least a minute."),
        ("-1h rework", "“-1h” is not a length of time"),
        ("25h rework", "“25h” is more than a day has; log it day by day."),
        ("1e9 rework", "“1e9” is not a length of time"),
    ],
)
async def test_hours_that_cannot_be_are_refused_in_words(
    words: str, why: str, dana: Person, ledger: Ledger
) -> None:
    untouched = await ledger.add()
    reply = await dana.types(f"/debt log D-1 {words}")
    assert why in reply.text
    assert reply.ephemeral
    assert (await ledger.get(untouched)).minutes_logged == 0


async def test_a_day_is_the_day_it_is_for_the_person(
    dana: Person, kai: Person, slack: Sandbox, ledger: Ledger
) -> None:
    """When it is one in the morning in Auckland, it is still yesterday in New York."""
    await ledger.add()
    await slack.clock.set(datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert "logged 1 h" in (await kai.types("/debt log D-1 1h on 2026-11-25")).text
    assert "still to come" in (await dana.types("/debt log D-1 1h on 2026-11-25")).text


async def test_an_ended_artifact_still_takes_hours(dana: Person, ledger: Ledger) -> None:
    await ledger.ended()
    reply = await dana.types("/debt log D-1 1h handoff switched it off")
    assert "logged 1 h of handoff" in reply.text


async def test_taking_back_by_words_leaves_both_entries_in_the_history(
    dana: Person, ledger: Ledger
) -> None:
    logged = await ledger.add()
    await dana.types("/debt log D-1 3h review")
    reply = await dana.types("/debt log D-1 undo")
    assert "dana took 3 h of review on Payment retry worker (D-1) back" in reply.text
    assert "Take back" not in reply.message.buttons
    assert (await ledger.get(logged)).minutes_logged == 0
    assert [entry.action for entry in await ledger.history(logged)] == [
        "log reversed",
        "log",
        "add",
    ]


async def test_there_is_nothing_to_take_back_twice(
    dana: Person, sam: Person, ledger: Ledger
) -> None:
    logged = await ledger.add()
    await dana.types("/debt log D-1 3h")
    assert "There are no hours of yours on it" in (await sam.types("/debt log D-1 undo")).text
    await dana.types("/debt log D-1 undo")
    assert "There are no hours of yours on it" in (await dana.types("/debt log D-1 undo")).text
    assert (await ledger.get(logged)).minutes_logged == 0


async def test_taking_back_by_button_puts_the_correction_in_its_place(
    dana: Person, ledger: Ledger
) -> None:
    logged = await ledger.add()
    receipt = (await dana.types("/debt log D-1 2h")).message
    await dana.clicks(receipt, "Take back")
    assert "took 2 h of rework on Payment retry worker (D-1) back" in receipt.shown
    assert receipt.buttons == []
    assert (await ledger.get(logged)).minutes_logged == 0


async def receipts(person: Person, channel: str = "payments") -> list[PostedMessage]:
    return [one for one in person.reads(channel) if "logged" in one.shown]


async def test_only_who_logged_can_take_back_and_only_once(
    dana: Person, sam: Person, slack: Sandbox, ledger: Ledger
) -> None:
    logged = await ledger.add()
    await dana.types("/debt subscribe team:payments", channel="payments")
    await dana.types("/debt log D-1 2h", channel="payments")
    [receipt] = await receipts(sam)
    reply = await sam.clicks(receipt, "Take back")
    assert "Only the person who logged those hours can take them back" in reply.text
    press = receipt.control("Take back")
    await dana.clicks(receipt, "Take back")
    reply = await dana.presses(receipt, press)
    assert "Those 2 h were taken back already" in reply.text
    assert (await ledger.get(logged)).minutes_logged == 0


async def test_the_form_logs_as_the_words_do(dana: Person, ledger: Ledger) -> None:
    logged = await ledger.add()
    form = await log_form(dana)
    assert form.title == "Log debt hours"
    assert form.labels == ["Artifact", "Hours", "Kind", "Note", "Day"]
    assert form.values["Artifact"] == "D-1 Payment retry worker"
    assert form.values["Kind"] == "Rework"
    assert form.values["Day"] == "2026-11-24"
    form.fill("Hours", "1h30")
    form.choose("Kind", "Debugging")
    form.fill("Note", "dead letters")
    reply = await form.submit()
    assert "logged 1.5 h of debugging on Payment retry worker (D-1): dead letters" in reply.text
    assert form.closed
    assert (await ledger.get(logged)).minutes_logged == 90


@pytest.mark.parametrize(
    ("label", "entered", "why"),
    [
        ("Hours", "ages", "“ages” is not a length of time. Say 1.5h, 90m or 1h30."),
        ("Hours", "30h", "“30h” is more than a day has; log it day by day."),
        ("Hours", "   ", "“” is not a length of time. Say 1.5h, 90m or 1h30."),
        ("Day", "2026-11-25", "2026-11-25 is still to come; log hours once they are worked."),
        ("Day", "2020-01-01", "2020-01-01 is more than a year ago; that book is closed."),
    ],
)
async def test_the_form_says_no_at_its_field_and_keeps_what_was_entered(
    label: str, entered: str, why: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    form = await log_form(dana)
    form.fill("Hours", "1h")
    form.fill("Note", "worth keeping")
    form.fill(label, entered)
    reply = await form.submit()
    assert reply.errors == {label: why}
    assert form.values["Note"] == "worth keeping"
    form.fill(label, "2h" if label == "Hours" else "2026-11-23")
    assert "logged" in (await form.submit()).text


async def test_the_global_shortcut_asks_which_artifact_and_answers_by_dm(
    dana: Person, ledger: Ledger
) -> None:
    """A global shortcut happens nowhere in particular, so the receipt is a direct message."""
    await ledger.add()
    form = (await dana.shortcut("log_hours")).form
    assert form is not None
    await form.search("Artifact", "retry")
    form.choose("Artifact", "Payment retry worker")
    form.fill("Hours", "20m")
    await form.submit()
    assert "logged 20 min of rework on Payment retry worker (D-1)" in dana.dms()[-1].shown


async def test_the_button_of_a_card_opens_the_form_and_renews_the_card(
    dana: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add()
    card = (await dana.types("/debt show D-1")).message
    assert "none logged so far" in card.shown
    form = (await dana.clicks(card, "Log")).form
    assert form is not None
    form.fill("Hours", "45m")
    await form.submit()
    assert "logged 45 min" in card.shown
    assert "45 min so far, 45 min this month" in card.shown


async def test_hours_without_a_key_open_the_form_with_the_hours_in_it(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    reply = await dana.types("/debt log 1.5h")
    assert reply.form is not None
    assert reply.form.values["Hours"] == "1.5h"


async def worked(ledger: Ledger, *said: str, by: Person) -> None:
    """Dana's artifacts D-1 to D-4, the last one of another team, and hours on them."""
    for name in ("Retry worker", "Refund form", "Importer"):
        await ledger.add(name=name, service="checkout")
    await ledger.add(name="Search index", team="search", repo="acme/search")
    for words in said:
        await by.types(f"/debt log {words}")


LOGGED = (
    "D-1 2h rework", "D-1 30m review on 2026-11-02", "D-2 4h debugging", "D-3 1h rework",
    "D-3 8h patching on 2026-10-30", "D-4 7h rework",
)  # fmt: skip


@on_both_databases
async def test_the_hours_of_a_team_by_kind_and_what_cost_most(
    dana: Person, sam: Person, ledger: Ledger
) -> None:
    await worked(ledger, *LOGGED, by=dana)
    reply = await sam.types("/debt log team:payments", channel="payments")
    assert reply.ephemeral
    assert reply.text.splitlines()[:2] == [
        "Team payments, November 2026: 7.5 h, 4 h of debugging, 3 h of rework, 30 min of review.",
        "Most of it: Refund form (D-2) 4 h, Retry worker (D-1) 2.5 h, Importer (D-3) 1 h. [Show]",
    ]
    assert "Refund form (D-2) ·" in (await sam.clicks(reply.message, "Show")).text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("team:payments sprint", "Team payments, sprint of Nov 23, 2026: 7 h, "),
        ("team:payments month", "Team payments, November 2026: 7.5 h, "),
        ("team:payments Quarter", "Team payments, Q4 2026: 15.5 h, 8 h of patching, "),
        ("repo:acme/search", "Repo acme/search, November 2026: 7 h, 7 h of rework."),
        ("service:checkout quarter", "Most of it: Importer (D-3) 9 h, "),
        ("team:nobody", "Team nobody, November 2026: no hours are logged."),
        ('team:"data platform" sprint', "Team data platform, sprint of Nov 23, 2026: no hours"),
        ("D-3 month", "Importer (D-3), November 2026: 1 h, 1 h of rework."),
        ("3 quarter", "Importer (D-3), Q4 2026: 9 h, 8 h of patching, 1 h of rework."),
    ],
)
async def test_hours_are_read_by_sprint_month_and_quarter(
    words: str, said: str, dana: Person, ledger: Ledger
) -> None:
    await worked(ledger, *LOGGED, by=dana)
    reply = await dana.types(f"/debt log {words}")
    assert said in reply.text
    assert reply.message.pings == set()


async def test_hours_that_were_taken_back_are_in_no_sum(dana: Person, ledger: Ledger) -> None:
    await worked(ledger, "D-1 2h", "D-2 1h review", by=dana)
    await dana.types("/debt log D-1 undo")
    reply = await dana.types("/debt log team:payments")
    assert "November 2026: 1 h, 1 h of review.\nMost of it: Refund form (D-2) 1 h." in reply.text


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("team:payments year", "Say sprint, month or quarter after it"),
        ("team:data platform", 'a name of several words stands in quotes, such as team:"data'),
        ("team:payments 2h rework", "Say sprint, month or quarter after it"),
        ("D-9 month", "There is no D-9 on the register"),
        ("D-1 year", "“year” is not a length of time"),
    ],
)
async def test_what_cannot_be_summed_is_refused_in_words(
    words: str, why: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    assert why in (await dana.types(f"/debt log {words}")).text
