"""Posted messages keep in step with the register, whoever presses what at once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sandbox.workspace.messages import PostedMessage
from storage.lifecycle import maintenance, ownership
from tests.briefings.conftest import Mail
from tests.storage.builders import by, days


@pytest.fixture
async def message(mail: Mail) -> PostedMessage:
    """A digest of two, which shows what came with dana's notice: D-1 is hers, D-2 nobody's."""
    await mail.knows("dana", "sam")
    await mail.subscribes()
    gone, dana = mail.at.date() - days(10), mail.slack.person("dana").id
    await mail.register.holds(owner=dana, expires_on=gone, frequency=5)
    await mail.register.holds(owner=None, expires_on=gone, surface="customer")
    await mail.plans()
    await mail.sends()
    [message] = mail.messages("payments")
    mail.slack.calls.clear()
    return message


async def dana_extends(mail: Mail) -> None:
    change = by(mail.slack.person("dana").id, at=mail.at, policy=mail.policy)
    await mail.register.told(change, maintenance.extend, 1, mail.at.date() + days(60), "the audit")


async def sam_claims(mail: Mail) -> None:
    change = by(mail.slack.person("sam").id, at=mail.at, policy=mail.policy)
    await mail.register.told(change, ownership.claim, 2)


def renewals(mail: Mail) -> list[str]:
    return [call.outcome for call in mail.slack.calls if call.method == "chat.update"]


async def test_a_press_is_seen_by_everybody(mail: Mail, message: PostedMessage) -> None:
    await sam_claims(mail)
    assert await mail.updates().refresh(message.channel, message.ts)
    assert "✓ claimed by Sam Ortiz" in message.shown
    assert renewals(mail) == ["ok"]


async def test_the_slower_of_two_processes_does_not_leave_the_older_state(
    mail: Mail, message: PostedMessage
) -> None:
    """One reads, and Slack takes its time; another reads a newer state and is quicker."""
    await dana_extends(mail)
    mail.slack.faults.delay("chat.update", 0.3)
    slower = asyncio.create_task(mail.updates().refresh(message.channel, message.ts))
    await mail.slack.wait_for(lambda: not mail.slack.faults._waiting["chat.update"])
    await sam_claims(mail)
    assert await mail.updates().refresh(message.channel, message.ts)
    assert "claimed by Sam Ortiz" in message.shown
    assert await slower
    assert "claimed by Sam Ortiz" in message.shown
    assert "extended to" in message.shown
    assert renewals(mail) == ["ok", "ok", "ok"]


async def test_many_presses_at_once_end_in_the_newest_state(
    mail: Mail, message: PostedMessage
) -> None:
    updates = mail.updates()

    async def press(act: Callable[[Mail], Awaitable[None]]) -> None:
        await act(mail)
        await updates.refresh(message.channel, message.ts)

    await asyncio.gather(press(dana_extends), press(sam_claims))
    assert "claimed by Sam Ortiz" in message.shown
    assert "extended to" in message.shown


@pytest.mark.parametrize(
    "error", ["message_not_found", "cant_update_message", "edit_window_closed"]
)
async def test_a_message_slack_does_not_renew_is_for_the_log_only(
    mail: Mail, message: PostedMessage, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    await sam_claims(mail)
    mail.slack.faults.answer("chat.update", error=error)
    assert await mail.updates().refresh(message.channel, message.ts)
    assert error in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_lost_answer_is_for_the_log_only(
    mail: Mail, message: PostedMessage, caplog: pytest.LogCaptureFixture
) -> None:
    await sam_claims(mail)
    mail.slack.faults.lose_response("chat.update")
    assert await mail.updates().refresh(message.channel, message.ts)
    assert "message not renewed" in caplog.text


async def test_a_message_that_is_none_of_ours_is_left_alone(
    mail: Mail, message: PostedMessage
) -> None:
    assert not await mail.updates().refresh(message.channel, "1.000000")
    assert renewals(mail) == []
