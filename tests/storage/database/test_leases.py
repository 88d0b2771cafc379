"""One process at a time does what must not be done twice."""

import asyncio
from datetime import datetime, timedelta

from storage.database.leases import give_back, take
from tests.storage.builders import NOW, Register

SPAN = timedelta(minutes=1)


async def takes(register: Register, holder: str, at: datetime = NOW) -> bool:
    return await register.does(take, "sender", holder, at, SPAN)


async def test_one_process_holds_a_lease_until_it_ends(register: Register) -> None:
    assert await takes(register, "web")
    assert not await takes(register, "worker")
    assert await takes(register, "web", NOW + SPAN / 2)
    assert not await takes(register, "worker", NOW + SPAN)
    assert await takes(register, "worker", NOW + SPAN * 3 / 2)
    assert not await takes(register, "web", NOW + SPAN * 3 / 2)


async def test_a_lease_given_back_is_free_and_only_its_holder_gives_it(register: Register) -> None:
    await takes(register, "web")
    await register.does(give_back, "sender", "worker")
    assert not await takes(register, "worker")
    await register.does(give_back, "sender", "web")
    assert await takes(register, "worker")


async def test_different_leases_have_nothing_to_do_with_each_other(register: Register) -> None:
    await takes(register, "web")
    assert await register.does(take, "owners", "worker", NOW, SPAN)


async def test_of_many_that_want_a_lease_at_once_one_gets_it(register: Register) -> None:
    wanted = (takes(register, f"process {number}") for number in range(8))
    assert sum(await asyncio.gather(*wanted)) == 1
