"""What a channel was told before, and how often in vain."""

from debt.rules.hours import Work
from storage.costs.hours_log import log
from storage.digests.listed_before import ListedBefore, ignored, note
from storage.lifecycle.maintenance import extend
from tests.storage.builders import DANA, TODAY, Register, days

WEEK = "2026-W{}"


async def told(register: Register, *keys: int, week: int = 48, channel: str = "C0PAY") -> None:
    today = TODAY + days(7 * (week - 48))
    await register.does(note, channel, keys, WEEK.format(week), today)


async def known(register: Register, channel: str = "C0PAY") -> list[ListedBefore]:
    return sorted((await register.asked(ignored, channel)).values(), key=lambda it: it.artifact_id)


async def test_weeks_in_vain_are_counted_for_each_channel(register: Register) -> None:
    for _ in range(2):
        await register.holds(expires_on=TODAY - days(1))
    await told(register, 1, 2)
    await told(register, 1, week=49)
    await told(register, 2, week=49, channel="C0ALL")
    assert await known(register) == [ListedBefore(1, TODAY, 2), ListedBefore(2, TODAY, 1)]
    assert await known(register, "C0ALL") == [ListedBefore(2, TODAY + days(7), 1)]


async def test_a_digest_planned_twice_counts_one_week(register: Register) -> None:
    await register.holds(expires_on=TODAY - days(1))
    await told(register, 1)
    await told(register, 1)
    assert await known(register) == [ListedBefore(1, TODAY, 1)]


async def test_a_change_begins_anew(register: Register) -> None:
    await register.holds(expires_on=TODAY - days(1))
    await told(register, 1)
    await told(register, 1, week=49)
    await register.told(DANA, log, 1, 30, kind=Work.REVIEW, worked_on=TODAY)
    assert await known(register) == []
    await told(register, 1, week=50)
    assert await known(register) == [ListedBefore(1, TODAY + days(14), 1)]


async def test_what_needs_nobody_any_more_is_not_ignored(register: Register) -> None:
    await register.holds(expires_on=TODAY - days(1))
    await told(register, 1)
    await register.told(DANA, extend, 1, TODAY + days(60), "needed for the audit")
    assert await known(register) == []


async def test_nothing_to_list_is_no_error(register: Register) -> None:
    await told(register)
    assert await known(register) == []
