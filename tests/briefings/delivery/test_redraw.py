"""Every sent copy of a message is drawn again when what it speaks of has changed."""

import asyncio
from datetime import timedelta

import pytest

from debt.artifact.artifact import Ending
from debt.change import Change
from debt.rules.hours import Work
from sandbox.workspace.messages import PostedMessage
from storage.costs import hours_log
from storage.lifecycle import approvals, retirement
from tests.briefings.conftest import Mail
from tests.storage.builders import by


def told_by(mail: Mail, handle: str) -> Change:
    return by(mail.slack.person(handle).id, at=mail.at, policy=mail.policy)


@pytest.fixture
async def copies(mail: Mail) -> tuple[PostedMessage, PostedMessage]:
    """Noah has asked to retire what is dana's: erin, who leads the team, and dana were asked."""
    await mail.knows("dana", "erin", "noah")
    await mail.register.holds(owner=mail.slack.person("dana").id)
    await mail.register.told(told_by(mail, "noah"), retirement.ask, 1, Ending.RETIRE, "unused")
    await mail.sends()
    [erins], [danas] = mail.messages("@erin"), mail.messages("@dana")
    return erins, danas


async def erin_approves(mail: Mail) -> None:
    await mail.register.told(told_by(mail, "erin"), approvals.approve, 1)


async def dana_logs(mail: Mail) -> None:
    await mail.register.told(
        told_by(mail, "dana"), hours_log.log, 1, 90, kind=Work.REVIEW, worked_on=mail.at.date()
    )


def renewals(mail: Mail) -> list[str]:
    return [call.outcome for call in mail.slack.calls if call.method == "chat.update"]


async def test_nothing_is_drawn_while_nothing_changes(
    mail: Mail, copies: tuple[PostedMessage, PostedMessage]
) -> None:
    await mail.sends()
    assert renewals(mail) == []


async def test_a_decision_shows_in_every_copy_and_they_are_final(
    mail: Mail, copies: tuple[PostedMessage, PostedMessage]
) -> None:
    await erin_approves(mail)
    await mail.sends()
    for copy in copies:
        assert "✓ Approved by @erin" in copy.shown
    assert renewals(mail) == ["ok", "ok"]
    await dana_logs(mail)
    await mail.sends()
    assert renewals(mail) == ["ok", "ok"]


async def test_what_changed_while_nobody_was_sending_is_drawn_by_the_next_process(
    mail: Mail, copies: tuple[PostedMessage, PostedMessage]
) -> None:
    await dana_logs(mail)
    await mail.sender("another").drain()
    assert renewals(mail) == []
    await mail.sender().step_down()
    await mail.sender("another").drain()
    assert all("1.5 h so far" in copy.shown for copy in copies)


@pytest.mark.parametrize(
    "trouble", [{"status": 429, "retry_after": 20}, {"status": 503}, {"error": "token_revoked"}]
)
async def test_what_slack_does_not_take_now_is_drawn_later_and_it_is_left_alone_meanwhile(
    trouble: dict[str, object], mail: Mail, copies: tuple[PostedMessage, PostedMessage]
) -> None:
    await dana_logs(mail)
    mail.slack.faults.answer("chat.update", **trouble)  # type: ignore[arg-type]  # as the table says
    sender = mail.sender()
    await sender.drain()
    await sender.drain()
    assert len(renewals(mail)) == 1
    mail.passes(timedelta(seconds=31))
    await sender.drain()
    assert all("1.5 h so far" in copy.shown for copy in copies)
    assert renewals(mail)[1:] == ["ok", "ok"]


async def test_a_lost_answer_is_asked_for_again(
    mail: Mail, copies: tuple[PostedMessage, PostedMessage]
) -> None:
    await dana_logs(mail)
    mail.slack.faults.lose_response("chat.update")
    sender = mail.sender()
    await sender.drain()
    mail.passes(timedelta(seconds=31))
    await sender.drain()
    assert all("1.5 h so far" in copy.shown for copy in copies)


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "is_archived"])
async def test_a_message_slack_never_renews_is_for_the_log_once(
    error: str,
    mail: Mail,
    copies: tuple[PostedMessage, PostedMessage],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await dana_logs(mail)
    mail.slack.faults.answer("chat.update", error=error)
    await mail.sends()
    await mail.sends()
    assert caplog.text.count("message stays as it is") == 1
    assert renewals(mail)[1:] == ["ok"]


async def test_a_change_while_it_is_drawn_shows_too_even_at_the_same_instant(
    mail: Mail, copies: tuple[PostedMessage, PostedMessage]
) -> None:
    """The clock stands still here."""
    await dana_logs(mail)
    mail.slack.faults.delay("chat.update", 0.3)
    sending = asyncio.create_task(mail.sends())
    await mail.slack.wait_for(lambda: not mail.slack.faults._waiting["chat.update"])
    await dana_logs(mail)
    await sending
    await mail.sends()
    assert all("3 h so far" in copy.shown for copy in copies)
