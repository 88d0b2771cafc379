"""`/debt add`: create with intent (R5). What is left vague makes it provisional, and says so."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import cast

from slack_sdk.models.blocks import Block

from bot.call import Answer, Call, Form, Reply
from bot.feature import Feature, Verb
from bot.forms import date_input, form, person_input, select_input, text_input
from bot.state import State, at
from bot.typed import mentioned, plain
from briefings.message import Message, button, buttons, line
from briefings.words import say
from debt.artifact import Artifact, Label, Surface
from debt.facts import USUAL_KIND, Facts
from debt.hours import parse_length
from debt.intent import missing_intent
from debt.policy import Policy
from debt.refusal import Refused
from storage import people
from storage.people import require_can_own
from storage.register import add as put_on_register

_TEXTS = {
    "team": "Team",
    "service": "Service",
    "origin_tool": "AI tool",
    "origin_model": "Model",
    "prompt_category": "Prompt category",
    "prompt_template": "Prompt template",
    "usage": "How often it is used",
    "rollback": "Rollback strategy",
    "monitoring": "Monitoring hook",
    "responder": "Responder",
}
_AS_POLICY = "policy"


async def add(call: Call) -> Answer:
    """Words after `add` become the name in the form."""
    return add_form(call, name=plain(call.words))


def add_form(call: Call, name: str = "", note: str = "") -> Form:
    blocks = (*_wanted(call, name, note), *_welcome())
    return Form(form(call, "add.form", "Add to the register", "Add", blocks))


def _wanted(call: Call, name: str, note: str) -> list[Block]:
    """What the register cannot do without, and the four parts of intent."""
    surfaces = [(each, each.capitalize()) for each in Surface]
    return [
        text_input("name", "Name", initial=name, longest=200),
        select_input("kind", "Kind", _kinds(call.policy), initial=USUAL_KIND),
        text_input("repo", "Repository", hint="Such as acme/checkout", longest=200),
        text_input("paths", "Paths", hint="Globs, one a line", multiline=True),
        text_input("purpose", "Purpose", initial=note, optional=True, multiline=True),
        text_input("lifespan", "Expected lifespan", optional=True, hint="Until what, or how long"),
        person_input("owner", "Owner", initial=call.who.slack_id, optional=True),
        text_input("removal_impact", "What happens if it is removed", optional=True),
        select_input("surface", "Runs where", surfaces, initial=Surface.INTERNAL),
        select_input("label", "Label", _labels(call.policy), initial=_AS_POLICY),
        date_input("expires_on", "Expiry date", optional=True, hint="Empty: by kind and label"),
    ]


def _welcome() -> Iterable[Block]:
    for block_id, label in _TEXTS.items():
        yield text_input(block_id, label, optional=True, longest=200)
    for block_id, label in (("value", "Business value"), ("blast_radius", "Blast radius")):
        grades = [(str(n), words) for n, words in enumerate(_GRADES, 1)]
        yield select_input(block_id, label, grades, optional=True)
    yield text_input("dependants", "Dependants", optional=True, longest=6)
    hint = "Expected maintenance a month; empty: usual for the kind"
    yield text_input("monthly_minutes", "Monthly hours", optional=True, longest=10, hint=hint)


_GRADES = ("1: very low", "2: low", "3: medium", "4: high", "5: very high")


def _kinds(policy: Policy) -> list[tuple[str, str]]:
    return [(kind, about.name.capitalize()) for kind, about in policy.kinds.items()]


def _labels(policy: Policy) -> list[tuple[str, str]]:
    given = [(label, f"{label.capitalize()}: {policy.label(label).meaning}") for label in Label]
    return [(_AS_POLICY, "As usual for its kind"), *given]


def read_add_form(state: State, today: date) -> Facts:
    """Only what was entered; kind and policy fill the rest."""
    facts: dict[str, object] = {
        "name": state.text("name"),
        "kind": state.choice("kind") or USUAL_KIND,
        "repo": state.text("repo"),
        "paths": tuple(filter(None, map(str.strip, state.text("paths").splitlines()))),
        "surface": Surface(state.choice("surface") or Surface.INTERNAL),
        "owner": state.person("owner"),
        "created_on": today,
    }
    facts |= {name: state.text(name) for name in (*_TEXTS, "purpose", "lifespan", "removal_impact")}
    facts |= _read_label(state) | _read_numbers(state) | _read_expiry(state, today)
    return cast("Facts", facts)


def _read_label(state: State) -> dict[str, object]:
    chosen = state.choice("label")
    return {"label": Label(chosen)} if chosen and chosen != _AS_POLICY else {}


def _read_expiry(state: State, today: date) -> dict[str, object]:
    until = state.day("expires_on")
    with at("expires_on"):
        if until and until <= today:
            raise Refused("Choose a day after today.")
    return {"expires_on": until} if until else {}


def _read_numbers(state: State) -> dict[str, object]:
    numbers: dict[str, object] = {}
    for name in ("value", "blast_radius"):
        chosen = state.choice(name)
        numbers |= {name: int(chosen)} if chosen else {}
    numbers |= _read_one(state, "dependants", _whole_number)
    return numbers | _read_one(state, "monthly_minutes", parse_length)


def _read_one(state: State, name: str, read: Callable[[str], int]) -> dict[str, object]:
    text = state.text(name)
    with at(name):
        return {name: read(text)} if text else {}


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise Refused("Say a whole number.")
    return int(text)


async def _submitted(call: Call) -> Answer:
    facts = read_add_form(call.state, call.today)
    for block_id in ("name", "repo", "paths"):
        with at(block_id):
            if not facts.get(block_id):
                raise Refused("This cannot be blank.")
    owner = facts.get("owner")
    with at("owner"):
        if owner:
            require_can_own(await call.bot.people.know(owner))
    async with call.store.change() as session:
        added = await put_on_register(session, call.change, facts)
    return _told(call, added)


def _told(call: Call, added: Artifact) -> Reply:
    missing = missing_intent(added)
    words = say("add.added", artifact=added, who=call.who, missing=missing)
    acts = [
        button("Show", "artifact.show", added.key),
        button("Score", "artifact.score", added.key),
    ]
    message = Message(words, (line(words), buttons(f"added:{added.key}", *acts)))
    return Reply(message, changed=added)


async def _from_message(call: Call) -> Answer:
    """The message's first line becomes the name, all of it the purpose."""
    said = str(call.message.get("text") or "")
    async with call.store.read() as session:
        names = await people.names(session, mentioned(said))
    text = plain(said, names)
    first = next(iter(text.splitlines()), "")
    return add_form(call, name=first[:200], note=text[:3_000])


FEATURE = Feature(
    verbs=(Verb("add", "[name]", "put an artifact on the register, with its intent", add),),
    forms={"add.form": _submitted},
    shortcuts={"add_to_register": _from_message},
)
