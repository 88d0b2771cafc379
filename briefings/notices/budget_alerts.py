"""Budgets that went over, or came back: looked at once a day, and said once (R11).

A channel that gets the scope's own digest reads it there. Where there is none, the team's channel
is told, or whoever answers for the budget, as rarely as they may be spoken to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, Field, TypeAdapter
from slack_sdk.models.blocks import Block

from briefings.messages.earlier_rows import listed
from briefings.messages.message import Message, button, line
from briefings.notices.nudge_plan import not_before
from briefings.parts.budgets import facts_of
from briefings.words.words import say
from debt.change import Change
from debt.rules.working_time import next_working
from debt.scope import ScopeKind
from storage.costs import budgets, trains
from storage.costs.budgets import Budget
from storage.database.store import Session, UnitsOfWork
from storage.digests import subscriptions
from storage.messages import outbox
from storage.messages.kinds import BriefingKind
from storage.messages.outbox import LedgerMessage
from storage.messages.recipients import Recipient, team_channel
from storage.register import people

_MOST = 10
_LEADS = 3


@dataclass(frozen=True, slots=True)
class AlertLine:
    """How a budget stood when it was written, and its scope for whoever wants to see more."""

    words: str
    scope: str


@dataclass(frozen=True, slots=True)
class BudgetAlert:
    """What one channel or person is told: a line each for the first few budgets, and how many more
    there are.
    """

    lines: Annotated[
        tuple[Annotated[AlertLine, listed("words", "scope")], ...],
        Field(validation_alias=AliasChoices("lines", "said")),  # so earlier versions wrote it
    ]
    more: int

    def as_json(self) -> dict[str, Any]:
        """Every value under its name."""
        stored: dict[str, Any] = _ALERT.dump_python(self, mode="json")
        return stored


_ALERT = TypeAdapter(BudgetAlert)


async def look(work: UnitsOfWork, change: Change) -> None:
    """At all budgets, the first time on a day. Safe to repeat."""
    async with work.read() as session:
        if await budgets.seen_on(session) == change.today:
            return
    async with work.change() as session:
        await _look(session, change)


async def _look(session: Session, change: Change) -> None:
    by_place: dict[Recipient, list[Budget]] = {}
    for budget in await budgets.renew_all(session, change, None):
        for place in await _hearing(session, change, budget):
            by_place.setdefault(place, []).append(budget)
    for place, turned in by_place.items():
        await _tell(session, change, place, turned)
    await budgets.note_seen(session, change.today)


async def _hearing(session: Session, change: Change, budget: Budget) -> list[Recipient]:
    """Where a budget's turn is told: the team's channel, else who set it, else the leads of the
    teams in it. Empty where its own digest tells of it, or where there is nobody.
    """
    scope = budget.line.scope
    if await subscriptions.subscriber(session, [scope]):
        return []
    if scope.kind is ScopeKind.TEAM and (
        channel := await team_channel(session, change, scope.name)
    ):
        return [Recipient(channel=channel)]
    if scope.kind is not ScopeKind.TEAM and await _is_there(session, budget.set_by):
        return [Recipient(person=budget.set_by)]
    teams = sorted(await trains.teams_in(session, change, scope))
    leads = dict.fromkeys(lead for team in teams if (lead := change.policy.lead_of(team)))
    return [Recipient(person=lead) for lead in leads if await _is_there(session, lead)][:_LEADS]


async def _is_there(session: Session, who: str) -> bool:
    person = await people.person(session, who)
    return person is not None and person.active


async def _tell(
    session: Session, change: Change, place: Recipient, turned: Sequence[Budget]
) -> None:
    lines = tuple([await _line(session, change, budget) for budget in turned[:_MOST]])
    await outbox.enqueue(
        session,
        f"{BriefingKind.BUDGET_TURNED}:{place}:{change.today}",
        BriefingKind.BUDGET_TURNED,
        BudgetAlert(lines, len(turned[_MOST:])).as_json(),
        change.at,
        channel=place.channel,
        person=place.person,
        not_before=await _when(session, change, place),
    )


async def _when(session: Session, change: Change, place: Recipient) -> datetime:
    person = await people.person(session, place.person) if place.person else None
    if person is None:
        return next_working(change.at, change.policy)
    local = change.at.astimezone(ZoneInfo(person.zone))
    return await not_before(session, change, person, local) or change.at


async def _line(session: Session, change: Change, budget: Budget) -> AlertLine:
    facts = await facts_of(session, change, budget)
    words = say("budget.weekly", facts=facts, back=not facts.over)
    return AlertLine(words, str(budget.line.scope))


def turned_in(briefing: LedgerMessage) -> BudgetAlert:
    """As the ledger keeps it, or kept it in earlier versions."""
    return _ALERT.validate_python(briefing.facts)


def message(turned: BudgetAlert) -> Message:
    blocks: list[Block] = [
        line(budget.words, accessory=button("See the list", "list.open", budget.scope))
        for budget in turned.lines
    ]
    if turned.more:
        blocks.append(line(say("budget.more", more=turned.more)))
    return Message(turned.lines[0].words, tuple(blocks))
