"""A digest's chart: uploaded before the message, once, kept when the message is drawn again."""

from typing import Any

import pytest

from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.rules.hours import Period, Work
from debt.scope import BudgetLine, Scope, ScopeKind
from sandbox.workspace.messages import PostedMessage
from storage.costs import budgets, hours_log
from storage.lifecycle import maintenance
from tests.briefings.conftest import Mail
from tests.storage.builders import by, days

UPLOAD = "files.getUploadURLExternal"


@pytest.fixture
async def due(mail: Mail) -> Mail:
    """Payments' digest is due: one artifact is late, 31 of 40 hours are spent."""
    await mail.knows("dana", "erin", "sam")
    dana = mail.slack.person("dana").id
    artifact = await mail.register.holds(
        team="payments", owner=dana, expires_on=mail.at.date() - days(3)
    )
    change = by(dana, at=mail.at, policy=mail.policy)
    place = BudgetLine(Scope(ScopeKind.TEAM, "payments"))
    await mail.register.told(
        change, budgets.put, place, BudgetPeriod(Period.MONTH), BudgetLimits(minutes=40 * 60)
    )
    for day in range(2, 4):
        on = change.today - days(day)
        await mail.register.told(
            change, hours_log.log, artifact.id, 15 * 60 + 30, kind=Work.REWORK, worked_on=on
        )
    await mail.subscribes(scope="team", scope_name="payments")
    await mail.plans()
    return mail


def pictures_in(message: PostedMessage) -> list[dict[str, Any]]:
    return [block for block in message.blocks if block["type"] == "image"]


async def extended(mail: Mail, message: PostedMessage) -> None:
    """Dana extends what the digest is about, in it, and it shows that."""
    change = by(mail.slack.person("dana").id, at=mail.at, policy=mail.policy)
    until = change.today + days(20)
    await mail.register.told(change, maintenance.extend, 1, until, reason="the move is late")
    assert await mail.updates().refresh(message.channel, message.ts)
    assert "extend it" not in message.shown


def uploads(mail: Mail) -> int:
    return sum(call.method == UPLOAD for call in mail.slack.calls)


async def test_a_digest_shows_its_budget_and_says_it(due: Mail) -> None:
    await due.sends()
    [message] = due.messages("payments")
    [picture] = pictures_in(message)
    assert picture["alt_text"].startswith("payments has spent 31 of 40 h; at this rate")
    assert due.slack.workspace.files[picture["slack_file"]["id"]].content.startswith(b"\x89PNG")
    assert "payments, November 2026: 31 h of 40 h spent" in message.shown


async def test_a_digest_that_is_drawn_again_keeps_its_picture(due: Mail) -> None:
    await due.sends()
    [message] = due.messages("payments")
    [before] = pictures_in(message)
    await extended(due, message)
    [after] = pictures_in(message)
    assert (after["slack_file"], after["alt_text"]) == (before["slack_file"], before["alt_text"])
    assert uploads(due) == 1


async def test_a_digest_that_did_not_arrive_is_not_uploaded_for_again(due: Mail) -> None:
    due.slack.faults.answer("chat.postMessage", status=429, retry_after=1)
    await due.sends()
    assert due.posts()[0] == "ratelimited"
    assert uploads(due) == 1
    [message] = due.messages("payments")
    assert pictures_in(message)


async def test_a_digest_whose_answer_was_lost_is_said_once_and_uploaded_once(due: Mail) -> None:
    due.slack.faults.lose_response("chat.postMessage")
    await due.sends()
    due.lease_ends()
    await due.sends()
    assert len(due.messages("payments")) == 1
    assert uploads(due) == 1


@pytest.mark.parametrize("error", ["missing_scope", "internal_error"])
async def test_without_the_picture_a_digest_goes_as_words(error: str, due: Mail) -> None:
    due.slack.faults.answer(UPLOAD, error=error)
    await due.sends()
    [message] = due.messages("payments")
    assert not pictures_in(message)
    assert "payments, November 2026: 31 h of 40 h spent" in message.shown


async def test_a_picture_that_slack_does_not_know_yet_is_waited_for(due: Mail) -> None:
    due.slack.file_lag = 0.3
    await due.sends()
    assert pictures_in(due.messages("payments")[0])


async def test_a_picture_that_slack_never_shows_holds_nothing_up(due: Mail) -> None:
    due.slack.file_lag = 3600
    await due.sends()
    [message] = due.messages("payments")
    assert not pictures_in(message)
    assert set((await due.states()).values()) == {"sent"}


async def test_a_picture_that_was_deleted_leaves_the_message_alive(due: Mail) -> None:
    await due.sends()
    [message] = due.messages("payments")
    due.slack.workspace.files.clear()
    await extended(due, message)
    assert not pictures_in(message)
    assert uploads(due) == 1
