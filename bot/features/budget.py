"""`/debt budget`: hours of a scope against what it may cost, and setting that (R11)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from slack_sdk.models.blocks import Block, ButtonElement

from bot.features.subscribe import require_scope
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import FormState, at
from bot.slack.forms import date_input, form, select_input, text_input
from bot.slack.parsing import plain, scope_in, spelled, words_of
from briefings.messages.message import Message, button, buttons, line, plainly
from briefings.parts.budgets import BudgetFacts, burn_up_of, chart, standings, told_of
from briefings.pictures.pictures import BurnUp
from briefings.words.words import say
from debt.artifact.artifact import Label, Tier
from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.budgets.train import last_day_of
from debt.refusal import Refused
from debt.rules.hours import Period, as_hours, looks_like_amount, parse_amount, parse_length, span
from debt.scope import ALL, BudgetLine, Scope, ScopeKind
from storage.costs import budgets, trains
from storage.costs.budgets import Budget
from storage.costs.usage import use_of
from storage.database.store import Session

SHOWN = 10
_LIKE_THIS = "Say it like this: budget set team:payments tier:strict 40h month."
_FILLERS = {"a", "per", "hours"}
_WHOLE = "whole"
_PARTS = (
    (_WHOLE, "All of it"),
    *((f"tier:{each}", f"Its {each} tier") for each in Tier),
    *((f"label:{each}", f"What is {each}") for each in Label),
)


async def budget(call: Call) -> Answer:
    first, *rest = words_of(call.words) or [""]
    if first.casefold() == "set":
        return await _set(call, rest)
    if first.casefold() == "end":
        return await _end(call, read_place(rest))
    if not first or first.casefold() == ScopeKind.ALL:
        return await _all(call)
    return await _one(call, read_place([first, *rest]))


def read_place(words: Sequence[str]) -> BudgetLine:
    """`team:payments`, `repo:acme/shop tier:strict`; Refused where there is no scope, and for any
    other word: what a slip of the pen left out would be about the whole scope.
    """
    scopes = [scope for word in words if (scope := scope_in(word))]
    parts = [word.casefold() for word in words if word.casefold() in dict(_PARTS)]
    if len(scopes) != 1:
        raise Refused(f"Say whose budget: {budgets.SPELLED}.")
    _require_known(words)
    if len(parts) > 1:
        raise Refused(f"A budget is of one part: {parts[0]}, or {parts[1]}.")
    place = BudgetLine(scopes[0], parts[0] if parts else "")
    budgets.require_place(place)
    return place


def _require_known(words: Sequence[str]) -> None:
    for word in words:
        if scope_in(word) is None and word.casefold() not in dict(_PARTS):
            raise Refused(f"I do not understand “{plain(word)[:40]}”. {_LIKE_THIS}")


async def _all(call: Call) -> Reply:
    async with call.store.read() as session:
        told = await standings(session, call.change, None)
    words = say("budget.all", told=told[:SHOWN], more=len(told[SHOWN:]))
    opener = button("Set a budget", "budget.set", "all")
    return Reply(Message(words, (line(words, accessory=opener),)))


async def _one(call: Call, place: BudgetLine) -> Reply:
    """The budget and its parts, or that of one part; where there is none, what a month takes."""
    async with call.store.read() as session:
        day = await _day(session, place.scope, call.today)
        found = await budgets.in_force(session, day, [place.scope])
        if place.only:
            found = [each for each in found if each.place == place]
        if not found:
            return await _none(session, call, place)
        told = [await told_of(session, call.change, each) for each in found]
        shown = await burn_up_of(session, told[0], call.today)
    return Reply(_message(place, told, shown))


async def _day(session: Session, scope: Scope, today: date) -> date:
    """Of a train that is over, its last one."""
    if scope.kind is not ScopeKind.TRAIN:
        return today
    return last_day_of(await trains.require(session, scope.name), today)


async def _none(session: Session, call: Call, place: BudgetLine) -> Reply:
    """What a limit would be set against; refused where nothing at all is in the scope."""
    if place.scope.kind is not ScopeKind.TRAIN:
        await require_scope(session, place.scope)
    month = span(Period.MONTH, call.today, call.policy.sprint)
    use = await use_of(session, place, month)
    words = say("budget.unset", place=place, month=month, use=use)
    return Reply(Message(words, (line(words, accessory=_setter(place)),)))


def _message(place: BudgetLine, told: Sequence[BudgetFacts], shown: BurnUp) -> Message:
    """The picture is about the first of them, the whole scope where that has a budget."""
    blocks: list[Block] = [line(say("budget.standing", told=each)) for each in told]
    blocks.insert(1, chart(told[0].budget.place, shown))
    acts = [_setter(place), button("See the list", "list.open", str(place.scope))]
    fallback = say("budget.line", told=told[0])
    return Message(fallback, (*blocks, buttons("budget", *acts)))


def _setter(place: BudgetLine) -> ButtonElement:
    return button("Set", "budget.set", f"{spelled(place.scope)} {place.only}".strip()[:300])


async def _set(call: Call, words: Sequence[str]) -> Answer:
    """Where hours are typed it is set at once, and what else was set stays; else the form asks."""
    words = [word for word in words if word.casefold() not in _FILLERS]
    hours = [word for word in words if looks_like_amount(word)]
    periods = [Period(word.casefold()) for word in words if word.casefold() in set(Period)]
    others = [w for w in words if w not in hours and w.casefold() not in set(Period)]
    if not hours:
        _require_known(others)
        return await _form(call, others)
    place = read_place(others)
    if len(hours) > 1 or len(periods) > 1:
        raise Refused(f"Say the hours of one period. {_LIKE_THIS}")
    async with call.store.read() as session:
        known = await budgets.find(session, place, call.today)
    minutes, period = parse_amount(hours[0]), periods[0] if periods else None
    return await _put(call, place, *changed(known, minutes, period, call.today))


def changed(
    known: Budget | None, minutes: int, period: Period | None, today: date
) -> tuple[BudgetPeriod, BudgetLimits]:
    """The rhythm and limits it has from now on: those it has, but for what was said."""
    rhythm = _rhythm(known)
    if period and period != rhythm.period:
        rhythm = BudgetPeriod(period)
    limits = known.limits if known else BudgetLimits(0)
    return rhythm, limits.with_minutes(minutes, today)


async def _form(call: Call, words: Sequence[str]) -> Modal:
    scope = next((scope for word in words if (scope := scope_in(word))), ALL)
    parts = [word.casefold() for word in words if word.casefold() in dict(_PARTS)]
    place = BudgetLine(scope, parts[0] if parts else "")
    async with call.store.read() as session:
        known = await budgets.find(session, place, call.today)
    return Modal(form(call, "budget.form", "Set a budget", "Set", _fields(place, known)))


def _fields(place: BudgetLine, known: Budget | None) -> list[Block]:
    limits, rhythm = known.limits if known else BudgetLimits(0), _rhythm(known)
    hours = as_hours(limits.minutes) if known else None
    named = spelled(place.scope) if place.scope.name else None
    periods = [(each, each.capitalize()) for each in Period]
    return [
        text_input("scope", "Scope", initial=named, hint=budgets.SPELLED),
        select_input("only", "Of it", _PARTS, initial=place.only or _WHOLE,
                     hint="A part may have a budget beside that of all of it"),
        text_input("minutes", "Hours a period", initial=hours, longest=12),
        select_input("period", "Period", periods, initial=rhythm.period,
                     hint="A train’s is the train, from its first day to its last"),
        text_input("weeks", "Weeks of a sprint", optional=True, initial=_number(rhythm.weeks),
                   hint="Empty: as in the policy", longest=2),
        date_input("first_day", "First day of a sprint", optional=True, initial=rhythm.first_day),
        text_input("score", "Total score at most", optional=True, initial=_number(limits.score),
                   longest=9),
        text_input("artifacts", "Live artifacts at most", optional=True,
                   initial=_number(limits.artifacts), longest=9),
        text_input("lower_by", "Hours a month less", optional=True,
                   initial=_hours(limits.lower_by), longest=12,
                   hint="The pay-down: how much less than now a month is to take"),
        date_input("by", "Less until", optional=True, initial=limits.by),
    ]  # fmt: skip


def _rhythm(known: Budget | None) -> BudgetPeriod:
    """A train’s period is the train, so that its form begins with the usual one."""
    if known and isinstance(known.rhythm, BudgetPeriod):
        return known.rhythm
    return BudgetPeriod(Period.MONTH)


def _hours(minutes: int | None) -> str | None:
    return as_hours(minutes) if minutes else None


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class BudgetWanted:
    place: BudgetLine
    rhythm: BudgetPeriod
    limits: BudgetLimits


def read_form(state: FormState) -> BudgetWanted:
    """What the fields say, each refused at its own."""
    with at("scope"):
        words = words_of(state.text("scope"))
        scope = next((scope for word in words if (scope := scope_in(word))), None)
        if scope is None:
            raise Refused(f"Say {budgets.SPELLED}.")
    only = state.choice("only") or _WHOLE
    period = Period(state.choice("period") or Period.MONTH)
    weeks = _whole(state, "weeks")
    with at("first_day"):
        if (weeks is None) != (state.day("first_day") is None):
            raise Refused("A sprint of its own has both: weeks and a first day.")
    limits = BudgetLimits(
        minutes=_length(state, "minutes", parse_amount) or 0,
        score=_whole(state, "score"),
        artifacts=_whole(state, "artifacts"),
        lower_by=_length(state, "lower_by"),
        by=state.day("by"),
    )
    rhythm = BudgetPeriod(period, weeks, state.day("first_day"))
    return BudgetWanted(BudgetLine(scope, "" if only == _WHOLE else only), rhythm, limits)


def _whole(state: FormState, name: str) -> int | None:
    text = state.text(name)
    with at(name):
        if text and not (text.isascii() and text.isdigit()):
            raise Refused("Say a whole number.")
    return int(text) if text else None


def _length(state: FormState, name: str, read: Callable[[str], int] = parse_length) -> int | None:
    with at(name):
        return read(state.text(name)) if state.text(name) else None


async def _submitted(call: Call) -> Answer:
    wanted = read_form(call.state)
    return await _put(call, wanted.place, wanted.rhythm, wanted.limits)


async def _put(call: Call, place: BudgetLine, rhythm: BudgetPeriod, limits: BudgetLimits) -> Reply:
    """Refused for a scope in which there is nothing at all: it would be a slip of the pen."""
    async with call.store.change() as session:
        if place.scope.kind is not ScopeKind.TRAIN:
            await require_scope(session, place.scope)
        kept = await budgets.put(session, call.change, place, rhythm, limits)
        told = await told_of(session, call.change, kept)
    words = say("budget.was_set", told=told, who=call.who)
    return Reply(plainly(words))


async def _end(call: Call, place: BudgetLine) -> Reply:
    async with call.store.change() as session:
        await budgets.end(session, call.change, place)
    return Reply(plainly(say("budget.ended", place=place, who=call.who)))


async def _pressed(call: Call) -> Answer:
    return await _form(call, words_of(call.value))


FEATURE = Feature(
    verbs=(
        Verb(
            "budget",
            "[scope] | set SCOPE [40h] [month | quarter | sprint] | end SCOPE",
            "maintenance hours against what a team, repository, service or train may cost",
            budget,
        ),
    ),
    buttons={"budget.set": _pressed},
    forms={"budget.form": _submitted},
)
