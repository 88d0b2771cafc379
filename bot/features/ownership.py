"""`/debt claim`, `release`, `handoff`: who answers for an artifact, and the other one's answer."""

from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import at
from bot.slack.forms import artifact_input, form, person_input
from bot.slack.parsing import first_and_rest, person_in
from bot.slack.picker import by_form, chosen_or_none, pick_form, picked
from briefings.messages.message import plainly
from briefings.words.words import say
from debt.artifact.artifact import parse_key
from debt.refusal import Refused
from storage.lifecycle import ownership
from storage.lifecycle.ownership import Claimed


async def claim(call: Call) -> Answer:
    if not call.words:
        return pick_form(call, "claim.form", "Claim an artifact", "Claim")
    return await _claim(call, parse_key(call.words))


async def _claim(call: Call, artifact_id: int) -> Reply:
    async with call.changing() as session:
        outcome = await ownership.claim(session, call.change, artifact_id)
    artifact = outcome.artifact
    if isinstance(outcome, Claimed):
        words = say("ownership.claimed", artifact=artifact, who=call.who)
        return Reply(plainly(words), changed=artifact)
    return Reply(plainly(say("ownership.asked_owner", artifact=artifact, asked=outcome.asked)))


async def release(call: Call) -> Answer:
    if not call.words:
        return pick_form(call, "release.form", "Release an artifact", "Release")
    return await _release(call, parse_key(call.words))


async def _release(call: Call, artifact_id: int) -> Reply:
    async with call.changing() as session:
        released = await ownership.release(session, call.change, artifact_id, admin=call.who.admin)
    words = say("ownership.released", artifact=released, who=call.who)
    return Reply(plainly(words), changed=released)


async def handoff(call: Call) -> Answer:
    key, rest = first_and_rest(call.words)
    if not rest:
        return await _handoff_form(call, parse_key(key) if key else None)
    return await _handoff(call, parse_key(key), person_in(rest))


async def _handoff_form(call: Call, artifact_id: int | None) -> Modal:
    chosen = await chosen_or_none(call, artifact_id)
    blocks = [artifact_input(chosen), person_input("to", "New owner")]
    return Modal(form(call, "handoff.form", "Hand off", "Ask them", blocks))


async def _handed_off(call: Call) -> Answer:
    chosen, to = picked(call.state), call.state.person("to")
    with at("to"):
        if to is None:
            raise Refused("Choose a colleague.")
        return await _handoff(call, chosen, to)


async def _handoff(call: Call, artifact_id: int, to: str) -> Reply:
    colleague = await call.bot.people.know(to)
    async with call.changing() as session:
        offer = await ownership.handoff(
            session, call.change, artifact_id, colleague, admin=call.who.admin
        )
    words = say("ownership.offered", artifact=offer.artifact, asked=offer.asked)
    return Reply(plainly(words))


async def _answer(call: Call, *, accept: bool) -> Reply:
    async with call.changing() as session:
        answer = await ownership.answer(session, call.change, int(call.value), accept=accept)
    words = say("ownership.answered", answer=answer)
    return Reply(plainly(words), changed=answer.artifact if accept else None)


async def _accept(call: Call) -> Answer:
    return await _answer(call, accept=True)


async def _decline(call: Call) -> Answer:
    return await _answer(call, accept=False)


async def _claim_pressed(call: Call) -> Answer:
    return await _claim(call, parse_key(call.value))


async def _release_pressed(call: Call) -> Answer:
    return await _release(call, parse_key(call.value))


async def _handoff_pressed(call: Call) -> Answer:
    return await _handoff_form(call, parse_key(call.value))


FEATURE = Feature(
    verbs=(
        Verb("claim", "[KEY]", "make an artifact yours, or ask its owner for it", claim),
        Verb("release", "KEY", "let go of an artifact you own", release),
        Verb("handoff", "KEY @user", "ask a colleague to take an artifact over", handoff),
    ),
    buttons={
        "artifact.claim": _claim_pressed,
        "artifact.release": _release_pressed,
        "artifact.handoff": _handoff_pressed,
        "request.accept": _accept,
        "request.decline": _decline,
    },
    forms={
        "claim.form": by_form(_claim),
        "release.form": by_form(_release),
        "handoff.form": _handed_off,
    },
)
