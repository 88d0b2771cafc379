"""What artifacts save is stated by a verb; the one that owes most is found from an index."""

from datetime import date
from typing import Any

import pytest

from debt.artifact.artifact import Stage
from debt.refusal import Refused
from debt.rules.hours import Work
from debt.scope import ALL, Scope, ScopeKind
from storage.costs import hours_log, value
from storage.digests import said_once
from storage.digests.said_once import Statement
from tests.storage.builders import DANA, POLICY, TODAY, Register, days

H = 60
PAYMENTS = Scope(ScopeKind.TEAM, "payments")


async def worst(register: Register, day: date = TODAY, scope: Scope = ALL) -> str | None:
    owing = await register.asked(value.worst, scope, POLICY, day)
    return owing.artifact.key if owing else None


async def test_what_it_saves_is_in_its_history_and_can_be_taken_back(register: Register) -> None:
    await register.holds()
    await register.told(DANA, value.state, 1, 600, None)
    entry = await register.last_entry()
    assert (entry.action, entry.by) == ("value", DANA)
    assert entry.after == {"saved_minutes": 600, "saved_monthly_minutes": 0}
    await register.told(DANA, value.state, 1, None, None)
    assert (await register.artifact()).saved_minutes is None


async def test_nothing_is_stated_of_what_has_ended(register: Register) -> None:
    await register.holds(stage=Stage.RETIRED)
    with pytest.raises(Refused, match="D-1"):
        await register.told(DANA, value.state, 1, 600, None)


async def test_balances_come_with_the_one_that_owes_most_first(register: Register) -> None:
    await register.holds(saved_minutes=10 * H, minutes_logged=40 * H)
    await register.holds(saved_minutes=10 * H, minutes_logged=50 * H)
    await register.holds(saved_minutes=10 * H)
    await register.holds(minutes_logged=90 * H)
    await register.holds(saved_minutes=0, minutes_logged=90 * H, stage=Stage.RETIRED)
    await register.holds(saved_minutes=H, team="growth")
    valued = await register.asked(value.balances, PAYMENTS, TODAY)
    assert [one.artifact.key for one in valued] == ["D-2", "D-1", "D-3"]
    assert [one.balance.minutes for one in valued] == [-40 * H, -30 * H, 10 * H]


async def test_the_worst_is_the_one_that_owes_most_today(register: Register) -> None:
    """D-1 owed more when it was written, and has paid back by the month since."""
    monthly: dict[str, Any] = {
        "created_on": TODAY,
        "saved_minutes": 0,
        "saved_monthly_minutes": 10 * H,
    }
    await register.holds(**monthly, minutes_logged=60 * H)
    await register.holds(saved_minutes=0, minutes_logged=40 * H)
    await register.holds(saved_minutes=0, minutes_logged=30 * H, team="growth")
    assert await worst(register) == "D-1"
    assert await worst(register, TODAY + days(95)) == "D-2"
    assert await worst(register, scope=Scope(ScopeKind.TEAM, "growth")) == "D-3"


async def test_what_has_paid_back_is_passed_over_however_many_there_are(register: Register) -> None:
    monthly: dict[str, Any] = {
        "created_on": TODAY,
        "saved_minutes": 0,
        "saved_monthly_minutes": 900 * H,
    }
    for _ in range(45):
        await register.holds(**monthly, minutes_logged=90 * H)
    await register.holds(saved_minutes=0, minutes_logged=10 * H)
    assert await worst(register, TODAY + days(40)) == "D-46"


async def test_a_little_more_than_it_saved_is_not_deferred_work(register: Register) -> None:
    await register.holds(saved_minutes=10 * H, minutes_logged=17 * H)
    assert await worst(register) is None
    await register.told(DANA, hours_log.log, 1, H, kind=Work.REWORK, worked_on=TODAY)
    assert await worst(register) == "D-1"


async def test_what_a_digest_said_is_known_until_that_digest_turns_out_never_to_have_come(
    register: Register,
) -> None:
    await register.does(said_once.note, "C0PAY", [Statement("owes most", 7, 60)], "2026-W47")
    await register.does(said_once.note, "C0PAY", [Statement("owes most", 8, 90)], "2026-W48")
    assert await register.asked(said_once.said, "C0PAY", ["owes most", "plan:1"]) == {
        "owes most": Statement("owes most", 8, 90)
    }
    await register.does(said_once.take_back, "C0PAY", "2026-W48")
    assert await register.asked(said_once.said, "C0PAY", ["owes most"]) == {}
