"""What owners hear before a date, as they see it in Slack, and what becomes of who says nothing.

Dana is in New York, erin leads payments from Dublin, sam is in Los Angeles.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.process.process import Process
from debt.policy.policy import Leadership, Policy, TeamPolicy, built_in
from sandbox import Person, Sandbox
from sandbox.workspace.messages import PostedMessage
from tests.bot.cli.terminal import Terminal
from tests.bot.conftest import TUESDAY, Comes, Ledger, on_both_databases

TODAY = TUESDAY.date()


def _in(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def policy(slack: Sandbox) -> Policy:
    """As everywhere, and leadership has a channel."""
    teams = {"payments": TeamPolicy(lead=slack.person("erin").id)}
    leadership = Leadership(channel=slack.channel("general").id)
    return built_in().model_copy(update={"teams": teams, "leadership": leadership})


def said_to(person: Person) -> list[PostedMessage]:
    """What the bot wrote to them without having been asked."""
    return [message for message in person.dms() if not message.ephemeral]


async def _plans(process: Process) -> None:
    """What is due is on the ledger; nothing is sent."""
    await process.check_owners()
    await process.tick()


@on_both_databases
async def test_what_is_due_comes_in_one_message_with_its_buttons(
    dana: Person, ledger: Ledger, comes: Comes
) -> None:
    await ledger.add(name="Retry worker", expires_on=_in(20))
    await ledger.add(name="Ledger export", review_on=_in(11))
    await ledger.add(name="Far away", expires_on=_in(400), review_on=_in(300))
    await comes()
    [message] = dana.dms()
    assert "2 artifacts are waiting for your decision" in message.shown
    assert "Retry worker (D-1): it ends Dec 14, 2026" in message.shown
    assert (
        "Ledger export (D-2): its review is due Dec 5, 2026, is it still needed?" in message.shown
    )
    assert "Far away" not in message.shown
    for label in ("Extend", "Retire", "Still needed", "Hand off", "Snooze", "Not useful"):
        assert f"[{label}]" in message.shown
    assert message.notification == (
        "Ledger export (D-2) and 1 more artifact are waiting for your decision."
    )


@on_both_databases
async def test_each_step_before_a_date_is_said_once(
    dana: Person, ledger: Ledger, comes: Comes
) -> None:
    await ledger.add(expires_on=_in(14))
    heard = []
    for day in range(20):
        before = len(dana.dms())
        await comes(days=1 if day else 0)
        heard += [day] * (len(dana.dms()) - before)
    # Saturday's and Sunday's steps wait for Monday.
    assert heard == [0, 7, 13, 14]


@on_both_databases
async def test_who_is_told_late_keeps_the_full_notice_and_the_history_says_so(
    dana: Person, ledger: Ledger, comes: Comes
) -> None:
    imported = await ledger.add(expires_on=_in(-100))
    await comes()
    [message] = dana.dms()
    assert "it ends Dec 8, 2026 (it should have ended Aug 16, 2026; you have the full notice)" in (
        message.shown
    )
    told = await ledger.get(imported)
    assert (told.expires_on, told.originally_expires_on) == (_in(14), _in(-100))
    entry = (await ledger.history(imported))[0]
    assert (entry.by, entry.action) == ("delivery", "notice")
    assert "the owner keeps the full notice" in entry.reason


async def test_nobody_is_written_to_at_night_at_the_weekend_or_on_a_holiday(
    dana: Person, slack: Sandbox, ledger: Ledger, comes: Comes
) -> None:
    await ledger.add(expires_on=_in(10))
    for quiet in (
        datetime(2026, 11, 24, 13, 59, tzinfo=UTC),  # 8:59 in New York
        datetime(2026, 11, 24, 22, tzinfo=UTC),  # 17:00 there
        datetime(2026, 11, 28, 15, tzinfo=UTC),  # Saturday
    ):
        await slack.clock.set(quiet)
        await comes()
        assert dana.dms() == []
    await slack.clock.set(datetime(2026, 11, 30, 14, tzinfo=UTC))
    await comes()
    assert len(dana.dms()) == 1


async def test_a_message_that_was_held_up_into_the_night_waits_for_the_morning(
    dana: Person, slack: Sandbox, process: Process, ledger: Ledger, comes: Comes
) -> None:
    await slack.clock.set(datetime(2026, 11, 24, 21, 58, tzinfo=UTC))
    await ledger.add(expires_on=_in(10))
    slack.faults.answer("chat.postMessage", status=429, retry_after=1)
    await _plans(process)
    await slack.clock.advance(timedelta(minutes=3))
    await process.send()
    assert dana.dms() == []
    await slack.clock.set(datetime(2026, 11, 25, 14, 1, tzinfo=UTC))
    await comes()
    assert len(dana.dms()) == 1


@on_both_databases
async def test_what_is_settled_leaves_the_message_wherever_it_was_settled(
    dana: Person, erin: Person, ledger: Ledger, comes: Comes
) -> None:
    for name in ("Extended", "Reviewed", "Snoozed", "Handed off"):
        due = {"review_on": _in(10)} if name == "Reviewed" else {"expires_on": _in(16)}
        await ledger.add(name=name, **due)
    await comes()
    [message] = dana.dms()
    assert message.shown.startswith("4 artifacts are waiting")
    await dana.types("/debt extend D-1 30d the provider is late")
    await dana.clicks(message, "Still needed", row="D-2")
    await dana.chooses(message, "artifact.snooze", "1 week", row="D-3")
    await erin.types("/debt claim D-4")
    await comes()
    await dana.clicks(dana.dms()[-1], "Accept")
    await comes()
    assert message.shown.startswith("✓ Nothing is left to decide here")
    for told in (
        "Extended (D-1) extended to Jan 9, 2027",
        "Reviewed (D-2) reviewed",
        "Snoozed (D-3) put off until Dec 1, 2026",
        "Handed off (D-4) claimed",
    ):
        assert told in message.shown
    assert message.buttons == []


async def test_a_snooze_brings_it_back_when_it_says(
    dana: Person, ledger: Ledger, comes: Comes
) -> None:
    snoozed = await ledger.add(expires_on=_in(14))
    await comes()
    [message] = dana.dms()
    reply = await dana.chooses(message, "artifact.snooze", "1 day")
    assert "Payment retry worker (D-1): I will remind you Nov 25, 2026" in reply.text
    await comes(days=1)
    assert len(said_to(dana)) == 2
    await dana.chooses(said_to(dana)[-1], "artifact.snooze", "Until the next step")
    assert (await ledger.get(snoozed)).snoozed_until == _in(7)
    assert (await ledger.history(snoozed))[0].action == "snooze"


async def test_only_its_owner_can_put_a_reminder_off(
    dana: Person, sam: Person, ledger: Ledger, comes: Comes
) -> None:
    await ledger.add(expires_on=_in(14))
    await comes()
    [message] = dana.dms()
    message.home.members.append(sam.id)
    reply = await sam.chooses(message, "artifact.snooze", "1 day")
    assert "Only the owner of an artifact can put off its reminders" in reply.text


async def test_three_messages_in_seven_days_are_the_most_and_the_rest_is_merged(
    dana: Person, ledger: Ledger, comes: Comes, slack: Sandbox
) -> None:
    for day in range(14):
        await ledger.add(name=f"Number {day}", expires_on=_in(29 + day), review_on=_in(40 + day))
    heard: list[datetime] = []
    for day in range(45):
        before = len(dana.dms())
        await comes(days=1 if day else 0)
        heard += [slack.clock.now()] * (len(dana.dms()) - before)
    assert all(
        third - first >= timedelta(days=7) for first, third in zip(heard, heard[3:], strict=False)
    )
    said = "\n".join(message.shown for message in dana.dms())
    assert all(f"Number {day} " in said for day in range(14))


async def test_not_useful_makes_them_rarer_and_is_counted(
    dana: Person, ledger: Ledger, comes: Comes, process: Process
) -> None:
    await ledger.add(name="First", expires_on=_in(1))
    await comes()
    [message] = dana.dms()
    reply = await dana.clicks(message, "Not useful")
    assert "I will write to you less often" in reply.text
    assert "Not useful" not in message.buttons
    await ledger.add(name="Second", expires_on=_in(3))
    await comes(days=6)
    assert len(said_to(dana)) == 1
    await comes(days=1)
    assert len(said_to(dana)) == 2


async def test_check_says_how_often_nudges_were_of_no_use(
    dana: Person, ledger: Ledger, comes: Comes, database_url: str, tmp_path: Path
) -> None:
    await ledger.add(expires_on=_in(1))
    await comes()
    [message] = dana.dms()
    await dana.clicks(message, "Not useful")
    terminal = Terminal(tmp_path, {"DATABASE_URL": database_url}, TUESDAY)
    said = await asyncio.to_thread(terminal.says, "check", "--offline")
    assert said.status == 0
    assert said.lines[0] == (
        "Nudges of the last 90 days: 1 sent, 1 not useful (100.0%; more than 5% is too many)."
    )


async def test_a_message_of_many_names_all_and_each_gets_its_buttons_in_turn(
    dana: Person, slack: Sandbox, ledger: Ledger, comes: Comes
) -> None:
    """Named is told of: eleven dates take one message, and none follows on the next day."""
    for number in range(11):
        await ledger.add(name=f"Number {number}", expires_on=_in(14 + number))
    await comes()
    [message] = dana.dms()
    assert message.shown.startswith("11 artifacts are waiting")
    assert message.buttons.count("Extend") == 8
    assert "3 more artifacts; each gets its buttons here once those above are settled" in (
        message.shown
    )
    assert "• Number 10 (D-11): it ends Dec 18, 2026" in message.shown
    await dana.chooses(message, "artifact.snooze", "1 week", row="D-1")
    await slack.wait_for(lambda: message.shown.startswith("10 artifacts are waiting"))
    assert message.buttons.count("Extend") == 8
    await comes(days=1)
    assert len(said_to(dana)) == 1


async def test_what_one_message_cannot_name_follows_the_next_day(
    dana: Person, ledger: Ledger, comes: Comes
) -> None:
    for number in range(30):
        await ledger.add(name=f"Number {number}", expires_on=_in(10))
    await comes()
    [message] = dana.dms()
    assert "2 more artifacts will follow another day; /debt list mine shows all" in message.shown
    await comes(days=1)
    assert said_to(dana)[1].shown.startswith("2 artifacts are waiting")


async def test_a_message_names_both_dates_of_an_artifact(
    dana: Person, ledger: Ledger, comes: Comes
) -> None:
    """Its notice counts for what it names, and it stays open while either date waits."""
    both = await ledger.add(review_on=_in(10), expires_on=_in(20))
    await comes()
    [message] = dana.dms()
    assert "its review is due Dec 4, 2026 and it ends Dec 14, 2026" in message.shown
    told = await ledger.get(both)
    assert (told.review_noticed_on, told.expiry_noticed_on) == (TODAY, TODAY)
    await dana.clicks(message, "Still needed")
    assert "it ends Dec 14, 2026" in message.shown
    assert "review" not in message.shown


async def test_what_was_put_off_does_not_come_along_with_something_else(
    dana: Person, ledger: Ledger, comes: Comes
) -> None:
    put_off = await ledger.add(name="Put off", expires_on=_in(14))
    await comes()
    await dana.chooses(dana.dms()[0], "artifact.snooze", "1 week")
    await ledger.add(name="Other", expires_on=_in(15))
    await comes(days=1)
    assert "Put off" not in said_to(dana)[-1].shown
    assert (await ledger.get(put_off)).snoozed_until == _in(7)
    await comes(days=6)
    assert "Put off" in said_to(dana)[-1].shown


async def test_a_message_that_was_held_up_is_the_one_of_the_day_on_which_it_came(
    dana: Person, slack: Sandbox, process: Process, ledger: Ledger, comes: Comes
) -> None:
    await slack.clock.set(datetime(2026, 11, 24, 21, 58, tzinfo=UTC))  # late in the afternoon
    await ledger.add(name="First", expires_on=_in(10))
    await _plans(process)
    await ledger.add(name="Second", expires_on=_in(1))
    await slack.clock.set(datetime(2026, 11, 25, 14, 1, tzinfo=UTC))
    await process.send()
    await comes()
    await comes(hours=2)
    assert len(dana.dms()) == 1
    await comes(days=1)
    assert len(dana.dms()) == 2


async def test_who_got_it_while_the_message_was_held_up_has_had_no_notice(
    dana: Person, erin: Person, process: Process, ledger: Ledger, comes: Comes
) -> None:
    """One of the two becomes erin's before the message for dana is sent."""
    await ledger.add(name="Kept", expires_on=_in(10))
    moved = await ledger.add(name="Moved", expires_on=_in(10))
    await _plans(process)
    await ledger.amend(await ledger.get(moved), owner=erin.id)
    await process.send()
    assert len(dana.dms()) == 1
    assert (await ledger.get(moved)).expiry_noticed_on is None
    await comes(days=1)
    assert "Moved" in said_to(erin)[-1].shown


# ------------------------------------------------------------------------ ignored, orphaned


@on_both_databases
async def test_who_says_nothing_is_told_of_to_the_lead_and_then_to_leadership(
    dana: Person, erin: Person, slack: Sandbox, ledger: Ledger, comes: Comes
) -> None:
    risky: dict[str, Any] = {"surface": "production", "risk": 5, "responder": "dana"}
    await ledger.add(name="Risky", expires_on=_in(14), **risky)
    await ledger.add(name="Harmless", expires_on=_in(14))
    await comes()
    await comes(days=21)
    assert erin.dms() == []
    await comes(days=1)
    [told] = erin.dms()
    assert "Risky (D-1): dana was told in time and has not decided" in told.shown
    assert "Harmless (D-2)" in told.shown
    assert told.buttons[:4] == ["Hand off", "Extend", "Retire", "Show"]
    assert slack.channel("general").messages == []
    await comes(days=7)
    [public] = slack.channel("general").messages
    assert "A high-risk artifact passed its date; owner and lead were told" in public.shown
    assert "Harmless" not in public.shown
    await comes(days=30)
    assert len(erin.dms()) == 1
    assert len(slack.channel("general").messages) == 1


async def test_nothing_is_escalated_while_no_notice_has_arrived(
    erin: Person, slack: Sandbox, ledger: Ledger, comes: Comes
) -> None:
    """Slack takes no message to dana for a month."""
    ignored = await ledger.add(expires_on=_in(14), risk=5, surface="production")
    slack.faults.answer("conversations.open", error="user_disabled", times=1_000)
    await comes(days=40)
    assert erin.dms() == []
    assert (await ledger.get(ignored)).lead_told_on is None
    slack.faults.clear()
    await comes(days=4)
    told = await ledger.get(ignored)
    assert told.expires_on is not None
    assert told.expiry_noticed_on is not None
    assert (told.expires_on - told.expiry_noticed_on).days == 14


@on_both_databases
async def test_a_prototype_lapses_after_its_owner_was_told_and_is_proposed_for_retirement(
    dana: Person, ledger: Ledger, comes: Comes
) -> None:
    prototype = await ledger.add(kind="prototype_service", expires_on=_in(14), review_on=_in(200))
    await comes()
    await comes(days=14)
    assert (await ledger.get(prototype)).lapsed_on is None
    await comes(days=1)
    lapsed = await ledger.get(prototype)
    assert lapsed.lapsed_on == _in(15)
    assert lapsed.live
    assert (await ledger.history(prototype))[0].action == "lapse"
    assert said_to(dana)[-1].shown == (
        "Nobody decided in time: Payment retry worker (D-1) lapsed Dec 9, 2026. "
        "It is to be retired, or extended with a reason."
    )
    card = await dana.types("/debt show D-1")
    assert "retire it: it lapsed and nobody extended it" in card.text
    assert "lapsed Dec 9, 2026" in card.text
    assert "lapsed Dec 9, 2026" in (await dana.types("/debt list")).text
    await dana.types("/debt extend D-1 30d it is used after all")
    assert (await ledger.get(prototype)).lapsed_on is None


async def test_what_lost_its_owner_is_brought_up_with_its_team_production_first(
    slack: Sandbox, ledger: Ledger, comes: Comes, erin: Person, dana: Person
) -> None:
    await ledger.add(name="Inside", team="payments", expires_on=None, label="durable")
    await ledger.add(name="Live", surface="production", expires_on=None, label="durable")
    await erin.types("/debt subscribe team:payments", channel="payments")
    await comes()
    slack.update_person("dana", deleted=True)
    await comes(days=1)
    asked = slack.channel("payments").messages[-1]
    assert "2 artifacts of team payments have nobody behind them. Whose are they?" in asked.shown
    assert asked.shown.index("Live (D-2): dana is no longer there") < asked.shown.index("Inside")
    assert "in production" in asked.shown
    await erin.clicks(asked, "Claim", row="D-2")
    await comes()
    assert asked.shown.startswith("An artifact of team payments has nobody behind it")
    assert "Live (D-2) claimed" in asked.shown
    before = len(slack.channel("payments").messages)
    await comes(days=4)
    assert len(slack.channel("payments").messages) == before


async def test_a_team_is_not_asked_for_owners_on_the_day_of_its_digest(
    slack: Sandbox, ledger: Ledger, comes: Comes, erin: Person
) -> None:
    await ledger.add(owner=None, label="experimental", surface="production", expires_on=_in(10))
    await erin.types("/debt subscribe team:payments tuesday 17:00", channel="payments")
    channel = slack.channel("payments")
    before = len(channel.messages)
    await comes()
    await comes(hours=3)
    [digest] = channel.messages[before:]
    assert "claim it: in production with nobody behind it" in digest.shown
    await comes(hours=21)
    [_, asked] = channel.messages[before:]
    assert asked.shown.startswith("An artifact of team payments has nobody behind it")


async def test_a_team_without_a_channel_has_its_lead_asked(
    slack: Sandbox, ledger: Ledger, comes: Comes, erin: Person
) -> None:
    await ledger.add(expires_on=None, label="durable")
    await comes()
    slack.update_person("dana", deleted=True)
    await comes(days=1)
    [asked] = erin.dms()
    assert "dana is no longer there to own it" in asked.shown
    assert asked.buttons[0] == "Claim"
