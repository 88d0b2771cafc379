"""Work that buys hours back: ranked in the open, planned, begun, done, and held to its promise."""

from datetime import timedelta

import pytest

from bot.process.process import Process
from debt.budgets.roi import PlanState
from debt.change import Change
from debt.refusal import Refused
from sandbox import Form, Person, Sandbox
from storage.costs import roi_plans
from tests.bot.conftest import MONDAY, Ledger

H = 60


async def test_what_buys_back_most_is_ranked_with_its_cost_and_when_it_pays(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add(name="Invoice export", monthly_minutes=5 * H)
    await ledger.add(monthly_minutes=20 * H)
    said = (await dana.types("/debt roi team:payments")).message.shown
    assert "What buys back most hours for payments within 12 months" in said
    first, second = said.index("(D-2): refactor it"), said.index("(D-1): refactor it")
    assert first < second
    assert "20 h (estimated) → 8 h a month for" in said
    assert "This frees 12 h a month from December: " in said
    assert said.count("Hours after and cost are the policy's where nobody has planned yet") == 1


async def test_a_plan_is_made_in_a_form_begun_and_done(dana: Person, ledger: Ledger) -> None:
    await ledger.add(monthly_minutes=20 * H)
    ranked = (await dana.types("/debt roi team:payments")).message
    form = (await dana.clicks(ranked, "Plan it")).form
    assert form is not None
    form.fill("Hours of work", "40h")
    form.fill("Hours a month once it is done", "8h")
    form.fill("Begins on", "2027-01-11")
    said = (await form.submit()).text
    assert (
        "dana planned: Payment retry worker (D-1): refactor it · planned from Jan 11, 2027" in said
    )
    assert "This frees 12 h a month from February: 80 h bought back" in said
    assert "20 h → 8 h a month for 40 h of work, paid back after 3.3 months" in said
    ranked = (await dana.types("/debt roi team:payments")).message
    await dana.clicks(ranked, "Begin")
    assert "under way from" in ranked.shown
    await dana.clicks(ranked, "Done")
    assert "dana is done with the refactor of Payment retry worker (D-1)." in ranked.shown
    assert "On Feb 24, 2027 its promise, 20 h → 8 h a month, is set beside the" in ranked.shown
    told = (await dana.types("/debt history D-1")).message.shown
    for deed in ("planned work on it", "began that work", "was done with that work"):
        assert f"dana {deed} (refactor of D-1)" in told


async def test_work_that_was_done_is_not_proposed_again_before_its_promise_is_checked(
    dana: Person, ledger: Ledger, slack: Sandbox
) -> None:
    await ledger.add(monthly_minutes=20 * H)
    form = await plan_form(dana)
    await form.submit()
    await dana.clicks((await dana.types("/debt roi team:payments")).message, "Done")
    nothing = "Nothing of payments would buy back its cost"
    assert nothing in (await dana.types("/debt roi team:payments")).text
    await slack.clock.set(MONDAY + timedelta(weeks=13))
    assert "(D-1): refactor it" in (await dana.types("/debt roi team:payments")).text


async def plan_form(dana: Person) -> Form:
    form = (await dana.types("/debt roi plan D-1")).form
    assert form is not None
    return form


async def retiring(dana: Person, ledger: Ledger) -> Form:
    """The form of a plan to retire what takes 20 hours a month, not yet submitted."""
    await ledger.add(monthly_minutes=20 * H)
    form = await plan_form(dana)
    form.choose("What", "Retire it")
    return form


async def test_what_is_left_empty_is_as_in_the_policy_for_the_kind_that_was_chosen(
    dana: Person, ledger: Ledger
) -> None:
    planned = await (await retiring(dana, ledger)).submit()
    assert "20 h → 0 h a month for 16 h of work" in planned.text
    form = await plan_form(dana)
    form.choose("What", "Refactor it")
    form.fill("Hours a month once it is done", "3h")
    assert "20 h → 3 h a month for 16 h of work" in (await form.submit()).text
    form = await plan_form(dana)
    form.choose("What", "Retire it")
    assert "20 h → 0 h a month" in (await form.submit()).text
    ranked = (await dana.types("/debt roi team:payments")).message.shown
    assert ranked.count("(D-1)") == 1


async def test_other_operational_work_competes_in_the_open(dana: Person, ledger: Ledger) -> None:
    await ledger.add(monthly_minutes=20 * H)
    ranked = (await dana.types("/debt roi team:payments")).message
    form = (await dana.clicks(ranked, "Add other work")).form
    assert form is not None
    form.fill("What", "Cache the price list")
    form.choose("Kind", "Caching")
    form.fill("Hours of work", "20h")
    form.fill("Hours a month it returns", "30h")
    said = (await form.submit()).text
    assert "dana planned: Cache the price list (caching, payments) · planned" in said
    assert "returns 30 h a month for 20 h of work" in said
    ranked = (await dana.types("/debt roi team:payments")).message
    assert ranked.shown.index("Cache the price list") < ranked.shown.index("(D-1)")
    await dana.clicks(ranked, "Drop")
    assert "dana has dropped Cache the price list (caching, payments)." in ranked.shown
    assert "Cache" not in (await dana.types("/debt roi team:payments")).message.shown


@pytest.mark.parametrize(
    ("words", "label", "value", "refusal"),
    [
        ("plan D-1", "Hours a month once it is done", "30h", "That frees no hours"),
        ("plan D-1", "Hours of work", "lots", "is not a length of time"),
        ("add team:payments", "Hours a month it returns", "0", "That frees no hours"),
        ("add", "Scope", "payments", "Say team:x, repo:x or service:x."),
        ("add", "Scope", "team:nowhere", "Nothing on the register is in team:nowhere."),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    words: str, label: str, value: str, refusal: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add(monthly_minutes=20 * H)
    form = (await dana.types(f"/debt roi {words}")).form
    assert form is not None
    if words.startswith("add"):
        form.fill("What", "Cache the price list")
        form.fill("Hours of work", "20h")
        form.fill("Hours a month it returns", "10h")
    form.fill(label, value)
    await form.submit()
    assert refusal in form.errors[label]


async def test_one_scope_at_a_time(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    said = (await dana.types("/debt roi team:payments repo:acme/checkout")).text
    assert "Say one scope: team:payments, or repo:acme/checkout." in said


@pytest.mark.parametrize("words", ["nonsense", "team:payments 0", "999", "plan D-9", "plan x"])
async def test_what_cannot_be_understood_is_refused_in_words(
    words: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    assert (await dana.types(f"/debt roi {words}")).message.shown


async def test_a_longer_horizon_lets_slower_work_pay(dana: Person, ledger: Ledger) -> None:
    await ledger.add(monthly_minutes=2 * H)
    none = (await dana.types("/debt roi team:payments")).text
    assert "Nothing of payments would buy back its cost within 12 months" in none
    assert "(D-1): refactor it" in (await dana.types("/debt roi team:payments 36 months")).text


async def test_ending_it_is_one_way_to_be_done_with_the_plan(
    dana: Person, erin: Person, ledger: Ledger
) -> None:
    await ledger.add(kind="throwaway_script", monthly_minutes=20 * H)
    await (await plan_form(dana)).submit()
    await dana.types("/debt retire D-1 its task is complete")
    card = (await dana.types("/debt show D-1")).message
    for item in ("Code", "Dashboards", "Alerts", "Runbooks"):
        form = (await dana.clicks(card, f"{item} gone")).form
        assert form is not None
        form.fill("What shows that it is gone", "none")
        await form.submit()
    await dana.clicks(card, "It is gone")
    actions = [entry.action for entry in await ledger.history(await ledger.by_key(1))]
    assert actions[:2] == ["plan done", "end"]


async def test_what_is_planned_to_be_retired_is_not_done_while_it_is_there(
    dana: Person, ledger: Ledger
) -> None:
    await (await retiring(dana, ledger)).submit()
    ranked = (await dana.types("/debt roi team:payments")).message
    assert "[Begin] [Retire] [Drop]" in ranked.shown
    assert (await dana.clicks(ranked, "Retire")).form is not None
    change = Change(dana.id, ledger.slack.clock.now(), ledger.policy)
    with pytest.raises(Refused, match="D-1 is still there"):
        async with ledger.store.change() as session:
            await roi_plans.move(session, change, 1, PlanState.DONE)


async def test_a_kept_promise_is_told_in_a_channel_that_is_silent_otherwise(
    dana: Person, ledger: Ledger, slack: Sandbox, process: Process
) -> None:
    await ledger.add(name="Retry", monthly_minutes=8 * H, value=3, risk=1, responder="erin")
    await dana.types("/debt subscribe team:payments", channel="payments")
    form = await plan_form(dana)
    form.fill("Hours a month once it is done", "2h")
    await form.submit()
    await dana.clicks((await dana.types("/debt roi team:payments")).message, "Done")
    await slack.clock.set(MONDAY + timedelta(weeks=10))
    await dana.types("/debt log D-1 7.5h")
    await dana.types("/debt review D-1")
    said = []
    for week in range(12, 19):
        await slack.clock.set(MONDAY + timedelta(weeks=week, hours=6))
        await process.tick()
        await process.send()
        said.append(sum("took 2.5 h" in each.shown for each in dana.reads("payments")))
    assert said == [0, 0, 0, 0, 1, 1, 1]


async def test_three_months_later_the_promise_is_set_beside_the_hours_once(
    dana: Person, ledger: Ledger, slack: Sandbox, process: Process
) -> None:
    """D-1 keeps its promise, D-2 does not, of D-3 nobody knows."""
    for name in ("Retry", "Export", "Audit"):
        await ledger.add(name=name, monthly_minutes=8 * H)
    await dana.types("/debt subscribe team:payments", channel="payments")
    for number in (1, 2, 3):
        form = (await dana.types(f"/debt roi plan D-{number}")).form
        assert form is not None
        form.fill("Hours a month once it is done", "2h")
        await form.submit()
        await dana.clicks((await dana.types("/debt roi team:payments")).message, "Done")
    await slack.clock.set(MONDAY + timedelta(weeks=10))
    await dana.types("/debt log D-1 7.5h")
    await dana.types("/debt log D-2 18h")

    async def digest(week: int) -> str:
        await slack.clock.set(MONDAY + timedelta(weeks=week, hours=6))
        await process.tick()
        await process.send()
        return dana.reads("payments")[-1].shown

    kept = "Refactor of Retry (D-1): promised 8 h → 2 h a month, took 2.5 h."
    broken = "Refactor of Export (D-2): promised 8 h → 2 h a month, took 6 h."
    assert "promised" not in await digest(12)
    first = await digest(13)
    assert kept in first
    assert broken in first
    assert "Refactor of Audit (D-3): promised 8 h → 2 h a month, and nobody logged hours" in first
    assert first.index(broken) < first.index(kept)
    told = (await dana.types("/debt roi team:payments")).message.shown
    assert "kept 1 of 2 promises; of 1 more nobody knows" in told
    assert kept not in await digest(14)
