"""Each repository has its next instant, which a reading moves on, and how the last one went."""

from datetime import datetime, timedelta

from storage.scans.schedule import done, due, failed, failures, follow, follows
from storage.tables import RepositoryRow
from tests.storage.builders import NOW, Register

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
SUNDAY = NOW + timedelta(days=2)
SCHEDULE = "sunday 03:00 UTC"
BOTH = ("acme/checkout", "acme/web")


async def kept(register: Register, name: str = "acme/checkout") -> RepositoryRow:
    async with register.store.read() as session:
        return await session.get_one(RepositoryRow, name)


async def listed(register: Register, *names: str, schedule: str = SCHEDULE) -> None:
    await register.does(follow, names, schedule, SUNDAY if schedule == SCHEDULE else SUNDAY + HOUR)


async def test_a_repository_waits_for_its_instant(register: Register) -> None:
    await listed(register, *BOTH)
    assert await register.asked(due, SUNDAY - HOUR) == []
    assert await register.asked(due, SUNDAY) == [*BOTH]
    await register.does(done, "acme/checkout", SUNDAY, "abc", SUNDAY + WEEK)
    assert await register.asked(due, SUNDAY + HOUR) == ["acme/web"]
    assert ((await kept(register)).last_at, (await kept(register)).last_head) == (SUNDAY, "abc")


async def test_what_the_policy_still_lists_keeps_its_instant(register: Register) -> None:
    await listed(register, "acme/checkout", "acme/gone")
    await register.does(done, "acme/checkout", SUNDAY, "abc", SUNDAY + WEEK)
    assert not await register.asked(follows, BOTH, SCHEDULE)
    await listed(register, *BOTH)
    assert await register.asked(follows, BOTH, SCHEDULE)
    assert (await kept(register)).next_at == SUNDAY + WEEK
    assert await register.asked(due, SUNDAY) == ["acme/web"]


async def test_another_schedule_moves_the_instant_and_none_takes_it_away(
    register: Register,
) -> None:
    await listed(register, *BOTH)
    assert not await register.asked(follows, BOTH, "monday 04:00 UTC")
    await listed(register, *BOTH, schedule="monday 04:00 UTC")
    assert (await kept(register)).next_at == SUNDAY + HOUR
    await register.does(follow, BOTH, "never", None)
    assert await register.asked(due, SUNDAY + 9 * WEEK) == []


async def test_a_failure_is_kept_and_tried_again_after_longer_and_longer_pauses(
    register: Register,
) -> None:
    await listed(register, "acme/checkout")
    at, pauses = SUNDAY, []
    for _ in range(8):
        await register.does(failed, "acme/checkout", at, "it is away", SUNDAY + 3 * WEEK)
        again = (await kept(register)).next_at
        assert again is not None
        pauses.append((again - at) / HOUR)
        at = again
    assert pauses == [1, 2, 4, 8, 16, 24, 24, 24]
    [told] = await register.asked(failures, BOTH)
    assert (told.name, told.last_failure, told.failures) == ("acme/checkout", "it is away", 8)
    assert await register.asked(failures, ("acme/web",)) == []
    await register.does(done, "acme/checkout", at, "abc", at + WEEK)
    assert await register.asked(failures, BOTH) == []


async def test_a_failure_never_puts_off_the_week_after(register: Register) -> None:
    await listed(register, "acme/checkout")
    soon: datetime = SUNDAY + timedelta(minutes=5)
    await register.does(failed, "acme/checkout", SUNDAY, "it is away", soon)
    assert (await kept(register)).next_at == soon
    await register.does(failed, "acme/checkout", SUNDAY, "it is away", None)
    assert (await kept(register)).next_at is None


async def test_what_the_policy_does_not_list_is_not_remembered(register: Register) -> None:
    await register.does(done, "acme/other", NOW, "abc", SUNDAY)
    await register.does(failed, "acme/other", NOW, "it is away", SUNDAY)
    assert await register.asked(follows, (), SCHEDULE)
