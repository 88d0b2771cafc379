"""What owners hear before a date, as they see it in Slack."""

from datetime import UTC, date, datetime

import pytest

from bot.process import Process
from sandbox import Person, Sandbox
from sandbox.messages import Message
from tests.bot.conftest import Ledger, on_both_databases

TUESDAY_IN_NEW_YORK = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
async def noon(slack: Sandbox, process: Process) -> datetime:
    """Dana, in New York, is at work."""
    await slack.clock.set(TUESDAY_IN_NEW_YORK)
    return TUESDAY_IN_NEW_YORK


async def nudges(process: Process, person: Person) -> list[Message]:
    await process.check_owners()
    await process.tick()
    await process.send()
    return person.dms()


@on_both_databases
async def test_what_is_due_comes_in_one_message_with_its_buttons(
    dana: Person, ledger: Ledger, process: Process, noon: datetime
) -> None:
    await ledger.add(name="Retry worker", expires_on=date(2026, 12, 1))
    await ledger.add(name="Ledger export", review_on=date(2026, 12, 5))
    await ledger.add(name="Far away", expires_on=date(2027, 12, 1), review_on=date(2027, 9, 1))
    [message] = await nudges(process, dana)
    assert "2 artifacts are waiting for your decision" in message.shown
    assert "Retry worker (D-1): it ends Dec 8, 2026" in message.shown
    assert "(it should have ended Dec 1, 2026; you have the full notice)" in message.shown
    assert (
        "Ledger export (D-2): its review is due Dec 5, 2026, is it still needed?" in message.shown
    )
    assert "Far away" not in message.shown
    for label in ("Extend", "Retire", "Still needed", "Hand off", "Not useful"):
        assert f"[{label}]" in message.shown
    assert message.notification.startswith("Retry worker (D-1) and 1 more artifact")
