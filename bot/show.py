"""`/debt show`: an artifact's card, with the buttons for what this person may do."""

from dataclasses import dataclass

from slack_sdk.models.blocks import Block, ButtonElement

from bot.call import Answer, Call, Reply
from bot.feature import Feature, Verb
from bot.picker import by_form, pick_form
from briefings.message import Message, button, buttons, line, quiet
from briefings.words import say
from debt.artifact import RATING_NAMES, Artifact, parse_key
from debt.hours import Period, span
from debt.intent import missing_intent
from debt.policy import Policy
from debt.score import explain, quadrant
from debt.standing import Action, next_step
from debt.tier import tier
from storage import history, work
from storage.artifacts import Change, require
from storage.history import Entry
from storage.ownership import may_give_away
from storage.store import Session

_ENTRIES = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What a card says beside the artifact itself."""

    artifact: Artifact
    minutes_this_month: int
    last: list[Entry]


async def facts_of(session: Session, change: Change, artifact_id: int) -> Facts:
    artifact = await require(session, artifact_id)
    month = span(Period.MONTH, change.today, change.policy.sprint)
    logged = artifact.minutes_logged
    spent = await work.minutes_in(session, "artifact_id", artifact_id, month) if logged else 0
    return Facts(artifact, spent, await history.last_entries(session, artifact_id, _ENTRIES))


async def show(call: Call) -> Answer:
    if not call.words:
        return pick_form(call, "show.form", "Show an artifact", "Show")
    return await _show(call, parse_key(call.words))


async def _show(call: Call, artifact_id: int) -> Reply:
    return Reply(await card_of(call, artifact_id))


async def card_of(call: Call, artifact_id: int) -> Message:
    """The card as the person who asks may use it."""
    async with call.store.read() as session:
        facts = await facts_of(session, call.change, artifact_id)
    return card(facts, call)


def card(facts: Facts, call: Call) -> Message:
    artifact, policy = facts.artifact, call.policy
    step = next_step(artifact, policy, call.today)
    words = say(
        "show.card",
        artifact=artifact,
        kind=policy.kind(artifact.kind),
        why=explain(artifact),
        quadrant=quadrant(artifact.value, artifact.ratings.risk.value, policy),
        tier=tier(artifact, policy),
        step=step,
        today=call.today,
        missing=missing_intent(artifact),
        expected=_expected_minutes(artifact, policy),
        this_month=facts.minutes_this_month,
    )
    ratings = [(name.capitalize(), artifact.ratings[name]) for name in RATING_NAMES]
    blocks: list[Block] = [line(words), quiet(say("show.ratings", ratings=ratings))]
    blocks.append(quiet(say("show.background", artifact=artifact, last=facts.last)))
    acts = _buttons(artifact, call, step.action)
    if acts:
        blocks.append(buttons(f"card:{artifact.key}", *acts))
    return Message(say("show.fallback", artifact=artifact, step=step), tuple(blocks))


def _expected_minutes(artifact: Artifact, policy: Policy) -> int:
    """What a month is expected to cost: what somebody said, else what the kind usually does."""
    if artifact.monthly_minutes is not None:
        return artifact.monthly_minutes
    return round(policy.kind(artifact.kind).monthly_hours * 60)


def _buttons(artifact: Artifact, call: Call, first: Action) -> list[ButtonElement]:
    if not artifact.live:
        return [button("Log", "artifact.log", artifact.key)]
    names = [] if artifact.owner == call.who.slack_id and not artifact.owner_gone else ["claim"]
    names += ["extend", "log", "review", "score"]
    lead = call.policy.lead_of(artifact.team)
    if may_give_away(artifact, call.who.slack_id, lead, call.who.admin):
        names += ["handoff", *(["release"] if artifact.owner else [])]
    names.sort(key=lambda name: name != first)
    labels = {"handoff": "Hand off"}
    return [
        button(
            labels.get(name, name.capitalize()),
            f"artifact.{name}",
            artifact.key,
            primary=name == first,
        )
        for name in names
    ]


async def _pressed(call: Call) -> Answer:
    return await _show(call, parse_key(call.value))


FEATURE = Feature(
    verbs=(Verb("show", "KEY", "the card of an artifact: score, owner, dates, hours", show),),
    buttons={"artifact.show": _pressed},
    forms={"show.form": by_form(_show)},
)
