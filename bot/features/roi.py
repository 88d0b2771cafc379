"""`/debt roi`: what work buys back, planning it, and whether it did (R13)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock

from bot.features.brief import own_scope
from bot.features.subscribe import require_scope
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import FormState as Entered
from bot.slack.form_state import at
from bot.slack.forms import date_input, form, select_input, settled_input, text_input
from bot.slack.parsing import scope_in, spelled, words_of
from bot.slack.picker import pick_form, picked
from briefings.messages.message import Message, act_button, button, buttons, line, plainly, quiet
from briefings.words.words import say
from debt.artifact.artifact import Artifact, parse_key
from debt.artifact.lifecycle import require_live
from debt.budgets.roi import (
    MOST_MONTHS,
    OPERATIONAL,
    WITH_AN_ARTIFACT,
    PlannedWork,
    PlanState,
    Stakes,
    WorkKind,
    check_on,
    require_stakes,
    usual_kind,
    usual_stakes,
)
from debt.refusal import Refused
from debt.rules.hours import as_hours, parse_amount
from debt.rules.standing import Action
from debt.scope import ALL, Scope
from storage.costs import roi as returns
from storage.costs import roi_plans
from storage.costs.roi import CheckedPromise, WeighedWork
from storage.database.store import Session
from storage.register.artifacts import require
from storage.tables import Initiative

SHOWN = 8
_PLANNED = 4
_TOLD = 3
_LONGEST = 300
_MONTHS = re.compile(r"([0-9]{1,3})(?:m|months?)?", re.IGNORECASE | re.ASCII)
_UNITS = {"month", "months", "horizon", "within"}


@dataclass(frozen=True, slots=True)
class RoiQuery:
    """Which scope's work, and within how many months it has to pay."""

    scope: Scope | None
    horizon: int

    def words(self) -> str:
        """As somebody would type it; everything where its name is too long for a button."""
        named = spelled(self.scope or ALL)
        return f"{named if len(named) <= _LONGEST else ALL} {self.horizon}"


async def roi(call: Call) -> Answer:
    words = words_of(call.words)
    first = words[0].casefold() if words else ""
    if first == "add" and len(words) < 3:
        return _other_form(call, words[1] if len(words) > 1 else "")
    if first == "plan" and len(words) < 3:
        return await _plan_chosen(call, words[1] if len(words) > 1 else "")
    wish = read_wish(words, call.policy.roi.horizon_months)
    async with call.store.read() as session:
        await require_scope(session, wish.scope or ALL)
    return await _ranked(call, wish)


def read_wish(words: Sequence[str], horizon: int) -> RoiQuery:
    """`team:payments 6 months`; what is not said is as usual."""
    scope = None
    for word in words:
        if found := scope_in(word):
            if scope:
                raise Refused(f"Say one scope: {scope}, or {found}.")
            scope = found
        elif match := _MONTHS.fullmatch(word):
            horizon = int(match[1])
        elif word.casefold() not in _UNITS:
            raise Refused("Say “roi” alone, or with a scope and months: roi team:x 6 months.")
    if not 1 <= horizon <= MOST_MONTHS:
        raise Refused(f"Say between 1 and {MOST_MONTHS} months.")
    return RoiQuery(scope, horizon)


async def _ranked(call: Call, wish: RoiQuery) -> Reply:
    async with call.store.read() as session:
        scope = wish.scope or await own_scope(session, call.channel)
        asked = (session, scope, call.policy, call.today)
        found = await returns.weighed(*asked, wish.horizon)
        checked = await returns.checked(*asked)
    return Reply(_message(call, RoiQuery(scope, wish.horizon), found, checked))


def _message(
    call: Call, wish: RoiQuery, found: Sequence[WeighedWork], checked: Sequence[CheckedPromise]
) -> Message:
    title = say("roi.head", scope=wish.scope or ALL, horizon=wish.horizon, some=bool(found))
    other = button("Add other work", "roi.other", wish.words())
    blocks: list[Block] = [line(title, accessory=other)]
    shown = _shown(found)
    blocks += [block for each in shown for block in _row(call, wish, each)]
    if any(each.initiative is None for each in shown):
        blocks.append(quiet(say("roi.unsaid")))
    if more := len(found) - len(shown):
        blocks.append(quiet(say("roi.more", count=more)))
    if record := record_of(checked):
        blocks.append(quiet(record))
    return Message(title, tuple(blocks))


def _shown(found: Sequence[WeighedWork]) -> list[WeighedWork]:
    """The best, and what of the rest is planned: it has to be within somebody's reach."""
    planned = [each for each in found[SHOWN:] if each.initiative]
    return [*found[:SHOWN], *planned[:_PLANNED]]


def record_of(checked: Sequence[CheckedPromise]) -> str:
    """How many promises were kept, and the newest of them; nothing where none is due yet."""
    return say("roi.record", record=returns.record(checked), last=checked[:_TOLD])


def _row(call: Call, wish: RoiQuery, each: WeighedWork) -> Iterator[Block]:
    words = say("roi.row", each=each, today=call.today)
    if each.initiative is None and each.artifact:
        yield line(words, accessory=button("Plan it", "roi.plan", each.artifact.key))
    elif each.initiative:
        yield line(words)
        yield buttons(f"roi:{each.initiative.id}", *_steps(each.initiative, each.artifact, wish))


def _steps(
    initiative: Initiative, artifact: Artifact | None, wish: RoiQuery
) -> Iterator[ButtonElement]:
    """What is to be retired is done with by retiring it."""
    here = f"{initiative.id} {wish.words()}"
    if initiative.state == PlanState.PLANNED:
        yield button("Begin", "roi.begin", here)
    if artifact and initiative.kind == WorkKind.RETIRE:
        yield act_button(Action.RETIRE, artifact.key)
    else:
        yield button("Done", "roi.done", here)
    yield button("Drop", "roi.drop", here)


async def _moved(call: Call, state: PlanState, verb: str) -> Reply:
    """What was done, and in its place the list as it is now."""
    number, *words = words_of(call.value)
    async with call.store.change() as session:
        moved = await roi_plans.move(session, call.change, int(number), state)
        artifact = await _about(session, moved)
    said = _said_of(call, moved, artifact, verb)
    now = await _ranked(call, read_wish(words, call.policy.roi.horizon_months))
    return Reply(plainly(said), changed=artifact).in_place(now.message.blocks)


def _said_of(call: Call, moved: Initiative, artifact: Artifact | None, verb: str) -> str:
    """Of what is done, when its promise is looked at."""
    on = check_on(moved.done_on or call.today, call.policy.roi.check_months)
    return say(
        "roi.moved",
        initiative=moved,
        artifact=artifact,
        who=call.who,
        verb=verb,
        promise=roi_plans.stakes_of(moved) if artifact and moved.done_on else None,
        checked_on=on,
    )


async def _about(session: Session, initiative: Initiative) -> Artifact | None:
    number = initiative.artifact_id
    return await require(session, number) if number else None


async def _begin(call: Call) -> Answer:
    return await _moved(call, PlanState.DOING, "has begun")


async def _done(call: Call) -> Answer:
    return await _moved(call, PlanState.DONE, "is done with")


async def _drop(call: Call) -> Answer:
    return await _moved(call, PlanState.DROPPED, "has dropped")


async def _plan_chosen(call: Call, key: str) -> Modal:
    if not key:
        return pick_form(call, "roi.pick", "Plan work", "Next")
    return await _plan_form(call, parse_key(key))


async def _plan_form(call: Call, artifact_id: int) -> Modal:
    async with call.store.read() as session:
        artifact = await require(session, artifact_id)
        known = await roi_plans.open_on(session, artifact_id)
    require_live(artifact.key, artifact.stage)
    kind = WorkKind(known.kind) if known else usual_kind(artifact, call.policy)
    blocks = [settled_input(artifact), *_plan_fields(call, artifact, kind, known)]
    return Modal(form(call, "roi.plan.form", "Plan work", "Plan", blocks))


def _plan_fields(
    call: Call, artifact: Artifact, kind: WorkKind, known: Initiative | None
) -> Iterator[InputBlock]:
    """What is left empty is as in the policy; what is retired leaves nothing, whatever is said."""
    usual = usual_stakes(artifact, WorkKind.REFACTOR, call.policy)
    cost, after = (known.cost_minutes, known.after_minutes) if known else (None, None)
    kinds = [(each, f"{each.capitalize()} it") for each in WITH_AN_ARTIFACT]
    yield select_input("kind", "What", kinds, initial=kind)
    yield _length("cost", "Hours of work", cost, say("roi.cost", stakes=usual))
    yield _length("after", "Hours a month once it is done", after, say("roi.now", stakes=usual))
    starts = known.starts_on if known else None
    yield date_input("starts", "Begins on", optional=True, initial=starts)


def _length(name: str, label: str, minutes: int | None, hint: str = "") -> InputBlock:
    initial = None if minutes is None else as_hours(minutes) if minutes else "0"
    return text_input(
        name, label, initial=initial, hint=hint or None, optional=bool(hint), longest=20
    )


def _read(entered: Entered, name: str) -> int | None:
    text = entered.text(name)
    with at(name):
        return parse_amount(text) if text else None


def read_plan_form(entered: Entered, artifact: Artifact, call: Call) -> PlannedWork:
    kind = WorkKind(entered.choice("kind") or WorkKind.REFACTOR)
    stakes = usual_stakes(artifact, kind, call.policy)
    cost, after = _read(entered, "cost"), _read(entered, "after")
    if cost is not None:
        stakes = replace(stakes, cost=cost)
    if after is not None and kind is not WorkKind.RETIRE:
        stakes = replace(stakes, after=after)
    return PlannedWork(kind, stakes, entered.day("starts"))


async def _planned(call: Call) -> Answer:
    async with call.store.change() as session:
        artifact = await require(session, picked(call.state))
        intended = read_plan_form(call.state, artifact, call)
        planned = await roi_plans.plan(session, call.change, artifact.id, intended)
    return _told(call, planned, artifact)


def _told(call: Call, planned: Initiative, artifact: Artifact | None = None) -> Reply:
    horizon = call.policy.roi.horizon_months
    weighed = returns.weigh(planned, artifact, call.policy, call.today, horizon)
    words = say("roi.planned", each=weighed, today=call.today, who=call.who)
    return Reply(plainly(words), changed=artifact)


def _other_form(call: Call, scope: str) -> Modal:
    named = scope if scope_in(scope) not in {None, ALL} else None
    kinds = [(each, each.capitalize()) for each in OPERATIONAL]
    blocks = [
        text_input("title", "What", hint="Such as: cache the price list", longest=200),
        select_input("kind", "Kind", kinds, initial=WorkKind.INFRASTRUCTURE),
        text_input("scope", "Scope", initial=named, hint="team:x, repo:x or service:x"),
        _length("cost", "Hours of work", None),
        _length("before", "Hours a month it returns", None),
        date_input("starts", "Begins on", optional=True),
    ]
    return Modal(form(call, "roi.other.form", "Other work", "Add", blocks))


def read_other_form(entered: Entered) -> tuple[str, Scope, PlannedWork]:
    kind = WorkKind(entered.choice("kind") or WorkKind.OTHER)
    with at("scope"):
        scopes = [scope for word in words_of(entered.text("scope")) if (scope := scope_in(word))]
        if len(scopes) != 1:
            raise Refused("Say team:x, repo:x or service:x.")
    stakes = Stakes(_read(entered, "before") or 0, 0, _read(entered, "cost") or 0)
    with at("before"):
        require_stakes(stakes)
    return entered.text("title"), scopes[0], PlannedWork(kind, stakes, entered.day("starts"))


async def _entered(call: Call) -> Answer:
    title, scope, intended = read_other_form(call.state)
    async with call.store.change() as session:
        with at("scope"):
            await require_scope(session, scope)
        entered = await roi_plans.enter(session, call.change, title, scope, intended)
    return _told(call, entered)


async def _pressed(call: Call) -> Answer:
    return await _plan_form(call, parse_key(call.value))


async def _other_pressed(call: Call) -> Answer:
    return _other_form(call, words_of(call.value)[0])


async def _picked(call: Call) -> Answer:
    chosen = picked(call.state)
    with at("artifact"):
        return await _plan_form(call, chosen)


FEATURE = Feature(
    verbs=(
        Verb(
            "roi",
            "[scope] [12 months] | plan [KEY] | add",
            "which work buys back most maintenance hours, beside other operational work, "
            "and whether done work kept its promise",
            roi,
        ),
    ),
    buttons={
        "roi.plan": _pressed,
        "roi.other": _other_pressed,
        "roi.begin": _begin,
        "roi.done": _done,
        "roi.drop": _drop,
    },
    forms={"roi.pick": _picked, "roi.plan.form": _planned, "roi.other.form": _entered},
)
