"""Weekly snapshots: what they count, when they are taken, and what a missed week leaves behind."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from debt.artifact.artifact import Label, Stage
from debt.artifact.signals import Sign, Signal
from debt.metrics.figures import Moment
from debt.metrics.metrics import COUNTED, METRICS
from debt.policy.vocabulary import MetricName
from debt.scope import ALL, Scope, ScopeKind
from storage.metrics import snapshots
from storage.tables import ARTIFACT, SNAPSHOT
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
    weeks = await register.asked(snapshots.of, PAYMENTS, THIS_WEEK, THIS_WEEK)
    counts = weeks[THIS_WEEK].counts
    assert (counts.live, counts.ephemeral, counts.retained) == (3, 1, 2)
    assert counts.age_days == 40
    assert (counts.retired, counts.refactored) == (1, 1)
    assert {name: number for name, number in counts.by_metric.items() if number} == {
        MetricName.NAMED_OWNER: 2,
        MetricName.PAST_REVIEW: 1,
        MetricName.MISSING_METADATA: 1,
        MetricName.UNTESTED: 1,
        MetricName.CHURN: 1,
        MetricName.OWNER_CHANGED: 1,
    }
    assert set(counts.by_metric) == set(COUNTED)
    web = Scope(ScopeKind.REPO, "acme/web")
    weeks = await register.asked(snapshots.of, web, THIS_WEEK, THIS_WEEK)
    assert weeks[THIS_WEEK].counts.live == 1
    whole = await register.asked(snapshots.of, ALL, THIS_WEEK, THIS_WEEK)
    assert whole[THIS_WEEK].counts.live == 6
    assert whole[THIS_WEEK].counts.by_metric[MetricName.OWNER_GONE] == 1


async def test_a_week_has_one_snapshot_which_says_when_it_was_taken(register: Register) -> None:
    await register.holds()
    assert await taken(register)
    await register.holds()
    assert not await taken(register, hours=30)
    weeks = await register.asked(snapshots.of, PAYMENTS, THIS_WEEK, THIS_WEEK)
    assert weeks[THIS_WEEK].taken_at == NOW
    assert weeks[THIS_WEEK].counts.live == 1


async def test_what_nobody_counted_then_is_unknown_of_that_week(register: Register) -> None:
    await register.holds()
    await taken(register)
    async with register.store.change() as session:
        await session.execute(update(SNAPSHOT).values(by_metric={}))
    weeks = await register.asked(snapshots.of, PAYMENTS, THIS_WEEK, THIS_WEEK)
    [changed] = [metric for metric in METRICS if metric.name is MetricName.OWNER_CHANGED]
    assert changed.value(Moment(THIS_WEEK, weeks[THIS_WEEK].counts)) is None


async def test_a_missed_week_stays_missing(register: Register) -> None:
    await register.holds()
    await taken(register)
    await taken(register, weeks=2)
    weeks = await register.asked(snapshots.of, PAYMENTS, THIS_WEEK, THIS_WEEK + days(28))
    assert sorted(weeks) == [THIS_WEEK, THIS_WEEK + days(14)]


@pytest.mark.parametrize("scope", [PAYMENTS, Scope(ScopeKind.REPO, "acme/pay"), ALL])
async def test_this_moment_counts_as_a_snapshot_would(register: Register, scope: Scope) -> None:
    await register.holds(owner=None, created_on=TODAY - days(3))
    await register.holds(stage=Stage.RETIRED)
    await taken(register)
    weeks = await register.asked(snapshots.of, scope, THIS_WEEK, THIS_WEEK)
    now = await register.asked(snapshots.now, POLICY, scope, TODAY)
    assert now.counts == weeks[THIS_WEEK].counts


async def test_an_empty_register_is_counted_as_empty(register: Register) -> None:
    await taken(register)
    weeks = await register.asked(snapshots.of, ALL, THIS_WEEK, THIS_WEEK)
    assert weeks[THIS_WEEK].counts.live == 0


def test_all_that_metrics_count_is_in_the_index_that_a_snapshot_reads() -> None:
    [index] = [index for index in ARTIFACT.indexes if index.name == "artifact_counted"]
    columns = {condition.column for condition in COUNTED.values()}
    assert columns <= set(index.columns.keys())
