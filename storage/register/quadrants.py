"""The map of value and risk: live artifacts by quadrant, and the first of each."""

from dataclasses import dataclass

from sqlalchemy import func, select

from debt.artifact.artifact import Artifact
from debt.rules.score import Quadrant
from debt.scope import Scope
from storage.database.store import Session
from storage.register.artifacts import COLUMNS, artifact_of
from storage.register.queries import within
from storage.tables import ARTIFACT

A = ARTIFACT.c


@dataclass(frozen=True, slots=True)
class QuadrantCount:
    """Of those in a quadrant, `unrated` have no value that anybody gave."""

    artifacts: int = 0
    unrated: int = 0


async def count(session: Session, scope: Scope) -> dict[Quadrant, QuadrantCount]:
    """Live artifacts by quadrant; an empty one is not among them."""
    asked = select(A.quadrant, func.count(), func.count(A.value)).where(A.live)
    rows = await session.execute(within(asked, scope).group_by(A.quadrant))
    return {Quadrant(name): QuadrantCount(all_, all_ - valued) for name, all_, valued in rows}


async def first(session: Session, scope: Scope, quadrant: Quadrant) -> Artifact | None:
    """The one of a quadrant that ranks highest."""
    return next(iter(await ranked(session, scope, quadrant, 1)), None)


async def ranked(session: Session, scope: Scope, quadrant: Quadrant, limit: int) -> list[Artifact]:
    """Those of a quadrant, what to fix first first."""
    those = select(*COLUMNS).where(A.live, A.quadrant == quadrant)
    most = within(those, scope).order_by(A.priority.desc(), A.id.desc()).limit(limit)
    return [artifact_of(row) for row in (await session.execute(most)).mappings()]
