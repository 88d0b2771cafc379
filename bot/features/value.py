"""`/debt value`: what an artifact saves against what it costs, and how that adds up (R10)."""

from collections.abc import Sequence

from slack_sdk.models.blocks import InputBlock

from bot.features.subscribe import require_scope
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import FormState, at
from bot.slack.forms import artifact_input, form, text_input
from bot.slack.parsing import scope_in, words_of
from bot.slack.picker import pick_form, picked
from briefings.messages.message import plainly
from briefings.words.words import say
from debt.artifact.artifact import parse_key
from debt.artifact.lifecycle import require_live
from debt.refusal import Refused
from debt.rules.hours import as_hours, parse_amount
from debt.rules.value import Balance, balance
from debt.scope import Scope
from storage.costs import value as stated_value
from storage.register.artifacts import require

_SHOWN = 5


async def value(call: Call) -> Answer:
    words = words_of(call.words)
    if not words:
        return pick_form(call, "value.pick", "Value of an artifact", "Next")
    if scope := scope_in(words[0]):
        return await _sum(call, scope)
    key, *lengths = words
    if not lengths:
        return await _form(call, parse_key(key))
    return await _typed(call, parse_key(key), *read_words(lengths))


async def _typed(call: Call, number: int, saved: int | None, monthly: int | None) -> Reply:
    """States what was typed; the other of the two figures stays as it was."""
    async with call.store.read() as session:
        artifact = await require(session, number)
    saved = artifact.saved_minutes if saved is None else saved
    monthly = artifact.saved_monthly_minutes if monthly is None else monthly
    return await _state(call, number, saved, monthly)


def read_words(words: Sequence[str]) -> tuple[int | None, int | None]:
    """Minutes saved once and a month, from `saved 10h monthly 2h` or `10h 2h`; None for no word."""
    named = dict(zip(words[::2], words[1::2], strict=False))
    if set(map(str.casefold, named)) <= {"saved", "monthly"} and len(words) % 2 == 0:
        lengths = {name.casefold(): length for name, length in named.items()}
        return _read(lengths.get("saved", "")), _read(lengths.get("monthly", ""))
    if len(words) > 2:
        raise Refused("Say what it saved and saves: saved 10h monthly 2h.")
    return _read(words[0]), _read(words[1] if len(words) > 1 else "")


def _read(text: str) -> int | None:
    return parse_amount(text) if text else None


async def _form(call: Call, artifact_id: int) -> Modal:
    async with call.store.read() as session:
        artifact = await require(session, artifact_id)
    require_live(artifact.key, artifact.stage)
    once, monthly = artifact.saved_minutes, artifact.saved_monthly_minutes
    blocks = [
        artifact_input(artifact),
        _length("saved", "Hours saved at creation", once, "Against doing it by hand"),
        _length("monthly", "Hours saved a month", monthly, "By its being there"),
    ]
    return Modal(form(call, "value.form", "Value", "Save", blocks))


def _length(name: str, label: str, minutes: int | None, hint: str) -> InputBlock:
    """A field for hours: empty where nothing was stated, 0 where that is the statement."""
    initial = None if minutes is None else as_hours(minutes) if minutes else "0"
    return text_input(name, label, initial=initial, hint=hint, optional=True, longest=20)


def read_form(state: FormState) -> tuple[int | None, int | None]:
    with at("saved"):
        saved = _read(state.text("saved"))
    with at("monthly"):
        return saved, _read(state.text("monthly"))


async def _submitted(call: Call) -> Answer:
    lengths = read_form(call.state)
    with at("artifact"):
        return await _state(call, picked(call.state), *lengths)


async def _state(call: Call, artifact_id: int, saved: int | None, monthly: int | None) -> Reply:
    async with call.changing() as session:
        stated = await stated_value.state(session, call.change, artifact_id, saved, monthly)
    words = say(
        "value.stated",
        artifact=stated,
        who=call.who,
        balance=balance(stated, call.today),
        policy=call.policy,
    )
    return Reply(plainly(words), changed=stated)


async def _sum(call: Call, scope: Scope) -> Reply:
    """The balance of a scope, and the artifacts that owe most."""
    async with call.store.read() as session:
        await require_scope(session, scope)
        valued = await stated_value.balances(session, scope, call.today)
    whole = sum((row.balance for row in valued), Balance(0, 0))
    owing = [row for row in valued if row.balance.owed][:_SHOWN]
    words = say(
        "value.sum",
        scope=scope,
        count=len(valued),
        whole=whole,
        owing=[(row.artifact, row.balance) for row in owing],
        policy=call.policy,
    )
    return Reply(plainly(words))


async def _picked(call: Call) -> Answer:
    chosen = picked(call.state)
    with at("artifact"):
        return await _form(call, chosen)


FEATURE = Feature(
    verbs=(
        Verb(
            "value",
            "[KEY] [saved 10h] [monthly 2h] | [scope]",
            "what it saved and saves against what it costs, or how that adds up in a scope",
            value,
        ),
    ),
    forms={"value.pick": _picked, "value.form": _submitted},
)
