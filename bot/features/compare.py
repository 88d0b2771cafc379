"""Register and metadata block side by side, where they disagree, and who is right (R7)."""

from slack_sdk.models.blocks import Block

from bot.features.artifact_form import LABELS
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature
from bot.slack.form_state import FormState
from bot.slack.forms import form, select_input, settled_input
from bot.slack.picker import picked
from briefings.messages.message import line, plainly
from briefings.words.words import say, shorten
from debt.artifact.artifact import RATING_NAMES, Artifact, BlockDisagreement, parse_key
from debt.artifact.lifecycle import require_live
from debt.refusal import Refused
from debt.rules.file_sync import BY_VERB
from storage.register import file_conflicts
from storage.register.artifacts import require

_LABELS: dict[str, str] = {
    **LABELS,
    **{name: name.capitalize() for name in RATING_NAMES},
    "owner": "Owner",
    "created_on": "Created on",
    "review_on": "Review date",
    "expires_on": "Expiry date",
}
_LONGEST = 50


async def _compare(call: Call) -> Answer:
    async with call.store.read() as session:
        artifact = await require(session, parse_key(call.value))
    require_live(artifact.key, artifact.stage)
    if not artifact.disputed:
        raise Refused(f"{artifact.key} and its file say the same, or somebody has decided already.")
    return Modal(form(call, "compare.form", "Register and file", "Save", _blocks(artifact)))


def _blocks(artifact: Artifact) -> list[Block]:
    open_ones = [each for each in artifact.otherwise if each.field in artifact.disputed]
    where = sorted({each.where for each in open_ones})
    choices = [_choice(artifact, each) for each in open_ones]
    return [line(say("compare.intro", where=where)), settled_input(artifact), *choices]


def _choice(artifact: Artifact, each: BlockDisagreement) -> Block:
    verb = BY_VERB.get(each.field)
    ours = f"Keep the register’s: {_shown(artifact.registered(each.field))}"
    options = [("keep", ours)]
    if verb is None:
        options.append(("take", f"Take the file’s: {_shown(each.said)}"))
    hint = f"The file says {_shown(each.said)}; “{verb}” changes it" if verb else None
    label = _LABELS.get(each.field, each.field)
    return select_input(each.field, label, options, optional=True, hint=hint)


def _shown(value: object) -> str:
    return shorten(str(value), _LONGEST) if value not in {None, ""} else "nothing"


def read_choices(state: FormState) -> dict[str, list[str]]:
    """Which facts to take and which to keep; what was left open is asked again."""
    chosen = {name: state.choice(name) for name in state.values if name != "artifact"}
    return {
        what: [name for name, one in chosen.items() if one == what] for what in ("take", "keep")
    }


async def _submitted(call: Call) -> Answer:
    choices = read_choices(call.state)
    async with call.store.change() as session:
        decided = await file_conflicts.decide(session, call.change, picked(call.state), **choices)
    words = say("compare.decided", artifact=decided, who=call.who, labels=_LABELS, **choices)
    return Reply(plainly(words), changed=decided)


FEATURE = Feature(buttons={"artifact.compare": _compare}, forms={"compare.form": _submitted})
