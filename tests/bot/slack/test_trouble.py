"""When Slack or the database is slow or fails, everybody still gets an answer."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from sandbox import Person, Sandbox, VisibleReply
from tests.bot.conftest import Ledger

WRONG = "Something went wrong on our side"


@pytest.fixture(autouse=True)
async def artifact(ledger: Ledger) -> None:
    await ledger.add(owner=None)


def reference_in(text: str) -> str:
    return text.rpartition("the reference ")[2].rstrip(".")


def break_database(ledger: Ledger) -> None:
    """As if somebody had lost a table; real trouble is rarer and worse."""
    with sqlite3.connect(str(ledger.store.url.database)) as connection:
        connection.execute("DROP TABLE hours")
    connection.close()


# --------------------------------------------------------------------------- Slack is slow


async def test_a_slow_answer_comes_after_the_acknowledgement(
    dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    """Slack waits three seconds; what takes longer arrives by response_url."""
    slack.faults.delay("users.info", 2.2)
    reply = await dana.types("/debt claim D-1")
    assert reply.error is None
    await slack.wait_for(lambda: "owns Payment retry worker" in dana.reads()[-1].shown)
    assert dana.reads()[-1].ephemeral


async def test_a_slow_form_says_to_try_again_once_its_time_is_over(
    dana: Person, slack: Sandbox
) -> None:
    slack.faults.answer("views.open", error="expired_trigger_id")
    reply = await dana.types("/debt claim")
    assert reply.form is None
    assert reply.text == "That took too long for Slack to open a form. Please try again."
    assert (await dana.types("/debt claim")).form is not None


async def test_a_form_that_slack_does_not_open_gets_a_reference(
    dana: Person, slack: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    slack.faults.answer("views.open", status=500, error="internal_error")
    reply = await dana.types("/debt claim")
    assert WRONG in reply.text
    assert reference_in(reply.text) in caplog.text


async def test_a_slow_submission_closes_the_form_and_answers_later(
    dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    form = (await dana.types("/debt log D-1")).form
    assert form is not None
    form.fill("Hours", "1h")
    await slack.clock.advance(timedelta(days=1, minutes=1))
    slack.faults.delay("users.info", 2.2)
    reply = await form.submit()
    assert reply.error is None
    assert form.closed
    await slack.wait_for(lambda: "logged 1 h" in dana.dms()[-1].shown if dana.dms() else False)


async def test_a_slow_refusal_of_a_form_is_told_as_a_message(
    dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    form = (await dana.types("/debt log D-1")).form
    assert form is not None
    form.fill("Hours", "ages")
    await slack.clock.advance(timedelta(days=1, minutes=1))
    slack.faults.delay("users.info", 2.2)
    assert (await form.submit()).error is None
    await slack.wait_for(lambda: dana.dms() and "“ages” is not a length" in dana.dms()[-1].shown)


# ------------------------------------------------------------------------------ Slack fails


async def test_an_expired_response_address_is_answered_by_dm(dana: Person, slack: Sandbox) -> None:
    form = (await dana.types("/debt claim", channel="payments")).form
    assert form is not None
    await form.search("Artifact", "D-1")
    form.choose("Artifact", "D-1 Payment retry worker")
    await slack.clock.advance(timedelta(minutes=31))
    await form.submit()
    assert "dana owns Payment retry worker (D-1) now" in dana.dms()[-1].shown


@pytest.mark.parametrize("status", [404, 429, 500])
async def test_a_refused_response_address_is_answered_by_dm(
    status: int, dana: Person, slack: Sandbox
) -> None:
    card = (await dana.types("/debt show D-1", channel="payments")).message
    slack.faults.answer("response_url", status=status)
    await dana.clicks(card, "Claim")
    assert "dana owns Payment retry worker (D-1) now" in dana.dms()[-1].shown


async def test_a_lost_response_address_is_answered_by_dm(dana: Person, slack: Sandbox) -> None:
    """Nobody can tell whether it arrived: hearing it twice is better than never."""
    card = (await dana.types("/debt show D-1", channel="payments")).message
    slack.faults.lose_response("response_url")
    await dana.clicks(card, "Claim")
    assert "dana owns Payment retry worker (D-1) now" in dana.dms()[-1].shown


async def test_who_slack_cannot_name_now_gets_a_reference(
    dana: Person, slack: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    slack.faults.answer("users.info", error="internal_error")
    reply = await dana.types("/debt claim D-1")
    assert WRONG in reply.text
    assert reply.ephemeral
    assert "Traceback" in caplog.text
    assert "owns Payment retry worker" in (await dana.types("/debt claim D-1")).text


async def test_who_was_known_yesterday_is_served_while_slack_cannot_say(
    dana: Person, slack: Sandbox
) -> None:
    await dana.types("/debt help")
    await slack.clock.advance(timedelta(days=1, minutes=1))
    slack.faults.answer("users.info", error="internal_error")
    assert "owns Payment retry worker" in (await dana.types("/debt claim D-1")).text


async def test_a_picker_that_cannot_ask_slack_offers_nothing(
    dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    form = (await dana.types("/debt claim")).form
    assert form is not None
    break_artifacts(ledger)
    assert await form.search("Artifact", "retry") == []


def break_artifacts(ledger: Ledger) -> None:
    with sqlite3.connect(str(ledger.store.url.database)) as connection:
        connection.execute("ALTER TABLE artifact RENAME TO lost")
    connection.close()


async def test_a_rate_limit_is_waited_out(dana: Person, slack: Sandbox, ledger: Ledger) -> None:
    slack.faults.answer("users.info", status=429, retry_after=0)
    assert "owns Payment retry worker" in (await dana.types("/debt claim D-1")).text


# -------------------------------------------------------------------- what nobody expected


@pytest.mark.parametrize("way", ["command", "button", "form", "words"])
async def test_the_unexpected_gives_a_reference_to_the_person_and_a_traceback_to_the_log(
    way: str, dana: Person, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    form = (await dana.types("/debt log D-1")).form
    receipt = (await dana.types("/debt log D-1 1h")).message
    assert form is not None
    form.fill("Hours", "1h")
    break_database(ledger)
    with caplog.at_level(logging.ERROR):
        ways: dict[str, Callable[[], Awaitable[VisibleReply]]] = {
            "command": lambda: dana.types("/debt log D-1 1h"),
            "button": lambda: dana.clicks(receipt, "Take back"),
            "form": form.submit,
            "words": lambda: dana.types("log D-1 1h", channel="@bot"),
        }
        reply = await ways[way]()
    assert WRONG in reply.text
    assert "nothing was changed by it" in reply.text
    assert "Traceback" not in reply.text
    assert "hours" not in reply.text
    chosen = reference_in(reply.text)
    assert len(chosen) == 8
    assert f"reference={chosen}" in caplog.text
    assert "no such table: hours" in caplog.text
    assert "Traceback" in caplog.text
    assert (await ledger.by_key(1)).minutes_logged == 60


async def test_many_at_once_are_all_answered(slack: Sandbox, ledger: Ledger) -> None:
    people = [slack.person(each) for each in ("dana", "erin", "sam", "noah", "mia", "lena", "kai")]
    replies = await asyncio.gather(*(each.types("/debt log D-1 10m") for each in people))
    assert all("logged 10 min" in reply.text for reply in replies)
    assert (await ledger.by_key(1)).minutes_logged == 70
