"""A release train in Slack: planned, filled, left, with a budget and a digest of its own."""

from datetime import timedelta

import pytest

from bot.process.process import Process
from sandbox import Person, Sandbox
from tests.bot.conftest import MONDAY, Ledger, on_both_databases


@pytest.fixture
async def spring(erin: Person, ledger: Ledger) -> Ledger:
    """Two of payments and one of growth; payments is aboard train 2027.1 until Dec 18."""
    await ledger.add(monthly_minutes=600)
    await ledger.add(name="Payment importer", paths=("src/import/**",))
    await ledger.add(name="Growth script", team="growth", paths=("growth/**",))
    form = (await erin.types("/debt train set 2027.1")).form
    assert form is not None
    form.fill("First day", "2026-11-16")
    form.fill("Last day", "2026-12-18")
    form.fill("Put aboard", "team:payments")
    form.fill("Aboard from", "2026-11-16")
    said = (await form.submit()).text
    assert "erin planned a train" in said
    assert "Train 2027.1, Nov 16, 2026 to Dec 18, 2026, 25 days left: 2 live artifacts" in said
    return ledger


async def test_nothing_is_planned_before_somebody_plans_it(erin: Person, ledger: Ledger) -> None:
    assert "No release train is planned" in (await erin.types("/debt train")).text
    said = (await erin.types("/debt train 2027.1")).text
    assert "There is no train:2027.1; “train set 2027.1” plans one." in said


async def test_a_day_that_was_typed_is_in_the_form(erin: Person, ledger: Ledger) -> None:
    form = (await erin.types("/debt train set 2027.2 2026-12-20")).form
    assert form is not None
    assert (form.values["Name"], form.values["First day"]) == ("2027.2", "2026-12-20")
    form.fill("Last day", "2026-12-30")
    assert "Train 2027.2, Dec 20, 2026 to Dec 30, 2026" in (await form.submit()).text


async def test_its_list_is_what_is_aboard(spring: Ledger, erin: Person) -> None:
    said = (await erin.types("/debt train add 2027.1 D-3")).text
    assert "erin put 1 artifact on train 2027.1." in said
    assert "3 live artifacts aboard" in said
    assert "put 0 artifacts on train" in (await erin.types("/debt train add 2027.1 D-3")).text
    said = (await erin.types("/debt train drop 2027.1 D-1, D-9")).text
    assert "erin took 1 artifact off train 2027.1." in said
    listed = (await erin.types("/debt list train:2027.1")).text
    assert ("D-1" in listed, "D-2" in listed, "D-3" in listed) == (False, True, True)
    shown = await erin.types("/debt train 2027.1")
    assert "2 live artifacts aboard" in shown.text
    assert shown.message is not None
    assert "Growth script (D-3)" in (await erin.clicks(shown.message, "See the list")).text
    assert "2027.1: Nov 16, 2026 to Dec 18, 2026" in (await erin.types("/debt train")).text


async def test_its_budget_is_for_all_of_it_and_only_for_hours_worked_aboard(
    spring: Ledger, erin: Person, dana: Person, process: Process
) -> None:
    await dana.types("/debt log D-1 3h on 2026-11-15")
    await dana.types("/debt log D-1 4h on 2026-11-16")
    await dana.types("/debt log D-2 1h")
    await dana.types("/debt log D-3 9h")
    said = (await erin.types("/debt budget set train:2027.1 40h")).text
    assert "2027.1, train Nov 16, 2026 to Dec 18, 2026: 5 h of 40 h spent" in said
    assert "5 h of 40 h spent" in (await erin.types("/debt train 2027.1")).text
    await erin.types("/debt budget train:2027.1", "payments")
    await process.bot.tasks.finish()
    assert "5 h of 40 h spent" in erin.reads("payments")[-1].shown
    await erin.types("/debt train set 2027.1 2026-11-17 2026-12-18")
    assert "1 h of 40 h spent" in (await erin.types("/debt budget")).text


@on_both_databases
async def test_a_train_over_its_budget_opens_its_digest_until_it_has_arrived(
    spring: Ledger, erin: Person, dana: Person, slack: Sandbox, process: Process
) -> None:
    await erin.types("/debt subscribe train:2027.1", channel="payments")
    await erin.types("/debt budget set train:2027.1 2h")
    await dana.types("/debt log D-1 3h")

    async def monday(weeks: int) -> list[str]:
        await slack.clock.set(MONDAY + timedelta(weeks=weeks, hours=6))
        await process.tick()
        await process.send()
        return [message.shown for message in erin.reads("payments")]

    *_, said = before = await monday(0)
    assert "Budget 2027.1, train Nov 16, 2026 to Dec 18, 2026: 3 h of 2 h spent" in said
    assert "D-1" in said
    assert await monday(4) == before
    over = (await erin.types("/debt train 2027.1")).text
    assert "over: 2 live artifacts aboard" in over
    assert "3 h of 2 h spent" in over


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"Name": "two words"}, "one word of letters"),
        ({"Last day": "2026-11-20"}, "Choose a last day that is still to come."),
        ({"First day": "2027-01-20"}, "Its last day is not before its first one."),
        ({"Put aboard": "D-99"}, "There is no D-99 on the register."),
        ({"Put aboard": "team:nowhere"}, "Nothing on the register matches that."),
        ({"Aboard from": "2026-12-01"}, "from today on, or from an earlier day"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    fields: dict[str, str], words: str, erin: Person, ledger: Ledger
) -> None:
    await ledger.add()
    form = (await erin.types("/debt train set 2027.1")).form
    assert form is not None
    form.fill("Last day", "2026-12-18")
    form.fill("Put aboard", "D-1")
    for label, value in fields.items():
        form.fill(label, value)
    await form.submit()
    assert words in " ".join(form.errors.values())
    assert "No release train is planned" in (await erin.types("/debt train")).text


async def test_only_who_leads_what_is_aboard_changes_a_train(
    spring: Ledger, dana: Person, lena: Person
) -> None:
    refused = "You cannot change the budget of train:2027.1"
    for words in ("add 2027.1 D-3", "drop 2027.1 D-1", "set 2027.1 2026-11-16 2027-01-18"):
        assert refused in (await dana.types(f"/debt train {words}")).text
    assert (
        "lena planned a train"
        in (await lena.types("/debt train set 2027.1 2026-11-16 2027-01-18")).text
    )
    assert "Say which" in (await lena.types("/debt train add 2027.1")).text
