"""What a channel's digest said once, so that it is not said again before something has changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select

from storage.database.store import Session
from storage.tables import TOLD, SaidOnceRow

T = TOLD.c


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said of a subject: the number and the minutes that make it news when they change."""

    subject: str
    number: int = 0
    minutes: int = 0


async def said(session: Session, channel: str, subjects: Iterable[str]) -> dict[str, Statement]:
    """The last word on each of these subjects."""
    asked = list(subjects)
    if not asked:
        return {}
    question = select(T.subject, T.number, T.minutes)
    question = question.where(T.channel == channel, T.subject.in_(asked))
    return {row.subject: Statement(*row) for row in await session.execute(question)}


async def note(session: Session, channel: str, statements: Iterable[Statement], week: str) -> None:
    for statement in statements:
        row = SaidOnceRow(
            channel=channel,
            week=week,
            subject=statement.subject,
            number=statement.number,
            minutes=statement.minutes,
        )
        await session.merge(row)


async def take_back(session: Session, channel: str, week: str) -> None:
    """That week's digest never came."""
    await session.execute(delete(TOLD).where(T.channel == channel, T.week == week))
