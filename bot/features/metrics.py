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
from debt.metrics.trend import MetricTrend, Trend, Turn, immature, told
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
    return await _told(call, scope)


async def _opened(call: Call) -> Answer:
    return await _told(call, scope_in(call.value) or ALL)


async def _told(call: Call, scope: Scope) -> Answer:
    trends.require_scope(scope)
    async with call.store.read() as session:
        await require_scope(session, scope)
        seen = await _seen(session, call, scope)
    counts = seen.trend.at(0).counts
    if counts is None or not counts.live:
        return Reply(plainly(say("metrics.nothing", scope=scope)))
    return Reply(message(seen, counts, call.policy))


async def _seen(session: Session, call: Call, scope: Scope) -> MetricsFacts:
    trend = await trends.trend(session, call.policy, scope, call.today)
    rows = told(trend, call.policy)
    named = {}
    for each in rows:
        if in_words.asks(each):
            name = each.metric.name
            named[name] = await drilldown.behind(session, scope, name, call.today)
    costs = await trends.costs(session, call.today) if scope == ALL else ()
    return MetricsFacts(scope, trend, rows, named, costs)


def message(seen: MetricsFacts, counts: Counts, policy: Policy) -> Message:
    """Its table says all that the picture does; a line each what asks for nothing."""
    worse = [each.metric.words for each in seen.rows if each.turn is Turn.WORSE]
    blocks: list[Block] = [
        line(say("metrics.title", scope=seen.scope, counts=counts)),
        *_picture(seen),
        *_asked(seen),
        *_costs(seen, policy),
        *_table(seen),
        *_gaps(seen.trend),
    ]
    early = all(each.turn is Turn.UNKNOWN for each in seen.rows)
    words = say("metrics.fallback", scope=seen.scope, worse=worse, early=early)
    return Message(words, tuple(blocks))


def _picture(seen: MetricsFacts) -> Iterator[Block]:
    picture = in_words.picture(seen.trend, seen.rows)
    if picture:
        words = multiples_alt(seen.scope.name or "Everything", picture)
        yield PictureBlock("metrics", picture, words)
    else:
        yield quiet(say("metrics.early"))


def _table(seen: MetricsFacts) -> Iterator[Block]:
    said, fine, unconnected = in_words.set_apart(seen.rows)
    if said:
        yield TableCells(in_words.table(said))
    if fine:
        yield quiet(say("metrics.fine", told=fine))
    if unconnected:
        yield quiet(say("metrics.unconnected", told=unconnected))


def _asked(seen: MetricsFacts) -> Iterator[Block]:
    """What asks for something, what got worse first, each with the artifacts behind it."""
    asking = [each for each in seen.rows if seen.named.get(each.metric.name)]
    asking.sort(key=lambda each: each.turn is not Turn.WORSE)
    for each in asking[:NAMED_AT_MOST]:
        artifacts = seen.named[each.metric.name]
        act = _ACTS.get(each.metric.name, "review")
        yield line(say("metrics.behind", told=each, now=in_words.now_of(each), artifacts=artifacts))
        keys = [artifact.key for artifact in artifacts]
        acts = buttons_for(keys, act.capitalize(), f"artifact.{act}")
        yield buttons(f"metrics.{each.metric.name}", *acts)


def _costs(seen: MetricsFacts, policy: Policy) -> Iterator[Block]:
    """What an artifact costs: of everything by team, else whether that is brought down (R14)."""
    if seen.costs:
        shown = [
            (each.team, *_in_hours(each.now, each.then), immature(each.then, each.now, policy))
            for each in seen.costs[:_TEAMS]
        ]
        yield line(say("metrics.costs", costs=shown, more=len(seen.costs) - len(shown)))
    cost = next(each for each in seen.rows if each.metric.name is MetricName.COST_PER_ARTIFACT)
    if not seen.costs and cost.now is not None and immature(cost.then, cost.now, policy):
        now, then = _in_hours(cost.now, cost.then)
        yield line(say("metrics.immature", now=now, then=then))


def _in_hours(now: float, then: float | None) -> tuple[str, str]:
    return in_words.length(now), in_words.length(then) if then else ""


def _gaps(trend: Trend) -> Iterator[Block]:
    """Weeks without a snapshot, and those in which it was taken late."""
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
