"""App Home: what needs me today, my artifacts ranked, how my teams and their budgets stand (R25).

It is drawn when it is opened, and again after whatever changes something that concerns the person.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block, DividerBlock
from slack_sdk.models.views import View

from bot.features.add import add_form
from bot.features.listing import row
from bot.features.log import log_form
from bot.slack.call import Answer, Bot, Call, Origin, ShownAtHome, admitted
from bot.slack.feature import Feature
from briefings.messages.message import Message, act_button, button, buttons, heading, line, quiet
from briefings.notices import approvals
from briefings.parts.budgets import BudgetFacts, standings
from briefings.words.words import inert, say
from debt.artifact.artifact import Artifact
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.hours import Period, Span, span
from debt.rules.standing import Action
from debt.scope import Cursor, Filter, Scope, ScopeKind
from storage.database.store import Session
from storage.messages import events
from storage.register import queries
from storage.register.queries import ArtifactPage, ArtifactQuery
from storage.views import home as home_view
from storage.views.home import OwnershipQuestion, TeamStanding, Waiting

log = logging.getLogger(__name__)

QUESTIONS, PRESSING, ROWS, TEAMS, BUDGETS = 5, 8, 8, 8, 3
LATELY = timedelta(hours=1)


async def opened(bot: Bot, event_id: str, slack_id: str) -> None:
    """Draws the Home at its first page; does nothing for a repeated event."""
    async with bot.store.change() as session:
        if not await events.first_time(session, event_id, bot.now()):
            return
        await home_view.opened(session, slack_id, bot.now())
    bot.homes.say(slack_id, None)
    await publish(bot, slack_id)


async def freshen(bot: Bot, but: str | None = None) -> None:
    """Redraws the Homes of all whom a change concerns and who have ever opened theirs."""
    concerned = bot.store.take_concerned() - {but}
    if not concerned:
        return
    async with bot.store.read() as session:
        looking = await home_view.looking(session, concerned, bot.now() - LATELY)
    for slack_id in looking:
        if slack_id != but:
            await publish(bot, slack_id)


async def publish(bot: Bot, slack_id: str) -> None:
    """Shows somebody their Home as the register is now. Best effort: the log says what failed."""
    async with bot.homes.turn(slack_id):
        try:
            view = View(type="home", blocks=await _drawn(bot, slack_id))
            await bot.client.views_publish(user_id=slack_id, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("Home not published person=%s error=%r", slack_id, error)


async def _drawn(bot: Bot, slack_id: str) -> list[Block]:
    try:
        call = await admitted(bot, Origin(slack_id))
        call.change.require_may(Act.SEE)
    except Refused as refusal:
        return [line(inert(str(refusal)))]
    async with bot.store.read() as session:
        facts = await _facts(session, call)
    return [*_answer(bot.homes.message(slack_id)), *home(facts, call)]


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What one person's Home shows; `more` counts what there is no room for."""

    to_decide: list[Waiting]
    questions: list[OwnershipQuestion]
    pressing: list[Artifact]
    more: int
    page: ArtifactPage
    first: bool
    teams: list[TeamStanding]
    budgets: list[BudgetFacts]
    month: Span


async def _facts(session: Session, call: Call) -> HomeFacts:
    me = call.who.slack_id
    mine = ArtifactQuery(filters=frozenset({Filter.MINE}), owner=me, today=call.today)
    to_decide = await home_view.to_decide(session, call.change, call.bot.groups.teams_of(me))
    pressing = await home_view.needing(session, me, PRESSING)
    after = await home_view.page_of(session, me)
    month = span(Period.MONTH, call.today, call.policy.sprint)
    unseen = max(0, len(to_decide) - QUESTIONS)
    if len(pressing) == PRESSING:
        unseen += await home_view.count_needing(session, me) - PRESSING
    teams = await _teams(session, call, month)
    scopes = [Scope(ScopeKind.TEAM, team.name) for team in teams]
    return HomeFacts(
        to_decide=to_decide[:QUESTIONS],
        questions=await home_view.asked_of(session, me, QUESTIONS),
        pressing=pressing,
        more=unseen,
        page=await queries.page(session, mine, ROWS, after),
        first=after is None,
        teams=teams,
        budgets=await standings(session, call.change, scopes),
        month=month,
    )


async def _teams(session: Session, call: Call, month: Span) -> list[TeamStanding]:
    """The person's teams; where policy and Slack name none, those of their artifacts."""
    me = call.who.slack_id
    named = await home_view.teams_named(session, call.bot.groups.teams_of(me))
    theirs = named or await home_view.teams_owned_in(session, me, TEAMS)
    return await home_view.standings(session, theirs, month, call.today, TEAMS)


def home(facts: HomeFacts, call: Call) -> list[Block]:
    return [
        buttons("home", button("Log hours", "home.log", ""), button("Add", "home.add", "")),
        heading(say("home.today")),
        *_today(facts, call),
        heading(say("home.mine", above=bool(facts.pressing))),
        *_mine(facts, call),
        *_standing(facts),
    ]


def _answer(message: Message | None) -> list[Block]:
    """The message about what was done here just now, and a divider; nothing for no message."""
    return [*message.blocks, DividerBlock()] if message else []


def _today(facts: HomeFacts, call: Call) -> Iterator[Block]:
    for waiting in facts.to_decide:
        yield from _decision(waiting)
    for question in facts.questions:
        yield from _question(question)
    yield from (row(artifact, call, None) for artifact in facts.pressing)
    if facts.more:
        yield quiet(say("home.more", more=facts.more))
    if not (facts.to_decide or facts.questions or facts.pressing):
        yield line(say("home.nothing_today"))


def _decision(waiting: Waiting) -> list[Block]:
    approval = approvals.ApprovalFacts(waiting.approval, waiting.artifact, waiting.votes)
    return [
        line(say("approvals.listed", **approval.words())),
        buttons(
            f"approval:{approval.number}",
            button("Approve", "approval.approve", approval.number, primary=True),
            button("Reject", "approval.reject", approval.number),
            act_button(Action.SHOW, waiting.artifact.key),
        ),
    ]


def _question(question: OwnershipQuestion) -> list[Block]:
    request, artifact = question.request, question.artifact
    return [
        line(say(f"requests.{request.kind}", artifact=artifact, asked=request)),
        buttons(
            f"request:{request.id}",
            button("Accept", "request.accept", str(request.id), primary=True),
            button("Decline", "request.decline", str(request.id)),
            act_button(Action.SHOW, artifact.key),
        ),
    ]


def _mine(facts: HomeFacts, call: Call) -> Iterator[Block]:
    above = {artifact.id for artifact in facts.pressing}
    others = [artifact for artifact in facts.page.artifacts if artifact.id not in above]
    yield from (row(artifact, call, None) for artifact in others)
    if facts.page.artifacts and not others:
        yield line(say("home.all_above"))
    if not facts.page.artifacts:
        yield line(say("home.owns_nothing" if facts.first else "home.past_the_end"))
    turns = []
    if not facts.first:
        turns.append(button("First page", "home.first", ""))
    if facts.page.after:
        place = json.dumps([facts.page.after.priority, facts.page.after.id])
        turns.append(button("Next page", "home.next", place))
    if turns:
        yield buttons("pages", *turns)


def _standing(facts: HomeFacts) -> Iterator[Block]:
    if facts.teams:
        yield heading(say("home.teams"))
    for team in facts.teams:
        scope = Scope(ScopeKind.TEAM, team.name)
        budgets = [each for each in facts.budgets if each.budget.line.scope == scope]
        words = say("home.team", team=team, month=facts.month, budgets=budgets[:BUDGETS])
        yield line(words, accessory=button("List", "list.open", str(scope)))


async def _log(call: Call) -> Answer:
    return await log_form(call)


async def _add(call: Call) -> Answer:
    return add_form(call)


async def _next(call: Call) -> Answer:
    try:
        priority, number = json.loads(call.value)
        place = Cursor(int(priority), int(number))
    except (ValueError, TypeError):
        raise Refused("That page is out of date. Open Home again.") from None
    return await _turned(call, place)


async def _first(call: Call) -> Answer:
    return await _turned(call, None)


async def _turned(call: Call, place: Cursor | None) -> ShownAtHome:
    async with call.changing() as session:
        await home_view.turn_to(session, call.who.slack_id, place)
    return ShownAtHome()


FEATURE = Feature(
    buttons={
        "home.log": _log,
        "home.add": _add,
        "home.next": _next,
        "home.first": _first,
    },
)
