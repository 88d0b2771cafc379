"""`/debt train`: release trains, what is aboard, and how their budgets stand (R11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from slack_sdk.models.blocks import Block

from bot.features.listing import read_words
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import FormState, at
from bot.slack.forms import date_input, form, text_input
from bot.slack.parsing import plain, words_of
from briefings.messages.message import Message, button, buttons, line, plainly
from briefings.parts.budgets import BudgetFacts, facts_of
from briefings.words.words import say
from debt.artifact.artifact import looks_like_key, parse_key
from debt.budgets.train import Train, last_day_of
from debt.refusal import Refused
from debt.rules.dates import looks_like_day, parse_day
from debt.scope import Scope, ScopeKind
from storage.costs import budgets, trains
from storage.database.store import Session
from storage.register import queries

SHOWN = 10


async def train(call: Call) -> Answer:
    first, *rest = words_of(call.words) or [""]
    if first.casefold() == "set":
        return await _set(call, rest)
    if first.casefold() == "add":
        return await _board(call, rest)
    if first.casefold() == "drop":
        return await _leave(call, rest)
    return await _one(call, _name(first)) if first else await _all(call)


def _name(word: str) -> str:
    """`2027.1`, or `train:2027.1`."""
    return plain(word).removeprefix("train:")


async def _all(call: Call) -> Reply:
    async with call.store.read() as session:
        running = await trains.running(session, call.today)
    words = say("train.all", trains=running[:SHOWN], more=len(running[SHOWN:]), today=call.today)
    opener = button("Plan a train", "train.set", "new")
    return Reply(Message(words, (line(words, accessory=opener),)))


async def _one(call: Call, name: str) -> Reply:
    async with call.store.read() as session:
        facts = await _facts(session, call, await trains.require(session, name))
    words = say("train.one", facts=facts, today=call.today)
    scope = str(_scope(name))
    acts = [button("Change", "train.set", name), button("See the list", "list.open", scope)]
    if not facts.budgets:
        acts.append(button("Set a budget", "budget.set", scope))
    return Reply(Message(words, (line(words), buttons("train", *acts))))


def _scope(name: str) -> Scope:
    return Scope(ScopeKind.TRAIN, name)


@dataclass(frozen=True, slots=True)
class TrainFacts:
    """A train, how many live artifacts are aboard, and how its budgets stand."""

    train: Train
    artifacts: int
    budgets: Sequence[BudgetFacts]


async def _facts(session: Session, call: Call, wanted: Train) -> TrainFacts:
    """The facts of a train today, or on its last day where it is over."""
    scope, day = _scope(wanted.name), last_day_of(wanted, call.today)
    in_force = await budgets.in_force(session, day, [scope])
    facts = [await facts_of(session, call.change, budget) for budget in in_force]
    aboard = await queries.numbers(session, queries.ArtifactQuery(scopes=(scope,)))
    return TrainFacts(wanted, len(aboard), facts)


async def _set(call: Call, words: Sequence[str]) -> Answer:
    """With a name and both days the train is planned at once; without, the form opens."""
    days = [parse_day(word) for word in words if looks_like_day(word)]
    names = [_name(word) for word in words if not looks_like_day(word)]
    if len(days) == 2 and len(names) == 1:
        return await _put(call, TrainWanted(Train(names[0], *days), "", call.today))
    return await _form(call, names[0] if names else "", days)


async def _form(call: Call, name: str, days: Sequence[date] = ()) -> Modal:
    """The form with the days that were typed, else with those that the train has."""
    async with call.store.read() as session:
        earlier = await trains.find(session, name)
    first, last = (earlier.first, earlier.last) if earlier else (call.today, None)
    first, last = days[0] if days else first, days[1] if len(days) > 1 else last
    return Modal(form(call, "train.form", "Plan a train", "Save", _fields(call, name, first, last)))


def _fields(call: Call, name: str, first: date | None, last: date | None) -> list[Block]:
    hint = "Keys such as D-7, or the words of a list such as team:x repo:x"
    return [
        text_input("name", "Name", initial=name, hint="One word, such as 2027.1", longest=40),
        date_input("first", "First day", initial=first),
        date_input("last", "Last day", initial=last),
        text_input("artifacts", "Put aboard", optional=True, multiline=True, hint=hint),
        date_input("since", "Aboard from", initial=call.today,
                   hint="Hours worked on them from that day on count"),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrainWanted:
    """A train to plan, the words that name the artifacts to put aboard, and from which day."""

    train: Train
    aboard: str
    since: date


def read_form(state: FormState, today: date) -> TrainWanted:
    """The train that the fields state; a wrong value is refused at its field."""
    first, last = (state.day(name) for name in ("first", "last"))
    with at("first"):
        if first is None:
            raise Refused("Choose a day.")
    with at("last"):
        if last is None:
            raise Refused("Choose a day.")
    planned = Train(_name(state.text("name")), first, last)
    return TrainWanted(planned, state.text("artifacts"), state.day("since") or today)


async def _submitted(call: Call) -> Answer:
    return await _put(call, read_form(call.state, call.today))


async def _put(call: Call, wanted: TrainWanted) -> Reply:
    name = wanted.train.name
    async with call.changing() as session:
        await trains.put(session, call.change, wanted.train)
        with at("artifacts"):
            numbers = await _meant(session, call, wanted.aboard) if wanted.aboard else []
        if numbers:
            await trains.board(session, call.change, name, numbers, wanted.since)
        facts = await _facts(session, call, wanted.train)
    return Reply(plainly(say("train.planned", who=call.who, facts=facts, today=call.today)))


async def _board(call: Call, words: Sequence[str]) -> Reply:
    return await _moved(call, words, "add", "train.boarded")


async def _leave(call: Call, words: Sequence[str]) -> Reply:
    return await _moved(call, words, "drop", "train.left")


async def _moved(call: Call, words: Sequence[str], verb: str, template: str) -> Reply:
    if len(words) < 2:
        raise Refused(f"Say which: “train {verb} NAME D-7 D-9” or “train {verb} NAME team:x”.")
    name, aboard = _name(words[0]), " ".join(words[1:])
    async with call.changing() as session:
        numbers = await _meant(session, call, aboard)
        if verb == "add":
            count = await trains.board(session, call.change, name, numbers, call.today)
        else:
            count = await trains.leave(session, call.change, name, numbers)
        facts = await _facts(session, call, await trains.require(session, name))
    confirmation = say(template, who=call.who, count=count, facts=facts, today=call.today)
    return Reply(plainly(confirmation))


async def _meant(session: Session, call: Call, text: str) -> list[int]:
    """The numbers, in order, of artifacts named by key and of live ones that a list of the other
    words shows. Refused where those words match nothing.
    """
    words = words_of(text)
    keys = [parse_key(word.strip(",;")) for word in words if looks_like_key(word.strip(",;"))]
    others = [word for word in words if not looks_like_key(word.strip(",;"))]
    listed = await queries.numbers(session, read_words(call, " ".join(others))) if others else []
    if others and not listed:
        raise Refused("Nothing on the register matches that.", field="artifacts")
    return sorted({*keys, *listed})


async def _pressed(call: Call) -> Answer:
    return await _form(call, "" if call.value == "new" else call.value)


FEATURE = Feature(
    verbs=(
        Verb(
            "train",
            "[NAME] | set NAME [FIRST LAST] | add NAME D-7 team:x | drop NAME D-7",
            "release trains: what is aboard, from when to when, and how their budgets stand",
            train,
        ),
    ),
    buttons={"train.set": _pressed},
    forms={"train.form": _submitted},
)
