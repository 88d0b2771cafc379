"""No lost update: many people and several processes at the same artifact."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sqlalchemy import text

from debt.artifact.columns import Facts
from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.budgets.roi import PlannedWork, PlanState, Promise, WorkKind
from debt.refusal import Refused
from debt.rules.hours import Period, Work, span
from debt.scope import ALL, BudgetLine, Scope, ScopeKind
from storage.costs import budgets, roi_plans
from storage.costs.hours_log import log, minutes_in, reverse
from storage.database.migrate import current, migrate
from storage.database.store import Session, Store
from storage.digests.listed_before import note
from storage.lifecycle.maintenance import extend, rate
from storage.lifecycle.ownership import Claimed, answer, claim, handoff, release
from storage.lifecycle.registration import add
from storage.register.artifacts import locked, next_ids, save
from storage.register.people import owner_is
from storage.register.refresh import follow_policy, wake
from storage.scans import merge
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
    by,
    days,
)
from tests.storage.register.test_refresh import STRICTER

NEW = Facts(name="bridge", repo="acme/pay", paths=("src/a.py",))
QUARTER = span(Period.QUARTER, TODAY, POLICY.sprint)


async def settled(*calls: Any) -> list[Any]:
    """What each call came to: its answer or its refusal. Anything else is a defect."""
    answers = await asyncio.gather(*calls, return_exceptions=True)
    for each in answers:
        if isinstance(each, BaseException) and not isinstance(each, Refused):
            raise each
    return answers


async def _sound(register: Register) -> None:
    """Every change is in the chain, and every version in the history."""
    assert await register.fault() is None
    entries = await register.entries()
    assert [entry.id for entry in entries] == list(range(1, len(entries) + 1))


async def test_hours_logged_at_once_are_all_counted(register: Register) -> None:
    await register.holds()
    await settled(
        *(
            register.told(f"U{number}", log, 1, number, kind=Work.REVIEW, worked_on=TODAY)
            for number in range(1, 41)
        )
    )
    total = sum(range(1, 41))
    assert (await register.artifact()).minutes_logged == total
    assert await register.asked(minutes_in, "team", "payments", QUARTER) == total
    assert await register.count() == 41
    await _sound(register)


async def test_one_entry_is_taken_back_once_however_often_the_button_is_pressed(
    register: Register,
) -> None:
    await register.holds()
    logged = await register.told(DANA, log, 1, 90, kind=Work.REVIEW, worked_on=TODAY)
    answers = await settled(*(register.told(DANA, reverse, logged.entry_id) for _ in range(8)))
    assert sum(isinstance(each, Refused) for each in answers) == 7
    assert (await register.artifact()).minutes_logged == 0
    await _sound(register)


async def test_of_many_claims_exactly_one_wins_and_the_others_ask_it(register: Register) -> None:
    await register.holds(owner=None)
    answers = await settled(*(register.told(f"U{number}", claim, 1) for number in range(12)))
    [winner] = [each.artifact.owner for each in answers if isinstance(each, Claimed)]
    assert await register.owner() == winner
    assert [m.person for m in await register.messages()] == [winner] * 11
    assert await register.count() == 2
    await _sound(register)


async def test_an_extension_pressed_by_many_at_once_is_given_once(register: Register) -> None:
    await register.holds(expires_on=TODAY + days(5))
    until = TODAY + days(35)
    answers = await settled(*(register.told(DANA, extend, 1, until, "late") for _ in range(8)))
    assert sum(isinstance(each, Refused) for each in answers) == 7
    artifact = await register.artifact()
    assert (artifact.expires_on, artifact.extensions, artifact.extended_days) == (until, 1, 30)
    await _sound(register)


async def test_work_planned_at_once_is_one_plan_and_is_done_or_dropped_once(
    register: Register,
) -> None:
    await register.holds()
    plans = [PlannedWork(WorkKind.REFACTOR, Promise(600, each, 60)) for each in range(8)]
    stated = await settled(*(register.told(DANA, roi_plans.plan, 1, each) for each in plans))
    assert len({each.id for each in stated}) == 1
    assert len(await register.asked(roi_plans.open_in, ALL, 10)) == 1
    ends = [PlanState.DONE, PlanState.DROPPED] * 4
    number = stated[0].id
    answers = await settled(*(register.told(DANA, roi_plans.move, number, to) for to in ends))
    assert sum(isinstance(each, Refused) for each in answers) == 7
    await _sound(register)


async def test_budgets_set_at_once_follow_each_other_and_each_turn_is_told_once(
    register: Register,
) -> None:
    await register.holds()
    await register.told(DANA, log, 1, 600, kind=Work.REVIEW, worked_on=TODAY)
    place, monthly = BudgetLine(Scope(ScopeKind.TEAM, "payments")), BudgetPeriod(Period.MONTH)
    limits = [BudgetLimits(60 * each) for each in range(1, 9)]
    await settled(*(register.told(ERIN, budgets.put, place, monthly, each) for each in limits))
    said = [entry for entry in await register.entries() if entry.action == "budget set"]
    assert all(one.after == following.before for one, following in pairwise(said))
    await register.told(ERIN, budgets.put, place, monthly, BudgetLimits(6_000))
    for ago in range(4):
        on = TODAY - days(ago)
        await register.told(DANA, log, 1, 1_440, kind=Work.REVIEW, worked_on=on)
    await settled(*(register.told("schedule", budgets.renew_all, None) for _ in range(4)))
    turns = [e.action for e in await register.entries() if e.action.startswith("budget ")]
    assert [each for each in turns if each != "budget set"] == [
        "budget over",
        "budget within again",
        "budget over",
    ]
    await _sound(register)


def nothing_stands(_paths: Sequence[str]) -> bool:
    return False


async def test_other_work_entered_while_scans_come_in_waits_its_turn(register: Register) -> None:
    await register.holds(repo="acme/shop")
    other = PlannedWork(WorkKind.CACHING, Promise(600, 0, 60))
    team = Scope(ScopeKind.TEAM, "payments")
    scans = [
        register.told("cli:scan", merge.put, "acme/shop", [], "read", stands)
        for stands in (merge.all_stand, nothing_stands) * 6
    ]
    entered = [
        register.told(DANA, roi_plans.plan_other, f"Cache {each}", team, other)
        for each in range(12)
    ]
    await settled(*(each for pair in zip(scans, entered, strict=True) for each in pair))
    assert len(await register.asked(roi_plans.open_in, team, 20)) == 12
    await _sound(register)


async def test_two_who_accept_at_once_are_not_both_owners(register: Register) -> None:
    for _ in range(10):
        artifact = await register.holds()
        await register.told(DANA, handoff, artifact.id, a_person(SAM))
        await register.told(DANA, handoff, artifact.id, a_person(LEE))
    requests = await register.requests()
    answers = await settled(
        *(register.told(it.asked_of, answer, it.id or 0, accept=True) for it in requests)
    )
    assert sum(isinstance(each, Refused) for each in answers) == 10
    given = [entry for entry in await register.entries() if entry.action == "taken over"]
    assert {entry.artifact_id for entry in given} == set(range(1, 11))
    await _sound(register)


async def test_claiming_and_releasing_at_once_ends_in_one_state(register: Register) -> None:
    await register.holds(owner=None)
    calls = []
    for number in range(10):
        calls += [register.told(SAM, claim, 1), register.told(SAM, release, 1)]
        calls += [register.told(f"U{number}", claim, 1)]
    await settled(*calls)
    changes = [e.after["owner"] for e in await register.entries() if e.after and e.id > 1]
    assert changes
    assert changes[-1] == await register.owner()
    assert all(one != next_one for one, next_one in pairwise(changes))
    await _sound(register)


async def test_keys_are_given_once_however_many_add_at_once(register: Register) -> None:
    added = await settled(*(register.told(DANA, add, NEW) for _ in range(20)))
    assert sorted(each.id for each in added) == list(range(1, 21))
    await _sound(register)


async def _move(session: Session, key: int, team: str) -> None:
    old = await locked(session, key)
    await save(session, by(DANA), old, replace(old, team=team), action="edit")


async def _two_teams(session: Session, first: str, second: str) -> None:
    """Names two teams, each in a change of its own, and then takes a key."""
    await _move(session, 4, first)
    await _move(session, 5, second)
    await next_ids(session, 1)


async def test_whatever_is_done_at_once_nobody_waits_for_each_other_for_ever(
    register: Register,
) -> None:
    """Verbs of one artifact, of many, of none, the planner's notes and new teams, all at once."""
    for key in range(1, 31):
        await register.holds(expires_on=TODAY + days(8), owner=DANA if key % 2 else SAM)
    await register.told("schedule", follow_policy)
    calls: list[Any] = []
    for number in range(12):
        week, keys = f"2026-W{number}", [1 + (number * 7 + n * 11) % 30 for n in range(9)]
        calls += [
            register.told(DANA, log, 1 + number, 5, kind=Work.REVIEW, worked_on=TODAY),
            register.told(SAM, rate, 30 - number, {"risk": 1 + number % 5}),
            register.told("slack", owner_is, (DANA, SAM)[number % 2], None),
            register.told("slack", owner_is, (SAM, DANA)[number % 2], a_person("U0NEW")),
            register.told(by("schedule", at=NOW + days(number)), wake),
            register.told(by("schedule", policy=(POLICY, STRICTER)[number % 2]), follow_policy),
            register.does(note, f"C{number % 3}", keys, week, TODAY),
            register.told(DANA, add, NEW | Facts(team=f"team {number % 4}")),
            register.does(_move, 1 + number, f"team {number % 4}"),
            register.does(_two_teams, *(f"{'xy'[(number + n) % 2]} {number // 2}" for n in (0, 1))),
        ]
    async with asyncio.timeout(100):
        await settled(*calls)
    await _sound(register)


async def test_two_processes_at_one_register_lose_nothing(
    register: Register, database_url: str
) -> None:
    for _ in range(3):
        await register.holds()
    clerks = [await _clerk(database_url, who, 40) for who in (SAM, LEE)]
    for each in clerks:
        assert each.stdout is not None
        assert (await each.stdout.readline()) == b"ready\n"
    ours = (register.told(DANA, log, 1, 1, kind=Work.REWORK, worked_on=TODAY) for _ in range(20))
    theirs = asyncio.gather(*(each.communicate(b"go\n") for each in clerks))
    await asyncio.gather(*ours)
    assert [error.decode() for _, error in await theirs] == ["", ""]
    assert [each.returncode for each in clerks] == [0, 0]
    assert (await register.artifact()).minutes_logged == 100
    assert await register.asked(minutes_in, "repo", "acme/pay", QUARTER) == 100
    async with register.store.read() as session:
        rows = (await session.execute(text("SELECT count(*) FROM hours"))).scalar_one()
    assert rows == 100
    await _sound(register)


async def _clerk(url: str, who: str, entries: int) -> Process:
    command = ("-W", "error", "-m", "tests.storage.clerk", url, who, str(entries))
    return await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )


async def test_several_processes_may_migrate_a_new_database_at_once(
    database_url: str, tmp_path: Any
) -> None:
    url = database_url
    if url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'new.db'}"
    else:
        store = Store(url)
        async with store.change() as session:
            await session.execute(text("DROP SCHEMA public CASCADE"))
            await session.execute(text("CREATE SCHEMA public"))
        await store.close()
    await asyncio.gather(*(asyncio.to_thread(migrate, url) for _ in range(4)))
    store = Store(url)
    assert await current(store)
    await store.close()
