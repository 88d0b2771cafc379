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
from briefings.parts.budgets import BudgetFacts, burn_up_of, chart, facts_of, standings
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
        return await _end(call, read_line(rest))
    if not first or first.casefold() == ScopeKind.ALL:
        return await _all(call)
    return await _one(call, read_line([first, *rest]))


def read_line(words: Sequence[str]) -> BudgetLine:
    """Reads `team:payments` or `repo:acme/shop tier:strict`. Refused without a scope, and for any
    other word: a mistyped part would mean the whole scope.
    """
    scopes = [scope for word in words if (scope := scope_in(word))]
    parts = [word.casefold() for word in words if word.casefold() in dict(_PARTS)]
    if len(scopes) != 1:
        raise Refused(f"Say whose budget: {budgets.SCOPE_WORDS}.")
    _require_known(words)
    if len(parts) > 1:
        raise Refused(f"A budget is of one part: {parts[0]}, or {parts[1]}.")
    budget_line = BudgetLine(scopes[0], parts[0] if parts else "")
    budgets.require_line(budget_line)
    return budget_line


def _require_known(words: Sequence[str]) -> None:
    for word in words:
        if scope_in(word) is None and word.casefold() not in dict(_PARTS):
            raise Refused(f"I do not understand “{plain(word)[:40]}”. {_LIKE_THIS}")


async def _all(call: Call) -> Reply:
    async with call.store.read() as session:
        facts = await standings(session, call.change, None)
    words = say("budget.all", facts=facts[:SHOWN], more=len(facts[SHOWN:]))
    opener = button("Set a budget", "budget.set", "all")
    return Reply(Message(words, (line(words, accessory=opener),)))


async def _one(call: Call, budget_line: BudgetLine) -> Reply:
    """The budget of a scope and of its parts, or of one part; the month's use where none is set."""
    async with call.store.read() as session:
        day = await _day(session, budget_line.scope, call.today)
        in_force = await budgets.in_force(session, day, [budget_line.scope])
        if budget_line.only:
            in_force = [budget for budget in in_force if budget.line == budget_line]
        if not in_force:
            return await _none(session, call, budget_line)
        facts = [await facts_of(session, call.change, budget) for budget in in_force]
        burn_up = await burn_up_of(session, facts[0], call.today)
    return Reply(_message(budget_line, facts, burn_up))


async def _day(session: Session, scope: Scope, today: date) -> date:
    """The day of the standing: today, or the last day of a train that is over."""
    if scope.kind is not ScopeKind.TRAIN:
        return today
    return last_day_of(await trains.require(session, scope.name), today)


async def _none(session: Session, call: Call, budget_line: BudgetLine) -> Reply:
    """The use that a budget would count; refused where nothing at all is in the scope."""
    if budget_line.scope.kind is not ScopeKind.TRAIN:
        await require_scope(session, budget_line.scope)
    month = span(Period.MONTH, call.today, call.policy.sprint)
    use = await use_of(session, budget_line, month)
    words = say("budget.unset", budget_line=budget_line, month=month, use=use)
    return Reply(Message(words, (line(words, accessory=_setter(budget_line)),)))


def _message(budget_line: BudgetLine, facts: Sequence[BudgetFacts], burn_up: BurnUp) -> Message:
    """A line each; the picture is of the first budget, the whole scope's where it has one."""
    blocks: list[Block] = [line(say("budget.standing", facts=of_one)) for of_one in facts]
    blocks.insert(1, chart(facts[0].budget.line, burn_up))
    acts = [_setter(budget_line), button("See the list", "list.open", str(budget_line.scope))]
    fallback = say("budget.line", facts=facts[0])
    return Message(fallback, (*blocks, buttons("budget", *acts)))


def _setter(budget_line: BudgetLine) -> ButtonElement:
    return button(
        "Set", "budget.set", f"{spelled(budget_line.scope)} {budget_line.only}".strip()[:300]
    )


async def _set(call: Call, words: Sequence[str]) -> Answer:
    """With hours the budget is set at once and its other limits stay; without, the form opens."""
    words = [word for word in words if word.casefold() not in _FILLERS]
    hours = [word for word in words if looks_like_amount(word)]
    periods = [Period(word.casefold()) for word in words if word.casefold() in set(Period)]
    others = [w for w in words if w not in hours and w.casefold() not in set(Period)]
    if not hours:
        _require_known(others)
        return await _form(call, others)
    budget_line = read_line(others)
    if len(hours) > 1 or len(periods) > 1:
        raise Refused(f"Say the hours of one period. {_LIKE_THIS}")
    async with call.store.read() as session:
        earlier = await budgets.find(session, budget_line, call.today)
    minutes, length = parse_amount(hours[0]), periods[0] if periods else None
    return await _put(call, budget_line, *changed(earlier, minutes, length, call.today))


def changed(
    earlier: Budget | None, minutes: int, length: Period | None, today: date
) -> tuple[BudgetPeriod, BudgetLimits]:
    """Period and limits from now on: the earlier ones with these minutes and, unless None, this
    length of the period.
    """
    period = _period(earlier)
    if length and length != period.length:
        period = BudgetPeriod(length)
    limits = earlier.limits if earlier else BudgetLimits(0)
    return period, limits.with_minutes(minutes, today)


async def _form(call: Call, words: Sequence[str]) -> Modal:
    scope = next((scope for word in words if (scope := scope_in(word))), ALL)
    parts = [word.casefold() for word in words if word.casefold() in dict(_PARTS)]
    budget_line = BudgetLine(scope, parts[0] if parts else "")
    async with call.store.read() as session:
        earlier = await budgets.find(session, budget_line, call.today)
    return Modal(form(call, "budget.form", "Set a budget", "Set", _fields(budget_line, earlier)))


def _fields(budget_line: BudgetLine, earlier: Budget | None) -> list[Block]:
    limits, period = earlier.limits if earlier else BudgetLimits(0), _period(earlier)
    hours = as_hours(limits.minutes) if earlier else None
    named = spelled(budget_line.scope) if budget_line.scope.name else None
    lengths = [(length, length.capitalize()) for length in Period]
    return [
        text_input("scope", "Scope", initial=named, hint=budgets.SCOPE_WORDS),
        select_input("only", "Of it", _PARTS, initial=budget_line.only or _WHOLE,
                     hint="A part may have a budget beside that of all of it"),
        text_input("minutes", "Hours a period", initial=hours, longest=12),
        select_input("period", "Period", lengths, initial=period.length,
                     hint="A train’s is the train, from its first day to its last"),
        text_input("weeks", "Weeks of a sprint", optional=True, initial=_number(period.weeks),
                   hint="Empty: as in the policy", longest=2),
        date_input("first_day", "First day of a sprint", optional=True, initial=period.first_day),
        text_input("score", "Total score at most", optional=True, initial=_number(limits.score),
                   longest=9),
        text_input("artifacts", "Live artifacts at most", optional=True,
                   initial=_number(limits.artifacts), longest=9),
        text_input("lower_by", "Hours a month less", optional=True,
                   initial=_hours(limits.lower_by), longest=12,
                   hint="The pay-down: how much less than now a month is to take"),
        date_input("by", "Less until", optional=True, initial=limits.by),
    ]  # fmt: skip


def _period(earlier: Budget | None) -> BudgetPeriod:
    """The earlier period; a month where there is none, and for a train, which has its own days."""
    if earlier and isinstance(earlier.period, BudgetPeriod):
        return earlier.period
    return BudgetPeriod(Period.MONTH)


def _hours(minutes: int | None) -> str | None:
    return as_hours(minutes) if minutes else None


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class BudgetWanted:
    line: BudgetLine
    period: BudgetPeriod
    limits: BudgetLimits


def read_form(state: FormState) -> BudgetWanted:
    """The budget that the fields state; a wrong value is refused at its field."""
    with at("scope"):
        words = words_of(state.text("scope"))
        scope = next((scope for word in words if (scope := scope_in(word))), None)
        if scope is None:
            raise Refused(f"Say {budgets.SCOPE_WORDS}.")
    only = state.choice("only") or _WHOLE
    length = Period(state.choice("period") or Period.MONTH)
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
    period = BudgetPeriod(length, weeks, state.day("first_day"))
    return BudgetWanted(BudgetLine(scope, "" if only == _WHOLE else only), period, limits)


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
    return await _put(call, wanted.line, wanted.period, wanted.limits)


async def _put(
    call: Call, budget_line: BudgetLine, period: BudgetPeriod, limits: BudgetLimits
) -> Reply:
    """Sets it; refused for a scope with no artifact, which is most likely mistyped."""
    async with call.changing() as session:
        if budget_line.scope.kind is not ScopeKind.TRAIN:
            await require_scope(session, budget_line.scope)
        kept = await budgets.put(session, call.change, budget_line, period, limits)
        facts = await facts_of(session, call.change, kept)
    words = say("budget.was_set", facts=facts, who=call.who)
    return Reply(plainly(words))


async def _end(call: Call, budget_line: BudgetLine) -> Reply:
    async with call.changing() as session:
        await budgets.end(session, call.change, budget_line)
    return Reply(plainly(say("budget.ended", budget_line=budget_line, who=call.who)))


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
