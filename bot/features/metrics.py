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
from briefings.parts import metrics as metric_words
from briefings.pictures.pictures import multiples_alt
from briefings.words.words import say
from debt.artifact.artifact import Artifact
from debt.metrics import trend as metric_trend
from debt.metrics.figures import Counts
from debt.metrics.trend import MetricTrend, Trend, Turn, immature
from debt.policy.policy import Policy
from debt.policy.vocabulary import MetricName
from debt.scope import ALL, Scope
from storage.database.store import Session
from storage.metrics import drilldown, trends
from storage.metrics.trends import Cost

NAMED_AT_MOST = 6
_TEAMS = 5
# The one thing to do about the first artifact behind a metric.
_ACTS = {
    MetricName.NAMED_OWNER: "claim",
    MetricName.OWNER_GONE: "claim",
    MetricName.MISSING_METADATA: "edit",
    MetricName.MONTHLY_HOURS: "show",
    MetricName.COST_PER_ARTIFACT: "show",
    MetricName.DELETED_RETAINED: "retire",
    MetricName.UNUSED: "retire",
}


@dataclass(frozen=True, slots=True)
class MetricsFacts:
    """A scope's twelve weeks, the artifacts behind what asks for something, and costs by team."""

    scope: Scope
    trend: Trend
    rows: tuple[MetricTrend, ...]
    named: Mapping[MetricName, Sequence[Artifact]]
    costs: Sequence[Cost] = ()


async def metrics(call: Call) -> Answer:
    async with call.store.read() as session:
        scope = read_scope(call.words, await own_scope(session, call.channel), "metrics")
    return await _reply(call, scope)


async def _opened(call: Call) -> Answer:
    return await _reply(call, scope_in(call.value) or ALL)


async def _reply(call: Call, scope: Scope) -> Answer:
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
    rows = metric_trend.told(trend, call.policy)
    named = {}
    for row in rows:
        if metric_words.asks(row):
            name = row.metric.name
            named[name] = await drilldown.behind(session, scope, name, call.today)
    costs = await trends.costs(session, call.today) if scope == ALL else ()
    return MetricsFacts(scope, trend, rows, named, costs)


def message(facts: MetricsFacts, counts: Counts, policy: Policy) -> Message:
    """Title, picture, what to do, costs, and a table with all that the picture shows."""
    worse = [row.metric.words for row in facts.rows if row.turn is Turn.WORSE]
    blocks: list[Block] = [
        line(say("metrics.title", scope=facts.scope, counts=counts)),
        *_picture(facts),
        *_to_do(facts),
        *_costs(facts, policy),
        *_table(facts),
        *_gaps(facts.trend),
    ]
    early = all(row.turn is Turn.UNKNOWN for row in facts.rows)
    words = say("metrics.fallback", scope=facts.scope, worse=worse, early=early)
    return Message(words, tuple(blocks))


def _picture(facts: MetricsFacts) -> Iterator[Block]:
    picture = metric_words.picture(facts.trend, facts.rows)
    if picture:
        words = multiples_alt(facts.scope.name or "Everything", picture)
        yield PictureBlock("metrics", picture, words)
    else:
        yield quiet(say("metrics.early"))


def _table(facts: MetricsFacts) -> Iterator[Block]:
    moved, fine, unconnected = metric_words.set_apart(facts.rows)
    if moved:
        yield TableCells(metric_words.table(moved))
    if fine:
        yield quiet(say("metrics.fine", told=fine))
    if unconnected:
        yield quiet(say("metrics.unconnected", told=unconnected))


def _to_do(facts: MetricsFacts) -> Iterator[Block]:
    """Metrics that ask for something, those that got worse first, each with its artifacts."""
    asking = [row for row in facts.rows if facts.named.get(row.metric.name)]
    asking.sort(key=lambda row: row.turn is not Turn.WORSE)
    for row in asking[:NAMED_AT_MOST]:
        artifacts = facts.named[row.metric.name]
        act = _ACTS.get(row.metric.name, "review")
        yield line(
            say("metrics.behind", told=row, now=metric_words.now_of(row), artifacts=artifacts)
        )
        keys = [artifact.key for artifact in artifacts]
        acts = buttons_for(keys, act.capitalize(), f"artifact.{act}")
        yield buttons(f"metrics.{row.metric.name}", *acts)


def _costs(facts: MetricsFacts, policy: Policy) -> Iterator[Block]:
    """What an artifact costs: by team for everything, in a scope where it is too much (R14)."""
    if facts.costs:
        shown = [
            (team.team, *_in_hours(team.now, team.then), immature(team.then, team.now, policy))
            for team in facts.costs[:_TEAMS]
        ]
        yield line(say("metrics.costs", costs=shown, more=len(facts.costs) - len(shown)))
    cost = next(row for row in facts.rows if row.metric.name is MetricName.COST_PER_ARTIFACT)
    if not facts.costs and cost.now is not None and immature(cost.then, cost.now, policy):
        now, then = _in_hours(cost.now, cost.then)
        yield line(say("metrics.immature", now=now, then=then))


def _in_hours(now: float, then: float | None) -> tuple[str, str]:
    return metric_words.length(now), metric_words.length(then) if then else ""


def _gaps(trend: Trend) -> Iterator[Block]:
    """Weeks without a snapshot, and those in which it was taken late."""
    missing, late = metric_words.gaps(trend)
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
