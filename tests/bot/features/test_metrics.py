"""`/debt metrics`: a table with its picture, the artifacts behind it, and what is not connected."""

from datetime import timedelta
from typing import Any

from bot.process.process import Process
from debt.artifact.signals import Sign, Signal
from debt.change import Change
from debt.rules.hours import Work
from debt.scope import ALL
from sandbox import Person, PostedMessage, Sandbox
from storage.costs import hours_log
from storage.metrics import snapshots
from tests.bot.conftest import DAY, TUESDAY, Ledger, on_both_databases

UNTESTED = (Signal(Sign.UNTESTED, "no test names it"),)


async def asks(person: Person, process: Process, words: str) -> PostedMessage:
    await person.types(f"/debt metrics {words}", "payments")
    await process.bot.tasks.finish()
    return person.reads("payments")[-1]


def table_in(message: PostedMessage) -> dict[str, list[str]]:
    """Its rows, each by its first cell."""
    [table] = [block for block in message.blocks if block["type"] == "table"]
    rows = [[cell["text"] for cell in row] for row in table["rows"]]
    return {first: rest for first, *rest in rows}


def picture_in(message: PostedMessage) -> dict[str, Any]:
    [picture] = [block for block in message.blocks if block["type"] == "image"]
    return picture


async def snapshot(ledger: Ledger, weeks_ago: int) -> None:
    """As the register stands now, for a week of the past."""
    at = ledger.slack.clock.now() - timedelta(weeks=weeks_ago)
    async with ledger.store.change() as session:
        await snapshots.take(session, Change("schedule", at, ledger.policy))


async def logs(ledger: Ledger, hours: int, days_ago: int) -> None:
    change = Change(ledger.slack.person("dana").id, ledger.slack.clock.now(), ledger.policy)
    on = change.today - DAY * days_ago
    async with ledger.store.change() as session:
        await hours_log.log(session, change, 1, hours * 60, kind=Work.REWORK, worked_on=on)


@on_both_databases
async def test_a_team_sees_where_it_stands_and_how_it_went(
    dana: Person, ledger: Ledger, process: Process, slack: Sandbox
) -> None:
    await slack.clock.set(TUESDAY)
    await ledger.add()
    await snapshot(ledger, 12)
    await ledger.add(owner=None, name="Price widget")
    shown = await asks(dana, process, "team:payments")
    assert shown.only_for == dana.id
    rows = table_in(shown)
    assert rows["Metric"] == ["Now", "12 weeks ago", "Direction", "What it asks"]
    assert rows["Artifacts with a named owner"] == [
        "50%", "100%", "worse", "claim what nobody owns"
    ]  # fmt: skip
    assert "No tests" not in rows
    assert "Nothing to do about: no tests, " in shown.shown
    assert "Not connected: review time, " in shown.shown
    assert picture_in(shown)["alt_text"].startswith(
        "payments, 12 weeks: worse: named owner from 100% to 50%"
    )
    assert "No snapshot was taken in 11 of these weeks" in shown.shown


async def test_what_asks_for_something_names_its_artifacts_a_press_away(
    dana: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.amend(await ledger.add(name="Quiet one"), signals=UNTESTED)
    await ledger.amend(await ledger.add(name="Hot one", risk=5, frequency=5), signals=UNTESTED)
    await ledger.add(owner=None, name="Price widget")
    shown = await asks(dana, process, "repo:acme/checkout")
    assert (
        "No tests (67%): test them before they change again. First Hot one (D-2), Quiet one (D-1)."
    ) in shown.shown
    for number in (1, 2):
        reviewed = await dana.clicks(shown, f"Review D-{number}")
        assert reviewed.error is None
        assert (await ledger.by_key(number)).reviewed_on is not None
    await dana.clicks(shown, "Claim D-3")
    assert (await ledger.by_key(3)).owner == dana.id


@on_both_databases
async def test_what_changed_hands_is_to_be_reviewed_with_who_owns_it_now(
    dana: Person, sam: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add(name="Fraud explainer", reviewed_on=None)
    await dana.types("/debt handoff D-1 @sam", "payments")
    await process.send()
    await sam.clicks(sam.dms()[-1], "Accept")
    shown = await asks(dana, process, "team:payments")
    assert (
        "Changed owner, not reviewed since (100%): review them with who owns them now. "
        "First Fraud explainer (D-1)."
    ) in shown.shown
    assert "not reviewed since its owner changed" in (await sam.types("/debt show D-1")).text
    await dana.clicks(shown, "Review D-1")
    shown = await asks(dana, process, "team:payments")
    assert "Changed owner" not in shown.shown


async def test_a_team_that_does_not_bring_its_costs_down_is_immature(
    dana: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add()
    await snapshot(ledger, 12)
    await logs(ledger, 5, days_ago=90)
    await logs(ledger, 6, days_ago=3)
    shown = await asks(dana, process, "team:payments")
    assert (
        "Immature: an artifact costs 6 h in four weeks, and cost 5 h twelve weeks ago."
    ) in shown.shown
    await snapshot(ledger, 0)
    shown = await asks(dana, process, "all")
    assert (
        "Hours per artifact in four weeks: payments 6 h (5 h twelve weeks ago, immature)."
    ) in shown.shown


async def test_what_was_looked_at_late_says_when(
    dana: Person, ledger: Ledger, process: Process, slack: Sandbox
) -> None:
    await slack.clock.set(TUESDAY)
    await ledger.add()
    await snapshot(ledger, 1)
    shown = await asks(dana, process, "team:payments")
    assert "Taken late: Nov 17, 2026" in shown.shown


async def test_a_scope_with_nothing_in_it_and_one_that_has_no_metrics_say_so(
    dana: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add(service="checkout")
    assert (
        "Metrics are of a team or a repository"
        in (await dana.types("/debt metrics service:checkout", "payments")).text
    )
    assert (
        "Nothing on the register is in"
        in (await dana.types("/debt metrics team:nobody", "payments")).text
    )


async def test_the_bot_takes_a_snapshot_a_week_by_itself(
    dana: Person, ledger: Ledger, process: Process, slack: Sandbox
) -> None:
    await ledger.add()
    await process.tick()
    await slack.clock.advance(DAY * 7)
    await process.tick()
    await ledger.add(owner=None)
    shown = await asks(dana, process, "team:payments")
    assert shown.notification == "Twelve weeks of payments: too little is known yet to compare."
    rows = table_in(shown)
    assert rows["Artifacts with a named owner"][:2] == ["50%", "no snapshot"]
    async with ledger.store.read() as session:
        today = slack.clock.now().date()
        found = await snapshots.of(session, ALL, today - DAY * 14, today)
    assert [each.counts.live for each in found.values()] == [1, 1]


async def test_what_one_week_is_known_of_is_no_chart(
    dana: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add(owner=None)
    shown = await asks(dana, process, "team:payments")
    assert "Small charts come here once there are two weeks to draw." in shown.shown
    assert not [block for block in shown.blocks if block["type"] == "image"]
