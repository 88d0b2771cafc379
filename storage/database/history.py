"""The append-only history (R8): every entry carries a hash over itself and the one before it."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from debt.artifact.artifact import key_of
from storage.tables import BRIEFING, HEAD, HISTORY, MENTION

GENESIS = "0" * 64
_PENDING = "history"
_NEW_TEAMS = "teams"
PAGE = 2_000
_HEAD = select(HEAD.c.entries, HEAD.c.hash)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change: who, when, what before, what after, why. `id` counts from 1 without gaps."""

    id: int
    at: datetime
    by: str
    artifact_id: int | None
    action: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str
    hash: str

    def public(self) -> dict[str, Any]:
        """The names DESIGN.md fixes for `history --format jsonl`."""
        shown = asdict(self)
        number = shown.pop("artifact_id")
        shown["artifact"] = key_of(number) if number else None
        shown["at"] = self.at.astimezone(UTC).isoformat()
        return {name: shown[name] for name in PUBLIC_NAMES}


PUBLIC_NAMES = ("id", "at", "by", "artifact", "action", "before", "after", "reason", "hash")


@dataclass(frozen=True, slots=True)
class Event:
    """What became of which artifact (or of none: a policy, a subscription)."""

    artifact_id: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Draft:
    at: datetime
    by: str
    action: str
    reason: str
    said: Event


def dates_as_text(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values with dates in ISO format, as the history keeps them."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def record(session: AsyncSession, draft: Draft) -> None:
    """Keeps the entry for the end of the transaction, where the chain's head is locked last."""
    session.info.setdefault(_PENDING, []).append(draft)


def note_teams(session: AsyncSession, teams: Iterable[str | None]) -> None:
    """Keeps the names for the end of the transaction: two writers of one name would wait
    for each other in whatever order they came, and only under the head's lock is there one.
    """
    session.info.setdefault(_NEW_TEAMS, set()).update(team for team in teams if team)


async def seal(session: AsyncSession) -> None:
    """Chains and writes the entries recorded so far; the head row stays locked until commit."""
    drafts: list[Draft] = session.info.pop(_PENDING, [])
    teams: set[str] = session.info.pop(_NEW_TEAMS, set())
    if not drafts and not teams:
        return
    await session.flush()
    connection = await session.connection()
    await _wait_for_scans(connection, drafts)
    newest_so_far = (await session.execute(_HEAD.with_for_update())).one()
    if teams:
        await connection.execute(_NOTE_TEAM, [{"name": team} for team in sorted(teams)])
    if drafts:
        rows, newest = _chained(drafts, newest_so_far.entries, newest_so_far.hash)
        await connection.execute(insert(HISTORY), rows)
        await connection.execute(update(HEAD).values(entries=rows[-1]["id"], hash=newest))
        await _draw_again(connection, drafts)


async def _wait_for_scans(connection: AsyncConnection, drafts: list[Draft]) -> None:
    """A scan locks the artifacts first and the head last. PostgreSQL opens the artifacts for every
    entry, for one that is about none as well: whoever has not touched them takes the same order.
    """
    about_none = any(draft.said.artifact_id is None for draft in drafts)
    if about_none and connection.dialect.name == "postgresql":
        await connection.execute(text("LOCK TABLE artifact IN ROW SHARE MODE"))


async def _draw_again(connection: AsyncConnection, drafts: list[Draft]) -> None:
    """Messages that speak of what has changed are stale, those under way too."""
    changed = {draft.said.artifact_id for draft in drafts if draft.said.before is not None}
    speaking = select(MENTION.c.briefing_id).where(MENTION.c.artifact_id.in_(changed - {None}))
    if changed - {None}:
        of_them = update(BRIEFING).where(BRIEFING.c.id.in_(speaking))
        await connection.execute(of_them.values(stale_at=drafts[-1].at))


_NOTE_TEAM = text("INSERT INTO team (name) VALUES (:name) ON CONFLICT DO NOTHING")


def _chained(drafts: list[Draft], count: int, newest: str) -> tuple[list[dict[str, Any]], str]:
    rows = []
    for number, draft in enumerate(drafts, count + 1):
        row = {
            "id": number,
            "at": draft.at,
            "by": draft.by,
            "artifact_id": draft.said.artifact_id,
            "action": draft.action,
            "before": draft.said.before,
            "after": draft.said.after,
            "reason": draft.reason,
        }
        newest = row["hash"] = link(newest, row)
        rows.append(row)
    return rows, newest


def link(previous: str, row: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and the entry as JSON with sorted keys, in hexadecimal."""
    at: datetime = row["at"]
    said = {name: row[name] for name in _HASHED} | {"at": at.astimezone(UTC).isoformat()}
    text = _canonical(said)
    return sha256(previous.encode() + text.encode("utf-8", "surrogatepass")).hexdigest()


_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_HASHED = ("id", "by", "artifact_id", "action", "before", "after", "reason")


async def entries(
    session: AsyncSession,
    *,
    artifact_id: int | None = None,
    since: datetime | None = None,
    size: int = PAGE,
) -> AsyncIterator[HistoryEntry]:
    """Oldest first, read in pages of that size by key, so that a long history never sits in
    memory.
    """
    question = select(*HISTORY.c).order_by(HISTORY.c.id).limit(size)
    if artifact_id is not None:
        question = question.where(HISTORY.c.artifact_id == artifact_id)
    if since is not None:
        question = question.where(HISTORY.c.at >= since)
    after = 0
    while True:
        page = await _page(session, question.where(HISTORY.c.id > after))
        for entry in page:
            yield entry
        if len(page) < size:
            return
        after = page[-1].id


async def _page(session: AsyncSession, question: Select[Any]) -> list[HistoryEntry]:
    return [HistoryEntry(**row._mapping) for row in await session.execute(question)]


async def last_entries(
    session: AsyncSession, artifact_id: int, count: int, before: int | None = None
) -> list[HistoryEntry]:
    """The artifact's newest entries, newest first; with `before`, those older than that entry."""
    question = select(*HISTORY.c).where(HISTORY.c.artifact_id == artifact_id)
    if before is not None:
        question = question.where(HISTORY.c.id < before)
    return await _page(session, question.order_by(HISTORY.c.id.desc()).limit(count))


async def reasons(session: AsyncSession, artifact_id: int, action: str, count: int) -> list[str]:
    """Why something was done to an artifact the last few times, the newest first."""
    question = (
        select(HISTORY.c.reason)
        .where(HISTORY.c.artifact_id == artifact_id, HISTORY.c.action == action)
        .order_by(HISTORY.c.id.desc())
        .limit(count)
    )
    return list((await session.execute(question)).scalars())


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Count and last hash: kept elsewhere, they prove that nothing was taken off the end."""

    entries: int
    hash: str

    def __str__(self) -> str:
        return f"{self.entries}:{self.hash}"


async def head(session: AsyncSession) -> ChainHead:
    row = (await session.execute(_HEAD)).one()
    return ChainHead(row.entries, row.hash)


async def chain_fault(
    session: AsyncSession, kept: ChainHead | None = None, size: int = PAGE
) -> str | None:
    """What is wrong with the chain, in one sentence: a changed, missing or truncated entry.

    Read in pages of that size.
    """
    previous, number = GENESIS, 0
    async for entry in entries(session, size=size):
        number += 1
        if entry.id != number:
            return f"history entry {number} is missing"
        previous_link = link(previous, asdict(entry))
        if previous_link != entry.hash:
            return f"history entry {number} was changed"
        previous = entry.hash
        if kept and number == kept.entries and entry.hash != kept.hash:
            return f"history entry {number} is not the one whose hash was kept"
    return _end_fault(ChainHead(number, previous), await head(session), kept)


def _end_fault(found: ChainHead, noted: ChainHead, kept: ChainHead | None) -> str | None:
    if kept and found.entries < kept.entries:
        return f"history ends at entry {found.entries}; {kept.entries} were kept"
    if found != noted:
        return f"history ends at entry {found.entries}; the register noted {noted.entries}"
    return None
