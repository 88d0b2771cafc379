"""Whatever people do, in whatever order, twice or at once: a life is legal, and all of it is told.

A life is how an artifact begins, then steps. In a step days go by, and one or two people do
something, one after the other or at the same instant.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import RowMapping, Select, and_, func, or_, select

from debt import notice
from debt.approval import Roster
from debt.artifact import RATING_NAMES, Ending, Label, RatingName, Stage, Surface
from debt.budget import Limits, Rhythm
from debt.ending import Leftover
from debt.facts import Facts
from debt.gate import gate, next_stage
from debt.hours import Period, Work, span
from debt.proxy import ProxyRating
from debt.refusal import Refused
from debt.roi import OPEN, Intended, Kind, Stakes, State
from debt.roles import Powers
from debt.train import Train
from storage import (
    approvals,
    budgets,
    initiatives,
    nudges,
    ownership,
    promotion,
    proposals,
    retirement,
    scanned,
    trains,
    upkeep,
    uses,
    value,
    work,
)
from storage.artifacts import Change, artifact_of, locked
from storage.awake import wake
from storage.history import Entry
from storage.lists import Scope, ScopeKind
from storage.matching import Found
from storage.people import owner_is
from storage.register import edit
from storage.store import Session
from storage.tables import (
    ABOARD,
    APPROVAL,
    ARTIFACT,
    BRIEFING,
    BUDGET,
    HEAD,
    HISTORY,
    HOURS,
    INITIATIVE,
    REQUEST,
    SHOWN,
    TRAIN,
    VOTE,
    ApprovalState,
)
from storage.uses import Place
from tests.storage.auditor import Auditor, Bookkeeper
from tests.storage.builders import (
    DANA,
    ERIN,
    LEE,
    NOW,
    POLICY,
    SAM,
    TODAY,
    Register,
    a_person,
    days,
)
from tests.storage.test_two_at_once import settled

PRIYA = "U0PRIYA"
CAST = (DANA, ERIN, SAM, PRIYA, LEE)
ROSTERS: tuple[Roster, ...] = (
    {"sre": frozenset({SAM}), "security": frozenset({PRIYA})},
    {"sre": frozenset({LEE}), "security": frozenset()},
)
ENDS = (None, Ending.RETIRE, Ending.REFACTOR, Ending.REGENERATE)
EDITS: tuple[Facts, ...] = (
    {"surface": Surface.PRODUCTION},
    {"surface": Surface.INTERNAL},
    {"dependants": 40},
    {"dependants": 0},
    {"expires_on": TODAY + days(20)},
    {"label": Label.EXPERIMENTAL},
    {"owner": ERIN},
    {"team": None},
    {"planned_end": Ending.REGENERATE},
    {"purpose": " "},
)


# ----------------------------------------------------------------------------- the verbs

Verb = Callable[[Session, Change, int, int], Awaitable[object]]


async def handoff(session: Session, change: Change, key: int, which: int) -> object:
    return await ownership.handoff(session, change, key, a_person(CAST[which % 5]))


async def answer(session: Session, change: Change, key: int, which: int) -> object:
    newest = select(func.max(REQUEST.c.id)).where(REQUEST.c.artifact_id == key)
    number = (await session.execute(newest)).scalar_one() or 0
    asked = await ownership.request(session, number)
    who = asked.asked_of if asked and which > 1 else change.by
    return await ownership.answer(session, replace(change, by=who), number, accept=which > 4)


async def log(session: Session, change: Change, key: int, which: int) -> object:
    day = change.today - days(which)
    return await work.log(session, change, key, 30, kind=Work.REWORK, worked_on=day)


async def reverse(session: Session, change: Change, key: int, _which: int) -> object:
    entry = await work.last_entry(session, key, change.by)
    return await work.reverse(session, change, entry or 0)


async def extend(session: Session, change: Change, key: int, which: int) -> object:
    until = change.today + days((5, 30, 60, 100, 400, -1)[which % 6])
    return await upkeep.extend(session, change, key, until, "once more")


async def rate(session: Session, change: Change, key: int, which: int) -> object:
    given: dict[RatingName, int | None] = {"risk": which if 1 <= which <= 5 else None}
    return await upkeep.rate(session, change, key, given, "seen")


async def ask(session: Session, change: Change, key: int, which: int) -> object:
    return await retirement.ask(session, change, key, ENDS[which % 4] or Ending.RETIRE, "unused")


async def promote(session: Session, change: Change, key: int, which: int) -> object:
    return await promotion.promote(session, change, key, ENDS[which % 4])


async def show_all(session: Session, change: Change, key: int, _which: int) -> None:
    """All that the gate asks evidence for."""
    artifact = await locked(session, key)
    for item in gate(artifact, change.policy, next_stage(artifact)):
        if not item.is_fact:
            await promotion.check(session, change, key, item, "https://ci/1")


async def waive(session: Session, change: Change, key: int, which: int) -> object:
    item = ("tests", "security", "rollback", "end")[which % 4]
    return await promotion.waive(session, change, key, item, "later", change.today + days(which))


async def settle(session: Session, change: Change, key: int, which: int) -> object:
    item = [*Leftover][which % 4]
    return await retirement.settle(session, change, key, item, "https://git/1")


async def settle_all(session: Session, change: Change, key: int, _which: int) -> None:
    for item in Leftover:
        await retirement.settle(session, change, key, item, "none there")


async def keep(session: Session, change: Change, key: int, which: int) -> object:
    return await retirement.keep(session, change, key, "" if which == 9 else "still used")


async def _request(session: Session, key: int, which: int) -> int:
    """The newest one mostly, else an older one; nought where there is none."""
    made = await approvals.of_artifact(session, key)
    chosen = made[:1] if which < 7 else made[1 + which % 3 :]
    return chosen[0].id or 0 if chosen else 0


async def approve(session: Session, change: Change, key: int, which: int) -> object:
    return await approvals.approve(session, change, await _request(session, key, which))


async def take_back(session: Session, change: Change, key: int, which: int) -> object:
    return await approvals.withdraw_vote(session, change, await _request(session, key, which))


async def reject(session: Session, change: Change, key: int, which: int) -> object:
    return await approvals.reject(session, change, await _request(session, key, which), "not yet")


async def withdraw(session: Session, change: Change, key: int, which: int) -> object:
    return await approvals.withdraw(session, change, await _request(session, key, which))


async def snooze(session: Session, change: Change, key: int, which: int) -> object:
    return await nudges.snooze(session, change, key, (1, 7, None)[which % 3])


async def nudge(session: Session, change: Change, key: int, _which: int) -> None:
    """A message about its dates arrives."""
    [artifact] = await nudges.named(session, [key])
    dates = {due.kind for due in notice.told_of(artifact, change.today, change.policy)}
    delivery = Change("delivery", change.at, change.policy)
    await nudges.arrived(session, delivery, [(artifact, dates)], (), change.today)


async def leave(session: Session, change: Change, key: int, which: int) -> object:
    """Slack is asked whether its owner is still there."""
    artifact = await locked(session, key)
    owner = artifact.owner or DANA
    found = a_person(owner, active=which > 4)
    return await owner_is(session, Change("slack", change.at, change.policy), owner, found)


async def state_value(session: Session, change: Change, key: int, which: int) -> object:
    """What it saved at its creation, and saves a month."""
    said = ((600, 60), (0, 0), (None, None), (None, 30), (-1, 0))[which % 5]
    return await value.state(session, change, key, *said)


async def dismiss(session: Session, change: Change, key: int, _which: int) -> object:
    return await proposals.dismiss(session, change, key, "a person wrote it")


async def scan(session: Session, change: Change, key: int, which: int) -> object:
    """Its repository is read: what it is has changed a little, or its code is gone."""
    found = [] if which > 7 else [a_finding(_repo(key), which, key)]
    scanning = Change("cli:scan", change.at, change.policy)
    return await scanned.put(
        session, scanning, _repo(key), found, "read at 1a2b3c", lambda _paths: which < 9
    )


async def plan(session: Session, change: Change, key: int, which: int) -> object:
    kind = (Kind.REFACTOR, Kind.RETIRE, Kind.REGENERATE, Kind.CACHING)[which % 4]
    stakes = Stakes(1_200, (60, 300, 1_200)[which % 3], 600)
    return await initiatives.plan(session, change, key, Intended(kind, stakes))


async def move_plan(session: Session, change: Change, key: int, which: int) -> object:
    """The newest work on it, mostly, else other work."""
    about = INITIATIVE.c.artifact_id == key if which < 8 else INITIATIVE.c.artifact_id.is_(None)
    newest = (await session.execute(select(func.max(INITIATIVE.c.id)).where(about))).scalar_one()
    state = (State.DOING, State.DONE, State.DROPPED)[which % 3]
    return await initiatives.move(session, change, newest or 0, state)


async def enter(session: Session, change: Change, _key: int, which: int) -> object:
    intended = Intended(Kind.CACHING, Stakes(60 * which, 0, 600))
    return await initiatives.enter(session, change, "Cache the prices", PAYMENTS, intended)


async def budget(session: Session, change: Change, key: int, which: int) -> object:
    """Of its repository or its train."""
    place, limits = _places(key)[which % 2], Limits((0, 30, 60_000)[which % 3], artifacts=which)
    return await budgets.put(session, change, place, Rhythm(Period.MONTH), limits)


async def end_budget(session: Session, change: Change, key: int, which: int) -> object:
    return await budgets.end(session, change, _places(key)[which % 2])


async def train(session: Session, change: Change, key: int, which: int) -> object:
    """Planned, or its days moved."""
    last = change.today + days((0, 20, 60)[which % 3])
    return await trains.put(session, change, Train(_train(key), TODAY - days(which), last))


async def board(session: Session, change: Change, key: int, which: int) -> object:
    since = change.today - days((0, 1, 3, -1)[which % 4])
    return await trains.board(session, change, _train(key), [key], since)


async def leave_train(session: Session, change: Change, key: int, _which: int) -> object:
    return await trains.leave(session, change, _train(key), [key])


PAYMENTS = Scope(ScopeKind.TEAM, "payments")


def a_finding(repo: str, which: int, key: int | None = None, **facts: Any) -> Found:
    """What a scan says of it, a little different each time."""
    rating = ProxyRating(1 + which % 5, f"{which} changes in 90 days")
    usual: dict[str, Any] = {
        "name": "payments bridge",
        "repo": repo,
        "paths": ("src/bridge/**",),
        "team": "payments",
        "purpose": "charge cards of returning customers",
        "proxies": dict.fromkeys(RATING_NAMES, rating),
        "last_touched": TODAY - days(which),
        "dependants": which,
        "evidence": f"{which} of 10 lines by Claude Code",
        "signals": (),
        "scan_identity": "bridge",
    }
    return Found("bridge", Facts(**usual | facts), artifact_id=key)  # type: ignore[typeddict-item]  # lives name the facts they begin with


def _repo(key: int) -> str:
    return f"acme/{key}"


def _train(key: int) -> str:
    return f"train-{key}"


def _places(key: int) -> tuple[Place, Place]:
    """A repository and a train for each life, so that the sums are of this one."""
    scopes = (ScopeKind.REPO, _repo(key)), (ScopeKind.TRAIN, _train(key))
    return Place(Scope(*scopes[0])), Place(Scope(*scopes[1]))


async def morning(session: Session, change: Change, key: int, _which: int) -> None:
    """What the bot does by itself, as days go by."""
    schedule = Change("schedule", change.at, change.policy, roster=change.roster)
    await wake(session, schedule)
    await budgets.renew_all(session, schedule, [place.scope for place in _places(key)])
    for artifact in await nudges.to_lapse(session, change.today, 10):
        await upkeep.lapse(session, schedule, artifact)
    for request in await approvals.due(session, change.at, 10):
        await approvals.take_turn(session, schedule, request.id or 0)


VERBS: Mapping[str, Verb] = {
    "claim": lambda session, change, key, _: ownership.claim(session, change, key),
    "release": lambda session, change, key, _: ownership.release(session, change, key),
    "review": lambda session, change, key, _: upkeep.review(session, change, key),
    "end": lambda session, change, key, _: retirement.end(session, change, key),
    "edit": lambda session, change, key, n: edit(session, change, key, EDITS[n]),
    "accept": lambda session, change, key, _: proposals.accept(session, change, key),
} | {
    each.__name__: each
    for each in (
        handoff, answer, log, reverse, extend, rate, ask, promote, show_all, waive, settle,
        settle_all, keep, approve, take_back, reject, withdraw, snooze, nudge, leave, morning,
        state_value, dismiss, scan, plan, move_plan, enter, budget, end_budget, train, board,
        leave_train,
    )
}  # fmt: skip
# What belongs together, so that lives get somewhere; whoever does each of it, and whatever comes in
# between.
CHAPTERS = (
    ("ask", "approve", "approve"),
    ("ask", "approve", "approve", "settle_all", "end"),
    ("ask", "approve", "approve", "keep"),
    ("ask", "approve", "take_back", "take_back", "approve", "withdraw"),
    ("show_all", "promote", "approve", "approve"),
    ("extend", "approve", "approve"),
    ("handoff", "answer"),
    ("log", "reverse"),
    ("nudge", "morning"),
    ("accept", "approve", "log"),
    ("budget", "log", "morning", "accept", "approve"),
    ("train", "board", "log", "leave_train", "board", "budget"),
    ("plan", "move_plan", "move_plan"),
    ("plan", "ask", "approve", "approve", "settle_all", "end"),
    *((verb,) for verb in VERBS),
)


# ------------------------------------------------------------------------------ the lives


@dataclass(frozen=True)
class Act:
    who: str
    verb: str
    which: int


@dataclass(frozen=True)
class Step:
    """`at_once`: at the same instant, on two connections."""

    acts: tuple[Act, ...]
    days: int = 0
    at_once: bool = False
    roster: Roster = field(default_factory=lambda: ROSTERS[0])


def a_beginning(chance: Random) -> dict[str, Any]:
    kinds = ("throwaway_script", "prototype_service", "production_integration", "iac_config")
    return {
        "kind": chance.choice(kinds),
        "label": chance.choice([*Label]),
        "stage": chance.choice((Stage.PROPOSED, Stage.CREATED, Stage.VALIDATED, Stage.RETAINED)),
        "surface": chance.choice((Surface.INTERNAL, Surface.PRODUCTION)),
        "risk": chance.choice((1, 5)),
        "owner": chance.choice((DANA, DANA, DANA, None, "dana@acme.test")),
        "expires_on": TODAY + days(chance.choice((3, 30, -9))),
        "rollback": "switch the flag off",
        "monitoring": "https://grafana/1",
        "responder": "payments on call",
    }


def a_story(chance: Random) -> list[Step]:
    chapters = [chance.choice(CHAPTERS) for _ in range(chance.randint(4, 10))]
    return [a_step(chance, verb) for chapter in chapters for verb in chapter]


def a_step(chance: Random, verb: str) -> Step:
    """Somebody does that: alone, twice, or while somebody else does something else."""
    one = an_act(chance, verb)
    others = ((), (), (), (one,), (an_act(chance, verb),), (an_act(chance, chance.choice(ANY)),))
    return Step(
        acts=(one, *chance.choice(others)),
        days=chance.choice((*[0] * 12, 1, 7, 40)),
        at_once=chance.random() < 0.5,
        roster=chance.choice((*[ROSTERS[0]] * 7, ROSTERS[1])),
    )


def an_act(chance: Random, verb: str) -> Act:
    return Act(chance.choice(_BY.get(verb, (DANA, DANA, *CAST))), verb, chance.randrange(10))


ANY = [*VERBS]
# Who does each, mostly those who may.
_BY: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("approve", "take_back"), CAST[1:]),
    **dict.fromkeys(("budget", "end_budget", "train", "board", "leave_train"), (ERIN, ERIN, DANA)),
}


_COUNTED = (VOTE, BRIEFING, INITIATIVE)
_COUNTS = [select(func.count()).select_from(each).scalar_subquery() for each in _COUNTED]


@dataclass(frozen=True)
class Seen:
    """All that a verb could have written of an artifact."""

    row: RowMapping
    requests: list[RowMapping]
    plans: list[RowMapping]
    hours: list[RowMapping]
    stays: list[RowMapping]
    beside: list[list[RowMapping]]


@dataclass
class Life:
    """One artifact among the others, and what an auditor makes of it as it goes on."""

    told: Register
    key: int
    now: datetime = NOW
    auditor: Auditor = field(default_factory=lambda: Auditor(POLICY))
    books: Bookkeeper = field(default_factory=Bookkeeper)
    read: int = 0

    async def is_lived(self, story: list[Step]) -> None:
        seen = await self._is_audited(ROSTERS[0])
        for step in story:
            self.now += timedelta(days=step.days, minutes=1)
            outcomes = await self._outcomes(step)
            before, seen = seen, await self._is_audited(step.roster)
            if all(isinstance(outcome, Refused) for outcome in outcomes):
                assert seen == before, "a refusal leaves no trace"

    async def _outcomes(self, step: Step) -> list[Any]:
        if step.at_once:
            return await settled(*(self._done(act, step) for act in step.acts))
        return [(await settled(self._done(act, step)))[0] for act in step.acts]

    async def _done(self, act: Act, step: Step) -> object:
        groups = frozenset(name for name, those in step.roster.items() if act.who in those)
        powers = Powers(groups=groups)
        change = Change(act.who, self.now, POLICY, powers=powers, roster=step.roster)
        return await self.told.told(change, VERBS[act.verb], self.key, act.which)

    async def _is_audited(self, roster: Roster) -> Seen:
        for entry in await self._new_entries():
            if entry.artifact_id:
                self.auditor.reads(entry, roster)
            else:
                self.books.reads(entry)
        seen = await self._seen()
        self.auditor.believes(artifact_of(seen.row))
        still_open = {row["id"] for row in seen.requests if row["state"] == ApprovalState.OPEN}
        assert still_open == set(self.auditor.waiting)
        undone = [row["state"] for row in seen.plans if row["state"] in OPEN]
        assert undone == ([self.auditor.plan["state"]] if self.auditor.plan else [])
        self._are_balanced(seen)
        return seen

    def _are_balanced(self, seen: Seen) -> None:
        """Hours, budgets and who is on the train are what was said of them, and no hour counts
        twice there.
        """
        assert sum(row["minutes"] for row in seen.hours) == seen.row["minutes_logged"]
        assert [row["until"] for row in seen.stays].count(None) == len(self.books.aboard)
        for one, following in pairwise(seen.stays):
            assert one["until"] <= following["since"]

    async def _new_entries(self) -> list[Entry]:
        about = [str(place) for place in _places(self.key)]
        beside = and_(HISTORY.c.artifact_id.is_(None), HISTORY.c.reason.in_(about))
        here = or_(HISTORY.c.artifact_id == self.key, beside)
        question = select(*HISTORY.c).where(here, HISTORY.c.id > self.read).order_by(HISTORY.c.id)
        entries = [Entry(**row) for row in await self.told.store.glance(question, {})]
        self.read = max((entry.id for entry in entries), default=self.read)
        return entries

    async def _seen(self) -> Seen:
        [row] = await self._looked(select(*ARTIFACT.c).where(ARTIFACT.c.id == self.key))
        requests = await self._looked(
            select(*APPROVAL.c).where(APPROVAL.c.artifact_id == self.key).order_by(APPROVAL.c.id)
        )
        beside = [
            select(*SHOWN.c).where(SHOWN.c.artifact_id == self.key).order_by(SHOWN.c.item),
            select(*REQUEST.c).where(REQUEST.c.artifact_id == self.key).order_by(REQUEST.c.id),
            select(HEAD.c.entries, HEAD.c.hash, *_COUNTS),
            select(*BUDGET.c).where(BUDGET.c.scope_name.in_((_repo(self.key), _train(self.key)))),
            select(*TRAIN.c).where(TRAIN.c.name == _train(self.key)),
        ]
        mine = [
            select(*INITIATIVE.c).where(INITIATIVE.c.artifact_id == self.key),
            select(*HOURS.c).where(HOURS.c.artifact_id == self.key),
            select(*ABOARD.c).where(ABOARD.c.artifact_id == self.key).order_by(ABOARD.c.since),
        ]
        plans, hours, stays = [await self._looked(each) for each in mine]
        return Seen(
            row, requests, plans, hours, stays, [await self._looked(each) for each in beside]
        )

    async def _looked(self, question: Select[Any]) -> list[RowMapping]:
        return await self.told.store.glance(question, {})


async def lived(told: Register, chance: Random) -> None:
    beginning, story = a_beginning(chance), a_story(chance)
    for what in (beginning, *story):
        note(str(what))
    key = await begun(told, beginning)
    await Life(told, key).is_lived(story)
    await is_added_up(told, key)
    assert await told.fault() is None


async def begun(told: Register, beginning: dict[str, Any]) -> int:
    """In a repository of its own; a scan proposes what is proposed."""
    [head] = await told.store.glance(select(HEAD.c.last_artifact), {})
    key = int(head["last_artifact"]) + 1
    if beginning["stage"] is not Stage.PROPOSED:
        await told.holds(id=key, repo=_repo(key), **beginning)
        return key
    facts = {name: said for name, said in beginning.items() if name not in {"stage", "risk"}}
    found = a_finding(_repo(key), beginning["risk"] - 1, **facts)
    proposed = await told.told("cli:scan", scanned.put, _repo(key), [found], "read at 1a2b3c")
    assert [each.id for each in proposed.created] == [key]
    return key


async def is_added_up(told: Register, key: int) -> None:
    """The hours of each month are the sum of what was logged in it, of the train while aboard."""
    repo, on_train = _places(key)
    hours = await told.store.glance(select(*HOURS.c).where(HOURS.c.artifact_id == key), {})
    stays = await told.store.glance(select(*ABOARD.c).where(ABOARD.c.artifact_id == key), {})
    aboard = [row for row in hours if any(_within(row["worked_on"], stay) for stay in stays)]
    for day in {row["worked_on"] for row in hours}:
        month = span(Period.MONTH, day, POLICY.sprint)
        for place, rows in ((repo, hours), (on_train, aboard)):
            there = [
                row["minutes"] for row in rows if month.first <= row["worked_on"] <= month.last
            ]
            assert (await told.asked(uses.use_of, place, month)).spent == sum(there)


def _within(day: date, stay: RowMapping) -> bool:
    return stay["since"] <= day and (stay["until"] is None or day < stay["until"])


# Without shrinking, which takes minutes and shortens nothing: chance, not Hypothesis, tells a life.
LIVES = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
chances = st.randoms(use_true_random=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(LIVES, max_examples=50)
@given(chance=chances)
async def test_any_life_at_all_is_legal_and_told(register: Register, chance: Random) -> None:
    await lived(register, chance)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@settings(LIVES, max_examples=8)
@given(chance=chances)
async def test_so_it_is_where_people_really_act_at_once(register: Register, chance: Random) -> None:
    await lived(register, chance)
