"""What says that a tool wrote an artifact, as the last scan read it (R29)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import RowMapping, delete, insert, select

from debt.artifact.artifact import Artifact
from debt.artifact.evidence import Confidence, EvidencePiece, EvidenceSource, declared
from storage.database.store import Session
from storage.tables import EVIDENCE

T = TypeVar("T")

_IN_ONE_QUESTION = 500
_IN_ONE_STATEMENT = 2_000
_COLUMNS = tuple(EVIDENCE.c[name] for name in EvidencePiece._fields)

Pieces = Mapping[int, Sequence[EvidencePiece]]
"""Pieces by artifact, in the order in which they are kept: newest first."""


async def put(session: Session, told: Pieces) -> None:
    """What now speaks for each of these artifacts, in place of what a scan read before; the same
    changes nothing, and what a person declared stays the first.

    It needs the artifacts locked. What a person sees of it is in the artifact's own sentence, so
    the history tells of it there.
    """
    for some in _some(told.items(), _IN_ONE_QUESTION):
        await _replace(session, dict(some))


async def of(session: Session, artifact_id: int) -> tuple[EvidencePiece, ...]:
    """What speaks for an artifact, newest first."""
    return (await _kept(session, [artifact_id]))[artifact_id]


async def _replace(session: Session, told: Pieces) -> None:
    before = await _kept(session, list(told))
    after = {number: (*_declared(before[number]), *pieces) for number, pieces in told.items()}
    differ = {number: pieces for number, pieces in after.items() if before[number] != pieces}
    if not differ:
        return
    await session.execute(delete(EVIDENCE).where(EVIDENCE.c.artifact_id.in_(differ)))
    for rows in _some(_rows(differ), _IN_ONE_STATEMENT):
        await session.execute(insert(EVIDENCE), rows)


async def declare(session: Session, artifacts: Iterable[Artifact]) -> None:
    """Keeps that a person called each of these new artifacts AI-produced."""
    told = {
        artifact.id: (declared(artifact.origin_tool, artifact.origin_model),)
        for artifact in artifacts
    }
    for rows in _some(_rows(told), _IN_ONE_STATEMENT):
        await session.execute(insert(EVIDENCE), rows)


def _declared(pieces: Sequence[EvidencePiece]) -> Iterator[EvidencePiece]:
    return (piece for piece in pieces if piece.source is EvidenceSource.DECLARED)


async def _kept(
    session: Session, ids: Sequence[int]
) -> defaultdict[int, tuple[EvidencePiece, ...]]:
    question = select(EVIDENCE.c.artifact_id, *_COLUMNS).where(EVIDENCE.c.artifact_id.in_(ids))
    question = question.order_by(EVIDENCE.c.artifact_id, EVIDENCE.c.number)
    pieces: defaultdict[int, list[EvidencePiece]] = defaultdict(list)
    for row in (await session.execute(question)).mappings():
        pieces[row["artifact_id"]].append(_piece(row))
    return defaultdict(tuple, {number: tuple(some) for number, some in pieces.items()})


def _rows(told: Pieces) -> Iterator[dict[str, Any]]:
    for artifact_id, pieces in told.items():
        for number, piece in enumerate(pieces):
            yield piece._asdict() | {"artifact_id": artifact_id, "number": number}


def _piece(row: RowMapping) -> EvidencePiece:
    values: dict[str, Any] = {column.name: row[column.name] for column in _COLUMNS}
    values["source"] = EvidenceSource(values["source"])
    values["confidence"] = Confidence(values["confidence"])
    return EvidencePiece(**values)


def _some(items: Iterable[T], number: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, number)):
        yield some
