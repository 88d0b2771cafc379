"""The artifacts behind a metric: what to begin with, one press from doing it (R22, R23)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from debt.artifact.artifact import Artifact
from debt.artifact.signals import Sign, bit
from debt.metrics.figures import WINDOW
from debt.policy.vocabulary import MetricName
from debt.rules.hours import Span
from debt.rules.score import Quadrant
from debt.scope import Scope, ScopeKind
from storage.costs import hours_log
from storage.database.store import Session
from storage.metrics import observations
from storage.metrics.observations import ObservationKind
from storage.register import quadrants, queries
from storage.register.queries import within
from storage.tables import ARTIFACT

A = ARTIFACT.c
# Of what ranks highest only so many are looked through: what is behind that can wait.
CONSIDERED = 1_000
_SIGNS = {
    MetricName.UNTESTED: Sign.UNTESTED,
    MetricName.CHURN: Sign.CHURN,
    MetricName.REGENERATED: Sign.REGENERATED,
    MetricName.UNSTABLE: Sign.DEPENDENCIES,
    MetricName.UNUSED: Sign.UNUSED,
    MetricName.SHIFTED: Sign.SHIFTED,
    MetricName.OWNER_CHANGED: Sign.HANDED_ON,
}
_NAMED_BY = {
    MetricName.INCIDENTS: ObservationKind.INCIDENT,
    MetricName.WORKAROUNDS: ObservationKind.WORKAROUND,
}
_COST = {MetricName.MONTHLY_HOURS, MetricName.COST_PER_ARTIFACT}


async def behind(
    session: Session, scope: Scope, name: MetricName, today: date, limit: int = 3
) -> list[Artifact]:
    """What ranks highest of those a metric counts against somebody; none where it names none."""
    if name in _COST:
        return await _costliest(session, scope, today, limit)
    if name in _NAMED_BY:
        since = today - WINDOW
        blamed = await observations.blamed(session, scope, _NAMED_BY[name], since, limit)
        known = await queries.several(session, blamed)
        return [known[number] for number in blamed]
    if name is MetricName.DELETED_RETAINED:
        first = await quadrants.first(session, scope, Quadrant.LOW_HIGH)
        return [first] if first else []
    those = _those(name, today)
    return await _ranked(session, scope, *those, limit=limit) if those else []


def _those(name: MetricName, today: date) -> tuple[ColumnElement[bool], ColumnElement[bool]] | None:
    """Among which to look, by an index of their own, and for what."""
    if name in _SIGNS:
        return and_(A.live), A.watched.op("&")(bit(_SIGNS[name])) > 0
    return {
        MetricName.NAMED_OWNER: (and_(A.live, A.orphan), and_(A.orphan)),
        MetricName.OWNER_GONE: (and_(A.live, A.orphan), and_(A.owner_gone)),
        MetricName.MISSING_METADATA: (and_(A.live, A.provisional), and_(A.provisional)),
        MetricName.PAST_REVIEW: (and_(A.live, A.attention), A.review_on < today),
    }.get(name)


async def _ranked(
    session: Session,
    scope: Scope,
    among: ColumnElement[bool],
    what: ColumnElement[bool],
    *,
    limit: int,
) -> list[Artifact]:
    some = within(select(A.id, A.priority, what.label("named")).where(among), scope)
    few = some.order_by(A.priority.desc(), A.id.desc()).limit(CONSIDERED).subquery()
    question = select(few.c.id).where(few.c.named).order_by(few.c.priority.desc(), few.c.id.desc())
    numbers = list((await session.execute(question.limit(limit))).scalars())
    known = await queries.several(session, numbers)
    return [known[number] for number in numbers]


async def _costliest(session: Session, scope: Scope, today: date, limit: int) -> list[Artifact]:
    """By the hours of the last four weeks; of everything they are not looked for."""
    if scope.kind not in {ScopeKind.TEAM, ScopeKind.REPO}:
        return []
    span = Span("", today - WINDOW + timedelta(days=1), today)
    column: Any = scope.kind.value
    costly = await hours_log.costliest(session, column, scope.name, span, limit)
    return [artifact for artifact, _ in costly]
