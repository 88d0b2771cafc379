"""Who stands out week after week: a matter for the lead, once, with the trend (R24).

A team or repository that had most artifacts in need of somebody several weeks running, and a team
whose artifacts age faster than the others'.
"""

from collections.abc import Mapping
from datetime import date

from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.metrics.figures import WEEK, WEEKS, Counts
from debt.metrics.trend import ages_faster, is_new_top
from debt.scope import ALL, Scope, ScopeKind
from storage.database.store import Session
from storage.digests import subscriptions
from storage.metrics import snapshots
from storage.metrics.snapshots import week_of
from storage.nudges import attention
from storage.nudges.attention import Matter, Why
from storage.register import queries

STAND_OUT = {Why.TOP_TEAM, Why.TOP_REPO, Why.AGING}
_KINDS = {Why.TOP_TEAM: ScopeKind.TEAM, Why.TOP_REPO: ScopeKind.REPO, Why.AGING: ScopeKind.TEAM}
_ALL = ALL.name
_TOP = (Why.TOP_TEAM, Why.TOP_REPO)


async def bring_up(session: Session, change: Change) -> None:
    """Right after a snapshot was taken. An artifact is brought up for one reason, the first."""
    brought_up: set[int] = set()
    for scope, why, since in await _stand_out(session, change):
        first = await _first(session, scope)
        if first and first.id not in brought_up:
            brought_up.add(first.id)
            await _bring_up(session, change, scope, Matter(first.id, why, since), first.team)


async def _stand_out(session: Session, change: Change) -> list[tuple[Scope, Why, date]]:
    """Who does so since this week, why, and since when."""
    week, rules = week_of(change.at.date()), change.policy.trend
    standing_out = []
    for why in _TOP:
        kind = _KINDS[why]
        tops = await snapshots.tops(session, kind, week, rules.top_weeks + 1, rules.top_least)
        top = tops[-1]
        if top is not None and is_new_top(tops, rules.top_weeks):
            standing_out.append((Scope(kind, top), why, week - WEEK * (rules.top_weeks - 1)))
    aging = [Scope(ScopeKind.TEAM, team) for team in await _aging(session, change, week)]
    return standing_out + [(scope, Why.AGING, week - WEEK * WEEKS) for scope in aging]


async def _aging(session: Session, change: Change, week: date) -> list[str]:
    """Teams that age faster since this week; of a week that was missed nothing is told."""
    now = await _faster(session, change, week)
    before = await _faster(session, change, week - WEEK) if now else ()
    return sorted(team for team in now if team not in before)


async def _faster(session: Session, change: Change, week: date) -> set[str]:
    rules = change.policy.trend
    then = await snapshots.teams(session, week - WEEK * WEEKS)
    now = await snapshots.teams(session, week)
    if _ALL not in then or _ALL not in now:
        return set()
    large = (team for team, counts in now.items() if team in then and counts.live >= rules.at_least)
    return {team for team in large if _days(team, then, now) >= rules.ages_faster_days}


def _days(team: str, then: Mapping[str, Counts], now: Mapping[str, Counts]) -> float:
    return ages_faster(then[team], now[team], then[_ALL], now[_ALL]) or 0


async def _bring_up(
    session: Session, change: Change, scope: Scope, matter: Matter, team: str | None
) -> None:
    """With the lead of the team whose it is, else with who follows the scope."""
    lead = change.policy.lead_of(team) or await subscriptions.follower(session, scope)
    if lead:
        await attention.bring_up(session, lead, [matter], change.at)


async def _first(session: Session, scope: Scope) -> Artifact | None:
    """What needs somebody before all else there, or simply ranks highest."""
    needing = await queries.needing(session, scope, 1)
    if needing:
        return needing[0]
    ranked = await queries.page(session, queries.ArtifactQuery(scopes=(scope,)), 1)
    return next(iter(ranked.artifacts), None)


def scope_of(artifact: Artifact, why: Why) -> Scope:
    kind = _KINDS[why]
    return Scope(kind, str(getattr(artifact, kind)))


async def trend_of(
    session: Session, scope: Scope, why: Why, today: date
) -> tuple[float | None, ...]:
    """Week by week up to this one; None where there is no snapshot."""
    last = week_of(today)
    weeks = [last - WEEK * back for back in range(WEEKS, -1, -1)]
    seen = await snapshots.of(session, scope, weeks[0], last)
    return tuple(_value(seen[week].counts, why) if week in seen else None for week in weeks)


def _value(counts: Counts, why: Why) -> float | None:
    if why is Why.AGING:
        return round(counts.age_days / counts.live, 1) if counts.live else None
    return counts.needing
