"""A month of a team's budget in Slack: set, used, over, its consequence, and back within."""

from datetime import timedelta

import pytest

from bot.process.process import Process
from debt.artifact.artifact import Stage
from sandbox import Person, Sandbox
from tests.bot.conftest import MONDAY, Ledger, on_both_databases


async def digest_of(slack: Sandbox, process: Process, weeks: int = 0) -> str:
    """What payments reads on Monday."""
    await slack.clock.set(MONDAY + timedelta(weeks=weeks, hours=6))
    await process.tick()
    await process.send()
    messages = slack.person("erin").reads("payments")
    return messages[-1].shown if messages else ""


async def test_nobody_has_a_budget_before_somebody_sets_one(erin: Person, ledger: Ledger) -> None:
    await ledger.add()
    assert (
        "No team, repository, service or train has a budget yet"
        in (await erin.types("/debt budget")).text
    )
    assert (
        "There is no budget for payments yet"
        in (await erin.types("/debt budget team:payments")).text
    )


async def test_a_lead_sets_it_by_form_and_sees_how_it_stands(
    erin: Person, dana: Person, ledger: Ledger
) -> None:
    await ledger.add(monthly_minutes=600)
    await dana.types("/debt log D-1 6h")
    form = (await erin.types("/debt budget set team:payments")).form
    assert form is not None
    form.fill("Hours a period", "40h")
    form.fill("Live artifacts at most", "3")
    form.fill("Hours a month less", "4h")
    form.fill("Less until", "2027-03-01")
    said = (await form.submit()).text
    assert "erin set a budget" in said
    assert "payments, November 2026: 6 h of 40 h spent" in said
    assert "Pay-down: 4 h a month less by Mar 1, 2027; nothing yet" in said
    assert "Most of it: Payment retry worker (D-1)" in said
    assert "from 1 live artifact of 3 (give or take " in said
    assert "by what was logged before), total score" in said
    line = (await dana.types("/debt budget")).text
    assert "• payments, November 2026: 6 h of 40 h spent" in line
    assert "within" in line


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"Scope": "payments"}, "Say team:x, repo:x, service:x or train:x."),
        ({"Scope": "team:nowhere"}, "Nothing on the register is in team:nowhere."),
        ({"Hours a period": "lots"}, "is not a length of time"),
        ({"Total score at most": "many"}, "Say a whole number."),
        ({"Hours a month less": "4h"}, "Say how many hours a month less, and until when."),
        ({"Weeks of a sprint": "3"}, "A sprint of its own has both"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    fields: dict[str, str], words: str, erin: Person, ledger: Ledger
) -> None:
    await ledger.add()
    form = (await erin.types("/debt budget set team:payments")).form
    assert form is not None
    form.fill("Hours a period", "40h")
    for label, value in fields.items():
        form.fill(label, value)
    await form.submit()
    assert words in " ".join(form.errors.values())


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("set team:payments tier:strcit 3h", "I do not understand “tier:strcit”"),
        ("set team:payments 40h yearly", "I do not understand “yearly”"),
        ("set team:payments -3h", "I do not understand “-3h”"),
        ("set team:payments 2000000h", "Hours go from 0 to 1,000,000"),
        ("set team:payments 40h 20h", "Say the hours of one period"),
        ("set team:payments tier:strict label:durable 3h", "A budget is of one part"),
        ("end team:payments tier:strcit", "I do not understand “tier:strcit”"),
        ("set team:paymnets 3h", "Nothing on the register is in team:paymnets. Did you mean"),
        ("sett team:payments", "I do not understand “sett”"),
        ("team:paymnets", "Nothing on the register is in team:paymnets. Did you mean team:pay"),
    ],
)
async def test_a_slip_of_the_pen_changes_nothing(
    typed: str, words: str, erin: Person, ledger: Ledger
) -> None:
    await ledger.add()
    await erin.types("/debt budget set team:payments 40h month")
    assert words in (await erin.types(f"/debt budget {typed}")).text
    assert "0 h of 40 h spent" in (await erin.types("/debt budget")).text


async def test_hours_that_are_typed_leave_alone_what_else_was_set(
    erin: Person, dana: Person, ledger: Ledger
) -> None:
    await ledger.add(monthly_minutes=600)
    form = (await erin.types("/debt budget set team:payments")).form
    assert form is not None
    form.fill("Hours a period", "40h")
    form.choose("Period", "Quarter")
    form.fill("Live artifacts at most", "3")
    form.fill("Hours a month less", "4h")
    form.fill("Less until", "2027-03-01")
    await form.submit()
    await ledger.add(name="Another worker", monthly_minutes=600)
    said = (await erin.types("/debt budget set team:payments 30h")).text
    assert "payments, Q4 2026: 0 h of 30 h spent" in said
    assert "from 2 live artifacts of 3" in said
    assert "Pay-down: 4 h a month less by Mar 1, 2027; 10 h more than when it was set" in said


async def test_a_part_is_asked_for_by_its_name(erin: Person, dana: Person, ledger: Ledger) -> None:
    await ledger.add(monthly_minutes=600)
    await dana.types("/debt log D-1 3h")
    await erin.types("/debt budget set team:payments 40h")
    said = (await erin.types("/debt budget team:payments tier:standard")).text
    assert "There is no budget for payments (standard) yet. It would count 1 live artifact" in said
    assert "3 h spent in November 2026, and about" in said
    await erin.types("/debt budget set team:payments tier:standard 0h")
    said = (await erin.types("/debt budget team:payments tier:standard")).text
    assert "payments (standard), November 2026: 3 h of 0 h spent" in said
    assert "of 40 h" not in said


async def test_only_those_the_policy_names_change_a_budget(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    said = await dana.types("/debt budget set team:payments 40h month")
    assert (
        "You cannot change the budget of team:payments; the team’s lead or an admin can."
        in said.text
    )


@on_both_databases
async def test_a_month_from_within_to_over_and_back(
    erin: Person, dana: Person, sam: Person, ledger: Ledger, slack: Sandbox, process: Process
) -> None:
    await ledger.add(monthly_minutes=300)
    await erin.types("/debt subscribe team:payments", channel="payments")
    await erin.types("/debt budget set team:payments 10h month")
    await dana.types("/debt log D-1 11h debugging")
    monday = await digest_of(slack, process)
    assert "payments, November 2026: 11 h of 10 h spent" in monday
    assert "over" in monday
    assert (
        "1 h over: retire or refactor before anything new comes in; Payment retry worker (D-1) uses"
        in monday
    )
    assert "Until then what is new there needs somebody else’s approval." in monday

    form = (await dana.types("/debt add Another worker")).form
    assert form is not None
    form.fill("Repository", "acme/checkout")
    form.fill("Paths", "src/other/**")
    form.fill("Team", "payments")
    said = (await form.submit()).text
    assert "The budget of team:payments is over, so this is a request now." in said
    await process.send()
    question = erin.reads("payments")[-1]
    assert "asks to put Another worker (D-2) on the register, where the budget of" in question.shown
    assert (await ledger.by_key(2)).stage is Stage.PROPOSED
    said = (await sam.clicks(question, "Approve")).text
    assert "that was enough to put Another worker (D-2) on the register" in said
    assert (await ledger.by_key(2)).stage is Stage.CREATED

    december = await digest_of(slack, process, weeks=1)
    assert "payments, December 2026: 0 h of 10 h spent" in december
    assert "no longer over since Dec 7, 2026" in december
    count = len(erin.reads("payments"))
    await digest_of(slack, process, weeks=2)
    assert len(erin.reads("payments")) == count


async def test_a_budget_alone_can_be_reason_enough_for_a_digest(
    erin: Person, dana: Person, ledger: Ledger, slack: Sandbox, process: Process
) -> None:
    await ledger.add(value=3, risk=1, responder="erin")
    await erin.types("/debt subscribe team:payments", channel="payments")
    before = len(erin.reads("payments"))
    await digest_of(slack, process)
    assert len(erin.reads("payments")) == before
    await slack.clock.set(MONDAY + timedelta(weeks=1, hours=6))
    await erin.types("/debt budget set team:payments 1h month")
    await dana.types("/debt log D-1 2h")
    await process.tick()
    await process.send()
    message = erin.reads("payments")[-1]
    assert "2 h of 1 h spent" in message.shown
    assert message.notification.startswith("Budget payments, December 2026: 2 h of 1 h spent")


async def test_a_digest_shows_the_chart_of_the_budget_that_it_opens_with(
    erin: Person, dana: Person, ledger: Ledger, slack: Sandbox, process: Process
) -> None:
    await ledger.add(monthly_minutes=3000)
    await erin.types("/debt subscribe team:payments", channel="payments")
    await erin.types("/debt budget set team:payments 3h5 month")
    await erin.types("/debt budget set team:payments tier:standard 2h month")
    await dana.types("/debt log D-1 3h")
    digest = await digest_of(slack, process)
    over, drawn, whole = (
        digest.index(words)
        for words in (
            "Budget payments (standard), November 2026: 3 h of 2 h spent",
            "payments (standard) has spent 3 of 2 h",
            "Budget payments, November 2026: 3 h of 3 h 5 min spent",
        )
    )
    assert over < drawn < whole
    assert "decide now what can wait; Payment retry worker (D-1) uses most of it" in digest


async def test_ending_a_budget_ends_its_consequence(
    erin: Person, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    await erin.types("/debt budget set team:payments 1h month")
    await dana.types("/debt log D-1 2h")
    assert (
        "ended the budget of payments" in (await erin.types("/debt budget end team:payments")).text
    )
    form = (await dana.types("/debt add Another worker")).form
    assert form is not None
    form.fill("Repository", "acme/checkout")
    form.fill("Paths", "src/other/**")
    form.fill("Team", "payments")
    assert "put Another worker (D-2) on the register" in (await form.submit()).text


async def test_parts_of_a_scope_have_budgets_of_their_own(
    erin: Person, dana: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add(risk=5, surface="production")
    await dana.types("/debt log D-1 3h")
    await erin.types("/debt budget set team:payments 40h month")
    await erin.types("/debt budget set team:payments tier:strict 2h month")
    await erin.types("/debt budget team:payments", "payments")
    await process.bot.tasks.finish()
    said = erin.reads("payments")[-1].shown
    assert "payments, November 2026: 3 h of 40 h spent" in said
    assert "payments has spent 3 of 40 h; at this rate about" in said
    assert "payments (strict), November 2026: 3 h of 2 h spent" in said
