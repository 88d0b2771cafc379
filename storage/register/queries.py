"""Questions that answer with several artifacts: ranked, paged by key, never scanning a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, text, tuple_

from debt.artifact.artifact import Artifact, Stage
from debt.scope import Cursor, Filter, Scope, ScopeKind
from storage.database.store import Session
from storage.register.artifacts import COLUMNS, artifact_of
from storage.tables import ABOARD, ARTIFACT, PERSON, TEAM

A = ARTIFACT.c


@dataclass(frozen=True, slots=True)
class ArtifactQuery:
    """Which live artifacts, or which proposals; every condition given has to hold."""

    filters: frozenset[Filter] = frozenset()
    scopes: tuple[Scope, ...] = ()
    words: tuple[str, ...] = ()
    owner: str | None = None
    today: date = field(default=date.min)
    soon: date = field(default=date.min)


@dataclass(frozen=True, slots=True)
class ArtifactPage:
    artifacts: Sequence[Artifact]
    after: Cursor | None


async def page(
    session: Session, query: ArtifactQuery, size: int, after: Cursor | None = None
) -> ArtifactPage:
    """What to fix first comes first; `after` of the answer is None on the last page."""
    question = _matching(_ranked(PROPOSED if Filter.PROPOSED in query.filters else A.live), query)
    if after is not None:
        place = tuple_(after.priority, after.id)
        question = question.where(tuple_(A.priority, A.id) < place)
    rows = (await session.execute(question.limit(size + 1))).mappings().all()
    end = rows[size - 1] if len(rows) > size else None
    artifacts = [artifact_of(row) for row in rows[:size]]
    return ArtifactPage(artifacts, Cursor(end["priority"], end["id"]) if end else None)


PROPOSED = text("stage = 'proposed'")  # in the very words of the partial indexes
_FIRST = (A.priority.desc(), A.id.desc())


def _ranked(those: Any = A.live) -> Select[Any]:
    return select(*COLUMNS, A.priority).where(those).order_by(*_FIRST)


def _matching(question: Select[Any], query: ArtifactQuery) -> Select[Any]:
    for name in sorted(query.filters - {Filter.PROPOSED}):
        question = question.where(_condition(name, query))
    for scope in query.scopes:
        question = within(question, scope)
    for word in query.words:
        question = question.where(or_(_says(A.words, word), A.owner.in_(_called(word))))
    return question


def _says(column: Any, word: str) -> Any:
    return column.contains(word.casefold(), autoescape=True)


def _called(word: str) -> Select[Any]:
    """The ids of people whose name has the word in it."""
    return select(PERSON.c.slack_id).where(_says(func.lower(PERSON.c.name), word))


def _condition(name: Filter, query: ArtifactQuery) -> Any:
    due = func.coalesce(A.originally_expires_on, A.expires_on)
    return {
        Filter.OVERDUE: and_(A.attention, A.due_on < query.today),
        Filter.EXPIRING: and_(A.attention, due >= query.today, due <= query.soon),
        Filter.ORPHANS: and_(A.orphan),
        Filter.HIGH_RISK: and_(A.high_risk),
        Filter.MINE: A.owner == query.owner,
        Filter.PROVISIONAL: and_(A.provisional),
    }[name]


def within(question: Select[Any], scope: Scope) -> Select[Any]:
    """Of a train, what is aboard now."""
    if scope.kind is ScopeKind.ALL:
        return question
    if scope.kind is ScopeKind.TRAIN:
        return question.where(A.id.in_(aboard(scope.name)))
    return question.where(A[scope.kind] == scope.name)


def aboard(train: str) -> Select[Any]:
    """The numbers of the artifacts that are on it now."""
    now = ABOARD.c.until.is_(None)
    return select(ABOARD.c.artifact_id).where(ABOARD.c.train == train, now)


async def covers(session: Session, scope: Scope, artifact: Artifact) -> bool:
    if scope.kind is ScopeKind.ALL:
        return True
    if scope.kind is not ScopeKind.TRAIN:
        return bool(getattr(artifact, scope.kind) == scope.name)
    here = aboard(scope.name).where(ABOARD.c.artifact_id == artifact.id)
    return (await session.execute(here)).first() is not None


async def numbers(session: Session, query: ArtifactQuery) -> list[int]:
    """Of all live artifacts that match."""
    question = _matching(select(A.id).where(A.live), query).order_by(A.id)
    return list((await session.execute(question)).scalars())


async def everything(session: Session, after: int, size: int) -> list[Artifact]:
    """The whole register in the order of its keys, ended artifacts too: for export."""
    question = select(*COLUMNS).where(A.id > after).order_by(A.id).limit(size)
    return [artifact_of(row) for row in (await session.execute(question)).mappings()]


async def several(session: Session, ids: Sequence[int]) -> dict[int, Artifact]:
    if not ids:
        return {}
    question = select(*COLUMNS).where(A.id.in_(ids))
    rows = (await session.execute(question)).mappings()
    return {row["id"]: artifact_of(row) for row in rows}


async def needing(session: Session, scope: Scope, limit: int) -> list[Artifact]:
    """What needs somebody now in a scope, ranked. Standings must be awake (`wake`)."""
    question = within(_ranked().where(A.attention), scope).limit(limit)
    return [artifact_of(row) for row in (await session.execute(question)).mappings()]


COUNTED_AT_MOST = 1_000


async def count_needing(session: Session, scope: Scope) -> dict[str, int]:
    """How many need somebody, by label; only the first `COUNTED_AT_MOST` of them are counted."""
    some = within(select(A.label).where(A.live, A.attention), scope)
    few = some.order_by(*_FIRST).limit(COUNTED_AT_MOST).subquery()
    counted = await session.execute(select(few.c.label, func.count()).group_by(few.c.label))
    return {row[0]: row[1] for row in counted}


async def count_live(session: Session, scope: Scope) -> int:
    question = within(select(func.count()).where(A.live), scope)
    number: int = (await session.execute(question.select_from(ARTIFACT))).scalar_one()
    return number


async def ignored(session: Session, scope: Scope, today: date) -> list[Artifact]:
    """What passed its date with every notice delivered and nothing decided, ranked; of the first
    `COUNTED_AT_MOST` that need somebody.
    """
    some = within(select(A.id, A.ignored_on).where(A.live, A.attention), scope)
    few = some.order_by(*_FIRST).limit(COUNTED_AT_MOST).subquery()
    question = _ranked().join(few, few.c.id == A.id).where(few.c.ignored_on <= today)
    return [artifact_of(row) for row in (await session.execute(question)).mappings()]


async def changed_since(
    session: Session, scope: Scope, since: datetime, limit: int
) -> list[Artifact]:
    """What people did in a scope since then, the newest first."""
    question = within(select(*COLUMNS).where(A.changed_at > since), scope)
    newest = question.order_by(A.changed_at.desc(), A.id.desc()).limit(limit)
    return [artifact_of(row) for row in (await session.execute(newest)).mappings()]


async def ended_since(
    session: Session, scope: Scope, since: datetime, limit: int
) -> list[Artifact]:
    """What came to its end in a scope and was last touched since then, the newest first."""
    ended = A.stage.in_((Stage.RETIRED, Stage.REFACTORED))
    question = within(select(*COLUMNS).where(A.changed_at > since, ended), scope)
    newest = question.order_by(A.changed_at.desc(), A.id.desc()).limit(limit)
    return [artifact_of(row) for row in (await session.execute(newest)).mappings()]


async def added_since(
    session: Session, scope: Scope, since: datetime, limit: int
) -> list[Artifact]:
    """What lives in a scope and was added or accepted since then, as long as nobody has changed it
    again; the newest first.
    """
    new = and_(A.live, A.changed_how.in_(("added", "accepted")))
    question = within(select(*COLUMNS).where(A.changed_at > since, new), scope)
    newest = question.order_by(A.changed_at.desc(), A.id.desc()).limit(limit)
    return [artifact_of(row) for row in (await session.execute(newest)).mappings()]


async def untouched(session: Session, scope: Scope, since: datetime) -> list[int]:
    """The keys of what needs somebody and nobody has touched since then, ranked; of the first
    `COUNTED_AT_MOST` that need somebody.
    """
    some = within(select(A.id, A.changed_at).where(A.live, A.attention), scope)
    few = await session.execute(some.order_by(*_FIRST).limit(COUNTED_AT_MOST))
    return [number for number, touched in few if touched is None or touched <= since]


async def exists(session: Session, scope: Scope) -> bool:
    """Whether any live artifact is in the scope, or one that a scan proposes."""
    for those in (A.live, PROPOSED):
        question = within(select(A.id).where(those), scope).order_by(*_FIRST).limit(1)
        if (await session.execute(question)).first() is not None:
            return True
    return False


async def teams(session: Session) -> list[str]:
    return list((await session.execute(select(TEAM.c.name).order_by(TEAM.c.name))).scalars())
