"""`/debt extend`: a later end date, with its reason; past what the tier allows, others agree."""

from datetime import date

from bot.features.approve import requested
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import at
from bot.slack.forms import artifact_input, date_input, form, text_input
from bot.slack.parsing import rest_of, until_first, words_of
from bot.slack.picker import chosen_or_none, picked
from briefings.messages.message import plainly
from briefings.words.words import say
from debt.artifact.artifact import Artifact, parse_key
from debt.artifact.lifecycle import require_live
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.dates import extension_base, parse_until, require_reason
from debt.rules.tier import tier
from storage.lifecycle import maintenance
from storage.lifecycle.maintenance import Extended
from storage.register.artifacts import require


async def extend(call: Call) -> Answer:
    key, *rest = words_of(call.words) or [""]
    if not rest:
        return await extend_form(call, parse_key(key) if key else None)
    artifact_id = parse_key(key)
    async with call.store.read() as session:
        artifact = await require(session, artifact_id)
    date_words, reason = until_first(rest)
    until = parse_until(date_words, extension_base(artifact, call.today))
    return await _extend(call, artifact_id, until, rest_of(reason))


async def extend_form(call: Call, artifact_id: int | None = None) -> Modal:
    chosen = await chosen_or_none(call, artifact_id)
    if chosen:
        require_live(chosen.key, chosen.stage)
    blocks = [
        artifact_input(chosen),
        date_input("until", "New expiry date", hint=_allowance(chosen, call.policy)),
        text_input("reason", "Reason", multiline=True, longest=500),
    ]
    return Modal(form(call, "extend.form", "Extend", "Extend", blocks))


def _allowance(chosen: Artifact | None, policy: Policy) -> str | None:
    if chosen is None:
        return None
    name = tier(chosen, policy)
    limit = policy.tier(name)
    return say(
        "extend.allowance",
        tier=name,
        times=max(0, limit.extensions - chosen.extensions),
        days_left=max(0, limit.extension_days - chosen.extended_days),
    )


async def _submitted(call: Call) -> Answer:
    chosen, until, reason = picked(call.state), call.state.day("until"), call.state.text("reason")
    with at("reason"):
        require_reason(reason)
    with at("until"):
        if until is None:
            raise Refused("Choose the new end date.")
        return await _extend(call, chosen, until, reason)


async def _extend(call: Call, artifact_id: int, until: date, reason: str) -> Reply:
    async with call.changing() as session:
        extended = await maintenance.extend(session, call.change, artifact_id, until, reason)
        if not isinstance(extended, Extended):
            return await requested(session, extended)
    words = say("extend.extended", extended=extended, who=call.who, reason=reason)
    return Reply(plainly(words), changed=extended.artifact)


async def _pressed(call: Call) -> Answer:
    return await extend_form(call, parse_key(call.value))


FEATURE = Feature(
    verbs=(
        Verb(
            "extend",
            "[KEY] [30d | 2w | 2027-01-31] [reason]",
            "a later end date; past the tier’s limits, others are asked",
            extend,
        ),
    ),
    buttons={"artifact.extend": _pressed},
    forms={"extend.form": _submitted},
)
