"""`/debt edit`: a form with an artifact's facts, to change them."""

from bot.features.artifact_form import FIELDS, read_facts, wanted, welcome
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import at, began_with
from bot.slack.forms import form, settled_input
from bot.slack.picker import pick_form, picked
from briefings.messages.message import plainly
from briefings.words.words import say
from debt.artifact.artifact import parse_key
from debt.artifact.columns import BY_FIELD, Facts
from debt.artifact.intent import missing_intent
from debt.artifact.lifecycle import require_live
from storage.lifecycle import registration
from storage.register.artifacts import require


async def edit(call: Call) -> Answer:
    if not call.words:
        return pick_form(call, "edit.pick", "Edit an artifact", "Next")
    return await edit_form(call, parse_key(call.words))


async def edit_form(call: Call, artifact_id: int) -> Modal:
    async with call.store.read() as session:
        artifact = await require(session, artifact_id)
    require_live(artifact.key, artifact.stage)
    facts = {name: getattr(artifact, name) for name in FIELDS}
    blocks = [settled_input(artifact), *wanted(call.policy, facts), *welcome(facts)]
    return Modal(form(call, "edit.form", "Edit", "Save", blocks))


def read_edit_form(call: Call) -> Facts:
    """The facts that were changed in the form, so that others' changes meanwhile stay."""
    return read_facts(call.state.since(began_with(call.view)))


async def _submitted(call: Call) -> Answer:
    facts = read_edit_form(call)
    async with call.changing() as session:
        edited = await registration.edit(session, call.change, picked(call.state), facts)
    words = say(
        "edit.edited",
        artifact=edited,
        who=call.who,
        changed=[BY_FIELD[name].label for name in facts],
        missing=missing_intent(edited),
    )
    return Reply(plainly(words), changed=edited if facts else None)


async def _picked(call: Call) -> Answer:
    chosen = picked(call.state)
    with at("artifact"):
        return await edit_form(call, chosen)


async def _pressed(call: Call) -> Answer:
    return await edit_form(call, parse_key(call.value))


FEATURE = Feature(
    verbs=(
        Verb(
            "edit", "[KEY]", "say more of an artifact: purpose, value, responder and the like", edit
        ),
    ),
    buttons={"artifact.edit": _pressed},
    forms={"edit.pick": _picked, "edit.form": _submitted},
)
