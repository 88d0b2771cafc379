"""Answering what a scan proposes: accept it, or say that it is not AI-produced (R23, R29)."""

from bot.features import listing
from bot.features.approve import requested
from bot.slack.call import Answer, Call, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.parsing import first_and_rest, plain, scope_in, spelled, words_of
from briefings.messages.message import Message, act_button, button, line, plainly
from briefings.words.words import say
from debt.artifact.artifact import Artifact, parse_key
from debt.rules.standing import Action
from debt.scope import Scope, ScopeKind
from storage.lifecycle import proposals
from storage.lifecycle.maintenance import Requested

_LONGEST = 300


async def accept(call: Call) -> Answer:
    if not call.words:
        return await listing.page(call, "proposed")
    return await _accept(call, parse_key(call.words))


async def _accept(call: Call, artifact_id: int) -> Reply:
    async with call.changing() as session:
        outcome = await proposals.accept(session, call.change, artifact_id)
        if isinstance(outcome, Requested):
            return await requested(session, outcome)
    return _accepted(call, outcome)


def _accepted(call: Call, artifact: Artifact) -> Reply:
    words = say("proposals.accepted", artifact=artifact, who=call.who)
    claim = act_button(Action.CLAIM, artifact.key) if artifact.orphan else None
    return Reply(Message(words, (line(words, accessory=claim),)), changed=artifact)


async def dismiss(call: Call) -> Answer:
    key, reason = first_and_rest(call.words)
    if not key:
        return await listing.page(call, "proposed")
    return await _dismiss(call, parse_key(key), plain(reason))


async def _dismiss(call: Call, artifact_id: int, reason: str = "") -> Reply:
    async with call.changing() as session:
        artifact = await proposals.dismiss(session, call.change, artifact_id, reason)
    return _dismissed(call, artifact)


def _dismissed(call: Call, artifact: Artifact) -> Reply:
    words = say("proposals.dismissed", artifact=artifact, who=call.who)
    again = button("It is, after all", "artifact.accept", artifact.key)
    return Reply(Message(words, (line(words, accessory=again),)), changed=artifact)


async def _accept_pressed(call: Call) -> Answer:
    return await _accept(call, parse_key(call.value))


async def _dismiss_pressed(call: Call) -> Answer:
    return await _dismiss(call, parse_key(call.value))


async def _accept_listed(call: Call) -> Answer:
    return await listing.answered(call, _accept)


async def _dismiss_listed(call: Call) -> Answer:
    return await listing.answered(call, _dismiss)


async def _accept_all(call: Call) -> Answer:
    """Accepts the proposals that the message names, not those found since."""
    async with call.changing() as session:
        announced = await proposals.announced(session, int(call.value))
        count = await proposals.accept_all(session, call.change, announced.numbers)
    return Reply(plainly(say("proposals.all_accepted", count=count)))


async def _review(call: Call) -> Answer:
    async with call.store.read() as session:
        announced = await proposals.announced(session, int(call.value))
    return await listing.page(call, _words(Scope(ScopeKind.REPO, announced.repo)))


def _words(scope: Scope) -> str:
    """The words of `/debt list` for a scope's proposals; for all, where its name is too long."""
    words = f"proposed {spelled(scope)}"
    typed = len(words) <= _LONGEST and scope in map(scope_in, words_of(words))
    return words if typed else "proposed"


FEATURE = Feature(
    verbs=(
        Verb("accept", "[KEY]", "put on the register what a scan proposes", accept),
        Verb(
            "dismiss",
            "[KEY] [reason]",
            "a proposal is not AI-produced: no scan brings it up again",
            dismiss,
        ),
    ),
    buttons={
        "artifact.accept": _accept_pressed,
        "artifact.dismiss": _dismiss_pressed,
        "list.accept": _accept_listed,
        "list.dismiss": _dismiss_listed,
        "proposals.accept_all": _accept_all,
        "proposals.review": _review,
    },
)
