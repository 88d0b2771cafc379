"""A house whose owners ignore what they are told: something of every kind a run has to speak of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from briefings.delivery import consequences
from briefings.delivery.planning import plan
from debt.artifact.artifact import Label
from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.policy.policy import Leadership, Policy, TeamPolicy, built_in
from debt.rules.hours import Period, Work
from debt.scope import BudgetLine, Scope, ScopeKind
from storage.costs import budgets, hours_log
from storage.database.history import seal
from storage.digests import subscriptions
from storage.lifecycle import proposals
from storage.lifecycle.maintenance import extend, review
from storage.messages import outbox
from storage.messages.outbox import LedgerMessage
from storage.register.people import keep
from tests.briefings.conftest import MONDAY, WEEK
from tests.debt.builders import ratings
from tests.storage.builders import (
    DANA,
    ERIN,
    LEE,
    SAM,
    Register,
    a_person,
    a_subscription,
    by,
    days,
)

GROWTH = BudgetLine(Scope(ScopeKind.TEAM, "growth"))
PAY = BudgetLine(Scope(ScopeKind.REPO, "acme/pay"))
NIGHT = MONDAY.replace(hour=3)
SPENT = 8
"""The number of the artifact that hours are logged on."""


@dataclass
class House:
    """Erin leads payments, Lee leads growth; leadership has a channel."""

    register: Register
    policy: Policy

    async def tells(self, verb: Any, *args: Any, at: datetime, who: str = DANA, **more: Any) -> Any:
        change = by(who, at=at, policy=self.policy)
        return await self.register.told(change, verb, *args, **more)

    async def logs(self, artifact_id: int, minutes: int, at: datetime) -> None:
        day = at.date()
        await self.tells(
            hours_log.log, artifact_id, minutes, at=at, kind=Work.REWORK, worked_on=day
        )

    async def subscribes(self, channel: str, scope: str, name: str = "") -> None:
        """On Mondays at 09:30 UTC."""
        wanted = a_subscription(
            channel, scope=scope, scope_name=name, zone="UTC", next_at=MONDAY, subscriber=SAM
        )
        await self.tells(subscriptions.subscribe, wanted, at=NIGHT)

    async def allows(self, place: BudgetLine, hours: int) -> None:
        """A budget for this quarter, set by Lee."""
        rhythm, limits = BudgetPeriod(Period.QUARTER), BudgetLimits(hours * 60)
        await self.tells(budgets.put, place, rhythm, limits, who=LEE, at=NIGHT)

    async def plans(self, at: datetime) -> list[LedgerMessage]:
        """What this run put on the ledger, in its order."""
        before = await self.register.asked(outbox.newest)
        await plan(self.register.store, self.policy, at)
        return await self.register.asked(outbox.written_since, before)

    async def delivers(self, at: datetime) -> None:
        """Slack takes all that is due."""
        for briefing in await self.register.does(outbox.claim_batch, at, 100):
            async with self.register.store.change() as session:
                await consequences.arrived(session, briefing, self.policy, at)
                await seal(session)
                await outbox.sent(session, briefing.id, f"{briefing.id}.0", at)


async def a_house(register: Register) -> House:
    teams = {"payments": TeamPolicy(lead=ERIN), "growth": TeamPolicy(lead=LEE)}
    policy = built_in()
    changes = {
        "teams": teams,
        "leadership": Leadership(channel="C0LEADERS"),
        "trend": policy.trend.model_copy(update={"top_least": 2}),
    }
    for who in (DANA, ERIN, SAM, LEE):
        await register.does(keep, a_person(who))
    return House(register, policy.model_copy(update=changes))


async def neglected(house: House) -> None:
    """What there is when the story begins."""
    today, register = MONDAY.date(), house.register
    await house.subscribes("C0ALL", "all")
    await house.subscribes("C0PAY", "team", "payments")
    await house.subscribes("C0QUIET", "team", "quiet")
    await register.holds(expires_on=today - days(10), ratings=ratings(4, 4, 5, 4))
    await register.holds(label=Label.EXPERIMENTAL, expires_on=today + days(5))
    await register.holds(owner=SAM, owner_gone=True)
    await register.holds(expires_on=today + days(30), extensions=3)
    for _ in range(3):
        await register.holds(team="growth", repo="acme/growth", owner=None, surface="production")
    await register.holds(team="growth", repo="acme/growth", owner=SAM, saved_minutes=60)
    await house.allows(GROWTH, 2)
    await house.tells(extend, 4, today + days(90), "it is still used", at=NIGHT)


async def season(house: House) -> list[LedgerMessage]:
    """Eight weeks of it with a little more: a scan's proposals, a review, a digest with a chart and
    a budget of a repository that is over. All that was put on the ledger.
    """
    await neglected(house)
    await house.subscribes("C0GROW", "team", "growth")
    await house.allows(PAY, 1)
    await house.register.holds(review_on=MONDAY.date() + days(10), owner=SAM)
    await house.logs(9, 90, MONDAY)
    proposed = [await house.register.holds(stage="proposed") for _ in range(3)]
    before = await house.register.asked(outbox.newest)
    await house.tells(proposals.announce, "acme/pay", proposed, 2, at=NIGHT)
    written = await house.register.asked(outbox.written_since, before)
    for week in range(8):
        monday = MONDAY + week * WEEK
        for at in (monday.replace(hour=3), monday, monday + days(2)):
            written += await house.plans(at)
            await house.delivers(at)
        await house.logs(SPENT, 240, monday)
        if week == 2:
            await house.tells(review, 9, who=SAM, at=monday)
    return written
