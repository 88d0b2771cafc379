"""What a digest is made of: what needs somebody, what is said once, what has to be counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from briefings.digest import review
from briefings.digest.digest import DigestItem, DigestNews, Weekly, changed
from briefings.digest.said_once import asides
from briefings.parts.budgets import BudgetFacts, burn_up_of, standings, with_costliest
from briefings.pictures.pictures import BurnUp
from briefings.words.words import say
from debt.artifact.artifact import Artifact
from debt.budgets.budget import BudgetState
from debt.change import Change
from debt.policy.policy import DigestPolicy, Policy
from debt.rules.score import priority
from debt.scope import Scope, ScopeKind
from storage.database.store import Session
from storage.digests import listed_before
from storage.digests.listed_before import ListedBefore
from storage.digests.said_once import Statement
from storage.register import queries

_BY = "digest"
_NEWS = 3
_BUDGETS = 3
_NAMED = 3
_NEWS_COUNTED = 50
LISTING_LIMIT = 500
_WEEK = 7


@dataclass(frozen=True, slots=True)
class IgnoredArtifact:
    """An artifact that was said often enough in vain to become an intervention."""

    artifact: Artifact
    item: DigestItem


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """A digest, and what is noted once it is said: `ignored` are artifacts whose leads are told,
    `told` the numbers of all whose weeks without an answer go on counting, `once` what was said
    that is not said again.
    """

    weekly: Weekly
    ignored: tuple[IgnoredArtifact, ...]
    told: tuple[int, ...]
    once: tuple[Statement, ...]


async def gather(
    session: Session,
    channel: str,
    scope: Scope,
    policy: Policy,
    now: datetime,
    since: datetime,
    *,
    month: date | None = None,
) -> DigestPlan:
    """What a channel's digest says now, `now` in its zone; with `month`, the first day of one, it
    opens with what became of the register since. Standings must be awake.
    """
    before = await listed_before.ignored(session, channel, scope)
    folded = {n for n, listed in before.items() if listed.weeks >= policy.digest.repeat_weeks}
    shown = await _shown(session, scope, policy.digest, folded)
    items = tuple(_item(artifact, before.get(artifact.id), now.date()) for artifact in shown)
    by_label = await _more(session, scope, policy, shown)
    silent = await queries.ignored(session, scope, now.date())
    others = [artifact.id for artifact in silent if artifact not in shown]
    news = await queries.changed_since(session, scope, since, _NEWS_COUNTED)
    budgets = await _budgets(session, scope, policy, now, since)
    once = await asides(session, channel, scope, policy, now.date())
    weekly = Weekly(
        scope=scope,
        at=now,
        items=items,
        ephemeral=by_label["ephemeral"],
        retained=by_label["retained"],
        folded=len(folded),
        ignored=tuple(others[:_NAMED]),
        more_ignored=len(others[_NAMED:]),
        news=tuple(
            DigestNews(artifact.id, artifact.changed_how or "", artifact.changed_by or "")
            for artifact in news[:_NEWS]
        ),
        more_news=len(news[_NEWS:]),
        opening=(*budgets.opening, *(aside.words for aside in once if aside.opens)),
        budgets=budgets.closing,
        chart=budgets.chart,
        chart_of=budgets.chart_of,
        chart_opens=bool(budgets.opening),
        asides=tuple(aside.words for aside in once if not aside.opens),
        moved=await review.moved(session, scope, policy, now.date()),
    )
    if month:
        weekly = replace(weekly, review=await _review(session, weekly, policy, month))
    told = (*(item.id for item in items), *sorted(folded))
    ignored = await _ignored_of(session, policy.digest, told, before)
    return DigestPlan(weekly, ignored, told, tuple(aside.said for aside in once))


async def _shown(
    session: Session, scope: Scope, rules: DigestPolicy, folded: Collection[int]
) -> list[Artifact]:
    """What needs somebody most, but for what was said often enough."""
    ranked = await queries.needing(session, scope, rules.items + min(len(folded), LISTING_LIMIT))
    return [artifact for artifact in ranked if artifact.id not in folded][: rules.items]


async def _review(session: Session, weekly: Weekly, policy: Policy, month: date) -> str:
    """What became of the register since that day, in words; empty where nothing came or went and
    the digest has nothing else to say.
    """
    digest = review.DigestScope(weekly.scope, weekly.at.date(), {item.id for item in weekly.items})
    passed = await review.review(session, policy, month, digest)
    speaks = passed is not None and (passed.is_news or weekly.items or weekly.opening)
    return passed.words if passed and speaks else ""


@dataclass(frozen=True, slots=True)
class _Budgets:
    """Lines that open a digest and lines that close it, and the chart of the first line of them
    that has one, with the part of the scope that it is of.
    """

    opening: tuple[str, ...]
    closing: tuple[str, ...]
    chart: BurnUp | None = None
    chart_of: str = ""


async def _budgets(
    session: Session, scope: Scope, policy: Policy, now: datetime, since: datetime
) -> _Budgets:
    """A line for each of the worst few budgets that are over or were found within again since then,
    and for as many others of the scope, all of it before its parts; where the scope is everything,
    only for those that ask for something, and no chart.
    """
    everything, change = scope.kind is ScopeKind.ALL, Change(_BY, now, policy)
    worst_first = await standings(session, change, None if everything else [scope])
    first = [budget for budget in worst_first if _opens(budget, since)][:_BUDGETS]
    others = [budget for budget in worst_first if not _opens(budget, since)]
    if everything:
        others = [budget for budget in others if budget.standing.state is BudgetState.AT_RISK]
    others = sorted(others, key=lambda facts: bool(facts.budget.line.only))[:_BUDGETS]
    lines = _Budgets(
        tuple([await _line(session, change, budget, since) for budget in first]),
        tuple([await _line(session, change, budget, since) for budget in others]),
    )
    if everything or not worst_first:
        return lines
    drawn = [*first, *others][0]
    chart = replace(await burn_up_of(session, drawn, now.date()), small=True)
    return replace(lines, chart=chart, chart_of=drawn.budget.line.only)


def _opens(budget: BudgetFacts, since: datetime) -> bool:
    return budget.over or budget.is_back(since.date())


async def _line(session: Session, change: Change, budget: BudgetFacts, since: datetime) -> str:
    """How it stands, in words; over or at risk, it names the artifact that uses most of it."""
    if budget.standing.state is not BudgetState.WITHIN:
        budget = await with_costliest(session, change, budget)
    return say("budget.weekly", facts=budget, back=budget.is_back(since.date()))


def _item(artifact: Artifact, before: ListedBefore | None, today: date) -> DigestItem:
    weeks, first_on = (before.weeks, before.first_on) if before else (0, today)
    return DigestItem(artifact.id, weeks, first_on, changed(artifact))


async def _ignored_of(
    session: Session, rules: DigestPolicy, told: Sequence[int], before: Mapping[int, ListedBefore]
) -> tuple[IgnoredArtifact, ...]:
    """Those whose lead is to be told this week, the highest priority first."""
    enough = max(1, rules.intervention_weeks - 1)
    due = [n for n in told if n in before and before[n].weeks == enough]
    artifacts = await queries.several(session, due)
    ranked = sorted(artifacts.values(), key=lambda artifact: (-priority(artifact), -artifact.id))
    return tuple(IgnoredArtifact(a, _item(a, before[a.id], date.min)) for a in ranked)


async def _more(
    session: Session, scope: Scope, policy: Policy, shown: Sequence[Artifact]
) -> dict[str, int]:
    """How many more need somebody, ephemeral and retained."""
    by_label = await queries.count_needing(session, scope)
    for artifact in shown:
        by_label[artifact.label] = by_label.get(artifact.label, 0) - 1
    counts = {"ephemeral": 0, "retained": 0}
    for label, policy_of_label in policy.labels.items():
        counts[policy_of_label.counts_as] += max(0, by_label.get(label, 0))
    return counts


def month_of(last_at: datetime | None, now: datetime) -> date | None:
    """The first day of last month where this is the first digest of a new one, `now` in its zone;
    a channel that had none yet waits for the first week of a month.
    """
    is_first = last_at.astimezone(now.tzinfo).month != now.month if last_at else now.day <= _WEEK
    last_month = now.date().replace(day=1) - timedelta(days=1)
    return last_month.replace(day=1) if is_first else None


def since_last(last_at: datetime | None, now: datetime) -> datetime:
    """What counts as this week's news: since the last digest, a week at the most."""
    week_ago = now - timedelta(days=7)
    return max(last_at, week_ago) if last_at else week_ago
