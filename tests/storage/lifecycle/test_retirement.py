"""An artifact on its way out: settled item by item, ended by who answers for it, or kept."""

from dataclasses import replace
from typing import Any

import pytest

from debt.artifact.artifact import Ending, Stage
from debt.change import Change
from debt.policy.roles import Powers
from debt.refusal import Refused
from debt.rules.ending import Leftover
from storage.lifecycle import retirement
from storage.register import checklists
from storage.register.checklists import Checklist
from tests.storage.builders import DANA, ERIN, LEE, SAM, TODAY, Register, by, days
from tests.storage.test_two_at_once import settled


def person(who: str, *, admin: bool = False) -> Change:
    """Somebody in Slack, who has no more powers than people have there."""
    return replace(by(who), powers=Powers(admin=admin))


async def retiring(register: Register, **changes: Any) -> None:
    usual = {"kind": "throwaway_script", "stage": Stage.RETIRING, "stage_before": Stage.VALIDATED}
    await register.holds(**usual | {"planned_end": Ending.RETIRE} | changes)


async def cleared(register: Register) -> None:
    for item in Leftover:
        await register.told(person(DANA), retirement.settle, 1, item, "none there")


async def test_the_checklist_says_what_is_left_of_it(register: Register) -> None:
    await retiring(register)
    done = await register.told(person(SAM), retirement.settle, 1, Leftover.ALERTS, "https://p/7")
    assert done.left == (Leftover.CODE, Leftover.DASHBOARDS, Leftover.RUNBOOKS)
    assert (await register.last_entry()).action == "show alerts to retire"


async def test_it_ends_once_nothing_is_left(register: Register) -> None:
    await retiring(register)
    with pytest.raises(Refused, match="code, dashboards, alerts and runbooks are still open"):
        await register.told(person(DANA), retirement.end, 1)
    await cleared(register)
    ended = await register.told(person(DANA), retirement.end, 1)
    assert (ended.stage, ended.stage_before, ended.changed_how) == (Stage.RETIRED, None, "retired")
    with pytest.raises(Refused, match="D-1 has ended"):
        await register.told(person(DANA), retirement.end, 1)


@pytest.mark.parametrize(
    ("owner", "who", "may"),
    [
        (DANA, person(DANA), True),
        (DANA, person(ERIN), True),
        (DANA, person(LEE, admin=True), True),
        (DANA, person(LEE), False),
        (None, person(LEE), True),
        ("gone@example.com", person(LEE), False),
    ],
)
async def test_who_may_say_that_it_is_gone(
    owner: str | None, who: Change, may: bool, register: Register
) -> None:
    await retiring(register, owner=owner)
    await cleared(register)
    if may:
        assert (await register.told(who, retirement.end, 1)).stage is Stage.RETIRED
    else:
        with pytest.raises(Refused, match="Only its owner, its team’s lead or an admin can say"):
            await register.told(who, retirement.end, 1)


async def test_a_new_generation_is_two_entries_and_keeps_its_hours(register: Register) -> None:
    await retiring(
        register,
        planned_end=Ending.REGENERATE,
        expires_on=TODAY - days(1),
        originally_expires_on=TODAY - days(9),
        lapsed_on=TODAY,
        reviewed_on=TODAY - days(40),
        extensions=2,
        extended_days=40,
        minutes_logged=90,
    )
    await cleared(register)
    before = await register.count()
    begun = await register.told(person(DANA), retirement.end, 1)
    assert await register.count() == before + 2
    assert [entry.action for entry in (await register.entries(1))[-2:]] == ["end", "begin again"]
    assert begun == await register.artifact()
    assert (begun.stage, begun.generation, begun.created_on) == (Stage.CREATED, 2, TODAY)
    assert begun.expires_on == TODAY + days(30)
    assert (begun.extensions, begun.extended_days, begun.minutes_logged) == (0, 0, 90)
    gone = (begun.originally_expires_on, begun.lapsed_on, begun.reviewed_on, begun.stage_before)
    assert gone == (None, None, None, None)
    assert await register.asked(checklists.shown, begun, Checklist.RETIRE) == {}


async def test_kept_it_is_where_it_was_and_what_was_shown_counts_no_more(
    register: Register,
) -> None:
    await retiring(register)
    await cleared(register)
    with pytest.raises(Refused, match="Say why"):
        await register.told(person(DANA), retirement.keep, 1, " ")
    kept = await register.told(person(DANA), retirement.keep, 1, "still used")
    assert (kept.stage, kept.stage_before) == (Stage.VALIDATED, None)
    assert await register.asked(checklists.shown, kept, Checklist.RETIRE) == {}
    assert (await register.last_entry()).reason == "still used"


async def test_what_is_not_on_its_way_out_is_neither_settled_ended_nor_kept(
    register: Register,
) -> None:
    await register.holds()
    for verb, given in (
        (retirement.settle, (Leftover.CODE, "https://git/1")),
        (retirement.end, ()),
        (retirement.keep, ("why",)),
    ):
        with pytest.raises(Refused, match="D-1 is not on its way out"):
            await register.told(person(DANA), verb, 1, *given)


async def test_ended_and_kept_at_once_it_is_one_of_them(register: Register) -> None:
    await retiring(register)
    await cleared(register)
    one, other = await settled(
        register.told(person(DANA), retirement.end, 1),
        register.told(person(ERIN), retirement.keep, 1, "wait"),
    )
    assert isinstance(one, Refused) != isinstance(other, Refused)
    assert await register.fault() is None
