"""Whatever people do, in whatever order, twice or at once: a life is legal, and all of it is told.

A life is how an artifact begins, then steps. In a step days go by, and one or two people do
something, one after the other or at the same instant.

A number tells each life, other numbers each time. A failure names its number, and with it in
`LIFE_SEED` that life alone is lived again.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random, SystemRandom
from typing import Any

import pytest
from sqlalchemy import RowMapping, Select, and_, func, or_, select

from debt.artifact.artifact import Label, Stage, Surface
from debt.budgets.roi import OPEN
from debt.change import Change
from debt.policy.roles import Powers, Roster
from debt.refusal import Refused
from debt.rules.hours import Period, span
from storage.costs import usage
from storage.database.history import HistoryEntry
from storage.register.artifacts import artifact_of
from storage.scans import merge
from storage.tables import (
    ABOARD,
    APPROVAL,
    ARTIFACT,
    BRIEFING,
    BUDGET,
    HEAD,
    HISTORY,
    HOURS,
    REQUEST,
    ROI_PLAN,
    SHOWN,
    TRAIN,
    VOTE,
    ApprovalState,
)
from tests.storage.auditor import Auditor, Bookkeeper
from tests.storage.builders import DANA, ERIN, LEE, NOW, POLICY, SAM, TODAY, Register, days
from tests.storage.test_two_at_once import settled
from tests.storage.verbs import CAST, PRIYA, VERBS, a_finding, places_of, repo_of, train_of

ROSTERS: tuple[Roster, ...] = (
    {"sre": frozenset({SAM}), "security": frozenset({PRIYA})},
    {"sre": frozenset({LEE}), "security": frozenset()},
)
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


_COUNTED = (VOTE, BRIEFING, ROI_PLAN)
_COUNTS = [select(func.count()).select_from(each).scalar_subquery() for each in _COUNTED]


@dataclass(frozen=True)
class Seen:
    """All that a verb could have written of an artifact."""

    row: RowMapping
    requests: list[RowMapping]
    budgets: list[RowMapping]
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
        for row in {row["scope"]: row for row in seen.budgets}.values():
            place = f"{row['scope']}:{row['scope_name']}"
            limits = self.books.limits[place]
            assert (limits and limits["minutes"]) == (None if row["ends"] else row["minutes"])
            is_over = row["over_since"] is not None and not row["ends"]
            assert is_over == (place in self.books.over)

    async def _new_entries(self) -> list[HistoryEntry]:
        about = [str(place) for place in places_of(self.key)]
        beside = and_(HISTORY.c.artifact_id.is_(None), HISTORY.c.reason.in_(about))
        here = or_(HISTORY.c.artifact_id == self.key, beside)
        question = select(*HISTORY.c).where(here, HISTORY.c.id > self.read).order_by(HISTORY.c.id)
        entries = [HistoryEntry(**row) for row in await self.told.store.glance(question, {})]
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
            select(*BUDGET.c).where(
                BUDGET.c.scope_name.in_((repo_of(self.key), train_of(self.key)))
            ),
            select(*TRAIN.c).where(TRAIN.c.name == train_of(self.key)),
        ]
        names = (repo_of(self.key), train_of(self.key))
        mine = [
            select(*BUDGET.c).where(BUDGET.c.scope_name.in_(names)).order_by(BUDGET.c.from_on),
            select(*ROI_PLAN.c).where(ROI_PLAN.c.artifact_id == self.key),
            select(*HOURS.c).where(HOURS.c.artifact_id == self.key),
            select(*ABOARD.c).where(ABOARD.c.artifact_id == self.key).order_by(ABOARD.c.since),
        ]
        budgets, plans, hours, stays = [await self._looked(each) for each in mine]
        others = [await self._looked(each) for each in beside]
        return Seen(row, requests, budgets, plans, hours, stays, others)

    async def _looked(self, question: Select[Any]) -> list[RowMapping]:
        return await self.told.store.glance(question, {})


def seeds(count: int) -> list[int]:
    """So many that no run had before, or the one that is to be lived again."""
    again = os.environ.get("LIFE_SEED")
    return [int(again)] if again else [SystemRandom().getrandbits(32) for _ in range(count)]


async def lived(told: Register, seed: int) -> None:
    chance = Random(seed)
    beginning, story = a_beginning(chance), a_story(chance)
    with Replay(seed, [beginning, *story]):
        key = await begun(told, beginning)
        await Life(told, key).is_lived(story)
        await is_added_up(told, key)
        assert await told.fault() is None


@dataclass(frozen=True)
class Replay:
    """Whatever goes wrong within says how to have it once more, and what was done until then."""

    seed: int
    story: Sequence[object]

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, failure: BaseException | None, _where: object) -> None:
        if failure:
            failure.add_note(f"LIFE_SEED={self.seed} lives this again:")
            failure.add_note("\n".join(map(str, self.story)))


async def begun(told: Register, beginning: dict[str, Any]) -> int:
    """In a repository of its own; a scan proposes what is proposed."""
    [head] = await told.store.glance(select(HEAD.c.last_artifact), {})
    key = int(head["last_artifact"]) + 1
    if beginning["stage"] is not Stage.PROPOSED:
        await told.holds(id=key, repo=repo_of(key), **beginning)
        return key
    facts = {name: said for name, said in beginning.items() if name not in {"stage", "risk"}}
    found = a_finding(repo_of(key), beginning["risk"] - 1, **facts)
    proposed = await told.told("cli:scan", merge.put, repo_of(key), [found], "read at 1a2b3c")
    assert [each.id for each in proposed.created] == [key]
    return key


async def is_added_up(told: Register, key: int) -> None:
    """The hours of each month are the sum of what was logged in it, of the train while aboard."""
    repo, on_train = places_of(key)
    hours = await told.store.glance(select(*HOURS.c).where(HOURS.c.artifact_id == key), {})
    stays = await told.store.glance(select(*ABOARD.c).where(ABOARD.c.artifact_id == key), {})
    aboard = [row for row in hours if any(_within(row["worked_on"], stay) for stay in stays)]
    for month in {span(Period.MONTH, row["worked_on"], POLICY.sprint) for row in hours}:
        for place, rows in ((repo, hours), (on_train, aboard)):
            then = (row for row in rows if month.first <= row["worked_on"] <= month.last)
            spent = sum(row["minutes"] for row in then)
            assert (await told.asked(usage.use_of, place, month)).spent == spent


def _within(day: date, stay: RowMapping) -> bool:
    return stay["since"] <= day and (stay["until"] is None or day < stay["until"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_any_life_at_all_is_legal_and_told(register: Register) -> None:
    for seed in seeds(50):
        await lived(register, seed)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_so_it_is_where_people_really_act_at_once(register: Register) -> None:
    for seed in seeds(8):
        await lived(register, seed)


async def test_the_same_number_tells_the_same_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFE_SEED", "7")
    [seed] = seeds(50)
    one, same, other = (Random(number) for number in (seed, 7, 8))
    assert a_beginning(one) == a_beginning(same)
    assert (told := a_story(one)) == a_story(same)
    assert told != a_story(other)


def test_numbers_differ_from_run_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIFE_SEED", raising=False)
    assert len({*seeds(50), *seeds(50)}) > 90


def test_a_failure_names_the_number_of_its_life() -> None:
    with pytest.raises(AssertionError) as failed, Replay(42, ["began", "ended"]):
        raise AssertionError
    assert failed.value.__notes__ == ["LIFE_SEED=42 lives this again:", "began\nended"]
