"""Twelve weeks of a scope: each figure where its own date says, and gaps where nothing was seen."""

from datetime import date, timedelta

import pytest

from debt.metrics.conditions import ObservationKind
from debt.metrics.figures import ReviewedChanges, Tally
from debt.metrics.metrics import METRICS
from debt.policy.vocabulary import MetricName
from debt.refusal import Refused
from debt.rules.hours import Work
from debt.scope import ALL, Scope, ScopeKind
from storage.costs import hours_log
from storage.metrics import observations, snapshots, trends
from storage.metrics.observations import Observed
from tests.storage.builders import DANA, NOW, POLICY, TODAY, Register, by, days

PAYMENTS = Scope(ScopeKind.TEAM, "payments")
SHOP = Scope(ScopeKind.REPO, "acme/shop")


def a_change(ref: str, on: date = TODAY, **changes: object) -> Observed:
    usual = {"repo": "acme/shop", "team": "payments", "by_tool": True, "review_minutes": 60}
    return Observed(ObservationKind.CHANGE, ref, happened_on=on, **usual | changes)  # type: ignore[arg-type]  # tests name what they mean


async def logs(register: Register, hours: int, on: date) -> None:
    await register.told(DANA, hours_log.log, 1, hours * 60, kind=Work.REWORK, worked_on=on)


async def test_a_moment_a_week_ends_with_now(register: Register) -> None:
    await register.holds()
    await register.told(by("schedule", at=NOW - timedelta(weeks=2)), snapshots.take)
    await register.holds(owner=None)
    trend = await register.asked(trends.trend, POLICY, PAYMENTS, TODAY)
    assert [moment.day for moment in trend.moments] == [
        TODAY - days(7 * back) for back in range(12, -1, -1)
    ]
    seen = [moment.counts.live if moment.counts else None for moment in trend.moments]
    assert seen == [None] * 10 + [1, None, 2]


@pytest.mark.parametrize("scope", [PAYMENTS, ALL])
async def test_hours_count_in_the_weeks_in_which_they_were_worked(
    register: Register, scope: Scope
) -> None:
    """However late they were logged, and whatever week was missed; four weeks at a time."""
    await register.holds()
    await logs(register, 3, TODAY - days(30))
    await logs(register, 2, TODAY - days(27))
    await logs(register, 1, TODAY)
    trend = await register.asked(trends.trend, POLICY, scope, TODAY)
    assert [moment.minutes for moment in trend.moments[-6:]] == [0, 180, 300, 300, 300, 180]
    assert all(moment.counts is None for moment in trend.moments[:-1])


async def test_reviews_and_incidents_are_read_back_as_they_were_entered(
    register: Register,
) -> None:
    await register.holds(repo="acme/shop")
    await register.holds(repo="acme/shop")
    entered = [
        a_change("1", review_minutes=30, comments=2, failed=0),
        a_change("2", review_minutes=90, comments=4, failed=1, rolled_back=1),
        a_change("3", by_tool=False, review_minutes=10, follow_ups=1),
        a_change("4", on=TODAY - days(40), artifact_id=2),
        a_change("5", by_tool=False, review_minutes=None, artifact_id=2),
        Observed(ObservationKind.INCIDENT, "7", "acme/shop", TODAY, artifact_id=1),
        Observed(ObservationKind.INCIDENT, "8", "acme/shop", TODAY),
        Observed(ObservationKind.WORKAROUND, "9", "acme/shop", TODAY, artifact_id=2),
        Observed(ObservationKind.WORKAROUND, "10", "acme/shop", TODAY - days(20), artifact_id=2),
        Observed(ObservationKind.WORKAROUND, "11", "acme/shop", TODAY - days(40), artifact_id=1),
    ]
    assert await register.told(DANA, observations.put, entered) == set()
    now = (await register.asked(trends.trend, POLICY, SHOP, TODAY)).at(0)
    assert sorted(now.tools.review_minutes) == [30, 90]
    assert (now.tools.comments, now.tools.failed) == (Tally(6, 2), Tally(1, 2))
    assert now.tools.rolled_back == Tally(1, 1)
    assert now.people == ReviewedChanges(review_minutes=(10,), follow_ups=Tally(1, 1))
    assert (now.incidents, now.workarounds) == (Tally(1, 2), 2)
    team = (await register.asked(trends.trend, POLICY, PAYMENTS, TODAY)).at(0)
    assert team.incidents == Tally(1, 1), "an incident is the artifact's team's"
    for kind, blamed in ((ObservationKind.INCIDENT, [1]), (ObservationKind.WORKAROUND, [2])):
        since = TODAY - days(28)
        assert await register.asked(observations.blamed, SHOP, kind, since, 3) == blamed


async def test_the_last_word_on_a_change_counts(register: Register) -> None:
    await register.told(DANA, observations.put, [a_change("1", review_minutes=600)])
    await register.told(DANA, observations.put, [a_change("1", review_minutes=60)])
    trend = await register.asked(trends.trend, POLICY, SHOP, TODAY)
    assert trend.at(0).tools.review_minutes == (60,)


async def test_an_artifact_that_is_not_there_keeps_everything_out(register: Register) -> None:
    some = [
        a_change("1"),
        Observed(ObservationKind.INCIDENT, "7", "acme/shop", TODAY, artifact_id=9),
    ]
    assert await register.told(DANA, observations.put, some) == {9}
    trend = await register.asked(trends.trend, POLICY, SHOP, TODAY)
    assert trend.at(0).tools == ReviewedChanges()


async def test_deleted_to_retained_is_a_counter_that_a_missed_week_cannot_hide(
    register: Register,
) -> None:
    metric = next(metric for metric in METRICS if metric.name is MetricName.DELETED_RETAINED)
    await register.holds()
    await register.told(by("schedule", at=NOW - timedelta(weeks=12)), snapshots.take)
    for _ in range(3):
        await register.holds(stage="retired")
    trend = await register.asked(trends.trend, POLICY, PAYMENTS, TODAY)
    assert trend.series(metric) == (0, *(None,) * 11, 3)


def test_a_service_has_no_metrics() -> None:
    with pytest.raises(Refused, match="team or a repository"):
        trends.require_scope(Scope(ScopeKind.SERVICE, "checkout"))
