"""Hours on artifacts."""

from dataclasses import replace
from datetime import date

import pytest

from debt.artifact.artifact import Stage
from debt.refusal import Refused
from debt.rules.hours import MINUTES_A_DAY, Period, Span, Work, span
from storage.costs.hours_log import (
    HoursLogged,
    HoursScope,
    costliest,
    last_entry,
    log,
    minutes_by_kind,
    minutes_in,
    reverse,
)
from storage.database.store import Session
from storage.register.artifacts import locked, save
from tests.storage.builders import DANA, POLICY, SAM, TODAY, Register, by, days

MONTH = span(Period.MONTH, TODAY, POLICY.sprint)


async def logged(
    register: Register, minutes: int, *, on: date = TODAY, who: str = DANA, key: int = 1
) -> HoursLogged:
    return await register.told(who, log, key, minutes, kind=Work.REWORK, worked_on=on)


async def test_hours_add_up_on_their_artifact(register: Register) -> None:
    await register.holds()
    await logged(register, 90)
    await logged(register, 15, who=SAM)
    assert (await register.artifact()).minutes_logged == 105
    entry = await register.last_entry()
    assert (entry.by, entry.action, entry.after) == (SAM, "log", {"minutes_logged": 105})


async def test_a_note_is_kept_as_the_reason(register: Register) -> None:
    await register.holds()
    await register.told(
        DANA, log, 1, 30, kind=Work.DEBUGGING, worked_on=TODAY, note=" lost\x00 webhook "
    )
    assert (await register.last_entry()).reason == "debugging on 2026-11-24: lost webhook"


async def test_hours_of_the_future_and_of_closed_books_are_refused(register: Register) -> None:
    await register.holds()
    with pytest.raises(Refused, match="2026-11-25 is still to come"):
        await logged(register, 30, on=TODAY + days(1))
    with pytest.raises(Refused, match="more than a year ago"):
        await logged(register, 30, on=TODAY - days(367))
    await logged(register, 30, on=TODAY - days(366))


@pytest.mark.parametrize("minutes", [0, -30, MINUTES_A_DAY + 1])
async def test_no_time_and_more_than_a_day_are_refused(register: Register, minutes: int) -> None:
    await register.holds()
    with pytest.raises(Refused, match="between a minute and a day"):
        await logged(register, minutes)


async def test_ending_something_is_work_too(register: Register) -> None:
    await register.holds(stage=Stage.RETIRED)
    await logged(register, 30)
    assert (await register.artifact()).minutes_logged == 30


async def test_a_wrong_entry_is_taken_back_by_its_opposite_once(register: Register) -> None:
    await register.holds()
    first = await logged(register, 90)
    await logged(register, 15)
    back = await register.told(DANA, reverse, first.entry_id)
    assert back.artifact.minutes_logged == 15
    assert (await register.last_entry()).action == "log reversed"
    with pytest.raises(Refused, match=r"Those 1\.5 h were taken back already"):
        await register.told(DANA, reverse, first.entry_id)
    with pytest.raises(Refused, match="no such entry"):
        await register.told(DANA, reverse, back.entry_id)
    with pytest.raises(Refused, match="no such entry"):
        await register.told(DANA, reverse, 404)
    assert (await register.artifact()).minutes_logged == 15


async def test_nobody_takes_back_anothers_hours(register: Register) -> None:
    await register.holds()
    first = await logged(register, 90)
    with pytest.raises(Refused, match="Only the person who logged"):
        await register.told(SAM, reverse, first.entry_id)


async def test_the_last_entry_is_the_newest_of_ones_own_that_still_counts(
    register: Register,
) -> None:
    await register.holds()
    await register.holds()
    older, newer = await logged(register, 90), await logged(register, 15)
    await logged(register, 20, who=SAM)
    await logged(register, 25, key=2)
    assert await register.asked(last_entry, 1, DANA) == newer.entry_id
    await register.told(DANA, reverse, newer.entry_id)
    assert await register.asked(last_entry, 1, DANA) == older.entry_id
    await register.told(DANA, reverse, older.entry_id)
    assert await register.asked(last_entry, 1, DANA) is None


async def test_hours_are_summed_by_sprint_month_and_quarter(register: Register) -> None:
    await register.holds()
    spans = {period: span(period, TODAY, POLICY.sprint) for period in Period}
    for of in spans.values():
        await logged(register, 100, on=of.first)
        await logged(register, 10, on=of.first - days(1))
    await logged(register, 1)

    async def total(of: Span) -> int:
        return await register.asked(minutes_in, "artifact_id", 1, of)

    # The sprint of 23 November lies in the month, the month in the quarter.
    assert await total(spans[Period.SPRINT]) == 101
    assert await total(spans[Period.MONTH]) == 101 + 10 + 100
    assert await total(spans[Period.QUARTER]) == 101 + 10 + 100 + 10 + 100


async def test_the_last_day_of_a_span_counts(register: Register) -> None:
    await register.holds()
    await logged(register, 10, on=TODAY - days(1))
    await logged(register, 5)
    assert await register.asked(minutes_in, "team", "payments", Span("", TODAY, TODAY)) == 5
    yesterday = TODAY - days(1)
    assert await register.asked(minutes_in, "team", "payments", Span("", yesterday, TODAY)) == 15


async def _move(session: Session) -> None:
    old = await locked(session, 1)
    new = replace(old, team="search", repo="acme/search", service="index")
    await save(session, by(DANA), old, new, action="edit")


async def test_hours_stay_where_the_work_was_done(register: Register) -> None:
    await register.holds()
    first = await logged(register, 60)
    await register.does(_move)
    await logged(register, 15)

    async def totals() -> list[int]:
        places: list[tuple[HoursScope, str]] = [
            ("team", "payments"), ("repo", "acme/pay"), ("service", "checkout"),
            ("team", "search"), ("repo", "acme/search"), ("service", "index"),
        ]  # fmt: skip
        return [await register.asked(minutes_in, scope, name, MONTH) for scope, name in places]

    assert await totals() == [60, 60, 60, 15, 15, 15]
    await register.told(DANA, reverse, first.entry_id)
    assert await totals() == [0, 0, 0, 15, 15, 15]


async def test_hours_that_are_logged_late_count_where_the_artifact_was_then(
    register: Register,
) -> None:
    await register.holds()
    async with register.store.change() as session:
        old = await locked(session, 1)
        moved = replace(old, team="growth", service="shop")
        await save(session, by(DANA), old, moved, action="edit")
        again = replace(await locked(session, 1), team="risk")
        await save(session, by(DANA), await locked(session, 1), again, action="edit")
    await logged(register, 60, on=TODAY - days(1))
    await logged(register, 30)
    for team, minutes in (("payments", 60), ("growth", 0), ("risk", 30)):
        assert await register.asked(minutes_in, "team", team, MONTH) == minutes
    assert await register.asked(minutes_in, "service", "shop", MONTH) == 30


async def test_hours_of_no_team_are_no_teams_hours(register: Register) -> None:
    await register.holds(team=None)
    await logged(register, 60)
    assert await register.asked(minutes_in, "team", None, MONTH) == 0
    assert await register.asked(minutes_in, "artifact_id", 1, MONTH) == 60


async def test_what_took_most_comes_first(register: Register) -> None:
    for _ in range(4):
        await register.holds()
    for key, minutes in ((1, 30), (2, 90), (3, 60)):
        await logged(register, minutes, key=key)
    await register.told(DANA, log, 1, 100, kind=Work.REVIEW, worked_on=TODAY)
    wrong = await logged(register, 600, key=4)
    await register.told(DANA, reverse, wrong.entry_id)
    kinds = await register.asked(minutes_by_kind, "team", "payments", MONTH)
    assert list(kinds.items()) == [(Work.REWORK, 180), (Work.REVIEW, 100)]
    most = await register.asked(costliest, "repo", "acme/pay", MONTH, 2)
    assert [(artifact.key, minutes) for artifact, minutes in most] == [("D-1", 130), ("D-2", 90)]
    everything = await register.asked(costliest, "service", "checkout", MONTH, 9)
    assert len(everything) == 3
    assert await register.asked(minutes_by_kind, "team", None, MONTH) == {}
