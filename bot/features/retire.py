"""`/debt retire`: an artifact's way out, from asking for it to confirming that it is gone."""

from collections.abc import Sequence
from functools import partial

from slack_sdk.models.blocks import Block

from bot.features.approve import requested
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Run, Verb
from bot.slack.form_state import at
from bot.slack.forms import artifact_input, form, select_input, settled_input, text_input
from bot.slack.parsing import rest_of, words_of
from bot.slack.picker import chosen_or_none, picked
from briefings.messages.message import line, plainly
from briefings.words.words import say
from debt.artifact.artifact import Artifact, Ending, Stage, parse_key
from debt.artifact.lifecycle import require_live
from debt.rules.ending import Leftover, require_not_retiring, require_retiring, usual_end
from storage.lifecycle import retirement
from storage.lifecycle.retirement import Retiring
from storage.register.artifacts import require

_ENDS = {
    Ending.RETIRE: "Retire: it goes away",
    Ending.REFACTOR: "Refactor: people’s code takes its place",
    Ending.REGENERATE: "Regenerate: a new generation takes its place",
}


async def retire(call: Call) -> Answer:
    key, *rest = words_of(call.words) or [""]
    ending, reason = _ending_first(rest)
    if not reason:
        return await retire_form(call, parse_key(key) if key else None, ending)
    return await _retire(call, parse_key(key), ending or Ending.RETIRE, rest_of(reason))


def _ending_first(words: Sequence[str]) -> tuple[Ending | None, Sequence[str]]:
    if words and words[0].casefold() in set(Ending):
        return Ending(words[0].casefold()), words[1:]
    return None, words


async def retire_form(
    call: Call, artifact_id: int | None = None, ending: Ending | None = None
) -> Modal:
    chosen = await chosen_or_none(call, artifact_id)
    impact: list[Block] = []
    if chosen:
        require_live(chosen.key, chosen.stage)
        require_not_retiring(chosen)
        ending = ending or usual_end(chosen, call.policy)
        impact = [line(say("retire.impact", artifact=chosen))]
    blocks = [
        artifact_input(chosen),
        *impact,
        select_input("end", "Planned end", _ENDS.items(), initial=ending or Ending.RETIRE),
        text_input("reason", "Reason", multiline=True, longest=500),
        text_input("link", "Link to the change", optional=True, longest=500),
    ]
    return Modal(form(call, "retire.form", "Retire", "Retire", blocks))


async def _submitted(call: Call) -> Answer:
    chosen, state = picked(call.state), call.state
    ending = Ending(state.choice("end") or Ending.RETIRE)
    return await _retire(call, chosen, ending, state.text("reason"), state.text("link"))


async def _retire(
    call: Call, artifact_id: int, ending: Ending, reason: str, link: str = ""
) -> Reply:
    async with call.changing() as session:
        outcome = await retirement.ask(session, call.change, artifact_id, ending, reason, link)
        if not isinstance(outcome, Retiring):
            return await requested(session, outcome)
    words = say("retire.retiring", artifact=outcome.artifact, who=call.who)
    return Reply(plainly(words), changed=outcome.artifact)


async def _pressed(call: Call) -> Answer:
    return await retire_form(call, parse_key(call.value))


async def _settle_form(call: Call, item: Leftover) -> Modal:
    artifact = await _retiring(call)
    blocks = [
        settled_input(artifact),
        select_input(
            "item",
            "What",
            [(leftover, leftover.capitalize()) for leftover in Leftover],
            initial=item,
        ),
        text_input(
            "evidence",
            "What shows that it is gone",
            hint="A link or a commit; “none there” where there never was one",
            longest=500,
        ),
    ]
    return Modal(form(call, "settle.form", "Off the checklist", "Save", blocks))


async def _retiring(call: Call) -> Artifact:
    async with call.store.read() as session:
        artifact = await require(session, parse_key(call.value))
    require_retiring(artifact)
    return artifact


async def _settled(call: Call) -> Answer:
    item, evidence = Leftover(call.state.choice("item") or ""), call.state.text("evidence")
    async with call.changing() as session:
        settled = await retirement.settle(session, call.change, picked(call.state), item, evidence)
    words = say("retire.settled", settled=settled, who=call.who, evidence=evidence)
    return Reply(plainly(words), changed=settled.artifact)


async def _end(call: Call) -> Answer:
    async with call.changing() as session:
        ended = await retirement.end(session, call.change, parse_key(call.value))
    again = ended.stage is Stage.CREATED
    words = say("retire.ended", artifact=ended, who=call.who, again=again)
    return Reply(plainly(words), changed=ended)


async def _keep_form(call: Call) -> Answer:
    artifact = await _retiring(call)
    blocks = [settled_input(artifact), text_input("reason", "Reason", multiline=True, longest=500)]
    return Modal(form(call, "keep.form", "Keep it", "Keep it", blocks))


async def _kept(call: Call) -> Answer:
    reason = call.state.text("reason")
    with at("reason"):
        async with call.changing() as session:
            kept = await retirement.keep(session, call.change, picked(call.state), reason)
    words = say("retire.kept", artifact=kept, who=call.who, reason=reason)
    return Reply(plainly(words), changed=kept)


_SETTLE: dict[str, Run] = {f"settle.{item}": partial(_settle_form, item=item) for item in Leftover}

FEATURE = Feature(
    verbs=(
        Verb(
            "retire",
            "[KEY] [refactor | regenerate] [reason]",
            "have it end: at once, or once those have agreed whom its tier asks",
            retire,
        ),
    ),
    buttons={
        "artifact.retire": _pressed,
        "artifact.end": _end,
        "artifact.keep": _keep_form,
        **_SETTLE,
    },
    forms={"retire.form": _submitted, "settle.form": _settled, "keep.form": _kept},
)
