"""A page for a leadership discussion: what a scope costs, where it stands, what goes first (R11).

Its sections ask the register what Slack asks, and are laid out by a macro each; one that has
nothing to say is left out. All of it is in one file: no scripts, pictures inside.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from briefings.parts import metrics
from briefings.parts.budgets import burn_up_of, standings, with_costliest
from briefings.pictures.pictures import (
    Picture,
    burn_up_alt,
    multiples_alt,
    quadrant_map,
    quadrant_map_alt,
)
from briefings.pictures.worker import Artist
from briefings.words.words import long_day, month, months, templates
from debt.budgets.budget import days_left
from debt.change import Change
from debt.metrics.trend import metric_trends
from debt.rules.estimate import estimate
from debt.rules.hours import Span
from debt.rules.score import Quadrant, explain
from debt.scope import BudgetLine, Scope, ScopeKind
from storage.costs import roi, usage
from storage.database.store import Session, Store
from storage.lifecycle import retirement
from storage.metrics import trends
from storage.register import quadrants, queries

_BUDGETS = 20
_ARTIFACTS = 10
_GONE = 40
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """What the page is about; `change` is as of now, or of the end of a quarter that is over."""

    scope: Scope
    quarter: Span
    change: Change

    @property
    def today(self) -> date:
        return self.change.today

    @property
    def line(self) -> BudgetLine:
        return BudgetLine(self.scope)

    @property
    def name(self) -> str:
        return self.scope.name or "The register"


def asked(scope: Scope, quarter: Span, change: Change) -> ReportQuery:
    if quarter.last >= change.today:
        return ReportQuery(scope, quarter, change)
    end = datetime.combine(quarter.last, time(23, 59), UTC)
    return ReportQuery(scope, quarter, replace(change, at=end, zone="UTC"))


@dataclass(frozen=True, slots=True)
class Section:
    """What one macro of the template is given: values, and pictures by the name it calls them."""

    macro: str
    values: Mapping[str, Any]
    pictures: Mapping[str, tuple[Picture, str]] = field(default_factory=dict)


async def _budgets(session: Session, asked: ReportQuery) -> Section | None:
    """The worst first, and of a scope's own the days of its period."""
    everything = asked.scope.kind is ScopeKind.ALL
    told = await standings(session, asked.change, None if everything else [asked.scope])
    if not told:
        return None
    shown = [await with_costliest(session, asked.change, each) for each in told[:_BUDGETS]]
    whole = [] if everything else [each for each in told if not each.budget.line.only]
    over = sum(each.over for each in told)
    values = {"told": shown, "more": len(told) - len(shown), "over": over}
    if not whole:
        return Section("budgets", values)
    burn_up = await burn_up_of(session, whole[0], asked.today)
    return Section("budgets", values, {"burn_up": (burn_up, burn_up_alt(asked.name, burn_up))})


async def _trend(session: Session, asked: ReportQuery) -> Section | None:
    """Hours of a year, month by month."""
    months = [*_months_until(min(asked.today, asked.quarter.last))]
    by_day = await usage.spent_by_day(session, asked.line, Span("", months[0], asked.today))
    minutes = dict.fromkeys(months, 0)
    for day, spent in by_day.items():
        minutes[day.replace(day=1)] += spent
    most = max(minutes.values())
    return Section("trend", {"months": minutes, "most": most}) if most > 0 else None


def _months_until(day: date) -> Iterator[date]:
    """Their first days, a year of them, the earliest first."""
    first = day.year * 12 + day.month - _MONTHS
    return (date(each // 12, each % 12 + 1, 1) for each in range(first, first + _MONTHS))


async def _map(session: Session, asked: ReportQuery) -> Section | None:
    counted = await quadrants.count(session, asked.scope)
    if not counted:
        return None
    counts = {each: counted[each].artifacts if each in counted else 0 for each in Quadrant}
    picture = quadrant_map(counts)
    unrated = sum(each.unrated for each in counted.values())
    shown = {"map": (picture, quadrant_map_alt(asked.name, picture))}
    return Section("map", {"counts": counts, "unrated": unrated}, shown)


async def _metrics(session: Session, asked: ReportQuery) -> Section | None:
    """What has something to say, with twelve weeks of it."""
    if not trends.has_trend(asked.scope):
        return None
    trend = await trends.trend(session, asked.change.policy, asked.scope, asked.today)
    said, fine, unconnected = metrics.set_apart(metric_trends(trend, asked.change.policy))
    counts = trend.at(0).counts
    if counts is None or not counts.live:
        return None
    head, *rows = metrics.table(said)
    picture = metrics.picture(trend, said)
    values = {"head": head, "rows": rows, "fine": fine, "unconnected": unconnected}
    shown = {"trend": (picture, multiples_alt(asked.name, picture))} if picture else {}
    return Section("metrics", values, shown)


async def _investments(session: Session, asked: ReportQuery) -> Section | None:
    """What buys back most, planned or not, and whether done work kept its promise."""
    policy, horizon = asked.change.policy, asked.change.policy.roi.horizon_months
    works = await roi.ranked_work(session, asked.scope, policy, asked.today, horizon)
    checked = await roi.checked_promises(session, asked.scope, policy, asked.today)
    if not (works or checked):
        return None
    record = roi.promise_record(checked)
    values = {"works": works[:_ARTIFACTS], "horizon": horizon, "record": record}
    return Section("investments", values)


async def _costliest(session: Session, asked: ReportQuery) -> Section | None:
    left = days_left(asked.quarter, asked.today)
    most = await usage.costliest(session, asked.line, asked.quarter, left, _ARTIFACTS)
    return Section("costliest", {"costliest": most}) if most else None


async def _first_to_go(session: Session, asked: ReportQuery) -> Section | None:
    ranked = await quadrants.ranked(session, asked.scope, Quadrant.LOW_HIGH, _ARTIFACTS)
    reasons = [(artifact, explain(artifact)) for artifact in ranked]
    monthly = sum(estimate(each, asked.change.policy).minutes for each in ranked)
    values = {"artifacts": reasons, "monthly": monthly}
    return Section("first_to_go", values) if reasons else None


async def _gone(session: Session, asked: ReportQuery) -> Section | None:
    gone = await retirement.ended_in(session, asked.scope, asked.quarter)
    return Section("gone", {"gone": gone[:_GONE], "count": len(gone)})


Ask = Callable[[Session, ReportQuery], Awaitable[Section | None]]
SECTIONS: Sequence[Ask] = (
    _budgets,
    _trend,
    _metrics,
    _map,
    _investments,
    _costliest,
    _first_to_go,
    _gone,
)


async def page(store: Store, asked: ReportQuery) -> str:
    """The whole of it as HTML. Raises CannotDraw where there are no pictures to be had."""
    async with store.read() as session:
        sections = [await ask(session, asked) for ask in SECTIONS]
        live = await queries.count_live(session, asked.scope)
    artist = Artist()
    try:
        bodies = [await _laid_out(artist, asked, each) for each in sections if each]
    finally:
        await artist.aclose()
    return _template("page")(asked, live, bodies)


async def _laid_out(artist: Artist, asked: ReportQuery, section: Section) -> Markup:
    drawn = {
        name: (await _inside(artist, picture), alt)
        for name, (picture, alt) in section.pictures.items()
    }
    return Markup(_template(section.macro)(asked=asked, pictures=drawn, **section.values))  # noqa: S704  # what a macro of the template made


async def _inside(artist: Artist, picture: Picture) -> str:
    return f"data:image/png;base64,{b64encode(await artist.draw(picture)).decode()}"


@cache
def _environment() -> Environment:
    return templates(long_day, month, months)


def _template(macro: str) -> Callable[..., str]:
    made: Callable[..., str] = getattr(_environment().get_template("report.html.j2").module, macro)
    return made
