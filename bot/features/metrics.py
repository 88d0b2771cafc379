"""`/debt metrics`: how a team or repository went in twelve weeks, and what that asks (R20–R23)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.features.brief import own_scope, read_scope
from bot.features.subscribe import require_scope
from bot.slack.call import Answer, Call, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.parsing import scope_in
from briefings.messages.message import (
    Message,
    PictureBlock,
    TableCells,
    buttons,
    buttons_for,
    line,
    plainly,
    quiet,
)
from briefings.parts import metrics as in_words
from briefings.pictures.pictures import multiples_alt
from briefings.words.words import say
from debt.artifact.artifact import Artifact
from debt.metrics.figures import Counts
from debt.metrics.trend import MetricTrend, Trend, Turn, immature, metric_trends
from debt.policy.policy import Policy
from debt.policy.vocabulary import MetricName
from debt.scope import ALL, Scope
from storage.database.store import Session
from storage.metrics import drilldown, trends
from storage.metrics.trends import Cost

NAMED_AT_MOST = 6
_TEAMS = 5


@dataclass(frozen=True, slots=True)
class MetricsFacts:
    """Twelve weeks of a scope, the artifacts behind metrics that ask for something, and costs by
    team.
    """

    scope: Scope
    trend: Trend
    rows: tuple[MetricTrend, ...]
    named: Mapping[MetricName, Sequence[Artifact]]
    costs: Sequence[Cost] = ()


async def metrics(call: Call) -> Answer:
    async with call.store.read() as session:
        scope = read_scope(call.words, await own_scope(session, call.channel), "metrics")
    return await _answer(call, scope)


async def _opened(call: Call) -> Answer:
    return await _answer(call, scope_in(call.value) or ALL)


async def _answer(call: Call, scope: Scope) -> Answer:
    trends.require_scope(scope)
    async with call.store.read() as session:
        await require_scope(session, scope)
        facts = await _facts(session, call, scope)
    counts = facts.trend.at(0).counts
    if counts is None or not counts.live:
        return Reply(plainly(say("metrics.nothing", scope=scope)))
    return Reply(message(facts, counts, call.policy))


async def _facts(session: Session, call: Call, scope: Scope) -> MetricsFacts:
    trend = await trends.trend(session, call.policy, scope, call.today)
    rows = metric_trends(trend, call.policy)
    named = {}
    for row in rows:
        if in_words.asks(row):
            metric = row.metric
            named[metric.name] = await drilldown.behind(session, scope, metric, call.today)
    costs = await trends.costs(session, call.today) if scope == ALL else ()
    return MetricsFacts(scope, trend, rows, named, costs)


def message(facts: MetricsFacts, counts: Counts, policy: Policy) -> Message:
    """A picture, the artifacts behind metrics that ask for something, costs, the table, and the
    weeks without data.
    """
    worse = [row.metric.words for row in facts.rows if row.turn is Turn.WORSE]
    blocks: list[Block] = [
        line(say("metrics.title", scope=facts.scope, counts=counts)),
        *_picture(facts),
        *_asked(facts),
        *_costs(facts, policy),
        *_table(facts),
        *_gaps(facts.trend),
    ]
    early = all(row.turn is Turn.UNKNOWN for row in facts.rows)
    words = say("metrics.fallback", scope=facts.scope, worse=worse, early=early)
    return Message(words, tuple(blocks))


def _picture(facts: MetricsFacts) -> Iterator[Block]:
    picture = in_words.picture(facts.trend, facts.rows)
    if picture:
        words = multiples_alt(facts.scope.name or "Everything", picture)
        yield PictureBlock("metrics", picture, words)
    else:
        yield quiet(say("metrics.early"))


def _table(facts: MetricsFacts) -> Iterator[Block]:
    tabled, fine, unconnected = in_words.set_apart(facts.rows)
    if tabled:
        yield TableCells(in_words.table(tabled))
    if fine:
        yield quiet(say("metrics.fine", rows=fine))
    if unconnected:
        yield quiet(say("metrics.unconnected", rows=unconnected))


def _asked(facts: MetricsFacts) -> Iterator[Block]:
    """Metrics that ask for something with the artifacts behind them, those that got worse first."""
    asking = [row for row in facts.rows if facts.named.get(row.metric.name)]
    asking.sort(key=lambda row: row.turn is not Turn.WORSE)
    for row in asking[:NAMED_AT_MOST]:
        artifacts = facts.named[row.metric.name]
        yield line(say("metrics.behind", row=row, now=in_words.now_of(row), artifacts=artifacts))
        keys = [artifact.key for artifact in artifacts]
        act = row.metric.act
        acts = buttons_for(keys, act.label, f"artifact.{act}")
        yield buttons(f"metrics.{row.metric.name}", *acts)


def _costs(facts: MetricsFacts, policy: Policy) -> Iterator[Block]:
    """Hours per artifact: of everything by team, else a line where they do not fall (R14)."""
    if facts.costs:
        shown = [
            (cost.team, *_in_hours(cost.now, cost.then), immature(cost.then, cost.now, policy))
            for cost in facts.costs[:_TEAMS]
        ]
        yield line(say("metrics.costs", costs=shown, more=len(facts.costs) - len(shown)))
    own = next(row for row in facts.rows if row.metric.name is MetricName.COST_PER_ARTIFACT)
    if not facts.costs and own.now is not None and immature(own.then, own.now, policy):
        now, then = _in_hours(own.now, own.then)
        yield line(say("metrics.immature", now=now, then=then))


def _in_hours(now: float, then: float | None) -> tuple[str, str]:
    return in_words.length(now), in_words.length(then) if then else ""


def _gaps(trend: Trend) -> Iterator[Block]:
    """A line about weeks without a snapshot and snapshots taken late, where there are any."""
    missing, late = in_words.gaps(trend)
    now = trend.at(0)
    words = say("metrics.gaps", missing=missing, late=late, today=now.day, seen_on=now.seen_on)
    if words:
        yield quiet(words)


FEATURE = Feature(
    verbs=(
        Verb(
            "metrics",
            "[scope]",
            "how owners, reviews, hours and leading signs went in twelve weeks, and what they ask",
            metrics,
        ),
    ),
    buttons={"metrics.open": _opened},
)
