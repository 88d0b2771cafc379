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
    Promise,
    WorkKind,
    check_on,
    require_promise,
    usual_kind,
    usual_promise,
)
from debt.refusal import Refused
from debt.rules.hours import as_hours, parse_amount
from debt.rules.standing import Action
from debt.scope import ALL, Scope
from storage.costs import roi_plans
from storage.costs.roi import (
    CheckedPromise,
    RankedWork,
    checked_promises,
    promise_record,
    ranked_work,
    work_of,
)
from storage.database.store import Session
from storage.register.artifacts import require
from storage.tables import RoiPlan

SHOWN = 8
_PLANNED = 4
_PROMISES = 3
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
    query = read_query(words, call.policy.roi.horizon_months)
    async with call.store.read() as session:
        await require_scope(session, query.scope or ALL)
    return await _ranked(call, query)


def read_query(words: Sequence[str], horizon: int) -> RoiQuery:
    """Reads `team:payments 6 months`; the horizon as given where no months are named. Refused for
    two scopes, for other words, and for months out of range.
    """
    scope = None
    for word in words:
        if named := scope_in(word):
            if scope:
                raise Refused(f"Say one scope: {scope}, or {named}.")
            scope = named
        elif match := _MONTHS.fullmatch(word):
            horizon = int(match[1])
        elif word.casefold() not in _UNITS:
            raise Refused("Say “roi” alone, or with a scope and months: roi team:x 6 months.")
    if not 1 <= horizon <= MOST_MONTHS:
        raise Refused(f"Say between 1 and {MOST_MONTHS} months.")
    return RoiQuery(scope, horizon)


async def _ranked(call: Call, query: RoiQuery) -> Reply:
    async with call.store.read() as session:
        scope = query.scope or await own_scope(session, call.channel)
        works = await ranked_work(session, scope, call.policy, call.today, query.horizon)
        checked = await checked_promises(session, scope, call.policy, call.today)
    return Reply(_message(call, RoiQuery(scope, query.horizon), works, checked))


def _message(
    call: Call, query: RoiQuery, works: Sequence[RankedWork], checked: Sequence[CheckedPromise]
) -> Message:
    title = say("roi.head", scope=query.scope or ALL, horizon=query.horizon, some=bool(works))
    other = button("Add other work", "roi.other", query.words())
    blocks: list[Block] = [line(title, accessory=other)]
    shown = _shown(works)
    blocks += [block for work in shown for block in _row(call, query, work)]
    if any(work.plan is None for work in shown):
        blocks.append(quiet(say("roi.unsaid")))
    if more := len(works) - len(shown):
        blocks.append(quiet(say("roi.more", count=more)))
    if record := record_of(checked):
        blocks.append(quiet(record))
    return Message(title, tuple(blocks))


def _shown(works: Sequence[RankedWork]) -> list[RankedWork]:
    """The best `SHOWN`, then up to `_PLANNED` planned ones of the rest, for their buttons."""
    planned = [work for work in works[SHOWN:] if work.plan]
    return [*works[:SHOWN], *planned[:_PLANNED]]


def record_of(checked: Sequence[CheckedPromise]) -> str:
    """How many promises were kept, and the newest of them; empty where none is due yet."""
    return say("roi.record", record=promise_record(checked), last=checked[:_PROMISES])


def _row(call: Call, query: RoiQuery, work: RankedWork) -> Iterator[Block]:
    words = say("roi.row", work=work, today=call.today)
    if work.plan is None and work.artifact:
        yield line(words, accessory=button("Plan it", "roi.plan", work.artifact.key))
    elif work.plan:
        yield line(words)
        yield buttons(f"roi:{work.plan.id}", *_steps(work.plan, work.artifact, query))


def _steps(plan: RoiPlan, artifact: Artifact | None, query: RoiQuery) -> Iterator[ButtonElement]:
    """The buttons of a plan; a retirement has Retire instead of Done."""
    here = f"{plan.id} {query.words()}"
    if plan.state == PlanState.PLANNED:
        yield button("Begin", "roi.begin", here)
    if artifact and plan.kind == WorkKind.RETIRE:
        yield act_button(Action.RETIRE, artifact.key)
    else:
        yield button("Done", "roi.done", here)
    yield button("Drop", "roi.drop", here)


async def _moved(call: Call, state: PlanState, verb: str) -> Reply:
    """Moves a plan; the reply says so, and the list as it is now replaces the message."""
    number, *words = words_of(call.value)
    async with call.changing() as session:
        plan = await roi_plans.move(session, call.change, int(number), state)
        artifact = await _about(session, plan)
    confirmation = _confirmation(call, plan, artifact, verb)
    now = await _ranked(call, read_query(words, call.policy.roi.horizon_months))
    return Reply(plainly(confirmation), changed=artifact).in_place(now.message.blocks)


def _confirmation(call: Call, plan: RoiPlan, artifact: Artifact | None, verb: str) -> str:
    """What was done with a plan; where the work is done, also when its promise is checked."""
    return say(
        "roi.moved",
        plan=plan,
        artifact=artifact,
        who=call.who,
        verb=verb,
        promise=roi_plans.promise_of(plan) if artifact and plan.done_on else None,
        checked_on=check_on(plan.done_on or call.today, call.policy.roi.check_months),
    )


async def _about(session: Session, plan: RoiPlan) -> Artifact | None:
    number = plan.artifact_id
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
        plan = await roi_plans.open_on(session, artifact_id)
    require_live(artifact.key, artifact.stage)
    kind = WorkKind(plan.kind) if plan else usual_kind(artifact, call.policy)
    blocks = [settled_input(artifact), *_plan_fields(call, artifact, kind, plan)]
    return Modal(form(call, "roi.plan.form", "Plan work", "Plan", blocks))


def _plan_fields(
    call: Call, artifact: Artifact, kind: WorkKind, plan: RoiPlan | None
) -> Iterator[InputBlock]:
    """The fields as planned before; an empty one is the policy's, and a retirement leaves no hours
    after it, whatever is entered.
    """
    usual = usual_promise(artifact, WorkKind.REFACTOR, call.policy)
    cost, after = (plan.cost_minutes, plan.after_minutes) if plan else (None, None)
    kinds = [(kind_, f"{kind_.capitalize()} it") for kind_ in WITH_AN_ARTIFACT]
    yield select_input("kind", "What", kinds, initial=kind)
    yield _length("cost", "Hours of work", cost, say("roi.cost", promise=usual))
    yield _length("after", "Hours a month once it is done", after, say("roi.now", promise=usual))
    starts = plan.starts_on if plan else None
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
    promise = usual_promise(artifact, kind, call.policy)
    cost, after = _read(entered, "cost"), _read(entered, "after")
    if cost is not None:
        promise = replace(promise, cost=cost)
    if after is not None and kind is not WorkKind.RETIRE:
        promise = replace(promise, after=after)
    return PlannedWork(kind, promise, entered.day("starts"))


async def _planned(call: Call) -> Answer:
    async with call.changing() as session:
        artifact = await require(session, picked(call.state))
        work = read_plan_form(call.state, artifact, call)
        plan = await roi_plans.plan(session, call.change, artifact.id, work)
    return _planned_reply(call, plan, artifact)


def _planned_reply(call: Call, plan: RoiPlan, artifact: Artifact | None = None) -> Reply:
    horizon = call.policy.roi.horizon_months
    work = work_of(plan, artifact, call.policy, call.today, horizon)
    words = say("roi.planned", work=work, today=call.today, who=call.who)
    return Reply(plainly(words), changed=artifact)


def _other_form(call: Call, scope: str) -> Modal:
    named = scope if scope_in(scope) not in {None, ALL} else None
    kinds = [(kind, kind.capitalize()) for kind in OPERATIONAL]
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
    promise = Promise(_read(entered, "before") or 0, 0, _read(entered, "cost") or 0)
    with at("before"):
        require_promise(promise)
    return entered.text("title"), scopes[0], PlannedWork(kind, promise, entered.day("starts"))


async def _entered(call: Call) -> Answer:
    title, scope, work = read_other_form(call.state)
    async with call.changing() as session:
        with at("scope"):
            await require_scope(session, scope)
        plan = await roi_plans.plan_other(session, call.change, title, scope, work)
    return _planned_reply(call, plan)


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
