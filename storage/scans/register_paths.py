"""What the register says of a repository's paths, for whoever reads it again (R29)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from debt.artifact.artifact import Stage
from debt.artifact.registered_paths import DeclaredPaths, RegisteredPaths
from debt.metrics.conditions import ObservationKind
from storage.database.store import Session
from storage.scans.matching import candidates, is_open
from storage.tables import ARTIFACT, HISTORY, OBSERVATION

_IN_ONE_QUESTION = 500


async def known(session: Session, repo: str, since: date) -> RegisteredPaths:
    """`since` is from when on incidents count."""
    rows = await candidates(session, repo)
    live = [row for row in rows if row.live]
    told = await said_by_people(session, [row.id for row in live])
    declared = [row for row in live if "paths" in told.get(row.id, ())]
    theirs = {row.id for row in declared}
    return RegisteredPaths(
        dismissed={
            path: row.changed_at.date()
            for row in rows
            if row.stage == Stage.DISMISSED
            for path in row.paths
        },
        held=_globs(row for row in live if row.scan_identity and row.id not in theirs),
        declared=tuple(
            DeclaredPaths(row.id, tuple(row.paths), row.name, row.kind) for row in declared
        ),
        places={row.id: tuple(row.paths) for row in rows if is_open(row)},
        begun={row.id: row.created_on for row in rows if is_open(row)},
        incidents=await _incidents(session, repo, since),
    )


async def _incidents(session: Session, repo: str, since: date) -> dict[int, int]:
    A, O = ARTIFACT.c, OBSERVATION.c  # noqa: N806, E741  # the columns' short names
    here = O.kind == ObservationKind.INCIDENT, O.happened_on >= since, A.repo == repo
    question = select(O.artifact_id, func.count()).join(ARTIFACT, A.id == O.artifact_id)
    rows = await session.execute(question.where(*here).group_by(O.artifact_id))
    return {number: int(count) for number, count in rows}


def _globs(rows: Iterable[Any]) -> frozenset[str]:
    return frozenset(path for row in rows for path in row.paths)


async def said_by_people(session: Session, ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """What of each artifact somebody gave or took away, by what the history tells."""
    H = HISTORY.c  # noqa: N806  # the columns' short name
    said: dict[int, frozenset[str]] = {}
    for start in range(0, len(ids), _IN_ONE_QUESTION):
        some = ids[start : start + _IN_ONE_QUESTION]
        question = select(H.artifact_id, H.before, H.after)
        question = question.where(H.artifact_id.in_(some), H.action != "scan")
        for row in await session.execute(question):
            said[row.artifact_id] = said.get(row.artifact_id, frozenset()) | _given(row)
    return said


def _given(row: Any) -> frozenset[str]:
    """A first entry tells every number; there, none means that nobody gave one."""
    after = row.after or {}
    return frozenset(name for name in after if row.before is not None or after[name])
