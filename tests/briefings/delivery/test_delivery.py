"""What is on the ledger reaches Slack once, whatever goes wrong on the way."""

import asyncio
import logging
import time
from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from briefings.delivery.delivery import HISTORY_PAGE, HISTORY_PAGES, LEADER_LEASE, PACE
from briefings.messages.verdict import BETWEEN_TRIES
from storage.database import leases
from storage.database.store import Store
from storage.lifecycle import ownership
from storage.messages import outbox
from storage.register.people import keep
from tests.briefings.conftest import Mail
from tests.storage.builders import a_person, by, days

SECOND = timedelta(seconds=1)


async def test_a_message_is_posted_once_with_its_key_and_nothing_unfolds(mail: Mail) -> None:
    await mail.writes("a")
    assert await mail.sends() == 1
    assert await mail.sends() == 0
    assert mail.keys() == ["a"]
    [message] = mail.messages("payments")
    row = (await mail.rows())["a"]
    assert (row.state, row.ts) == ("sent", message.ts)
    [call] = [call for call in mail.slack.calls if call.method == "chat.postMessage"]
    assert (call.args["unfurl_links"], call.args["unfurl_media"]) == (False, False)


async def test_messages_go_out_in_the_order_they_were_written(mail: Mail) -> None:
    places = ("payments", "general", "@dana", "@erin")
    for number, place in enumerate(places):
        await mail.writes(f"m{number}", place)
        mail.passes(SECOND)
    assert await mail.sends() == len(places)
    assert [mail.keys(place) for place in places] == [["m0"], ["m1"], ["m2"], ["m3"]]


# -------------------------------------------------------------------- Slack says not now


async def test_what_slack_rations_waits_and_so_do_those_behind_it(mail: Mail) -> None:
    await mail.writes("a", "payments")
    await mail.writes("b", "general")
    mail.slack.faults.answer("chat.postMessage", status=429, retry_after=1, times=2)
    assert await mail.sends() == 4
    assert mail.posts() == ["ratelimited", "ratelimited", "ok", "ok"]
    assert (mail.keys("payments"), mail.keys("general")) == (["a"], ["b"])


async def test_a_rate_limit_at_real_speed_loses_nothing(mail: Mail) -> None:
    mail.slack.rate_limits = True
    for key in "abc":
        await mail.writes(key)
    await mail.sender(pace=PACE).drain()
    assert mail.keys() == ["a", "b", "c"]
    assert set(await mail.states()) == set("abc")


async def test_two_messages_of_a_channel_are_that_many_seconds_apart(mail: Mail) -> None:
    posted = []
    for key in "ab":
        await mail.writes(key)
    stop = mail.slack.workspace.listen(lambda _: posted.append(time.monotonic()))
    await mail.sender(pace=0.3).drain()
    stop()
    assert mail.keys() == ["a", "b"]
    first, second = posted
    # Counted from when each sets out; how long one is under way differs by some milliseconds.
    assert second - first > 0.25


async def test_while_slack_cannot_be_reached_all_is_left_as_it_is(mail: Mail) -> None:
    await mail.writes("a")
    await mail.writes("b", "general")
    nowhere = AsyncWebClient("xoxb-1", base_url="http://127.0.0.1:9/", retry_handlers=[])
    assert await mail.sender(client=nowhere).drain() == 1
    assert await mail.states() == {"a": "due", "b": "due"}
    mail.passes(BETWEEN_TRIES)
    await mail.sends()
    assert (mail.keys("payments"), mail.keys("general")) == (["a"], ["b"])
    assert "conversations.history" not in {call.method for call in mail.slack.calls}


@pytest.mark.parametrize("error", ["token_revoked", "invalid_auth", "account_inactive"])
async def test_an_app_that_is_shut_out_parks_nothing(mail: Mail, error: str) -> None:
    await mail.subscribes()
    await mail.register.holds(expires_on=mail.at.date() - days(3))
    await mail.plans()
    mail.slack.faults.answer("chat.postMessage", error=error)
    await mail.sends()
    assert set((await mail.states()).values()) == {"due"}
    assert (await mail.subscription()).paused is None
    mail.passes(BETWEEN_TRIES)
    await mail.sends()
    assert len(mail.keys()) == 1


# --------------------------------------------------------------------- nobody can tell


async def test_a_lost_answer_is_looked_up_after_the_lease_and_not_posted_again(
    mail: Mail,
) -> None:
    await mail.writes("a")
    mail.slack.faults.lose_response("chat.postMessage")
    await mail.sends()
    assert await mail.states() == {"a": "sending"}
    mail.passes(timedelta(seconds=119))
    assert await mail.sends() == 0
    mail.passes(SECOND)
    assert await mail.sends() == 1
    assert mail.posts() == ["ok"]
    [message] = mail.messages("payments")
    row = (await mail.rows())["a"]
    assert (row.state, row.ts) == ("sent", message.ts)


async def test_it_is_found_among_what_was_said_since(mail: Mail) -> None:
    await mail.writes("a")
    mail.slack.faults.lose_response("chat.postMessage")
    await mail.sends()
    for number in range(HISTORY_PAGE + 5):
        _someone_says(mail, f"{number}")
    mail.lease_ends()
    await mail.sends()
    assert mail.keys().count("a") == 1
    assert await mail.states() == {"a": "sent"}


def _someone_says(mail: Mail, text: str) -> None:
    channel = mail.slack.channel("payments")
    mail.slack.workspace.post(channel, mail.slack.workspace.bot.id, text, metadata=_OTHER)


_OTHER = {"event_type": "debt_briefing", "event_payload": {"key": "another"}}


async def test_what_cannot_be_decided_is_parked_and_reported(
    mail: Mail, caplog: pytest.LogCaptureFixture
) -> None:
    await mail.subscribes()
    await mail.register.holds(expires_on=mail.at.date() - days(3))
    await mail.plans()
    mail.slack.faults.lose_response("chat.postMessage")
    await mail.sends()
    for number in range(HISTORY_PAGES * HISTORY_PAGE):
        _someone_says(mail, f"{number}")
    mail.lease_ends()
    with caplog.at_level(logging.ERROR):
        await mail.sends()
    assert "briefing parked" in caplog.text
    [(key, why)] = await mail.register.asked(outbox.parked)
    assert key.startswith("digest:")
    assert why == "not among the channel's last 1000 messages"
    assert (await mail.subscription()).paused is None
    mail.lease_ends()
    assert await mail.sends() == 0


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_error_is_unknown_and_posted_once_it_is_not_found(
    mail: Mail, status: int
) -> None:
    await mail.writes("a")
    mail.slack.faults.answer("chat.postMessage", status=status)
    await mail.sends()
    assert await mail.states() == {"a": "sending"}
    mail.lease_ends()
    await mail.sends()
    assert mail.keys() == ["a"]


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "request_timeout"])
async def test_an_error_after_which_slack_may_have_it_is_unknown_and_the_log_says_why(
    mail: Mail, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    await mail.writes("a")
    mail.slack.faults.answer("chat.postMessage", error=error)
    await mail.sends()
    assert await mail.states() == {"a": "sending"}
    assert f"briefing may have arrived key=a why={error}" in caplog.text


async def test_what_slack_accepts_after_the_connection_broke_is_found(mail: Mail) -> None:
    await mail.writes("a")
    mail.slack.faults.late_accept("chat.postMessage", 0.2)
    await mail.sends()
    assert mail.keys() == []
    await mail.slack.wait_for(mail.keys)
    mail.lease_ends()
    await mail.sends()
    assert mail.keys() == ["a"]
    assert await mail.states() == {"a": "sent"}


async def test_a_timeout_is_unknown_and_its_message_found(mail: Mail) -> None:
    await mail.writes("a")
    mail.slack.faults.delay("chat.postMessage", 0.6)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.3)) as hasty:
        await mail.sender(client=mail.client(hasty)).drain()
    assert await mail.states() == {"a": "sending"}
    await mail.slack.settled()
    mail.lease_ends()
    await mail.sends()
    assert len(mail.keys()) == 1
    assert await mail.states() == {"a": "sent"}


@pytest.mark.parametrize("trouble", ["429", "500", "lost", "refused"])
async def test_a_look_up_that_fails_leaves_the_message_unknown(mail: Mail, trouble: str) -> None:
    await mail.writes("a")
    mail.slack.faults.lose_response("chat.postMessage")
    await mail.sends()
    mail.lease_ends()
    if trouble == "lost":
        mail.slack.faults.lose_response("conversations.history")
    elif trouble == "429":
        mail.slack.faults.answer("conversations.history", status=429, retry_after=1)
    elif trouble == "500":
        mail.slack.faults.answer("conversations.history", status=500)
    if trouble == "refused":
        nowhere = AsyncWebClient("xoxb-1", base_url="http://127.0.0.1:9/", retry_handlers=[])
        await mail.sender(client=nowhere).drain()
    await mail.sends()
    mail.lease_ends()
    await mail.sends()
    assert mail.posts() == ["ok"]
    assert await mail.states() == {"a": "sent"}


async def test_a_claim_whose_holder_died_before_posting_is_sent_by_the_next(mail: Mail) -> None:
    await mail.writes("a")
    await mail.register.does(outbox.claim_batch, mail.at, 1)
    assert await mail.sends() == 0
    mail.lease_ends()
    assert await mail.sends() == 1
    assert mail.keys() == ["a"]


# ------------------------------------------------------------------------- Slack never will


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("not_in_channel", "I am not in the channel"),
        ("is_archived", "the channel is archived"),
        ("missing_scope", "lost a permission"),
        ("channel_not_found", "I cannot see the channel"),
        ("restricted_action_read_only_channel", "posting there is restricted"),
    ],
)
async def test_a_channel_that_takes_nothing_pauses_and_its_subscriber_is_told_once(
    mail: Mail, trouble: str, said: str
) -> None:
    await mail.subscribes()
    await mail.register.holds(expires_on=mail.at.date() - days(3))
    await mail.plans()
    if trouble == "not_in_channel":
        mail.slack.remove_bot("payments")
    elif trouble == "is_archived":
        mail.slack.archive("payments")
    else:
        mail.slack.faults.answer("chat.postMessage", error=trouble)
    await mail.sends()
    for _ in range(3):
        mail.passes(timedelta(weeks=1))
        await mail.plans()
        await mail.sends()
    assert mail.keys() == []
    [told] = mail.messages("@dana")
    assert "cannot post the weekly digest in #payments" in told.shown
    assert said in told.shown
    assert said in str((await mail.subscription()).paused)


async def test_after_a_pause_subscribing_again_starts_the_digest_again(mail: Mail) -> None:
    await mail.subscribes()
    await mail.register.holds(expires_on=mail.at.date() - days(3))
    await mail.plans()
    mail.slack.remove_bot("payments")
    await mail.sends()
    mail.slack.add_bot("payments")
    mail.passes(timedelta(weeks=1))
    await mail.subscribes()
    await mail.plans()
    await mail.sends()
    assert len(mail.keys()) == 1


async def test_a_message_slack_refuses_for_itself_pauses_nothing(mail: Mail) -> None:
    await mail.subscribes()
    await mail.register.holds(expires_on=mail.at.date() - days(3))
    await mail.plans()
    mail.slack.faults.answer("chat.postMessage", error="invalid_blocks")
    await mail.sends()
    assert [why for _, why in await mail.register.asked(outbox.parked)] == [
        "Slack refused: invalid_blocks"
    ]
    assert (await mail.subscription()).paused is None


async def test_a_person_who_has_left_is_written_to_in_vain_and_that_is_reported(
    mail: Mail,
) -> None:
    await mail.writes("a", "@olga")
    await mail.writes("b", "@dana")
    await mail.sends()
    assert await mail.register.asked(outbox.parked) == [("a", "Slack refused: user_disabled")]
    assert mail.keys("@dana") == ["b"]


async def test_a_message_nobody_can_compose_keeps_no_other_from_going_out(
    mail: Mail, caplog: pytest.LogCaptureFixture
) -> None:
    where = mail.slack.channel("payments").id
    await mail.register.does(outbox.enqueue, "odd", "riddle", {}, mail.at, channel=where)
    await mail.writes("a")
    for _ in range(6):
        await mail.sends()
        mail.lease_ends()
    assert mail.keys() == ["a"]
    assert await mail.states() == {"odd": "parked", "a": "sent"}
    assert caplog.text.count("briefing failed key=odd") == 5


# ----------------------------------------------------------------------- direct messages


async def test_a_dms_channel_is_known_before_the_first_send(mail: Mail) -> None:
    await mail.writes("a", "@dana")
    mail.slack.faults.lose_response("chat.postMessage")
    await mail.sends()
    dana = mail.slack.person("dana")
    assert (await mail.rows())["a"].channel == mail.slack.workspace.dm(dana.id).id
    mail.lease_ends()
    await mail.sends()
    assert mail.keys("@dana") == ["a"]
    assert mail.posts() == ["ok"]


@pytest.mark.parametrize("trouble", ["lost", "429", "500"])
async def test_a_dm_that_could_not_be_opened_is_opened_later(mail: Mail, trouble: str) -> None:
    await mail.writes("a", "@dana")
    if trouble == "lost":
        mail.slack.faults.lose_response("conversations.open")
    elif trouble == "429":
        mail.slack.faults.answer("conversations.open", status=429, retry_after=1)
    else:
        mail.slack.faults.answer("conversations.open", status=500)
    await mail.sends()
    mail.lease_ends()
    await mail.sends()
    assert mail.keys("@dana") == ["a"]


async def test_a_question_is_asked_and_its_answer_told(mail: Mail) -> None:
    await mail.knows("dana", "sam")
    dana, sam = mail.slack.person("dana").id, mail.slack.person("sam").id
    await mail.register.holds(owner=dana, name="Payment retry worker")
    change = by(sam, at=mail.at, policy=mail.policy)
    await mail.register.told(change, ownership.claim, 1)
    await mail.sends()
    [question] = mail.messages("@dana")
    assert question.buttons == ["Accept", "Decline", "Show"]
    assert question.shown.startswith("@sam would like to take over Payment retry worker (D-1)")
    [asked] = await mail.register.requests()
    change = by(dana, at=mail.at, policy=mail.policy)
    await mail.register.told(change, ownership.answer, asked.id or 0, accept=True)
    await mail.sends()
    [outcome] = mail.messages("@sam")
    assert outcome.shown == "@dana accepted: Payment retry worker (D-1) is yours now."
    assert await mail.updates().refresh(question.channel, question.ts)
    assert question.buttons == []
    assert "You accepted" in question.shown


# ------------------------------------------------------------------------ a late digest


async def _planned_and_then_away(mail: Mail, away: timedelta) -> None:
    await mail.subscribes()
    await mail.register.holds(expires_on=mail.at.date() - days(3))
    await mail.plans()
    mail.passes(away)


async def test_a_digest_a_day_late_still_goes_out(mail: Mail) -> None:
    await _planned_and_then_away(mail, timedelta(hours=24))
    await mail.sends()
    assert len(mail.keys()) == 1


async def test_a_digest_later_than_that_waits_for_the_next_week_as_if_never_said(
    mail: Mail, caplog: pytest.LogCaptureFixture
) -> None:
    await _planned_and_then_away(mail, timedelta(hours=25))
    await mail.sends()
    assert mail.keys() == []
    assert "briefing skipped" in caplog.text
    assert list((await mail.states()).values()) == ["skipped"]
    mail.passes(timedelta(days=6))
    await mail.plans()
    await mail.sends()
    [message] = mail.messages("payments")
    assert "untouched since" not in message.shown


async def test_a_late_digest_that_had_arrived_is_found_first(mail: Mail) -> None:
    await mail.subscribes()
    await mail.register.holds(expires_on=mail.at.date() - days(3))
    await mail.plans()
    mail.slack.faults.lose_response("chat.postMessage")
    await mail.sends()
    mail.passes(timedelta(days=3))
    await mail.sends()
    assert list((await mail.states()).values()) == ["sent"]
    assert len(mail.keys()) == 1


async def test_other_messages_are_never_too_late(mail: Mail) -> None:
    await mail.writes("a", "@dana")
    mail.passes(timedelta(days=30))
    await mail.sends()
    assert mail.keys("@dana") == ["a"]


# ---------------------------------------------------------------------- several senders


async def test_one_process_sends_at_a_time_and_the_next_when_it_steps_down(mail: Mail) -> None:
    web, worker = mail.sender("web"), mail.sender("worker")
    await mail.writes("a")
    assert await web.drain() == 1
    await mail.writes("b", "general")
    assert await worker.drain() == 0
    await web.step_down()
    assert await worker.drain() == 1
    await mail.writes("c", "growth")
    mail.passes(LEADER_LEASE)
    assert await web.drain() == 1


async def test_a_brief_of_another_day_leaves_the_lead_as_it_was(mail: Mail, store: Store) -> None:
    """`debt brief --once --at` next week, killed before it stepped down."""
    async with store.change() as session:
        ahead = mail.at + timedelta(days=7)
        assert await leases.take(session, "sender", "killed", ahead, LEADER_LEASE)
    await mail.writes("a")
    assert await mail.sends() == 1


async def test_two_who_send_without_a_leader_still_send_each_message_once(mail: Mail) -> None:
    places = ["payments", "general", "growth", "platform", "@dana", "@erin", "@sam", "@mia"]
    for number, place in enumerate(places):
        await mail.writes(f"m{number}", place)
    senders = [mail.sender("one"), mail.sender("two"), mail.sender("three")]

    async def carry(number: int) -> None:
        while await senders[number].send_next():
            pass

    await asyncio.gather(*(carry(number) for number in range(3)))
    assert [mail.keys(place) for place in places] == [[f"m{n}"] for n in range(len(places))]


async def test_who_stood_still_past_the_lease_does_not_post_what_the_next_has_posted(
    mail: Mail,
) -> None:
    """One opens a DM and is held up; its lease ends; two posts; one goes on."""
    await mail.writes("a", "@dana")
    mail.slack.faults.delay("conversations.open", 0.5)
    held_up = asyncio.create_task(mail.sender("one").send_next())
    while await mail.states() != {"a": "sending"}:
        pass
    mail.lease_ends()
    assert await mail.sender("two").send_next()
    assert mail.keys("@dana") == ["a"]
    await held_up
    assert mail.keys("@dana") == ["a"]
    assert mail.posts() == ["ok"]
    assert await mail.states() == {"a": "sent"}


async def test_who_is_late_takes_nothing_back_from_who_sends_now(mail: Mail) -> None:
    """One is told 429 after its lease ended, while two is still sending: it stays two's."""
    await mail.writes("a")
    [mine] = await mail.register.does(outbox.claim_batch, mail.at, 1)
    mail.lease_ends()
    [theirs] = await mail.register.does(outbox.claim_batch, mail.at, 1)
    await mail.register.does(outbox.again, mine, mail.at, "ratelimited")
    assert not await mail.register.does(outbox.park, mine, "no idea")
    assert await mail.states() == {"a": "sending"}
    assert await mail.sends() == 0
    assert await mail.register.does(outbox.park, theirs, "no idea")


async def test_hostile_words_of_a_person_reach_slack_inert(mail: Mail) -> None:
    await mail.subscribes()
    nasty = "<!channel> *x* <@U1> :tada: _y_ https://evil.example"
    await mail.register.does(keep, a_person(mail.slack.person("dana").id, name=nasty))
    owner = mail.slack.person("dana").id
    gone = mail.at.date() - days(3)
    await mail.register.holds(name=nasty, owner=owner, expires_on=gone, team=nasty)
    await mail.plans()
    await mail.sends()
    [message] = mail.messages("payments")
    assert (message.pings, message.links) == (set(), [])
    assert "<!channel> ∗x∗" in message.shown
