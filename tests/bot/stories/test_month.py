"""A month of a team's life, and what came of it in spring, as its people read of it in Slack.

Dana looks after what payments has on the register, erin leads the team from Dublin. They type,
press and fill in forms; the bot does the rest, day by day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from bot.process.process import Process
from sandbox import Form, Person, PostedMessage, Sandbox, VisibleReply
from tests.bot.conftest import Comes, on_both_databases

DECEMBER = datetime(2026, 12, 1, 15, tzinfo=UTC)  # a Tuesday, ten in the morning in New York
WORKER = {
    "Paths": "services/retry/**",
    "Purpose": "Retries failed card payments overnight",
    "What happens if it is removed": "Failed payments stay failed",
    "Monthly hours": "16h",
}
EXPORT = {
    "Paths": "services/export/**",
    "Purpose": "Writes the month's invoices for the auditors",
    "What happens if it is removed": "Somebody copies them by hand",
    "Monthly hours": "2h",
}
SORTER = {
    "Paths": "services/chargebacks/**",
    "Purpose": "Sorts chargebacks by what the bank says of them",
    "What happens if it is removed": "Dana sorts them by hand",
    "Monthly hours": "2h",
}
AT_RISK = "30 h of 40 h spent, 17.5 h to come: at risk, runs out Dec 24, 2026"
INTEREST = "Payment retry worker (D-1) saved 24 h, cost 44 h: deferred work with interest."
BACK = "0 h of 40 h spent, 39 h to come: within, back within since Jan 1, 2027"
KEPT = "Refactor of Payment retry worker (D-1): promised 38.5 h → 4 h a month, took 3 h."


@dataclass(frozen=True)
class Team:
    """Who is in it, and the days that go by."""

    dana: Person
    erin: Person
    comes: Comes
    process: Process
    slack: Sandbox

    @property
    def channel(self) -> list[PostedMessage]:
        return self.erin.reads("payments")

    async def reads_until(self, day: date) -> str:
        """What the channel says by then, nothing where nothing is to be said. The month goes by a
        day at a time, spring by the week.
        """
        read = len(self.channel)
        while left := (day - self.slack.clock.now().date()).days:
            daily = self.slack.clock.now().year == DECEMBER.year
            await self.comes(hours=24 if daily else 24 * min(left, 7))
        return "\n".join(message.shown for message in self.channel[read:])

    async def adds(self, name: str, facts: dict[str, str], owner: str | None = "dana") -> str:
        form = form_in(await self.dana.types(f"/debt add {name}"))
        there = {"Repository": "acme/checkout", "Team": "payments"}
        for label, words in (there | facts | {"Expected lifespan": "Until 2028"}).items():
            form.fill(label, words)
        form.choose("Owner", owner)
        return (await form.submit()).text

    async def ranks(self) -> PostedMessage:
        return (await self.dana.types("/debt roi team:payments")).message

    async def measures(self) -> str:
        """The metrics, once their picture is drawn."""
        await self.dana.types("/debt metrics team:payments", channel="payments")
        await self.process.bot.tasks.finish()
        return self.dana.reads("payments")[-1].shown


def form_in(reply: VisibleReply) -> Form:
    assert reply.form is not None
    return reply.form


@pytest.fixture
async def team(dana: Person, erin: Person, comes: Comes, process: Process, slack: Sandbox) -> Team:
    await slack.clock.set(DECEMBER)
    await comes()
    return Team(dana, erin, comes, process, slack)


@on_both_databases
async def test_a_month_goes_over_its_budget_and_a_refactor_buys_the_hours_back(team: Team) -> None:
    await has_a_budget(team)
    await is_within_it(team)
    await is_at_risk(team)
    await is_over(team)
    await asks_for_something_new(team)
    await plans_a_refactor(team)
    await is_back_within_and_done(team)
    await takes_less_in_spring(team)
    await kept_its_promise(team)
    read = "\n".join(message.shown for message in (*team.channel, *team.erin.dms()))
    for once in (AT_RISK, INTEREST, BACK, KEPT):
        assert read.count(once) == 1, once


async def has_a_budget(team: Team) -> None:
    """What payments has is put on the register, and its lead says what a month of it may cost."""
    assert "put Payment retry worker (D-1)" in await team.adds("Payment retry worker", WORKER)
    assert "provisional" in await team.adds("Invoice export", EXPORT, owner=None)
    stated = await team.dana.types("/debt value D-1 saved 24h monthly 1h")
    assert "saved 24 h, cost 0 h: 24 h to the good" in stated.text
    await team.erin.types("/debt subscribe team:payments", channel="payments")
    refused = await team.dana.types("/debt budget set team:payments 40h month")
    assert "the team’s lead or an admin can" in refused.text
    said = await team.erin.types("/debt budget set team:payments 40h month")
    assert "payments, December 2026: 0 h of 40 h spent, 18.5 h to come: within" in said.text


async def is_within_it(team: Team) -> None:
    """It is the last line of a digest that asks for something else."""
    await team.comes(days=2)
    await team.dana.types("/debt log D-1 6h debugging the provider answers differently now")
    await team.comes(days=1)
    await team.dana.types("/debt log D-1 4h rework")
    digest = await team.reads_until(date(2026, 12, 7))
    asks = digest.index("Invoice export (D-2): claim it: nobody answers for it")
    assert asks < digest.index("December 2026: 10 h of 40 h spent, 11 h to come: within")


async def is_at_risk(team: Team) -> None:
    """So it still is, with the day on which its hours are gone."""
    await team.comes(days=2)
    await team.dana.types("/debt log D-1 12h rework")
    logged = await team.dana.types("/debt log D-1 8h review on 2026-12-08")
    assert "December 2026: 30 h on D-1, 30 h in team payments" in logged.text
    digest = await team.reads_until(date(2026, 12, 14))
    assert digest.index("Invoice export (D-2): claim it") < digest.index(AT_RISK)
    assert "with interest" not in digest
    claimed = await team.dana.clicks(team.channel[-1], "Claim")
    assert "✓ Invoice export (D-2): claimed by dana" in claimed.text


async def is_over(team: Team) -> None:
    """The digest opens with it, names what uses most of it, and calls that what it has become."""
    await team.dana.types("/debt log D-1 14h debugging")
    digest = await team.reads_until(date(2026, 12, 21))
    assert digest.startswith(
        "Code debt this week: payments\n"
        "Budget payments, December 2026: 44 h of 40 h spent, 14.5 h to come: over\n"
        "4 h over: retire or refactor before anything new comes in; "
        "Payment retry worker (D-1) uses most of it. "
        "Until then what is new there needs somebody else’s approval.\n"
        "payments has spent 44 of 40 h, 4 h more than its limit"
    )
    assert INTEREST in digest


async def asks_for_something_new(team: Team) -> None:
    """What is new there is a request now, and nobody grants their own."""
    await team.comes(days=1)
    said = await team.adds("Chargeback sorter", SORTER)
    assert "The budget of team:payments is over, so this is a request now." in said
    await team.comes()
    request = team.channel[-1]
    assert "asks to put Chargeback sorter (D-3) on the register, where the budget" in request.shown
    assert "You asked for this yourself" in (await team.dana.clicks(request, "Approve")).text
    said = (await team.erin.clicks(request, "Approve")).text
    assert "that was enough to put Chargeback sorter (D-3) on the register" in said
    await team.comes()
    assert "✓ Approved by @erin" in request.shown
    assert "It is on the register now" in team.dana.dms()[-1].shown


async def plans_a_refactor(team: Team) -> None:
    """Of all that could be done, what buys back most; a week later the month is no better."""
    assert "Maintenance hours in four weeks | 44 h" in await team.measures()
    ranked = await team.ranks()
    assert "Payment retry worker (D-1): refactor it" in ranked.shown
    form = form_in(await team.dana.clicks(ranked, "Plan it"))
    form.fill("Hours of work", "24h")
    form.fill("Hours a month once it is done", "4h")
    said = (await form.submit()).text
    assert "This frees 34.5 h a month from January: 389 h bought back" in said
    assert "38.5 h → 4 h a month for 24 h of work, paid back after 0.7 months" in said
    await team.dana.clicks(await team.ranks(), "Begin")
    digest = await team.reads_until(date(2026, 12, 28))
    assert "December 2026: 44 h of 40 h spent, 5.5 h to come: over" in digest
    assert "Since last time: Chargeback sorter (D-3) accepted by erin." in digest


async def is_back_within_and_done(team: Team) -> None:
    """A new month begins, and the refactor is not proposed any more once it is done."""
    assert f"Budget payments, January 2027: {BACK}" in await team.reads_until(date(2027, 1, 4))
    ranked = await team.ranks()
    await team.dana.clicks(ranked, "Done")
    assert "dana is done with the refactor of Payment retry worker (D-1)." in ranked.shown
    assert "Nothing of payments would buy back its cost" in (await team.ranks()).shown


async def takes_less_in_spring(team: Team) -> None:
    """Three hours a month, beside what it took when the month was over its budget."""
    for day in (date(2027, 1, 18), date(2027, 2, 15), date(2027, 3, 15)):
        await team.reads_until(day)
        await team.dana.types("/debt log D-1 3h patching")
    for key in ("D-1", "D-2"):
        await team.dana.types(f"/debt review {key}")
    measured = await team.measures()
    assert "better: hours in 4 weeks from 44 h to 3 h" in measured
    assert "Maintenance hours in four weeks | 3 h | 44 h | better" in measured
    assert "Hours per artifact in four weeks | 1 h | 22 h | better" in measured


async def kept_its_promise(team: Team) -> None:
    """Three months after the refactor, in the digest of that week and in no later one."""
    assert KEPT in await team.reads_until(date(2027, 4, 5))
    await team.reads_until(date(2027, 4, 12))
    assert "Track record: kept 1 of 1 promise." in (await team.ranks()).shown
