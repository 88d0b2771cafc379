"""Weekly snapshots: what they count, when they are taken, and what a missed week leaves behind."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from debt.artifact.artifact import Label, Stage
from debt.artifact.signals import Sign, Signal
from debt.metrics.figures import Moment
from debt.metrics.metrics import METRICS
from debt.policy.vocabulary import MetricName
from debt.scope import ALL, Scope, ScopeKind
from storage.metrics import snapshots
from storage.tables import SNAPSHOT
from tests.storage.builders import NOW, POLICY, TODAY, Register, by, days

PAYMENTS = Scope(ScopeKind.TEAM, "payments")
THIS_WEEK = date(2026, 11, 23)


async def taken(register: Register, weeks: int = 0, hours: float = 0) -> bool:
    """Whether one was taken so many weeks and hours later."""
    at = NOW + timedelta(weeks=weeks, hours=hours)
    return await register.told(by("schedule", at=at), snapshots.take)


async def test_every_team_and_repository_is_counted_and_all_of_it(register: Register) -> None:
    watched = (Signal(Sign.UNTESTED, "no test names it"), Signal(Sign.CHURN, "changes often"))
    await register.holds(signals=watched, created_on=TODAY - days(10))
    changed = TODAY - days(3)
    await register.holds(
        label=Label.EXPERIMENTAL,
        repo="acme/web",
        created_on=TODAY - days(30),
        owner_changed_on=changed,
    )
    await register.holds(team="growth", owner_changed_on=changed, reviewed_on=changed)
    await register.holds(owner=None, purpose=None, review_on=TODAY - days(1), created_on=TODAY)
    await register.holds(owner_gone=True, team="growth", created_on=TODAY)
    await register.holds(team=None, created_on=TODAY)
    await register.holds(stage=Stage.RETIRED)
    await register.holds(stage=Stage.REFACTORED)
    await register.holds(stage=Stage.PROPOSED)
    assert await taken(register)
    found = await register.asked(snapshots.of, PAYMENTS, THIS_WEEK, THIS_WEEK)
    counts = found[THIS_WEEK].counts
    assert (counts.live, counts.owned, counts.provisional, counts.past_review) == (3, 2, 1, 1)
    assert (counts.ephemeral, counts.retained) == (1, 2)
    assert (counts.untested, counts.churning, counts.unstable) == (1, 1, 0)
    assert counts.age_days == 40
    assert counts.handed_on == 1
    assert (counts.retired, counts.refactored) == (1, 1)
    web = Scope(ScopeKind.REPO, "acme/web")
    found = await register.asked(snapshots.of, web, THIS_WEEK, THIS_WEEK)
    assert found[THIS_WEEK].counts.live == 1
    whole = await register.asked(snapshots.of, ALL, THIS_WEEK, THIS_WEEK)
    assert (whole[THIS_WEEK].counts.live, whole[THIS_WEEK].counts.owner_gone) == (6, 1)


async def test_a_week_has_one_snapshot_which_says_when_it_was_taken(register: Register) -> None:
    await register.holds()
    assert await taken(register)
    await register.holds()
    assert not await taken(register, hours=30)
    found = await register.asked(snapshots.of, PAYMENTS, THIS_WEEK, THIS_WEEK)
    assert found[THIS_WEEK].taken_at == NOW
    assert found[THIS_WEEK].counts.live == 1


async def test_what_nobody_counted_then_is_unknown_of_that_week(register: Register) -> None:
    await register.holds()
    await taken(register)
    async with register.store.change() as session:
        await session.execute(update(SNAPSHOT).values(handed_on=None))
    found = await register.asked(snapshots.of, PAYMENTS, THIS_WEEK, THIS_WEEK)
    [changed] = [each for each in METRICS if each.name is MetricName.OWNER_CHANGED]
    assert changed.value(Moment(THIS_WEEK, found[THIS_WEEK].counts)) is None


async def test_a_missed_week_stays_missing(register: Register) -> None:
    await register.holds()
    await taken(register)
    await taken(register, weeks=2)
    found = await register.asked(snapshots.of, PAYMENTS, THIS_WEEK, THIS_WEEK + days(28))
    assert sorted(found) == [THIS_WEEK, THIS_WEEK + days(14)]


@pytest.mark.parametrize("scope", [PAYMENTS, Scope(ScopeKind.REPO, "acme/pay"), ALL])
async def test_this_moment_counts_as_a_snapshot_would(register: Register, scope: Scope) -> None:
    await register.holds(owner=None, created_on=TODAY - days(3))
    await register.holds(stage=Stage.RETIRED)
    await taken(register)
    found = await register.asked(snapshots.of, scope, THIS_WEEK, THIS_WEEK)
    now = await register.asked(snapshots.now, POLICY, scope, TODAY)
    assert now.counts == found[THIS_WEEK].counts


async def test_an_empty_register_is_counted_as_empty(register: Register) -> None:
    await taken(register)
    found = await register.asked(snapshots.of, ALL, THIS_WEEK, THIS_WEEK)
    assert found[THIS_WEEK].counts.live == 0
