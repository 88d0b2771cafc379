"""`/debt add`: create with intent (R5). What is left vague makes it provisional, and says so."""

from datetime import date

from bot.features.approve import requested
from bot.features.artifact_form import read_facts, wanted, welcome
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import FormState, at
from bot.slack.forms import LONGEST_ENTRY, date_input, form, person_input
from bot.slack.parsing import mentioned, plain
from briefings.messages.message import Message, act_button, buttons, line
from briefings.words.words import say
from debt.artifact.artifact import Artifact, Surface
from debt.artifact.columns import Facts
from debt.artifact.intent import missing_intent
from debt.refusal import Refused
from debt.rules.facts import USUAL_KIND
from debt.rules.standing import Action
from storage.lifecycle.maintenance import Requested
from storage.lifecycle.registration import add as put_on_register
from storage.register import people
from storage.register.people import require_can_own


async def add(call: Call) -> Answer:
    """Words after `add` become the name in the form."""
    return add_form(call, name=plain(call.words))


def add_form(call: Call, name: str = "", note: str = "") -> Modal:
    facts = Facts(
        name=name[:200],
        purpose=note[:LONGEST_ENTRY],
        kind=USUAL_KIND,
        surface=Surface.INTERNAL,
    )
    blocks = [
        *wanted(call.policy, facts),
        person_input("owner", "Owner", initial=call.who.slack_id, optional=True),
        date_input("expires_on", "Expiry date", optional=True, hint="Empty: by kind and label"),
        *welcome(facts),
    ]
    return Modal(form(call, "add.form", "Add to the register", "Add", blocks))


def read_add_form(state: FormState, today: date) -> Facts:
    """The facts that were entered. Refused for an expiry date that is not after today."""
    facts = read_facts(state) | Facts(owner=state.person("owner"), created_on=today)
    until = state.day("expires_on")
    with at("expires_on"):
        if until and until <= today:
            raise Refused("Choose a day after today.")
    return facts | Facts(expires_on=until)


async def _submitted(call: Call) -> Answer:
    facts = read_add_form(call.state, call.today)
    owner = facts.get("owner")
    with at("owner"):
        if owner:
            require_can_own(await call.bot.people.know(owner))
    async with call.changing() as session:
        added = await put_on_register(session, call.change, facts)
        if isinstance(added, Requested):
            return await requested(session, added)
    return _reply(call, added)


def _reply(call: Call, added: Artifact) -> Reply:
    words = say("add.added", artifact=added, who=call.who, missing=missing_intent(added))
    acts = [
        act_button(Action.SHOW, added.key),
        act_button(Action.SCORE, added.key),
    ]
    message = Message(words, (line(words), buttons(f"added:{added.key}", *acts)))
    return Reply(message, changed=added)


async def _from_message(call: Call) -> Answer:
    """The message's first line becomes the name, all of it the purpose."""
    typed = str(call.message.get("text") or "")
    async with call.store.read() as session:
        names = await people.names(session, mentioned(typed))
    text = plain(typed, names)
    first = next(iter(text.splitlines()), "")
    return add_form(call, name=first, note=text)


FEATURE = Feature(
    verbs=(Verb("add", "[name]", "put an artifact on the register, with its intent", add),),
    forms={"add.form": _submitted},
    shortcuts={"add_to_register": _from_message},
)
