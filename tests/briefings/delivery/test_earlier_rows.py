"""What earlier versions wrote on the ledger is read as before, and drawn the same.

`earlier_rows.json` has facts by key, as commit 78ca1bc wrote them in the season of house.py.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from briefings.delivery.render import hung_in, render, with_pictures
from briefings.digest.digest import DigestItem, DigestNews, weekly_of
from briefings.notices.budget_alerts import turned_in
from briefings.notices.nudge import NamedDate, NudgeItem, NudgeRecord, record_of
from briefings.pictures.pictures import BurnUp
from debt.rules.reminders import DueKind
from debt.scope import Scope, ScopeKind
from storage.messages import outbox
from storage.messages.kinds import BriefingKind
from storage.messages.outbox import LedgerMessage
from storage.nudges.attention import Why
from tests.briefings.conftest import MONDAY
from tests.briefings.delivery.house import a_house, season
from tests.storage.builders import DANA, Register, days

EARLIER: Mapping[str, Any] = json.loads((Path(__file__).parent / "earlier_rows.json").read_text())
NUDGES = {BriefingKind.NUDGE, BriefingKind.ORPHANS, BriefingKind.LEADERSHIP}


def a_row(key: str, kind: str = "") -> LedgerMessage:
    kind = kind or key.partition(":")[0]
    return LedgerMessage(1, key, kind, None, None, EARLIER[key], "sent", 1, "1.0", MONDAY)


def test_a_digest_of_then_is_the_same_digest() -> None:
    weekly = weekly_of(EARLIER["digest:C0ALL:2026-W49"])
    assert weekly.scope == Scope()
    assert weekly.at == MONDAY
    assert weekly.items[0] == DigestItem(1, 0, MONDAY.date())
    assert [item.id for item in weekly.items] == [1, 7, 6, 5, 3]
    assert (weekly.ephemeral, weekly.retained, weekly.folded) == (1, 0, 0)
    assert weekly.news == (DigestNews(9, "1.5 h logged", DANA),)
    assert weekly.opening[0].startswith("Budget acme/pay, Q4 2026: 1.5 h of 1 h spent")
    assert (weekly.chart, weekly.chart_of, weekly.chart_opens) == (None, "", True)
    later = weekly_of(EARLIER["digest:C0ALL:2026-W53"])
    assert (later.ignored, later.more_ignored) == ((1,), 0)
    assert later.moved.startswith("Maintenance hours in four weeks: from 5.5 h to 12 h")
    assert "The register since" in weekly_of(EARLIER["digest:C0PAY:2026-W50"]).review


def test_its_chart_is_the_same_and_so_is_the_picture_of_it() -> None:
    facts = EARLIER["digest:C0GROW:2026-W49"]
    weekly = weekly_of(facts)
    assert weekly.scope == Scope(ScopeKind.TEAM, "growth")
    assert isinstance(weekly.chart, BurnUp)
    assert (weekly.chart.first, weekly.chart.limit, weekly.chart.small) == (
        date(2026, 10, 1),
        120,
        True,
    )
    assert not weekly.chart_opens
    assert hung_in(facts)["budget"].file_id.startswith("F")


def test_a_digest_of_a_first_version_had_less_to_say() -> None:
    """No budgets, no chart, no review: what it opens with carried the chart."""
    facts = dict(EARLIER["digest:C0ALL:2026-W49"])
    for name in ("looking_back", "chart_of", "chart", "asides", "budgets"):
        del facts[name]
    weekly = weekly_of(facts)
    assert (weekly.moved, weekly.review, weekly.budgets, weekly.chart_opens) == ("", "", (), True)


def test_a_nudge_of_then_names_the_same_dates() -> None:
    record = record_of(a_row("nudge:U0DANA:2026-12-23"))
    at = datetime(2026, 12, 23, 9, 30, tzinfo=UTC)
    dates = (
        NamedDate(DueKind.EXPIRY, date(2026, 12, 30)),
        NamedDate(DueKind.REVIEW, date(2027, 1, 15)),
    )
    assert record.items[0] == NudgeItem(4, Why.DUE, dates)
    assert (record.at, record.more, record.team) == (at, 0, "")


def test_who_stands_out_does_so_with_the_same_trend() -> None:
    top, repeated, *_ = record_of(a_row("nudge:U0ERIN:2026-12-14")).items
    assert (top.why, top.scope, top.since) == (Why.TOP_TEAM, "payments", "2026-11-30")
    assert top.trend == (*[None] * 10, 3, 3, 4)
    assert (repeated.why, repeated.scope, repeated.trend) == (Why.REPEATED, "", ())


def test_teams_and_leadership_were_told_of_the_same_artifacts() -> None:
    orphans = record_of(a_row("orphans:C0PAY:payments:2026-W49"))
    at = datetime(2026, 11, 30, 3, 30, tzinfo=UTC)
    assert orphans == NudgeRecord(at, (NudgeItem(3, Why.ORPHAN),), 0, "payments")
    [item] = record_of(a_row("leadership:2027-01-04:1")).items
    assert item == NudgeItem(1, Why.IGNORED)


def test_word_of_a_budget_is_the_same_word() -> None:
    alert = turned_in(a_row("turned:U0LEE:2026-11-30"))
    [line] = alert.lines
    assert line.words.startswith("Budget acme/pay, Q4 2026: 1.5 h of 1 h spent")
    assert (line.scope, alert.more) == ("repo:acme/pay", 0)


def test_what_no_version_wrote_is_refused() -> None:
    facts = EARLIER["orphans:C0PAY:payments:2026-W49"] | {"items": [[3, "orphan", [], *"abcde"]]}
    with pytest.raises(ValidationError, match="has more than id, why, dates"):
        record_of(replace(a_row("orphans:C0PAY:payments:2026-W49"), facts=facts))


async def test_rows_of_then_and_of_now_are_drawn_the_same(register: Register) -> None:
    """The register has moved on by eight weeks since the first of them was written. What is written
    from now on has a name for each of its values.
    """
    house = await a_house(register)
    written = {row.key: row for row in await season(house)}
    assert [(key, place) for key, row in written.items() for place in _places(row.facts)] == []
    assert [*_places(EARLIER)] != []
    assert {written[key].kind for key in EARLIER} == {row.kind for row in written.values()}
    async with register.store.read() as session:
        for key, facts in EARLIER.items():
            then = replace(written[key], facts=facts)
            drawn = await render(session, then, house.policy)
            now = replace(then, facts=_as_of_now(then))
            assert [*_places(now.facts)] == []
            if drawn.hung:
                now = replace(now, facts=with_pictures(now.facts, drawn))
            assert (await render(session, now, house.policy)).payload() == drawn.payload()
            assert drawn.text


def _as_of_now(row: LedgerMessage) -> Mapping[str, Any]:
    """The same facts as they are written from now on."""
    if row.kind == BriefingKind.DIGEST:
        return weekly_of(row.facts).as_json()
    if row.kind in NUDGES:
        return record_of(row).as_json()
    return turned_in(row).as_json() if row.kind == BriefingKind.BUDGET_TURNED else row.facts


_SERIES = {"ignored", "opening", "budgets", "asides", "trend", "spent", "numbers"}
"""Numbers of artifacts, lines, values week by week or day by day: any number of them."""


def _places(facts: Any, name: str = "") -> Iterator[str]:
    """Where a list holds anything but objects, and is no series."""
    if isinstance(facts, dict):
        for key, value in facts.items():
            yield from _places(value, key)
    elif isinstance(facts, list):
        simple = [value for value in facts if not isinstance(value, dict)]
        if simple and (name not in _SERIES or any(isinstance(value, list) for value in simple)):
            yield name
        for value in facts:
            yield from _places(value)


async def test_a_nudge_of_then_that_arrives_now_counts_as_its_dates_notice(
    register: Register,
) -> None:
    house = await a_house(register)
    for number in (10, 5):
        await register.holds(expires_on=MONDAY.date() - days(number))
    key = "nudge:U0DANA:2026-11-30"
    facts = EARLIER[key] | {"items": [[1, "due", [["expiry", "2026-11-20"]], "", ""]]}
    await register.does(outbox.enqueue, key, BriefingKind.NUDGE, facts, MONDAY, person=DANA)
    await house.delivers(MONDAY)
    noticed = [(await register.artifact(number)).expiry_noticed_on for number in (1, 2)]
    assert noticed == [MONDAY.date(), None]
