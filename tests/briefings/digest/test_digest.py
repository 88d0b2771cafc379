"""The weekly digest as its readers see it: a handful that need somebody, and what to do."""

import re
from datetime import timedelta
from typing import Any

import pytest

from briefings.delivery.planning import rehearse
from briefings.digest import facts
from debt.artifact.artifact import RATING_NAMES
from debt.rules.hours import Work
from sandbox.blocks.limits import MESSAGE_BLOCKS, TOTAL_BLOCK_TEXT, text_length
from sandbox.workspace.messages import PostedMessage
from storage.costs import hours_log
from storage.lifecycle import maintenance, ownership
from storage.register.people import keep
from tests.briefings.conftest import MONDAY, WEEK, Mail
from tests.debt.builders import TODAY
from tests.storage.builders import a_person, by, days

MONDAY_DATE = TODAY + timedelta(days=7)
PAST = MONDAY_DATE - timedelta(days=10)


async def comes(mail: Mail, channel: str = "payments") -> PostedMessage | None:
    """What the channel gets now, if anything."""
    before = len(mail.messages(channel))
    await mail.plans()
    await mail.sends()
    came = mail.messages(channel)[before:]
    assert len(came) <= 1
    return came[0] if came else None


async def digest_now(mail: Mail, channel: str = "payments") -> PostedMessage:
    message = await comes(mail, channel)
    assert message is not None
    return message


async def a_week_later(mail: Mail) -> PostedMessage | None:
    mail.passes(WEEK)
    return await comes(mail)


def rows(message: PostedMessage) -> list[str]:
    """The keys listed, in order."""
    ids = [block["block_id"] for block in message.blocks if block["type"] == "actions"]
    return [each.removeprefix("item:") for each in ids]


def of(message: PostedMessage, key: str) -> str:
    """The words about one artifact."""
    texts = [str(block["text"]["text"]) for block in message.blocks if block["type"] == "section"]
    [found] = [text for text in texts if f"({key})" in text]
    return found


# ---------------------------------------------------------------------------- what is said


async def test_a_week_with_nothing_to_say_says_nothing(mail: Mail) -> None:
    await mail.subscribes()
    await mail.register.holds()
    assert await comes(mail) is None
    assert await mail.rows() == {}
    mail.passes(WEEK)
    await mail.register.holds(expires_on=PAST)
    assert await comes(mail) is not None


async def test_a_digest_reads_like_this(mail: Mail) -> None:
    await mail.knows("dana")
    await mail.subscribes(scope="team", scope_name="payments")
    dana = mail.slack.person("dana").id
    await mail.register.holds(
        name="Payment retry worker", owner=dana, expires_on=PAST, dependants=14, frequency=4
    )
    await mail.register.holds(name="Refund form", owner=None, surface="customer", friction=1)
    message = await digest_now(mail)
    assert message.shown.splitlines() == [
        "Code debt this week: payments",
        "Payment retry worker (D-1): extend it with a reason, or retire it",
        "expired 10 days ago · score 32: changes weekly, 14 dependants, internal · Dana Reyes",
        "[Extend] [Log] [Review] [Show]",
        "Refund form (D-2): claim it: customer-facing with nobody behind it",
        "score 8: changes monthly, customer-facing; nobody on call for it, no rollback",
        "[Claim] [Extend] [Log] [Review] [Show]",
    ]
    assert message.notification == (
        "2 artifacts of payments need somebody this week. "
        "First: Payment retry worker, extend it with a reason, or retire it."
    )
    assert (message.pings, message.links) == (set(), [])


async def test_at_most_five_are_listed_what_to_fix_first_first_and_the_rest_is_counted(
    mail: Mail,
) -> None:
    await mail.subscribes()
    for frequency in (1, 5, 2, 4, 3):
        await mail.register.holds(expires_on=PAST, frequency=frequency)
    for label in ("durable", "durable", "temporary", "experimental"):
        await mail.register.holds(expires_on=PAST, frequency=1, complexity=1, label=label)
    message = await digest_now(mail)
    assert rows(message) == ["D-2", "D-4", "D-5", "D-3", "D-1"]
    assert "4 more artifacts need somebody: 2 ephemeral, 2 retained. [See the list]" in (
        message.shown
    )
    assert "Code debt this week\n" in message.shown


async def test_only_the_channels_scope_is_spoken_of(mail: Mail) -> None:
    await mail.subscribes(scope="team", scope_name="payments")
    await mail.register.holds(expires_on=PAST, team="growth")
    assert await comes(mail) is None


async def test_the_thing_to_do_stands_out_and_comes_first(mail: Mail) -> None:
    await mail.subscribes()
    await mail.register.holds(review_on=PAST)
    message = await digest_now(mail)
    [actions] = [block for block in message.blocks if block["type"] == "actions"]
    assert [e["text"]["text"] for e in actions["elements"]] == ["Review", "Extend", "Log", "Show"]
    assert [e.get("style") for e in actions["elements"]] == ["primary", None, None, None]
    assert {e["value"] for e in actions["elements"]} == {"D-1"}


async def test_days_are_those_of_the_channels_zone(mail: Mail) -> None:
    """Monday morning in Auckland is Sunday evening in UTC."""
    mail.at = mail.at.replace(day=29, hour=20)
    monday = mail.at.date() + days(1)
    await mail.subscribes(zone="Pacific/Auckland")
    await mail.register.holds(expires_on=monday - days(1))
    message = await digest_now(mail)
    assert "expired 1 day ago" in of(message, "D-1")


async def test_dates_are_tokens_in_the_readers_own_zone(mail: Mail) -> None:
    await mail.subscribes()
    await mail.register.holds(expires_on=MONDAY_DATE + days(3))
    message = await digest_now(mail)
    assert re.search(r"ends <!date\^[0-9]+\^\{date_short\}\|Dec 3, 2026>", of(message, "D-1"))


async def test_what_people_did_since_the_last_digest_is_news(mail: Mail) -> None:
    await mail.knows("dana", "erin")
    await mail.subscribes()
    dana, erin = mail.slack.person("dana").id, mail.slack.person("erin").id
    for _ in range(6):
        await mail.register.holds(expires_on=PAST, owner=dana)
    await digest_now(mail)
    mail.passes(days(2))
    change = by(erin, at=mail.at, policy=mail.policy)
    for key in range(1, 6):
        await mail.register.told(change, maintenance.review, key)
    mail.passes(timedelta(hours=1))
    change = by(dana, at=mail.at, policy=mail.policy)
    await mail.register.told(change, hours_log.log, 5, 90, kind=Work.REVIEW, worked_on=PAST)
    mail.passes(days(5) - timedelta(hours=1))
    message = await digest_now(mail)
    news = message.shown.splitlines()[-1]
    assert news.startswith("Since last time: payments bridge (D-5) 1.5 h logged by Dana Reyes, ")
    assert news.endswith("reviewed by Erin Walsh and 2 more changes.")


async def test_a_new_end_date_is_news_in_the_readers_own_zone(mail: Mail) -> None:
    await mail.subscribes()
    for _ in range(2):
        await mail.register.holds(expires_on=PAST)
    dana = mail.slack.person("dana").id
    change = by(dana, at=mail.at, policy=mail.policy)
    await mail.register.told(change, maintenance.extend, 1, mail.at.date() + days(60), "needed")
    message = await digest_now(mail)
    assert "(D-1) extended to Jan 29, 2027 by" in message.shown.splitlines()[-1]
    assert "extended to <!date^" in str(message.blocks[-1])


# --------------------------------------------------------------- the same thing every week


async def test_what_nobody_acts_on_is_said_once_more_then_counted_then_given_to_the_lead(
    mail: Mail,
) -> None:
    await mail.knows("erin")
    await mail.subscribes()
    await mail.register.holds(name="Old importer", expires_on=PAST, frequency=5)
    first = await digest_now(mail)
    assert "untouched" not in first.shown
    await mail.register.holds(expires_on=PAST)
    second = await a_week_later(mail)
    assert second is not None
    assert rows(second) == ["D-1", "D-2"]
    assert "Listed on <!date^" in of(second, "D-1")
    assert "untouched" not in of(second, "D-2")
    third = await a_week_later(mail)
    assert third is not None
    assert rows(third) == ["D-2"]
    assert (
        "1 more artifact needs somebody: 1 retained. It was listed before and left untouched."
    ) in third.shown
    [told] = mail.messages("@erin")
    assert told.shown.startswith("One artifact is waiting for your decision:")
    assert (
        "Old importer (D-1): the digest has listed it since Nov 30, 2026, "
        "and nobody has touched it; expired"
    ) in told.shown
    assert told.buttons == ["Hand off", "Extend", "Retire", "Show", "Not useful"]


async def test_a_lead_who_owns_what_nobody_touched_is_told_of_it_once(mail: Mail) -> None:
    await mail.knows("erin")
    await mail.subscribes()
    erin = mail.slack.person("erin").id
    last_day = MONDAY_DATE + timedelta(weeks=2)
    await mail.register.holds(name="Importer", owner=erin, review_on=PAST, expires_on=last_day)
    for _ in range(3):
        await comes(mail)
        mail.passes(WEEK)
    told = mail.messages("@erin")[-1]
    assert told.shown.startswith("One artifact is waiting for your decision:")
    assert "Importer (D-1): its review is overdue by 24 days and it ends today" in told.shown
    assert "the digest has listed it" not in told.shown
    heard = len(mail.messages("@erin"))
    mail.passes(timedelta(days=1) - WEEK)
    await comes(mail)
    assert len(mail.messages("@erin")) == heard


async def test_a_question_in_the_fallback_ends_as_one(mail: Mail) -> None:
    await mail.subscribes()
    await mail.register.holds(name="Importer", review_on=PAST)
    message = await digest_now(mail)
    assert message.notification == (
        "1 artifact needs somebody this week. First: Importer, review it: is it still needed?"
    )


async def test_the_intervention_is_said_once_and_the_silence_is_kept(mail: Mail) -> None:
    await mail.knows("erin")
    await mail.subscribes()
    await mail.register.holds(expires_on=PAST)
    for _ in range(8):
        await comes(mail)
        mail.passes(WEEK)
    assert len(mail.messages("payments")) == 2
    assert len(mail.messages("@erin")) == 1


@pytest.mark.parametrize(
    ("repeat", "intervention", "digests", "week"),
    [(1, 3, 1, 3), (2, 3, 2, 3), (4, 2, 4, 2), (3, 3, 3, 3), (2, 6, 2, 6)],
)
async def test_a_policy_says_how_often_and_when(
    mail: Mail, repeat: int, intervention: int, digests: int, week: int
) -> None:
    rules = {"repeat_weeks": repeat, "intervention_weeks": intervention}
    kept = mail.policy.digest.model_copy(update=rules)
    mail.policy = mail.policy.model_copy(update={"digest": kept})
    await mail.knows("erin")
    await mail.subscribes()
    await mail.register.holds(expires_on=PAST)
    told = []
    for number in range(1, 9):
        await comes(mail)
        if mail.messages("@erin"):
            told.append(number)
        mail.passes(WEEK)
    assert len(mail.messages("payments")) == digests
    assert (told[0], len(mail.messages("@erin"))) == (week, 1)


async def test_what_its_owner_let_pass_is_one_line_until_somebody_decides(mail: Mail) -> None:
    """Told in time, and not pressing enough to be among the items."""
    kept = mail.policy.digest.model_copy(update={"items": 1})
    mail.policy = mail.policy.model_copy(update={"digest": kept})
    await mail.subscribes()
    await mail.register.holds(expires_on=PAST, risk=5)
    told_in_time: dict[str, Any] = {"expires_on": PAST, "expiry_noticed_on": PAST - days(14)}
    for name in "ABCDE":
        await mail.register.holds(name=name, **told_in_time)
    await mail.register.holds(name="Never told", expires_on=PAST)
    message = await digest_now(mail)
    said = "Past their date, their owners told in time, nothing decided: "
    assert said + "E (D-6), D (D-5), C (D-4) and 2 more artifacts." in message.shown
    change = by("U0DANA", at=mail.at, policy=mail.policy)
    await mail.register.told(change, maintenance.extend, 6, mail.at.date() + days(60), "needed")
    assert await mail.updates().refresh(message.channel, message.ts)
    assert said + "D (D-5), C (D-4) and 2 more artifacts." in message.shown


async def test_without_a_lead_the_subscriber_is_told(mail: Mail) -> None:
    await mail.knows("dana")
    await mail.subscribes()
    await mail.register.holds(expires_on=PAST, team="growth")
    for _ in range(4):
        await comes(mail)
        mail.passes(WEEK)
    [told] = mail.messages("@dana")
    assert told.buttons == ["Extend", "Retire", "Show", "Not useful"]
    assert mail.messages("@erin") == []


async def test_a_subscriber_may_hand_off_only_what_nobody_answers_for(mail: Mail) -> None:
    await mail.knows("dana")
    await mail.subscribes()
    for owner in ("U0SOMEBODY", None):
        await mail.register.holds(expires_on=PAST, team="growth", owner=owner)
    for _ in range(3):
        await comes(mail)
        mail.passes(WEEK)
    [told] = mail.messages("@dana")
    given = [block for block in told.blocks if block["type"] == "actions"][:2]
    may = {b["block_id"]: b["elements"][0]["text"]["text"] for b in given}
    assert may == {"nudge:D-1:repeated": "Extend", "nudge:D-2:repeated": "Hand off"}


async def test_an_admin_may_hand_off_whatever_it_is(mail: Mail) -> None:
    dana = mail.slack.person("dana").id
    await mail.register.does(keep, a_person(dana, admin=True))
    await mail.subscribes()
    await mail.register.holds(expires_on=PAST, team="growth", owner="U0SOMEBODY")
    for _ in range(3):
        await comes(mail)
        mail.passes(WEEK)
    [told] = mail.messages("@dana")
    assert told.buttons == ["Hand off", "Extend", "Retire", "Show", "Not useful"]


async def test_what_changes_is_listed_again_from_the_start(mail: Mail) -> None:
    await mail.subscribes()
    await mail.register.holds(expires_on=PAST)
    for _ in range(4):
        await comes(mail)
        mail.passes(WEEK)
    dana = mail.slack.person("dana").id
    change = by(dana, at=mail.at, policy=mail.policy)
    await mail.register.told(change, maintenance.rate, 1, {"risk": 3})
    message = await digest_now(mail)
    assert rows(message) == ["D-1"]
    assert "untouched" not in of(message, "D-1")


async def test_what_a_channel_was_told_of_outside_its_scope_does_not_count(mail: Mail) -> None:
    await mail.subscribes()
    await mail.register.holds(expires_on=PAST, team="growth")
    for _ in range(2):
        await comes(mail)
        mail.passes(WEEK)
    await mail.subscribes(scope="team", scope_name="payments")
    await mail.register.holds(expires_on=PAST)
    message = await digest_now(mail)
    assert "more" not in message.shown
    assert mail.messages("@erin") == mail.messages("@dana") == []


# -------------------------------------------------------------------- as it stands later


async def test_what_is_settled_says_so_in_place(mail: Mail) -> None:
    await mail.knows("dana", "sam")
    await mail.subscribes()
    dana, sam = (mail.slack.person(who).id for who in ("dana", "sam"))
    await mail.register.holds(name="Importer", expires_on=PAST, owner=dana)
    await mail.register.holds(name="Form", owner=None, surface="customer", expires_on=PAST)
    message = await digest_now(mail)
    change = by(dana, at=mail.at, policy=mail.policy)
    until = mail.at.date() + days(60)
    await mail.register.told(change, maintenance.extend, 1, until, "the audit needs it")
    await mail.register.told(by(sam, at=mail.at, policy=mail.policy), ownership.claim, 2)
    assert await mail.updates().refresh(message.channel, message.ts)
    assert "✓ Importer (D-1): extended to Jan 29, 2027 by Dana Reyes" in message.shown
    assert "extended to <!date^" in of(message, "D-1")
    assert rows(message) == ["D-2"]
    assert of(message, "D-2").endswith("✓ claimed by Sam Ortiz")
    assert "Claim" not in message.buttons
    assert mail.keys() == [(message.metadata or {})["event_payload"]["key"]]


async def test_a_change_before_the_digest_is_no_answer_to_it(mail: Mail) -> None:
    await mail.knows("dana")
    await mail.subscribes()
    dana = mail.slack.person("dana").id
    await mail.register.holds(expires_on=PAST, owner=dana)
    change = by(dana, at=mail.at, policy=mail.policy)
    await mail.register.told(change, maintenance.review, 1)
    message = await digest_now(mail)
    assert "reviewed by" not in of(message, "D-1")


async def test_a_digest_of_another_day_shows_what_is_done_today(mail: Mail) -> None:
    """`debt brief --once --at` next Monday; somebody presses a button now."""
    await mail.knows("dana")
    await mail.subscribes()
    dana = mail.slack.person("dana").id
    await mail.register.holds(expires_on=PAST, owner=dana)
    message = await digest_now(mail)
    change = by(dana, at=mail.at - days(6), policy=mail.policy)
    await mail.register.told(change, maintenance.extend, 1, mail.at.date() + days(60), "needed")
    await mail.updates().refresh(message.channel, message.ts)
    assert of(message, "D-1").startswith("✓")


async def test_an_intervention_shows_what_its_lead_did(mail: Mail) -> None:
    await mail.knows("erin")
    await mail.subscribes()
    await mail.register.holds(expires_on=PAST)
    for _ in range(3):
        await comes(mail)
        mail.passes(WEEK)
    [told] = mail.messages("@erin")
    erin = mail.slack.person("erin").id
    change = by(erin, at=mail.at, policy=mail.policy)
    await mail.register.told(change, maintenance.extend, 1, mail.at.date() + days(60), "needed")
    assert await mail.updates().refresh(told.channel, told.ts)
    assert told.shown == (
        "✓ Nothing is left to decide here: payments bridge (D-1) extended to Feb 19, 2027."
    )


# -------------------------------------------------------------------------------- limits


async def test_the_longest_digest_a_policy_allows_is_one_slack_takes(mail: Mail) -> None:
    long = "x&<>" * 2_400
    worst: dict[str, Any] = {"purpose": long, "repo": long[:500], "surface": "customer"}
    worst |= {"dependants": 1_000, "value": 1} | dict.fromkeys(RATING_NAMES, 5)
    kept = mail.policy.digest.model_copy(update={"items": 10})
    mail.policy = mail.policy.model_copy(update={"digest": kept})
    await mail.knows("dana")
    await mail.subscribes()
    dana = mail.slack.person("dana").id
    for _ in range(30):
        await mail.register.holds(name=long, owner=dana, expires_on=PAST, **worst)
    change = by(dana, at=mail.at, policy=mail.policy)
    for key in range(1, 31):
        await mail.register.told(
            change, hours_log.log, key, 60, kind=Work.DEBUGGING, worked_on=PAST
        )
    first = await digest_now(mail)
    second = await a_week_later(mail)
    assert second is not None
    for message in (first, second):
        assert len(rows(message)) == 10
        assert len(message.blocks) <= MESSAGE_BLOCKS
        assert text_length(message.blocks) <= TOTAL_BLOCK_TEXT - 2_000
        assert len(message.text) < 600
    await mail.knows("erin")
    await a_week_later(mail)
    [told] = mail.messages("@erin")
    assert len([b for b in told.blocks if b["type"] == "actions"]) == 8 + 1
    assert text_length(told.blocks) <= TOTAL_BLOCK_TEXT - 2_000


async def test_what_is_rehearsed_is_what_comes(mail: Mail) -> None:
    await mail.subscribes()
    await mail.subscribes("growth", scope="team", scope_name="growth")
    await mail.register.holds(expires_on=PAST)
    previews = await rehearse(mail.register.store, mail.policy, mail.at)
    assert await mail.rows() == {}
    message = await digest_now(mail)
    said = {preview.to: preview.message for preview in previews}
    assert set(said) == {mail.slack.channel("payments").id, mail.slack.channel("growth").id}
    assert said[mail.slack.channel("growth").id] is None
    rehearsed = said[message.channel]
    assert rehearsed is not None
    assert rehearsed.readable().splitlines()[:3] == message.shown.splitlines()[:3]
    assert "    [Extend]  [Log]  [Review]  [Show]" in rehearsed.readable()


def test_the_news_of_a_first_digest_is_a_weeks() -> None:
    assert facts.since_last(None, MONDAY) == MONDAY - WEEK
    assert facts.since_last(MONDAY - days(30), MONDAY) == MONDAY - WEEK
    assert facts.since_last(MONDAY - days(3), MONDAY) == MONDAY - days(3)
