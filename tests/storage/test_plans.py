"""No question of a digest, and no page of a list, reads a table from end to end."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import fields
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url

from debt.artifact.artifact import Ending, Label, Rating, Ratings, Stage, Surface
from debt.metrics.conditions import ByHours
from debt.metrics.figures import Counts
from debt.metrics.metrics import COUNTED, METRICS
from debt.rules.hours import Period, span
from debt.rules.score import Quadrant
from debt.scope import ALL, BudgetLine, Cursor, Filter, Scope, ScopeKind
from storage.costs import hours_log, roi, trains, usage, value
from storage.database import history
from storage.database.history import last_entries
from storage.database.migrate import migrate
from storage.database.store import ANYBODY, Session, Store
from storage.digests import listed_before, said_once, subscriptions
from storage.lifecycle import approvals, proposals, requests, retirement
from storage.lifecycle.maintenance import review
from storage.lifecycle.ownership import answer, claim, release
from storage.messages import outbox
from storage.metrics import drilldown, snapshots, trends
from storage.nudges import attention, nudge_queue
from storage.nudges.attention import STARTED_BY_US, Why
from storage.register import checklists, people, quadrants, queries, refresh
from storage.register.artifacts import require, row_of
from storage.register.queries import ArtifactQuery
from storage.tables import (
    ABOARD,
    APPROVAL,
    ARTIFACT,
    ATTENTION,
    BRIEFING,
    HISTORY,
    HOME_VIEW,
    HOURS,
    LISTING,
    MATTER,
    MENTION,
    OBSERVATION,
    PERSON,
    REQUEST,
    ROI_PLAN,
    SHOWN,
    SNAPSHOT,
    SUBSCRIPTION,
    TEAM_MEMBER,
    TOLD,
    TRAIN,
    UNWANTED,
    VOTE,
)
from storage.views import home
from tests.debt.builders import an_artifact
from tests.storage.builders import DANA, NOW, POLICY, TODAY, by, days
from tests.storage.plans import Plan, plans_of

ROWS = 6_000
SCOPES = (
    ALL,
    Scope(ScopeKind.TEAM, "team 3"),
    Scope(ScopeKind.REPO, "acme/3"),
    Scope(ScopeKind.SERVICE, "service 3"),
)
TRAIN_7 = Scope(ScopeKind.TRAIN, "train 7")
MONTH = span(Period.MONTH, TODAY, POLICY.sprint)
Ask = Callable[[Session], Awaitable[object]]


def _artifacts() -> list[dict[str, Any]]:
    """One in five needs somebody, one in seven belongs to no team, one in five changed lately."""
    rows = []
    for number in range(1, ROWS + 1):
        risk = Rating(1 + number % 5, "usual")
        artifact = an_artifact(
            id=number,
            ratings=Ratings(Rating(1 + number % 4, ""), Rating(2, ""), risk, Rating(2, "")),
            label=list(Label)[number % 3],
            surface=list(Surface)[number % 4],
            team=f"team {number % 60}" if number % 7 else None,
            service=f"service {number % 50}" if number % 4 else None,
            repo=f"acme/{number % 80}",
            owner=f"U{number % 300}" if number % 20 else None,
            expires_on=TODAY + days(number % 400 - 20),
            value=1 + number % 5,
            responder="somebody" if number % 3 else None,
            changed_at=NOW - timedelta(hours=number) if number % 5 == 0 else None,
            stage=Stage.PROPOSED if number % 120 == 0 else Stage.RETAINED,
            saved_minutes=600 if number % 10 == 0 else None,
            saved_monthly_minutes=60 if number % 10 == 0 else None,
            minutes_logged=600 * (number % 7),
        )
        rows.append(row_of(artifact, POLICY, TODAY))
    return rows


def _ledger() -> list[dict[str, Any]]:
    """A year of messages that were sent, and a few that wait."""
    return [
        {
            "key": f"digest:{number}", "kind": "digest", "channel": f"C{number % 90}",
            "facts": {}, "state": "due" if number % 100 == 0 else "sent",
            "ready_at": NOW - timedelta(hours=number), "created_at": NOW, "attempts": 1,
            "ts": f"{number}.0", "outcome": "", "person": f"U{number % 300}",
            "sent_at": None if number % 100 == 0 else NOW - timedelta(hours=number),
        }
        for number in range(1, ROWS + 1)
    ]  # fmt: skip


async def _write_rows(session: Session) -> None:
    connection = await session.connection()
    await connection.execute(insert(ARTIFACT), _artifacts())
    await connection.execute(insert(BRIEFING), _ledger())
    await connection.execute(
        insert(ATTENTION),
        [
            {"person": f"U{n}", "next_at": NOW + timedelta(hours=n % 9), "unwanted": 0}
            for n in range(ROWS)
        ],
    )
    since = {"since": TODAY, "at": NOW}
    await connection.execute(
        insert(MATTER),
        [
            since
            | {"person": f"U{n % 40}", "artifact_id": n}
            | {"why": ("ignored", "orphan", "repeated")[n % 3]}
            for n in range(1, 601)
        ],
    )
    await connection.execute(
        insert(UNWANTED),
        [
            {"briefing_id": n, "person": f"U{n % 300}", "at": NOW - timedelta(hours=n)}
            for n in range(1, ROWS + 1, 7)
        ],
    )
    usual = {"scope": "all", "scope_name": "", "weekday": 0, "at": "09:30", "zone": "UTC"}
    usual |= {"subscriber": DANA}
    await connection.execute(
        insert(SUBSCRIPTION),
        [usual | {"channel": f"C{n}", "next_at": NOW + timedelta(minutes=n)} for n in range(ROWS)],
    )
    listed = {"first_on": TODAY, "week": "2026-W47", "weeks": 1, "version": 1}
    await connection.execute(
        insert(LISTING),
        [listed | {"channel": f"C{n % 900}", "artifact_id": n} for n in range(1, ROWS + 1)],
    )
    await connection.execute(
        insert(ROI_PLAN),
        [
            {
                "kind": "caching" if n % 3 else "refactor", "artifact_id": None if n % 3 else n,
                "scope": "team" if n % 3 else "", "scope_name": f"team {n % 60}" if n % 3 else "",
                "title": "a cache", "before_minutes": 600, "after_minutes": 0, "cost_minutes": 60,
                "state": "planned" if n % 40 == 0 else "done", "at": NOW, "stated_by": DANA,
                "done_on": None if n % 40 == 0 else TODAY - days(n % 900),
            }
            for n in range(1, ROWS + 1)
        ],
    )  # fmt: skip
    once = {"subject": "owes most", "minutes": 600, "week": "2026-W47"}
    await connection.execute(
        insert(TOLD), [once | {"channel": f"C{n}", "number": n} for n in range(1, ROWS + 1)]
    )
    worked = {"person": DANA, "minutes": 30, "kind": "review", "note": "", "at": NOW}
    await connection.execute(
        insert(HOURS),
        [
            worked
            | {"artifact_id": n, "team": f"team {n % 60}", "repo": f"acme/{n % 80}"}
            | {"service": f"service {n % 50}", "worked_on": TODAY - days(n % 300)}
            for n in range(1, ROWS + 1)
        ],
    )
    train = {"first_on": TODAY, "last_on": TODAY, "set_by": DANA, "at": NOW}
    names = [f"train {n}" for n in range(60)]
    await connection.execute(insert(TRAIN), [train | {"name": name} for name in names])
    await connection.execute(
        insert(ABOARD),
        [
            {"train": f"train {n % 60}", "artifact_id": n, "since": TODAY, "until": None}
            for n in range(1, ROWS // 3)
        ],
    )
    await connection.execute(
        insert(TEAM_MEMBER),
        [{"team": f"team {n % 60}", "person": f"U{n}", "left_on": None} for n in range(ROWS)],
    )
    person = {"zone": "UTC", "active": True, "bot": False, "admin": False, "guest": False}
    person |= {"stranger": False}
    await connection.execute(
        insert(PERSON),
        [
            person
            | {"slack_id": f"U{n}", "name": f"U{n}", "email": f"u{n}@example.com"}
            | {"seen_at": NOW - timedelta(hours=n % 100)}
            for n in range(ROWS)
        ],
    )
    entry = {"at": NOW, "by": DANA, "action": "log", "reason": "", "hash": "0"}
    await connection.execute(
        insert(HISTORY), [entry | {"id": n, "artifact_id": n} for n in range(1, ROWS + 1)]
    )
    await _write_requests(session)
    await _write_trends(session)
    await connection.execute(
        insert(HOME_VIEW),
        [{"person": f"U{n}", "opened_at": NOW - timedelta(hours=n)} for n in range(ROWS)],
    )
    asked = {"kind": "claim", "asked_by": DANA, "new_owner": DANA, "at": NOW}
    await connection.execute(
        insert(REQUEST),
        [
            asked
            | {"artifact_id": n, "asked_of": f"U{n % 300}", "owner": f"U{n % 300}"}
            | {"state": "open" if n % 50 == 1 else "declined"}
            for n in range(1, ROWS + 1)
        ],
    )


async def _write_trends(session: Session) -> None:
    """Half a year of snapshots of many teams, and as many changes and incidents as artifacts."""
    connection = await session.connection()
    weeks = [snapshots.week_of(TODAY) - days(7 * back) for back in range(26)]
    names = [
        ("all", ""),
        *((f"{kind}", f"{kind} {n}") for kind in ("team", "repo") for n in range(150)),
    ]
    columns = {each.name for each in fields(Counts)} - {"by_metric"}
    counts = dict.fromkeys(columns, 9) | {"by_metric": dict.fromkeys(COUNTED, 9)}
    await connection.execute(
        insert(SNAPSHOT),
        [
            counts | {"scope": scope, "scope_name": name, "week": week, "taken_at": NOW}
            for scope, name in names
            for week in weeks
        ],
    )
    entered = {"by": DANA, "at": NOW, "review_minutes": 60, "by_tool": True}
    await connection.execute(
        insert(OBSERVATION),
        [
            entered
            | {"repo": f"acme/{n % 80}", "team": f"team {n % 60}", "ref": f"{n}"}
            | {"kind": "change" if n % 9 else "incident", "artifact_id": None if n % 9 else n}
            | {"happened_on": TODAY - days(n % 400)}
            for n in range(1, ROWS + 1)
        ],
    )


async def _write_requests(session: Session) -> None:
    """What others have to agree to: one in fifty still waits; who agreed, and what was shown."""
    connection = await session.connection()
    numbers = range(1, ROWS + 1)
    asked: dict[str, Any] = {
        "kind": "retire", "asked_by": DANA, "reason": "", "wish": {"end": "retire"}, "at": NOW,
        "tier": "standard", "needed": 2, "groups": [], "only": [], "own": False, "outcome": "",
        "lapses_at": NOW + days(14),
    }  # fmt: skip
    await connection.execute(
        insert(APPROVAL),
        [
            asked
            | {"artifact_id": n, "next_at": NOW + timedelta(minutes=n)}
            | {"state": "open" if n % 50 == 1 else "approved"}
            for n in numbers
        ],
    )
    await connection.execute(
        insert(VOTE), [{"approval_id": n, "person": "U9", "at": NOW} for n in numbers]
    )
    await connection.execute(
        insert(MENTION), [{"briefing_id": n, "artifact_id": n} for n in numbers]
    )
    evidence: dict[str, Any] = {
        "generation": 1, "checklist": "retire", "item": "code", "by": DANA, "at": NOW,
    }  # fmt: skip
    await connection.execute(
        insert(SHOWN), [evidence | {"artifact_id": n, "evidence": "gone"} for n in numbers]
    )


@pytest.fixture(scope="module", params=["sqlite", "sqlite analyzed", "postgresql"])
def filled_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Some thousand rows of everything; SQLite plans alike whether it was told of them or not."""
    copied: AbstractContextManager[str]
    if request.param == "postgresql":
        template = request.getfixturevalue("postgres_template")
        copied = _copied(request.getfixturevalue("postgres_server"), template)
    else:
        copied = nullcontext(f"sqlite:///{tmp_path_factory.mktemp('filled') / 'debt.db'}")
    with copied as url, ThreadPoolExecutor() as thread:
        migrate(url)
        # In a thread, since pytest has a loop of its own in this one.
        thread.submit(asyncio.run, _fill(url, analyzed=request.param != "sqlite")).result()
        yield url


@contextmanager
def _copied(server: str, template: str) -> Iterator[str]:
    name = f"filled_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


async def _fill(url: str, *, analyzed: bool) -> None:
    store = Store(url)
    async with store.change() as session:
        await _write_rows(session)
        if analyzed:
            await session.execute(text("ANALYZE"))
    await store.close()


@pytest.fixture
async def full(filled_url: str) -> AsyncIterator[Store]:
    """Whatever a test does with it is taken back, so that all may share it."""
    store = Store(filled_url)
    yield store
    await store.close()


async def asked(store: Store, questions: dict[str, Ask]) -> dict[str, list[Plan]]:
    """Each question's plans. What verbs wrote is taken back between them."""
    plans = {}
    for name, ask in questions.items():
        async with store.rehearse() as session:
            plans[name] = await plans_of(session, ask)
            assert plans[name], name
    return plans


def whole_tables(plans: dict[str, list[Plan]]) -> list[str]:
    return [f"{name}: {plan}" for name, each in plans.items() for plan in each if plan.scanned]


def sorted_lists(plans: dict[str, list[Plan]]) -> list[str]:
    return [f"{name}: {plan}" for name, each in plans.items() for plan in each if plan.sorts]


DIGEST: dict[str, Ask] = {
    "wake": lambda s: refresh.wake(s, by("schedule", at=NOW + days(1))),
    "policy": lambda s: refresh.follows(s, POLICY),
    "due": lambda s: subscriptions.due(s, NOW + days(1), limit=20),
    "ignored": lambda s: listed_before.ignored(s, "C3"),
    "note": lambda s: listed_before.note(s, "C3", [3, 17, 903], "2026-W48", TODAY),
    "several": lambda s: queries.several(s, [1, 77, 903]),
    "names": lambda s: people.names(s, ["U1", "U77", "U903"]),
    "claim": lambda s: outbox.claim_batch(s, NOW, 1),
    "claim a batch": lambda s: outbox.claim_batch(s, NOW, 20),
    "next": outbox.next_ready,
    "enqueue": lambda s: outbox.enqueue(s, "k", "digest", {}, NOW, channel="C3"),
    "by key": lambda s: outbox.by_key(s, "digest:77"),
    "told once": lambda s: said_once.said(s, "C3", ["owes most"]),
    "told": lambda s: said_once.note(
        s, "C3", [said_once.Statement("owes most", 7, 600)], "2026-W48"
    ),
    "by message": lambda s: outbox.by_message(s, "C77", "77.0"),
}
for _scope in SCOPES:
    DIGEST |= {
        f"needing {_scope}": partial(queries.needing, scope=_scope, limit=10),
        f"count {_scope}": partial(queries.count_needing, scope=_scope),
        f"news {_scope}": partial(
            queries.changed_since, scope=_scope, since=NOW - days(7), limit=50
        ),
        f"exists {_scope}": partial(queries.exists, scope=_scope),
        f"promises {_scope}": partial(
            roi.checked_promises, scope=_scope, policy=POLICY, today=TODAY, since=TODAY - days(28)
        ),
        f"owes {_scope}": partial(value.worst, scope=_scope, policy=POLICY, today=TODAY),
    }


_MONTH = TODAY - days(40)
for _scope in SCOPES[:3]:
    DIGEST |= {
        f"trend {_scope}": partial(trends.trend, policy=POLICY, scope=_scope, today=TODAY),
        f"now {_scope}": partial(snapshots.now, policy=POLICY, scope=_scope, today=TODAY),
        f"ended {_scope}": partial(
            queries.ended_since, scope=_scope, since=NOW - days(40), limit=3
        ),
        f"added {_scope}": partial(
            queries.added_since, scope=_scope, since=NOW - days(40), limit=3
        ),
        f"untouched {_scope}": partial(queries.untouched, scope=_scope, since=NOW - days(40)),
        f"month {_scope}": partial(snapshots.of, scope=_scope, first=_MONTH, last=TODAY),
        f"follower {_scope}": partial(subscriptions.follower, scope=_scope),
    }
DIGEST |= {
    "tops": lambda s: snapshots.tops(s, ScopeKind.TEAM, snapshots.week_of(TODAY), 4, 5),
    "teams": lambda s: snapshots.teams(s, snapshots.week_of(TODAY)),
}


async def test_nothing_a_digest_asks_reads_a_whole_table(full: Store) -> None:
    plans = await asked(full, DIGEST)
    assert whole_tables(plans) == []
    ranked = {name: each for name, each in plans.items() if name[:5] in {"needi", "owes "}}
    assert sorted_lists(ranked) == []


async def test_the_artifacts_behind_a_metric_are_found_by_an_index(full: Store) -> None:
    questions: dict[str, Ask] = {
        f"{metric.name} {scope}": partial(drilldown.behind, scope=scope, metric=metric, today=TODAY)
        for metric in METRICS
        for scope in SCOPES[:3]
        if metric.behind and (scope != ALL or metric.behind != ByHours())
    }
    questions["costs"] = partial(trends.costs, today=TODAY)
    assert whole_tables(await asked(full, questions)) == []


async def test_the_map_of_value_and_risk_is_read_from_indexes_of_live_rows(full: Store) -> None:
    """All of the register is counted from the index alone; PostgreSQL does so once the table has
    been vacuumed, which no test's table has.
    """
    questions: dict[str, Ask] = {
        f"{each} {scope}": partial(quadrants.first, scope=scope, quadrant=each)
        for scope in SCOPES
        for each in Quadrant
    }
    questions |= {f"count {scope}": partial(quadrants.count, scope=scope) for scope in SCOPES[1:]}
    assert whole_tables(await asked(full, questions)) == []
    [everything] = (await asked(full, {"": partial(quadrants.count, scope=ALL)}))[""]
    assert re.search("COVERING INDEX artifact_quadrant|Seq Scan", str(everything))


async def test_what_work_buys_back_is_ranked_without_reading_a_whole_table(full: Store) -> None:
    questions: dict[str, Ask] = {
        f"{scope}": partial(roi.ranked_work, scope=scope, policy=POLICY, today=TODAY, horizon=12)
        for scope in SCOPES
    } | {
        f"record {scope}": partial(roi.checked_promises, scope=scope, policy=POLICY, today=TODAY)
        for scope in SCOPES
    }
    assert whole_tables(await asked(full, questions)) == []


async def test_stated_value_is_summed_without_reading_what_has_none(full: Store) -> None:
    questions: dict[str, Ask] = {
        f"{scope}": partial(value.balances, scope=scope, today=TODAY) for scope in SCOPES
    }
    assert whole_tables(await asked(full, questions)) == []


async def test_all_budgets_are_summed_without_reading_a_whole_table(full: Store) -> None:
    """Of hours and of live artifacts the indexes say all that is asked; PostgreSQL reads rows, too,
    until its tables have been vacuumed.
    """
    places = [BudgetLine(scope, only) for scope in SCOPES[1:] for only in ("", "tier:strict")]
    places += [BudgetLine(Scope(ScopeKind.TEAM, f"team {number}")) for number in range(20)]
    asked_of_all = [(place, MONTH) for place in places]
    plans = await asked(full, {"all": lambda session: usage.uses_of(session, asked_of_all)})
    assert whole_tables(plans) == []
    whole = [each for each in plans["all"] if "JOIN" not in each.statement]
    assert all(re.search("COVERING INDEX|Index|Bitmap", str(each)) for each in whole)


async def test_a_train_is_found_through_what_is_aboard(full: Store) -> None:
    questions: dict[str, Ask] = {
        "use": lambda session: usage.use_of(session, BudgetLine(TRAIN_7), MONTH),
        "days": lambda session: usage.spent_by_day(session, BudgetLine(TRAIN_7), MONTH),
        "teams": lambda session: trains.teams_in(session, by(DANA), TRAIN_7),
        "page": lambda session: queries.page(session, ArtifactQuery(scopes=(TRAIN_7,)), 10),
    }
    assert whole_tables(await asked(full, questions)) == []


async def test_the_days_of_a_budget_are_found_without_reading_all_hours(full: Store) -> None:
    questions: dict[str, Ask] = {
        f"{scope}": partial(usage.spent_by_day, line=BudgetLine(scope), span=MONTH)
        for scope in SCOPES[1:]
    }
    assert whole_tables(await asked(full, questions)) == []


NUDGES: dict[str, Ask] = {
    "people due": lambda s: nudge_queue.people_due(s, NOW, 500),
    "may be looked at": lambda s: nudge_queue.may_be_looked_at(s, "U7", NOW),
    "dates": lambda s: nudge_queue.dates_of(s, "U7", TODAY, TODAY + days(14), 28),
    "count dates": lambda s: nudge_queue.count_dates(s, "U7", TODAY, TODAY + days(14)),
    "matters": lambda s: attention.matters_of(s, "U7", 8),
    "not heard": lambda s: attention.not_heard(s, "U7", [7, 47, 87], Why.IGNORED),
    "heard": lambda s: attention.heard(s, "U7", [(47, Why.REPEATED)]),
    "named": lambda s: nudge_queue.named(s, [3, 77, 903]),
    "to lapse": lambda s: nudge_queue.to_lapse(s, TODAY, 50),
    "ignored": lambda s: nudge_queue.ignored(s, TODAY, 50, by_lead=False),
    "ignored by leads": lambda s: nudge_queue.ignored(s, TODAY, 8, by_lead=True),
    "orphans": lambda s: nudge_queue.orphans_due(s, TODAY, 50),
    "quiet": lambda s: attention.quiet_until(s, "U7", NOW + days(1)),
    "unwanted by": lambda s: attention.unwanted_by(s, "U7"),
    "was unwanted": lambda s: attention.was_unwanted(s, 8),
    "usefulness": lambda s: attention.usefulness(s, NOW - days(7)),
    "waiting": lambda s: attention.waiting(s, "U7"),
    "started": lambda s: outbox.started_since(s, "U7", NOW - days(7), STARTED_BY_US),
}


async def test_no_question_before_a_nudge_reads_a_whole_table(full: Store) -> None:
    assert whole_tables(await asked(full, NUDGES)) == []


LISTS: dict[str, ArtifactQuery] = {
    "everything": ArtifactQuery(),
    "mine": ArtifactQuery(frozenset({Filter.MINE}), owner="U7"),
} | {
    str(filter_): ArtifactQuery(frozenset({filter_}), today=TODAY, soon=TODAY + days(7))
    for filter_ in Filter
    if filter_ is not Filter.MINE
} | {str(scope): ArtifactQuery(scopes=(scope,)) for scope in SCOPES[1:]}  # fmt: skip


@pytest.mark.parametrize("after", [None, Cursor(48, 3_000)], ids=["first", "deep"])
async def test_no_page_of_a_list_reads_a_whole_table_or_sorts_it(
    full: Store, after: Cursor | None
) -> None:
    questions: dict[str, Ask] = {
        name: partial(queries.page, query=query, size=10, after=after)
        for name, query in LISTS.items()
    }
    plans = await asked(full, questions)
    assert whole_tables(plans) == []
    assert sorted_lists(plans) == []


async def test_what_scans_propose_is_read_by_an_index(full: Store) -> None:
    proposed = frozenset({Filter.PROPOSED})
    questions: dict[str, Ask] = {
        f"{scope}": partial(queries.page, query=ArtifactQuery(proposed, scopes=(scope,)), size=10)
        for scope in SCOPES
    } | {f"count {scope}": partial(proposals.count, scope=scope) for scope in SCOPES}
    plans = await asked(full, questions)
    assert whole_tables(plans) == []


async def test_a_deep_page_begins_where_the_last_one_ended(full: Store) -> None:
    """Its place is a condition of the index, not a filter over all the pages before."""
    questions: dict[str, Ask] = {
        str(scope): partial(
            queries.page, query=ArtifactQuery(scopes=(scope,)), size=10, after=Cursor(48, 3_000)
        )
        for scope in SCOPES
    }
    for plans in (await asked(full, questions)).values():
        [plan] = plans
        place = "priority<?" if full.sqlite else "ROW(priority, id) < ROW("
        assert any(place in line and "Filter" not in line for line in plan.lines), str(plan)


async def test_no_verb_and_no_card_reads_a_whole_table(full: Store) -> None:
    questions: dict[str, Ask] = {
        "show": lambda s: require(s, 77),
        "last entries": lambda s: last_entries(s, 77, 3),
        "earlier entries": lambda s: last_entries(s, 77, 3, before=900),
        "hours": lambda s: hours_log.last_entry(s, 77, DANA),
        "claim": lambda s: claim(s, by("U9"), 78),
        "answer": lambda s: answer(s, by("U101"), 101, accept=True),
        "release": lambda s: release(s, by("U101"), 101),
        "review": lambda s: review(s, by(DANA), 77),
        "subscription": lambda s: subscriptions.subscription(s, "C3"),
        "e-mail": lambda s: people.ids_by_email(s, {"u7@example.com"}),
        "owner left": lambda s: people.owner_is(s, by("slack"), "U7", None),
    }
    places: tuple[tuple[hours_log.HoursScope, object], ...] = (
        ("artifact_id", 77), ("team", "team 3"), ("repo", "acme/3"), ("service", "service 3"),
    )  # fmt: skip
    for scope, name in places:
        for ask in (hours_log.minutes_in, hours_log.minutes_by_kind):
            questions[f"{ask.__name__} {scope}"] = partial(ask, scope=scope, name=name, span=MONTH)
    for scope, name in places[1:]:
        questions[f"costliest {scope}"] = partial(
            hours_log.costliest, scope=scope, name=name, span=MONTH, limit=3
        )
    assert whole_tables(await asked(full, questions)) == []


async def test_no_request_and_no_way_out_reads_a_whole_table(full: Store) -> None:
    async def again(session: Session) -> None:
        artifact = await require(session, 77)
        [asked] = await requests.of_artifact(session, 77)
        await requests.asked_at(session, asked)
        await checklists.shown(session, artifact, checklists.Checklist.RETIRE)

    questions: dict[str, Ask] = {
        "due": lambda s: requests.due(s, NOW + days(1), 20),
        "open": lambda s: requests.open_requests(s, 20),
        "approve": lambda s: approvals.approve(s, by("U7"), 51),
        "take back": lambda s: approvals.withdraw_vote(s, by("U9"), 101),
        "turn": lambda s: approvals.take_turn(s, by("schedule", at=NOW + days(20)), 151),
        "retire": lambda s: retirement.ask(s, by("U77"), 77, Ending.RETIRE, "unused"),
        "about an artifact": again,
        "reasons": lambda s: history.reasons(s, 77, "extend", 3),
        "stale": lambda s: outbox.stale(s, 20),
        "drawn": lambda s: outbox.drawn(s, 77, NOW, final=True),
    }
    assert whole_tables(await asked(full, questions)) == []


HOME: dict[str, Ask] = {
    "opened": lambda s: home.opened(s, "U7", NOW),
    "turned": lambda s: home.turn_to(s, "U7", Cursor(48, 3_000)),
    "page": lambda s: home.page_of(s, "U7"),
    "looking": lambda s: home.looking(s, {"U7", "U9", ANYBODY}, NOW - days(1)),
    "asked": lambda s: home.asked_of(s, "U101", 5),
    "to decide": lambda s: home.to_decide(s, by("U7"), {"team 3"}),
    "needing": lambda s: home.needing(s, "U7", 8),
    "count": lambda s: home.count_needing(s, "U7"),
    "teams": lambda s: home.teams_owned_in(s, "U7", 8),
    "named teams": lambda s: home.teams_named(s, {"team 3"}),
    "standings": lambda s: home.standings(s, {"team 3", "team 4"}, MONTH, TODAY, 8),
}


async def test_no_home_tab_reads_a_whole_table(full: Store) -> None:
    assert whole_tables(await asked(full, HOME)) == []


async def test_the_next_owners_to_check_are_found_in_their_order(full: Store) -> None:
    questions: dict[str, Ask] = {
        "owners": lambda s: people.owners_to_check(s, NOW - days(1), 50, after="U2"),
    }
    plans = await asked(full, questions)
    assert [
        table for plan in plans["owners"] for table in plan.scanned if table == "artifact"
    ] == []


async def test_a_plan_that_reads_a_whole_table_would_be_noticed(full: Store) -> None:
    async def careless(session: Session) -> None:
        await session.execute(select(ARTIFACT.c.id).where(ARTIFACT.c.purpose == "none"))

    plans = await asked(full, {"careless": careless})
    assert [plan.scanned for plan in plans["careless"]] == [["artifact"]]
