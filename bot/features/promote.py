"""`/debt promote`: the gate's checklist, what settles its items, and the step itself (R19)."""

from collections.abc import Sequence
from datetime import date

from slack_sdk.models.blocks import Block

from bot.features.gate import GateStanding, checklist_of, standing_of
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import at
from bot.slack.forms import boxes_input, date_input, form, select_input, settled_input, text_input
from bot.slack.parsing import rest_of, until_first, words_of
from bot.slack.picker import by_form, pick_form, picked
from briefings.messages.message import Message, line, plainly
from briefings.words.words import say
from debt.artifact.artifact import Artifact, Ending, Stage, parse_key
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.dates import parse_until
from debt.rules.gate import REVIEWED, GateItem, item_named, last_waiver_day, require_complete
from storage.lifecycle import promotion
from storage.lifecycle.maintenance import Requested
from storage.lifecycle.promotion import GateItemSettled, require_may_show, require_may_waive
from storage.register.artifacts import require


async def promote(call: Call) -> Answer:
    """`KEY`, then an item with its evidence, or `waive`, an item, a date and a reason."""
    key, *rest = words_of(call.words) or [""]
    if not key:
        return pick_form(call, "promote.pick", "Promote an artifact", "Next")
    artifact_id = parse_key(key)
    if not rest:
        return await _checklist(call, artifact_id)
    if rest[0].casefold() == "waive":
        return await _waive_by_words(call, artifact_id, rest[1:])
    return await _show_by_words(call, artifact_id, rest[0], rest_of(rest[1:]))


async def _checklist(call: Call, artifact_id: int) -> Reply:
    return Reply(await checklist_of(call, artifact_id))


async def _under(call: Call, words: str, artifact: Artifact) -> Reply:
    """The words and the checklist as it is now; replaces the checklist the button was in."""
    drawn = await checklist_of(call, artifact.id)
    return Reply(Message(words, (line(words), *drawn.blocks)), replace=bool(call.origin.card))


# ------------------------------------------------------------------------------ evidence


async def _show_by_words(call: Call, artifact_id: int, item: str, evidence: str) -> Answer:
    """Shows evidence for an item; for the human review, opens its form with the words in it."""
    if evidence and item.casefold() != GateItem.REVIEW:
        return await _show(call, artifact_id, item, evidence)
    return await evidence_form(call, artifact_id, item, evidence)


async def evidence_form(call: Call, artifact_id: int, item: str, evidence: str = "") -> Modal:
    standing = await _standing(call, artifact_id)
    artifact, named = standing.artifact, item_named(item, standing.artifact, call.policy)
    require_may_show(call.change, artifact, named)
    if named is GateItem.REVIEW:
        return _review_form(call, artifact, evidence)
    items = [
        gate_item
        for gate_item in standing.items
        if not gate_item.is_fact and gate_item is not GateItem.REVIEW
    ]
    blocks = [
        settled_input(artifact),
        _item_input(items, named),
        text_input("evidence", "Evidence", hint="A link, or a few words", longest=500),
    ]
    return Modal(form(call, "gate.evidence", "Show it", "Save", blocks))


def _review_form(call: Call, artifact: Artifact, notes: str) -> Modal:
    blocks = [
        settled_input(artifact),
        boxes_input("yes", "It is", [(quality, quality.capitalize()) for quality in REVIEWED]),
        text_input(
            "evidence",
            "Notes",
            initial=notes,
            hint="A link, or a few words",
            optional=True,
            longest=500,
        ),
    ]
    return Modal(form(call, "gate.review", "Human review", "Reviewed by me", blocks))


def _item_input(items: Sequence[GateItem], chosen: GateItem | None) -> Block:
    options = [(str(item), item.words.capitalize()) for item in items]
    return select_input("item", "Item", options, initial=chosen)


async def _evidence_given(call: Call) -> Answer:
    item, evidence = call.state.choice("item") or "", call.state.text("evidence")
    return await _show(call, picked(call.state), item, evidence)


async def _reviewed(call: Call) -> Answer:
    with at("yes"):
        if not set(REVIEWED) <= set(call.state.ticked("yes")):
            raise Refused("All four have to be true; what is not has to be mended first.")
    notes = call.state.text("evidence")
    evidence = ", ".join(REVIEWED) + (f": {notes}" if notes else "")
    return await _show(call, picked(call.state), GateItem.REVIEW, evidence)


async def _show(call: Call, artifact_id: int, item: str, evidence: str) -> Reply:
    async with call.changing() as session:
        settled = await promotion.check(session, call.change, artifact_id, item, evidence)
    return await _settled(call, settled)


async def _settled(call: Call, settled: GateItemSettled) -> Reply:
    words = say("promote.settled", settled=settled, who=call.who)
    return await _under(call, words, settled.artifact)


# ------------------------------------------------------------------------------- waivers


async def _waive_by_words(call: Call, artifact_id: int, words: list[str]) -> Answer:
    if len(words) < 2:
        return await waiver_form(call, artifact_id, *words)
    until, reason = until_first(words[1:])
    last_day = parse_until(until, call.today)
    return await _waive(call, artifact_id, words[0], rest_of(reason), last_day)


async def waiver_form(call: Call, artifact_id: int, item: str = "") -> Modal:
    standing = await _standing(call, artifact_id)
    artifact, items = standing.artifact, [i for i in standing.items if i is not GateItem.END]
    if not items:
        raise Refused(f"Nothing is asked of {artifact.key} that could be waived.")
    named = item_named(item or items[0], artifact, call.policy)
    require_may_waive(call.change, artifact, named)
    latest = last_waiver_day(call.today, call.policy)
    blocks = [
        settled_input(artifact),
        _item_input(items, named if item else None),
        text_input("reason", "Reason", multiline=True, longest=500),
        date_input("until", "Waived until", hint=say("promote.latest", latest=latest)),
    ]
    return Modal(form(call, "gate.waiver", "Waive", "Waive", blocks))


async def _waiver_given(call: Call) -> Answer:
    until = call.state.day("until")
    with at("until"):
        if until is None:
            raise Refused("Choose the day on which the waiver ends.")
    item, reason = call.state.choice("item") or "", call.state.text("reason")
    return await _waive(call, picked(call.state), item, reason, until)


async def _waive(call: Call, artifact_id: int, item: str, reason: str, until: date) -> Reply:
    async with call.changing() as session:
        settled = await promotion.waive(session, call.change, artifact_id, item, reason, until)
    return await _settled(call, settled)


# ------------------------------------------------------------------------------ the step


async def _pressed(call: Call) -> Answer:
    """Promotes; opens the form for the planned end first where the next stage is retained."""
    artifact_id = parse_key(call.value)
    standing = await _standing(call, artifact_id)
    call.change.require_may(Act.PROMOTE, standing.artifact)
    require_complete(standing.artifact, standing.stage, standing.to_show)
    if standing.stage is Stage.RETAINED:
        return _end_form(call, standing.artifact)
    return await _promote(call, artifact_id)


def _end_form(call: Call, artifact: Artifact) -> Modal:
    usual = artifact.planned_end or call.policy.kind(artifact.kind).ends_as
    endings = [(end, f"{end.capitalize()}: {words}") for end, words in _ENDINGS.items()]
    blocks = [settled_input(artifact), select_input("end", "Planned end", endings, initial=usual)]
    return Modal(form(call, "gate.end", "Promote", "Promote", blocks))


_ENDINGS = {
    Ending.RETIRE: "it goes when it is no longer needed",
    Ending.REFACTOR: "people take its code over",
    Ending.REGENERATE: "a new generation takes its place",
}


async def _end_given(call: Call) -> Answer:
    end = call.state.choice("end")
    return await _promote(call, picked(call.state), Ending(end) if end else None)


async def _promote(call: Call, artifact_id: int, end: Ending | None = None) -> Reply:
    async with call.changing() as session:
        outcome = await promotion.promote(session, call.change, artifact_id, end)
    if isinstance(outcome, Requested):
        words = say("promote.asked", artifact=outcome.artifact, asked=outcome.approval)
        return await _under(call, words, outcome.artifact)
    return Reply(plainly(say("promote.promoted", artifact=outcome, who=call.who)), changed=outcome)


async def _standing(call: Call, artifact_id: int) -> GateStanding:
    async with call.store.read() as session:
        return await standing_of(session, call.change, await require(session, artifact_id))


async def _evidence_pressed(call: Call) -> Answer:
    key, item = call.value.split(" ")
    return await evidence_form(call, parse_key(key), item)


async def _waive_pressed(call: Call) -> Answer:
    key, item = call.value.split(" ")
    return await waiver_form(call, parse_key(key), item)


async def _card_pressed(call: Call) -> Answer:
    return await _checklist(call, parse_key(call.value))


FEATURE = Feature(
    verbs=(
        Verb(
            "promote",
            "[KEY] [item evidence | waive item until 2027-01-31 reason]",
            "what its gate asks for before it is validated or retained, and the step itself",
            promote,
        ),
    ),
    buttons={
        "artifact.promote": _card_pressed,
        "gate.evidence": _evidence_pressed,
        "gate.waive": _waive_pressed,
        "gate.promote": _pressed,
    },
    forms={
        "promote.pick": by_form(_checklist),
        "gate.evidence": _evidence_given,
        "gate.review": _reviewed,
        "gate.waiver": _waiver_given,
        "gate.end": _end_given,
    },
    cards={"gate": checklist_of},
)
