"""What an artifact saves against what it costs: stated, shown, summed, and named where it owes."""

from datetime import timedelta

import pytest

from bot.process.process import Process
from sandbox import Person, Sandbox
from tests.bot.conftest import MONDAY, Ledger


async def test_an_owner_says_what_it_saves_and_its_card_tells_the_balance(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    said = (await dana.types("/debt value D-1 saved 10h monthly 2h")).text
    assert "dana stated the value of Payment retry worker (D-1): saved 10 h, cost 0 h" in said
    await dana.types("/debt log D-1 20h")
    await dana.types("/debt log D-1 20h")
    card = (await dana.types("/debt show D-1")).message.shown
    assert "Value: saved 10 h, cost 40 h: deferred work with interest" in card
    told = (await dana.types("/debt history D-1")).message.shown
    assert "hours saved at creation none → 10 h" in told


async def test_the_form_holds_what_was_said_and_takes_it_back(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    await dana.types("/debt value D-1 10h")
    form = (await dana.types("/debt value D-1")).form
    assert form is not None
    form.fill("Hours saved a month", "90m")
    assert "saved 10 h, cost 0 h: 10 h to the good" in (await form.submit()).text
    kept = await ledger.by_key(1)
    assert (kept.saved_minutes, kept.saved_monthly_minutes) == (600, 90)
    form = (await dana.types("/debt value D-1")).form
    assert form is not None
    form.fill("Hours saved at creation", "")
    form.fill("Hours saved a month", "")
    assert "nothing is said of it any more" in (await form.submit()).text


async def test_what_is_no_length_of_time_is_refused_at_its_field(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    form = (await dana.types("/debt value D-1")).form
    assert form is not None
    form.fill("Hours saved a month", "lots")
    await form.submit()
    assert "is not a length of time" in " ".join(form.errors.values())


async def test_one_word_of_its_value_leaves_the_other_alone(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    await dana.types("/debt value D-1 saved 10h monthly 2h")
    for typed in ("monthly 3h", "saved 12h", "12h"):
        await dana.types(f"/debt value D-1 {typed}")
    kept = await ledger.by_key(1)
    assert (kept.saved_minutes, kept.saved_monthly_minutes) == (720, 180)
    await dana.types("/debt value D-1 monthly none")
    assert (await ledger.by_key(1)).saved_monthly_minutes == 0


@pytest.mark.parametrize("words", ["D-1 saved", "D-1 1h 2h 3h", "D-1 lots", "D-9 1h", "nonsense"])
async def test_what_cannot_be_understood_changes_nothing(
    words: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    await dana.types(f"/debt value {words}")
    assert (await ledger.by_key(1)).saved_minutes is None


async def test_a_team_sees_how_it_adds_up_with_what_owes_most(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    await ledger.add(name="Invoice export")
    none = (await dana.types("/debt value team:payments")).text
    assert "Nobody has stated yet what any artifact of payments saves" in none
    await dana.types("/debt value D-1 100h")
    await dana.types("/debt value D-2 1h")
    await dana.types("/debt log D-2 11h")
    said = (await dana.types("/debt value team:payments")).text
    assert "2 artifacts of payments with a stated value: saved 101 h, cost 11 h" in said
    assert "• Invoice export (D-2): saved 1 h, cost 11 h: deferred work with interest" in said
    assert "Did you mean team:payments?" in (await dana.types("/debt value team:payment")).text


async def test_a_digest_names_what_owes_most_once_and_again_when_that_is_news(
    dana: Person, ledger: Ledger, slack: Sandbox, process: Process
) -> None:
    await ledger.add(owner=None, surface="production")
    await dana.types("/debt subscribe team:payments", channel="payments")
    await dana.types("/debt value D-1 10h")
    await dana.types("/debt log D-1 20h")
    owes = "Payment retry worker (D-1) saved 10 h, cost {} h: deferred work with interest."

    async def digest(week: int) -> str:
        await slack.clock.set(MONDAY + timedelta(weeks=week, hours=6))
        await process.tick()
        await process.send()
        return dana.reads("payments")[-1].shown

    assert owes.format(20) in await digest(0)
    assert "with interest" not in await digest(1)
    await dana.types("/debt log D-1 1h")
    assert "with interest" not in await digest(2)
    await dana.types("/debt log D-1 7h")
    assert owes.format(28) in await digest(3)
    await ledger.add(name="Invoice export")
    await dana.types("/debt value D-2 0")
    await dana.types("/debt log D-2 24h")
    assert "Invoice export (D-2) saved 0 h, cost 24 h" in await digest(4)
