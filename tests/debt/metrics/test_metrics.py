"""Metrics: what they say, when they turn for the worse, and when nothing is said at all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.metrics.figures import WEEK, WEEKS, Counts, Moment, ReviewedChanges, Tally
from debt.metrics.metrics import COUNTED, METRICS, Better, Metric, Unit
from debt.metrics.trend import (
    Trend,
    Turn,
    ages_faster,
    immature,
    is_new_top,
    metric_trends,
    moved,
    worsening,
)
from debt.policy.vocabulary import MetricName
from tests.debt.builders import POLICY

TODAY = date(2026, 11, 30)
OWNED, UNTESTED = MetricName.NAMED_OWNER, MetricName.UNTESTED
NOTHING = dict.fromkeys(COUNTED, 0)
QUIET = Counts(live=40, retained=40, age_days=4_000, by_metric=NOTHING | {OWNED: 40})


def metric(name: MetricName) -> Metric:
    return next(metric for metric in METRICS if metric.name is name)


def trend(now: Moment, then: Moment | None = None, four_weeks_ago: Moment | None = None) -> Trend:
    """As it is now, after twelve weeks of something else, or of the same."""
    before = then or now
    moments = [replace(before, day=TODAY - WEEK * (WEEKS - week)) for week in range(WEEKS)]
    if four_weeks_ago:
        moments[-4] = replace(four_weeks_ago, day=moments[-4].day)
    return Trend((*moments, replace(now, day=TODAY)))


def facts(by_metric: Mapping[MetricName, int] | None = None) -> Moment:
    """Nothing to complain of, but for what is counted otherwise."""
    return Moment(TODAY, counts=replace(QUIET, by_metric={**QUIET.by_metric, **(by_metric or {})}))


def one(name: MetricName, some: Trend) -> Any:
    return next(row for row in metric_trends(some, POLICY) if row.metric.name is name)


def test_every_metric_has_an_ask_and_a_threshold() -> None:
    assert [metric.name for metric in METRICS] == list(MetricName)
    assert all(metric.ask and metric.name in POLICY.metrics for metric in METRICS)


def test_the_core_five_are_read_from_what_is_counted_and_entered() -> None:
    numbers = NOTHING | {OWNED: 8, MetricName.PAST_REVIEW: 3}
    counts = Counts(live=10, retained=6, retired=2, by_metric=numbers)
    tools = ReviewedChanges(review_minutes=(30, 600, 60))
    now = Moment(TODAY, counts, minutes=300, tools=tools)
    values = {row.metric.name: row.now for row in metric_trends(trend(now), POLICY)}
    assert values[MetricName.NAMED_OWNER] == 0.8
    assert values[MetricName.REVIEW_TIME] == 60
    assert values[MetricName.MONTHLY_HOURS] == 300
    assert values[MetricName.PAST_REVIEW] == 3
    assert values[MetricName.DELETED_RETAINED] == pytest.approx(1 / 3)
    assert values[MetricName.COST_PER_ARTIFACT] == 30


def test_changes_of_tools_stand_beside_those_of_people() -> None:
    now = Moment(
        TODAY,
        tools=ReviewedChanges(failed=Tally(3, 20), comments=Tally(20, 20)),
        people=ReviewedChanges(failed=Tally(1, 50), comments=Tally(150, 50)),
        incidents=Tally(2, 8),
    )
    failure = one(MetricName.CHANGE_FAILURE, trend(now))
    assert (failure.now, failure.beside) == (0.15, 0.02)
    comments = one(MetricName.REVIEW_COMMENTS, trend(now))
    assert (comments.now, comments.beside) == (1, 3)
    assert one(MetricName.INCIDENTS, trend(now)).now == 0.25


def test_what_nobody_has_entered_is_not_connected() -> None:
    connected = {row.metric.name: row.connected for row in metric_trends(trend(facts()), POLICY)}
    assert not connected[MetricName.REVIEW_TIME]
    assert not connected[MetricName.INCIDENTS]
    assert not connected[MetricName.MONTHLY_HOURS]
    assert connected[MetricName.UNTESTED]


def test_more_workarounds_ask_for_something_but_not_that_somebody_began_to_enter_them() -> None:
    metric = MetricName.WORKAROUNDS
    assert one(metric, trend(Moment(TODAY, workarounds=6), Moment(TODAY))).turn is Turn.UNKNOWN
    some = trend(Moment(TODAY, workarounds=6), Moment(TODAY, workarounds=2))
    assert one(metric, some).turn is Turn.WORSE
    worsened = moved(some, POLICY)
    assert worsened is not None
    assert (worsened.metric.name, worsened.then, worsened.now) == (metric, 2, 6)


def test_a_missing_week_is_a_gap_and_no_direction_is_told_across_one_at_the_beginning() -> None:
    some = trend(facts(), then=Moment(TODAY))
    owner = one(MetricName.NAMED_OWNER, some)
    assert owner.series == (*(None,) * 12, 1.0)
    assert owner.turn is Turn.UNKNOWN


@pytest.mark.parametrize(
    ("then", "now", "turn"),
    [(40, 30, Turn.WORSE), (30, 40, Turn.BETTER), (40, 39, Turn.STEADY)],
)
def test_a_metric_turns_once_it_has_moved_enough(then: int, now: int, turn: Turn) -> None:
    some = trend(facts({OWNED: now}), facts({OWNED: then}))
    assert one(MetricName.NAMED_OWNER, some).turn is turn


def test_the_digest_hears_of_the_one_that_got_worst() -> None:
    some = trend(facts({OWNED: 36, UNTESTED: 20}), facts())
    worsened = moved(some, POLICY)
    assert worsened is not None
    assert (worsened.metric.name, worsened.then, worsened.now) == (MetricName.UNTESTED, 0, 0.5)


def test_a_week_without_a_snapshot_asks_for_nothing() -> None:
    assert moved(trend(facts({OWNED: 10}), facts(), four_weeks_ago=Moment(TODAY)), POLICY) is None


def test_few_artifacts_are_no_trend() -> None:
    few, were = (Counts(live=3, by_metric={OWNED: number}) for number in (0, 3))
    assert moved(trend(Moment(TODAY, few), Moment(TODAY, were)), POLICY) is None


def test_beginning_to_log_hours_is_no_worsening() -> None:
    some = trend(replace(facts(), minutes=6_000), facts())
    assert moved(some, POLICY) is None
    logged = trend(replace(facts(), minutes=6_000), replace(facts(), minutes=600))
    worsened = moved(logged, POLICY)
    assert worsened is not None
    assert worsened.metric.name is MetricName.MONTHLY_HOURS


def test_never_is_never() -> None:
    silent = {
        name: POLICY.metrics[name].model_copy(update={"worse_by": None}) for name in MetricName
    }
    policy = POLICY.model_copy(update={"metrics": silent})
    assert moved(trend(facts({OWNED: 0}), facts()), policy) is None


@pytest.mark.parametrize(
    ("then", "now", "is_immature"),
    [(60, 60, True), (60, 58, True), (60, 50, False), (None, 60, False), (0, 60, False)],
)
def test_a_programme_that_does_not_bring_costs_down_is_immature(
    then: float | None, now: float, is_immature: bool
) -> None:
    assert immature(then, now, POLICY) is is_immature


@pytest.mark.parametrize(
    ("tops", "new"),
    [
        (["growth", "pay", "pay", "pay"], True),
        ([None, "pay", "pay", "pay"], True),
        (["pay", "pay", "pay", "pay"], False),
        (["growth", "pay", None, "pay"], False),
        (["growth", "growth", "pay", "pay"], False),
        (["growth", None, None, None], False),
    ],
)
def test_three_weeks_running_at_the_top_is_told_once(tops: list[str | None], new: bool) -> None:
    assert is_new_top(tops, 3) is new


def test_a_team_ages_faster_than_the_others() -> None:
    then, now = Counts(live=10, age_days=1_000), Counts(live=10, age_days=1_840)
    all_then, all_now = Counts(live=110, age_days=11_000), Counts(live=110, age_days=12_840)
    assert ages_faster(then, now, all_then, all_now) == 74
    assert ages_faster(Counts(), now, all_then, all_now) is None
    assert ages_faster(then, now, then, now) is None


shares = st.floats(0, 1)


@given(shares, shares, st.sampled_from(METRICS))
def test_what_is_worse_one_way_is_better_the_other(then: float, now: float, some: Metric) -> None:
    there, back = worsening(some, then, now), worsening(some, now, then)
    assert there * back <= 0
    if some.unit is Unit.SHARE:
        assert there == pytest.approx(-back)
    if some.better is Better.MORE and now > then:
        assert there < 0


def hours(minutes: int, by_metric: Mapping[MetricName, int] | None = None) -> Moment:
    return replace(facts(by_metric), minutes=minutes)


HOURS = MetricName.MONTHLY_HOURS


def without_limit(name: MetricName) -> Any:
    rules = POLICY.metrics[name].model_copy(update={"worse_by": None})
    return POLICY.model_copy(update={"metrics": {**POLICY.metrics, name: rules}})


@pytest.mark.parametrize(
    ("then", "now", "limited", "unlimited"),
    [
        (400, 500, Turn.WORSE, Turn.WORSE),  # a quarter more, which is the policy's limit
        (400, 499, Turn.STEADY, Turn.WORSE),
        (400, 300, Turn.BETTER, Turn.BETTER),
        (400, 420, Turn.STEADY, Turn.WORSE),  # a twentieth is the limit where a policy has none
        (400, 419, Turn.STEADY, Turn.STEADY),
    ],
)
def test_a_metric_turns_at_the_policys_limit_or_by_a_twentieth(
    then: int, now: int, limited: Turn, unlimited: Turn
) -> None:
    some = trend(hours(now), hours(then))
    assert one(HOURS, some).turn is limited
    rows = metric_trends(some, without_limit(HOURS))
    assert next(row for row in rows if row.metric.name is HOURS).turn is unlimited


def test_a_turn_is_told_from_the_first_of_the_weeks_to_the_last() -> None:
    moments = list(trend(hours(400)).moments)
    moments[0] = replace(moments[0], minutes=100)
    found = one(HOURS, Trend(tuple(moments)))
    assert (found.then, found.now, found.turn) == (100, 400, Turn.WORSE)


def test_peoples_code_stands_beside_as_it_is_now() -> None:
    now = Moment(
        TODAY,
        people=ReviewedChanges(failed=Tally(1, 50)),
        tools=ReviewedChanges(failed=Tally(1, 10)),
    )
    before = replace(now, people=ReviewedChanges(failed=Tally(25, 50)))
    assert one(MetricName.CHANGE_FAILURE, trend(now, before)).beside == 0.02


@pytest.mark.parametrize(
    ("then", "now", "worse"),
    [(10, 20, 1.0), (20, 10, -0.5), (0, 0, 0), (0, 0.5, 100), (0, 5, 100), (0, -5, -100)],
)
def test_what_grows_from_nothing_is_as_much_worse_as_can_be(
    then: float, now: float, worse: float
) -> None:
    assert worsening(metric(HOURS), then, now) == worse


def test_what_is_furthest_beyond_its_own_limit_is_told_first() -> None:
    """A share of twice its limit before hours of not one and a half times theirs."""
    some = trend(hours(540, {OWNED: 36}), hours(400))
    both, hours_alone = (moved(each, POLICY) for each in (some, trend(hours(540), hours(400))))
    assert both is not None
    assert hours_alone is not None
    assert (both.metric.name, both.weeks) == (MetricName.NAMED_OWNER, 4)
    assert hours_alone.metric.name is HOURS


@pytest.mark.parametrize(("now", "is_told"), [(500, True), (499, False)])
def test_a_metric_is_told_from_its_very_limit_on(now: int, is_told: bool) -> None:
    assert (moved(trend(hours(now), hours(400)), POLICY) is not None) is is_told


@pytest.mark.parametrize(("live", "is_told"), [(5, True), (4, False)])
def test_five_artifacts_are_enough_to_speak_of(live: int, is_told: bool) -> None:
    then = replace(QUIET, live=live, retained=live, by_metric=NOTHING | {OWNED: live})
    now = replace(then, by_metric=NOTHING | {OWNED: 0})
    some = trend(Moment(TODAY, counts=now), Moment(TODAY, counts=then))
    assert (moved(some, POLICY) is not None) is is_told


@pytest.mark.parametrize(
    ("minutes", "is_told"),
    [
        ({0: 600}, True),
        ({0: 600, 1: 600}, False),  # said a week ago
        ({0: 600, 2: 600}, True),  # better in between
    ],
)
def test_what_was_so_a_week_ago_was_said_then(minutes: dict[int, int], is_told: bool) -> None:
    moments = list(trend(hours(400)).moments)
    for weeks_ago, worked in minutes.items():
        moments[-1 - weeks_ago] = replace(moments[-1 - weeks_ago], minutes=worked)
    assert (moved(Trend(tuple(moments)), POLICY) is not None) is is_told


@pytest.mark.parametrize(("now", "is_immature"), [(90, False), (90.1, True)])
def test_a_tenth_less_is_what_a_mature_programme_brings(now: float, is_immature: bool) -> None:
    assert immature(100, now, POLICY) is is_immature


def test_teams_of_any_age_are_compared_by_how_much_they_aged() -> None:
    """From 300 to 384 days, the others from 100 to 110."""
    then, now = Counts(live=10, age_days=3_000), Counts(live=10, age_days=3_840)
    all_then, all_now = Counts(live=110, age_days=13_000), Counts(live=110, age_days=14_840)
    assert ages_faster(then, now, all_then, all_now) == 74
