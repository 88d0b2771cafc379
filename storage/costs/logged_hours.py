"""Logged hours by kind and score, from which the usual hours are calibrated (R12)."""

from sqlalchemy import func, select

from debt.rules.calibration import LoggedHours
from storage.database.store import Session
from storage.tables import ARTIFACT

A = ARTIFACT.c


async def by_kind_and_score(session: Session) -> list[LoggedHours]:
    """Minutes, months and artifacts with logged hours, by kind and score, ended artifacts included;
    without those whose expected hours were stated by a person.
    """
    sums = func.sum(A.minutes_logged), func.sum(A.months_logged), func.count()
    question = (
        select(A.kind, A.score, *sums)
        .where(A.months_logged > 0, A.monthly_minutes.is_(None))
        .group_by(A.kind, A.score)
        .order_by(A.kind, A.score)
    )
    rows = await session.execute(question)
    return [
        LoggedHours(kind, score, int(minutes), int(months), artifacts)
        for kind, score, minutes, months, artifacts in rows
    ]
