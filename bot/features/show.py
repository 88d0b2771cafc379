"""`/debt show`: an artifact's card, with the buttons for what this person may do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from slack_sdk.models.blocks import Block

from bot.slack.call import Answer, Call, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.picker import by_form, pick_form
from briefings.messages.message import Message, act_button, button, buttons, line, quiet
from briefings.words.words import say
from debt.artifact.artifact import RATING_NAMES, Artifact, Stage, parse_key
from debt.artifact.intent import missing_intent
from debt.policy.policy import Policy
from debt.policy.roles import Powers, may
from debt.policy.vocabulary import Act
from debt.rules.ending import Leftover, still_open
from debt.rules.estimate import estimate
from debt.rules.gate import ahead
from debt.rules.hours import Period, span
from debt.rules.score import explain, quadrant
from debt.rules.standing import Action, NextStep, next_step
from debt.rules.tier import tier
from debt.rules.value import balance
from storage.lifecycle.ownership import may_give_away, may_hand_off
from storage.lifecycle.retirement import may_finish
from storage.views.cards import CardFacts, facts_of, newest_entry

REMEMBERED = 1_024


@dataclass(frozen=True, slots=True)
class Viewer:
    """What of a person decides which buttons their card has."""

    slack_id: str
    powers: Powers
    today: date


async def show(call: Call) -> Answer:
    if not call.words:
        return pick_form(call, "show.form", "Show an artifact", "Show")
    return await _show(call, parse_key(call.words))


async def _show(call: Call, artifact_id: int) -> Reply:
    return Reply(await card_of(call, artifact_id))


async def card_of(call: Call, artifact_id: int) -> Message:
    """The card with the buttons this person may use; kept until the artifact's history grows."""
    viewer = Viewer(call.who.slack_id, call.powers, call.today)
    newest = await newest_entry(call.store, artifact_id)
    remembered = call.bot.drawn.get((artifact_id, viewer))
    if remembered and remembered[0] == newest:
        return remembered[1]
    month = span(Period.MONTH, call.today, call.policy.sprint)
    drawn = card(await facts_of(call.store, artifact_id, month), viewer, call.policy)
    if len(call.bot.drawn) >= REMEMBERED:
        call.bot.drawn.clear()
    call.bot.drawn[artifact_id, viewer] = newest, drawn
    return drawn


def card(facts: CardFacts, viewer: Viewer, policy: Policy) -> Message:
    artifact = facts.artifact
    step = next_step(artifact, policy, viewer.today)
    ratings = [(name.capitalize(), artifact.ratings[name]) for name in RATING_NAMES]
    blocks: list[Block] = [
        line(_words(facts, step, viewer.today, policy)),
        *_watch(artifact),
        quiet(say("show.ratings", ratings=ratings)),
        quiet(say("show.background", artifact=artifact, last=facts.last)),
        *_way_out(facts, viewer, policy),
        *_acts(artifact, viewer, policy, step.action),
    ]
    return Message(say("show.fallback", artifact=artifact, step=step), tuple(blocks))


def _watch(artifact: Artifact) -> Iterator[Block]:
    """The signals of the artifact in one line; nothing where there are none."""
    if artifact.further_signals:
        yield quiet(say("show.watch", signals=artifact.further_signals))


def _words(facts: CardFacts, step: NextStep, today: date, policy: Policy) -> str:
    artifact = facts.artifact
    return say(
        "show.card",
        artifact=artifact,
        kind=policy.kind(artifact.kind),
        why=explain(artifact, to_claim=step.action is Action.CLAIM),
        quadrant=quadrant(artifact.value, artifact.ratings.risk.value, policy),
        tier=tier(artifact, policy),
        step=step,
        today=today,
        missing=missing_intent(artifact),
        expected=estimate(artifact, policy),
        this_month=facts.minutes,
        balance=balance(artifact, today),
        policy=policy,
    )


def _way_out(facts: CardFacts, viewer: Viewer, policy: Policy) -> Iterator[Block]:
    """The checklist of a retiring artifact: a button for each open item, It is gone, Keep it."""
    artifact, cleared = facts.artifact, facts.cleared
    if artifact.stage is not Stage.RETIRING:
        return
    items = [(item, cleared.get(item)) for item in Leftover]
    yield line(say("retire.checklist", artifact=artifact, items=items))
    missing = still_open(cleared)
    drawn = [
        button(f"{item.capitalize()} gone", f"settle.{item}", artifact.key) for item in missing
    ]
    lead = policy.lead_of(artifact.team)
    if may_finish(artifact, viewer.slack_id, lead, viewer.powers.admin):
        over = button("It is gone", "artifact.end", artifact.key, primary=not missing)
        drawn += [over, button("Keep it", "artifact.keep", artifact.key)]
    if drawn:
        yield buttons(f"card:{artifact.key}:retire", *drawn)


def _acts(artifact: Artifact, viewer: Viewer, policy: Policy, first: Action) -> list[Block]:
    """A button for each action the person may take; the next step first, and primary."""
    actions = sorted(_may(artifact, viewer, policy), key=lambda action: action is not first)
    drawn = [act_button(action, artifact.key, primary=action is first) for action in actions]
    return [buttons(f"card:{artifact.key}", *drawn)]


def _may(artifact: Artifact, viewer: Viewer, policy: Policy) -> Iterator[Action]:
    """The actions this person may take; on an ended artifact, logging hours and the history."""
    if artifact.stage is Stage.PROPOSED:
        yield from (Action.ACCEPT, Action.DISMISS)
    elif artifact.stage is Stage.DISMISSED:
        yield Action.ACCEPT
    else:
        yield from _may_while_live(artifact, viewer, policy) if artifact.live else (Action.LOG,)
    if may(Act.HISTORY, viewer.slack_id, viewer.powers, policy, artifact):
        yield Action.HISTORY


def _may_while_live(artifact: Artifact, viewer: Viewer, policy: Policy) -> Iterator[Action]:
    if artifact.owner != viewer.slack_id or artifact.owner_gone:
        yield Action.CLAIM
    if artifact.disputed:
        yield Action.COMPARE
    yield from (Action.EXTEND, Action.LOG, Action.REVIEW, Action.SCORE, Action.EDIT)
    if ahead(artifact.stage):
        yield Action.PROMOTE
    if artifact.stage is not Stage.RETIRING:
        yield Action.RETIRE
    parties = artifact, viewer.slack_id, policy.lead_of(artifact.team), viewer.powers.admin
    if may_hand_off(*parties):
        yield Action.HANDOFF
    if may_give_away(*parties) and artifact.owner:
        yield Action.RELEASE


async def _pressed(call: Call) -> Answer:
    return await _show(call, parse_key(call.value))


FEATURE = Feature(
    verbs=(Verb("show", "KEY", "the card of an artifact: score, owner, dates, hours", show),),
    buttons={"artifact.show": _pressed},
    forms={"show.form": by_form(_show)},
    cards={"card": card_of},
)
