"""The artifacts behind a metric: what to begin with, one press from doing it (R22, R23)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, select

from debt.artifact.artifact import Artifact
from debt.metrics.conditions import ByHours, ByMentions, ByPriority, FirstInQuadrant
from debt.metrics.figures import WINDOW
from debt.metrics.metrics import Metric
from debt.rules.hours import Span
from debt.scope import Scope, ScopeKind
from storage.costs import hours_log
from storage.database.store import Session
from storage.metrics import observations
from storage.metrics.conditions import clause
from storage.register import quadrants, queries
from storage.register.queries import within
from storage.tables import ARTIFACT

A = ARTIFACT.c
# Only so many of those with the highest priority are looked through.
CONSIDERED = 1_000


async def behind(
    session: Session, scope: Scope, metric: Metric, today: date, limit: int = 3
) -> list[Artifact]:
    """The artifacts that a metric counts against somebody, in the order in which it declares to
    find them; none where it declares no way.
    """
    match metric.behind:
        case ByPriority() as ranked:
            numbers = await _ranked(session, scope, ranked, today, limit)
        case ByMentions(kind=kind):
            numbers = await observations.blamed(session, scope, kind, today - WINDOW, limit)
        case FirstInQuadrant(quadrant=quadrant):
            return await quadrants.ranked(session, scope, quadrant, 1)
        case ByHours():
            return await _costliest(session, scope, today, limit)
        case None:
            return []
    artifacts = await queries.several(session, numbers)
    return [artifacts[number] for number in numbers]


async def _ranked(
    session: Session, scope: Scope, ranked: ByPriority, today: date, limit: int
) -> list[int]:
    """Their numbers, the highest priority first."""
    among = and_(A.live, A[ranked.among]) if ranked.among else and_(A.live)
    meets = clause(ranked.condition, today).label("meets")
    candidates = within(select(A.id, A.priority, meets).where(among), scope)
    first = candidates.order_by(A.priority.desc(), A.id.desc()).limit(CONSIDERED).subquery()
    matching = select(first.c.id).where(first.c.meets)
    ordered = matching.order_by(first.c.priority.desc(), first.c.id.desc()).limit(limit)
    return list((await session.execute(ordered)).scalars())


async def _costliest(session: Session, scope: Scope, today: date, limit: int) -> list[Artifact]:
    """By the hours of the last four weeks; of everything they are not looked for."""
    if scope.kind not in {ScopeKind.TEAM, ScopeKind.REPO}:
        return []
    span = Span("", today - WINDOW + timedelta(days=1), today)
    column: Any = scope.kind.value
    costly = await hours_log.costliest(session, column, scope.name, span, limit)
    return [artifact for artifact, _ in costly]
