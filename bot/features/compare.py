"""Register and metadata block side by side, where they disagree, and who is right (R7)."""

from slack_sdk.models.blocks import Block

from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature
from bot.slack.form_state import FormState
from bot.slack.forms import form, select_input, settled_input
from bot.slack.picker import picked
from briefings.messages.message import line, plainly
from briefings.words.words import say, shorten
from debt.artifact.artifact import Artifact, BlockDisagreement, parse_key
from debt.artifact.columns import COLUMNS
from debt.artifact.lifecycle import require_live
from debt.refusal import Refused
from debt.rules.file_sync import BY_VERB
from storage.register import file_conflicts
from storage.register.artifacts import require

_LABELS = {column.field: column.label for column in COLUMNS}
_LONGEST = 50


async def _compare(call: Call) -> Answer:
    async with call.store.read() as session:
        artifact = await require(session, parse_key(call.value))
    require_live(artifact.key, artifact.stage)
    if not artifact.disputed:
        raise Refused(f"{artifact.key} and its file say the same, or somebody has decided already.")
    return Modal(form(call, "compare.form", "Register and file", "Save", _blocks(artifact)))


def _blocks(artifact: Artifact) -> list[Block]:
    undecided = [fact for fact in artifact.otherwise if fact.field in artifact.disputed]
    where = sorted({fact.where for fact in undecided})
    choices = [_choice(artifact, fact) for fact in undecided]
    return [line(say("compare.intro", where=where)), settled_input(artifact), *choices]


def _choice(artifact: Artifact, fact: BlockDisagreement) -> Block:
    verb = BY_VERB.get(fact.field)
    ours = f"Keep the register’s: {_shown(artifact.register_value(fact.field))}"
    options = [("keep", ours)]
    if verb is None:
        options.append(("take", f"Take the file’s: {_shown(fact.said)}"))
    hint = f"The file says {_shown(fact.said)}; “{verb}” changes it" if verb else None
    label = _LABELS.get(fact.field, fact.field)
    return select_input(fact.field, label, options, optional=True, hint=hint)


def _shown(value: object) -> str:
    return shorten(str(value), _LONGEST) if value not in {None, ""} else "nothing"


def read_choices(state: FormState) -> dict[str, list[str]]:
    """The names of facts to `take` from the file and to `keep`; those left open are in neither."""
    chosen = {name: state.choice(name) for name in state.values if name != "artifact"}
    return {
        what: [name for name, one in chosen.items() if one == what] for what in ("take", "keep")
    }


async def _submitted(call: Call) -> Answer:
    choices = read_choices(call.state)
    async with call.changing() as session:
        decided = await file_conflicts.decide(session, call.change, picked(call.state), **choices)
    words = say("compare.decided", artifact=decided, who=call.who, labels=_LABELS, **choices)
    return Reply(plainly(words), changed=decided)


FEATURE = Feature(buttons={"artifact.compare": _compare}, forms={"compare.form": _submitted})
