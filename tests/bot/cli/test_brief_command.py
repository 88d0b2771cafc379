"""`debt brief` for people who prefer their platform's scheduler: what is due, and the end."""

from datetime import date

import pytest

from bot.settings import Settings
from sandbox import Person
from tests.bot.conftest import Ledger, on_both_databases
from tests.bot.process.test_serve import serving

MONDAY = "2026-11-30T09:30:00+00:00"


async def said(settings: Settings, words: str) -> str:
    async with serving(settings, f"brief {words}", LOG_LEVEL="ERROR") as process:
        out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    return out.decode()


@pytest.fixture
async def followed(ledger: Ledger, dana: Person) -> None:
    """A channel whose digest is due on Monday, and something to say in it."""
    await ledger.add(expires_on=date(2026, 11, 1))
    await dana.types("/debt subscribe team:payments monday 09:30 UTC", channel="payments")


@on_both_databases
@pytest.mark.parametrize("words", [f"--once --at {MONDAY}", f"--at {MONDAY}"])
async def test_what_is_due_at_a_time_is_sent_once_however_often_it_is_asked_for(
    words: str, followed: None, settings: Settings, sam: Person
) -> None:
    before = len(sam.reads("payments"))
    for _ in range(2):
        assert await said(settings, words) == ""
    (digest,) = sam.reads("payments")[before:]
    assert "Payment retry worker (D-1)" in digest.shown


async def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(
    followed: None, settings: Settings, sam: Person
) -> None:
    before = len(sam.reads("payments"))
    printed = await said(settings, f"--dry-run --at {MONDAY}")
    assert "Payment retry worker (D-1): extend it with a reason, or retire it" in printed
    assert "No digest is due" in await said(settings, "--dry-run --at 2026-11-29T09:30:00+00:00")
    assert len(sam.reads("payments")) == before
