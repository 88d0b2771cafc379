"""Standings turn on their day, by themselves."""

from sqlalchemy import update

from debt.artifact.artifact import Stage
from debt.policy.policy import Policy
from debt.scope import ALL
from storage.database.store import Store
from storage.register.artifacts import add_all
from storage.register.queries import needing
from storage.register.refresh import CHUNK, follow_policy, follows, wake
from storage.tables import HEAD
from tests.debt.builders import an_artifact
from tests.storage.builders import ERIN, NOW, POLICY, TODAY, Register, by, days

STRICTER: Policy = POLICY.model_copy(
    update={"thresholds": POLICY.thresholds.model_copy(update={"due_soon_days": 60})}
)
# What the tests' policy says beside the built-in one.
LED: dict[str, object] = {"teams.payments.members": [], "teams.payments.lead": ERIN}


async def _needing(register: Register) -> list[int]:
    return sorted(each.id for each in await register.asked(needing, ALL, 50))


async def test_an_end_date_comes_near_passes_and_is_listed_on_those_very_days(
    register: Register,
) -> None:
    await register.holds(expires_on=TODAY + days(8), review_on=None)
    for later, expected, woken in [(0, [], 0), (1, [1], 1), (2, [1], 0), (9, [1], 1), (20, [1], 0)]:
        change = by("schedule", at=NOW + days(later))
        assert await register.told(change, wake) == woken, later
        assert await _needing(register) == expected, later


async def test_a_review_is_due_on_the_day_after_its_date(register: Register) -> None:
    await register.holds(review_on=TODAY, expires_on=None)
    assert await register.told(by("schedule"), wake) == 0
    assert await register.told(by("schedule", at=NOW + days(1)), wake) == 1
    assert await _needing(register) == [1]


async def test_waking_is_no_change_and_leaves_no_history(register: Register) -> None:
    before = await register.holds(expires_on=TODAY + days(8))
    entries = await register.count()
    await register.told(by("schedule", at=NOW + days(1)), wake)
    assert await register.artifact() == before
    assert await register.count() == entries


async def test_what_has_ended_sleeps_on(register: Register) -> None:
    await register.holds(stage=Stage.RETIRED, expires_on=TODAY + days(8))
    assert await register.told(by("schedule", at=NOW + days(30)), wake) == 0


async def test_many_wake_in_chunks_until_none_is_left(register: Register) -> None:
    many = [an_artifact(id=key, expires_on=TODAY + days(8)) for key in range(1, CHUNK + 3)]
    await register.told("the past", add_all, many, action="import")
    change = by("schedule", at=NOW + days(1))
    woken = [await register.told(change, wake) for _ in range(3)]
    assert woken == [CHUNK, 2, 0]
    assert len(await register.asked(needing, ALL, CHUNK * 2)) == CHUNK + 2


async def test_a_changed_policy_renews_every_standing_and_is_in_the_history(
    register: Register,
) -> None:
    change = by("schedule", policy=STRICTER)
    assert await register.told(by("schedule"), follow_policy)
    await register.holds(expires_on=TODAY + days(30))
    await register.holds(expires_on=TODAY + days(30), stage=Stage.RETIRED)
    assert await _needing(register) == []
    assert not await register.asked(follows, STRICTER)

    assert await register.told(change, follow_policy)
    assert await register.asked(follows, STRICTER)
    entry = await register.last_entry()
    assert (entry.by, entry.action, entry.artifact_id) == ("schedule", "policy changed", None)
    key = "thresholds.due_soon_days"
    assert entry.before == {"policy": POLICY.fingerprint, key: 7}
    assert entry.after == {"policy": STRICTER.fingerprint, key: 60}
    assert await register.told(change, wake) == 1
    assert await register.told(change, wake) == 0
    assert await _needing(register) == [1]


async def test_a_policy_that_differs_for_scans_only_is_told_and_renews_nothing(
    register: Register,
) -> None:
    await register.told(by("schedule"), follow_policy)
    await register.holds()
    scan = POLICY.scan.model_copy(update={"threshold": 0.6})
    change = by("schedule", policy=POLICY.model_copy(update={"scan": scan}))
    assert await register.told(change, follow_policy)
    assert (await register.last_entry()).after == {
        "policy": change.policy.fingerprint,
        "scan.threshold": 0.6,
    }
    assert await register.told(change, wake) == 0


async def test_a_first_policy_is_told_by_what_is_not_as_built_in(register: Register) -> None:
    await register.told(by("schedule"), follow_policy)
    entry = await register.last_entry()
    assert entry.before == {"policy": ""} | dict.fromkeys(LED, None)
    assert entry.after == {"policy": POLICY.fingerprint} | LED


async def test_a_register_that_kept_only_a_fingerprint_tells_that_much(
    register: Register, store: Store
) -> None:
    await register.told(by("schedule"), follow_policy)
    async with store.change() as session:
        await session.execute(update(HEAD).values(policy_text=None))
    await register.told(by("schedule", policy=STRICTER), follow_policy)
    entry = await register.last_entry()
    assert entry.before == {"policy": POLICY.fingerprint}
    assert entry.after == {"policy": STRICTER.fingerprint}
    await register.told(by("schedule"), follow_policy)
    assert (await register.last_entry()).after == {
        "policy": POLICY.fingerprint,
        "thresholds.due_soon_days": 7,
    }


async def test_a_policy_that_is_followed_already_changes_nothing(register: Register) -> None:
    await register.told(by("schedule"), follow_policy)
    await register.holds()
    entries = await register.count()
    assert not await register.told(by("schedule"), follow_policy)
    assert await register.told(by("schedule"), wake) == 0
    assert await register.count() == entries
