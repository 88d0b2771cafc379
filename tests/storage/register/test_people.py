"""People as Slack knows them."""

import asyncio
from typing import Any

import pytest

from debt.artifact.artifact import Stage
from storage.database.store import Session
from storage.register.people import ids_by_email, keep, names, owner_is, owners_to_check, person
from tests.storage.builders import DANA, ERIN, LEE, NOW, SAM, Register, a_person, days


async def test_what_slack_says_now_replaces_what_it_said_before(register: Register) -> None:
    await register.does(keep, a_person(DANA, zone="Europe/Berlin", admin=True))
    await register.does(keep, a_person(DANA, name="Dana B.", email="dana@example.com"))
    dana = await register.asked(person, DANA)
    assert dana is not None
    assert (dana.name, dana.zone, dana.admin) == ("Dana B.", "UTC", False)
    found = await register.asked(ids_by_email, {"dana@example.com"})
    assert found == {"dana@example.com": DANA}


async def test_somebody_new_who_does_two_things_at_once_is_written_once(
    register: Register,
) -> None:
    await asyncio.gather(*(register.does(keep, a_person(DANA)) for _ in range(8)))
    assert await register.asked(names, [DANA, SAM]) == {DANA: "Dana"}


async def test_an_owner_who_left_makes_orphans_and_coming_back_makes_none(
    register: Register,
) -> None:
    await register.holds()
    await register.holds()
    await register.holds(owner=SAM)
    assert await register.told("slack", owner_is, DANA, a_person(DANA, active=False)) == 2
    assert [(await register.artifact(key)).orphan for key in (1, 2, 3)] == [True, True, False]
    entry = await register.last_entry()
    assert (entry.action, entry.after) == ("owner checked", {"owner_gone": True})
    assert "no longer there" in entry.reason

    assert await register.told("slack", owner_is, DANA, a_person(DANA, active=False)) == 0
    assert await register.told("slack", owner_is, DANA, a_person(DANA)) == 2
    assert not (await register.artifact()).orphan


@pytest.mark.parametrize("what", [{"bot": True}, {"guest": True}, {"stranger": True}, None])
async def test_who_cannot_own_makes_an_orphan(
    register: Register, what: dict[str, Any] | None
) -> None:
    await register.holds()
    found = a_person(DANA, **what) if what else None
    assert await register.told("slack", owner_is, DANA, found) == 1
    assert (await register.artifact()).orphan


async def test_an_email_becomes_the_person_it_belongs_to(register: Register) -> None:
    await register.holds(owner="dana@example.com")
    assert await register.told("slack", owner_is, "dana@example.com", a_person(DANA)) == 1
    assert await register.owner() == DANA
    assert not (await register.artifact()).orphan


async def test_a_refresh_is_nobodys_news(register: Register) -> None:
    await register.holds()
    await register.told("slack", owner_is, DANA, None)
    assert (await register.artifact()).changed_how is None


async def test_owners_are_looked_up_again_once_what_is_known_is_old(register: Register) -> None:
    for owner in (DANA, SAM, ERIN, LEE, "x@example.com", None, DANA):
        await register.holds(owner=owner)
    await register.does(keep, a_person(SAM, seen_at=NOW - days(2)))
    await register.does(keep, a_person(ERIN, seen_at=NOW))
    due = await register.asked(owners_to_check, NOW - days(1), 10)
    assert sorted(due) == sorted([DANA, SAM, LEE, "x@example.com"])


async def test_those_slack_never_knows_keep_nobody_from_their_turn(register: Register) -> None:
    owners = sorted([DANA, SAM, ERIN, "x@example.com"])
    for owner in owners:
        await register.holds(owner=owner)

    async def walk(session: Session) -> list[str]:
        seen: list[str] = []
        while page := await owners_to_check(session, NOW, 1, after=seen[-1] if seen else ""):
            seen += page
        return seen

    assert sorted(await register.asked(walk)) == owners


async def test_an_ended_artifacts_owner_is_left_in_peace(register: Register) -> None:
    await register.holds(stage=Stage.RETIRED)
    assert await register.asked(owners_to_check, NOW, 10) == []
    assert await register.told("slack", owner_is, DANA, None) == 0
