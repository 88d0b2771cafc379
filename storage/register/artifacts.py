"""Artifacts as values: read them, lock them, and the one way to write what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any, NoReturn

from sqlalchemy import RowMapping, Select, bindparam, insert, select, text, update

from debt.artifact.artifact import (
    RATING_NAMES,
    Artifact,
    BlockDisagreement,
    CodeState,
    Ending,
    Label,
    Rating,
    Ratings,
    Stage,
    Surface,
    key_of,
)
from debt.artifact.signals import Sign, Signal
from debt.change import Change
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.reminders import carried
from debt.rules.standing import standing
from storage.database import history
from storage.database.store import Session, concern, postgres
from storage.messages import outbox
from storage.tables import ARTIFACT, HEAD, REQUEST, RequestState

_OWN = tuple(field.name for field in fields(Artifact))
COLUMNS = tuple(ARTIFACT.c[name] for name in _OWN)
_NOTICES = {
    "expiry_told", "expiry_noticed_on", "review_told", "review_noticed_on",
    "snoozed_until", "lead_told_on", "leadership_told_on",
}  # fmt: skip
_BOOKKEEPING = _NOTICES | {
    "id", "version", "changed_at", "changed_by", "changed_how", "scan_identity",
    "owner_changed_on",
}  # fmt: skip


def artifact_of(row: RowMapping | Mapping[str, Any]) -> Artifact:
    values: dict[str, Any] = {name: row[name] for name in _OWN}
    values["label"] = Label(values["label"])
    values["stage"] = Stage(values["stage"])
    values["surface"] = Surface(values["surface"])
    values["planned_end"] = values["planned_end"] and Ending(values["planned_end"])
    values["code_state"] = values["code_state"] and CodeState(values["code_state"])
    values["stage_before"] = values["stage_before"] and Stage(values["stage_before"])
    values["paths"] = tuple(values["paths"])
    values["signals"] = tuple(Signal(Sign(sign), words) for sign, words in values["signals"])
    values["otherwise"] = tuple(
        BlockDisagreement(**disagreement) for disagreement in values["otherwise"]
    )
    values["ratings"] = Ratings(*(Rating(**values["ratings"][name]) for name in RATING_NAMES))
    return Artifact(**values)


def row_of(artifact: Artifact, policy: Policy, today: date) -> dict[str, Any]:
    """Every column: the artifact's own fields and its standing as of today."""
    row: dict[str, Any] = {name: getattr(artifact, name) for name in _OWN}
    row["paths"] = list(artifact.paths)
    row["signals"] = [[signal.sign, signal.words] for signal in artifact.signals]
    row["otherwise"] = [asdict(disagreement) for disagreement in artifact.otherwise]
    row["ratings"] = {name: _rating_row(artifact.ratings[name]) for name in RATING_NAMES}
    derived = standing(artifact, policy, today)
    row |= {name: getattr(derived, name) for name in derived.__slots__}
    row["live"] = artifact.live
    row["words"] = _words(artifact)
    return row


def _rating_row(rating: Rating) -> dict[str, Any]:
    return {name: getattr(rating, name) for name in _RATING_FIELDS} | {"raw": dict(rating.raw)}


_RATING_FIELDS = tuple(field.name for field in fields(Rating))


def _words(artifact: Artifact) -> str:
    """What pickers and `list` look in, case folded."""
    said = (artifact.key, artifact.name, artifact.repo, *artifact.paths, artifact.owner)
    said = (*said, artifact.team, artifact.service)
    return " ".join(word for word in said if word).casefold()[:2_000]


async def find(session: Session, artifact_id: int) -> Artifact | None:
    rows = await session.execute(select(*COLUMNS).where(ARTIFACT.c.id == artifact_id))
    row = rows.mappings().first()
    return artifact_of(row) if row else None


async def require(session: Session, artifact_id: int) -> Artifact:
    """The artifact, or Refused where the register has no such key."""
    found = await find(session, artifact_id)
    return found or unknown(artifact_id)


async def locked(session: Session, artifact_id: int) -> Artifact:
    """As `require`, and nobody else changes it until the unit of work ends."""
    question = unchanging(select(*COLUMNS).where(ARTIFACT.c.id == artifact_id))
    row = (await session.execute(question)).mappings().first()
    return artifact_of(row) if row else unknown(artifact_id)


def unchanging(question: Select[Any]) -> Select[Any]:
    """Locks the artifacts a question finds, lowest key first, so that no two writers wait for
    each other. What only refers to an artifact (hours, listings) can still be written.
    """
    return question.order_by(ARTIFACT.c.id).with_for_update(key_share=True)


def unknown(artifact_id: int) -> NoReturn:
    raise Refused(f"There is no {key_of(artifact_id)} on the register. “list” shows what is.")


async def add(
    session: Session, change: Change, artifact: Artifact, *, action: str, reason: str = ""
) -> Artifact:
    """Writes a new artifact and its first history entry."""
    await add_all(session, change, [artifact], action=action, reason=reason)
    concern(session, change.by, artifact.owner)
    return artifact


async def add_all(
    session: Session,
    change: Change,
    artifacts: Iterable[Artifact],
    *,
    action: str,
    reason: str = "",
) -> None:
    """As `add` for many, a few statements in all."""
    rows = []
    for artifact in artifacts:
        rows.append(row_of(artifact, change.policy, change.today))
        said = history.Event(artifact.id, None, _said(artifact))
        _record(session, change, said, action, reason)
    if rows:
        connection = await session.connection()
        await connection.execute(insert(ARTIFACT), rows)
        history.note_teams(session, (row["team"] for row in rows))


async def save(
    session: Session,
    change: Change,
    old: Artifact,
    new: Artifact,
    *,
    action: str,
    reason: str = "",
    how: str | None = None,
) -> Artifact:
    """Writes what differs, with its history entry; nothing at all where nothing differs.

    `how` is the change in a person's words (“claimed”), shown wherever the artifact was listed.
    """
    new = _carried(change, old, new)
    differences = _differences(old, new)
    if differences is None:
        return old
    new = replace(new, version=old.version + 1)
    if how:
        new = replace(new, changed_at=change.at, changed_by=change.by, changed_how=how)
    await _write(session, old, new, change)
    _record(session, change, history.Event(new.id, *differences), action, reason)
    return new


def _carried(change: Change, old: Artifact, new: Artifact) -> Artifact:
    return carried(old, new, change.by, change.today, change.policy)


async def adjust(
    session: Session, change: Change, old: Artifact, new: Artifact, *, action: str, reason: str
) -> Artifact:
    """Writes what came of a notice, with its history entry, without its counting as an act: what
    nobody has touched stays untouched for a digest.
    """
    await _write(session, old, new, change)
    was, is_now = _public(old) | _noticed(old), _public(new) | _noticed(new)
    changed = [name for name in is_now if was[name] != is_now[name]]
    said = ({name: was[name] for name in changed}, {name: is_now[name] for name in changed})
    _record(session, change, history.Event(new.id, *said), action, reason)
    return new


def _noticed(artifact: Artifact) -> dict[str, Any]:
    """Of what was said to its owner, what an auditor asks for."""
    return {name: _json(getattr(artifact, name)) for name in _EVIDENCE}


_EVIDENCE = ("expiry_noticed_on", "review_noticed_on", "snoozed_until")


async def save_all(
    session: Session,
    change: Change,
    pairs: Iterable[tuple[Artifact, Artifact]],
    *,
    action: str,
    reason: str = "",
) -> None:
    """As `save` for many, old and new, in a few statements. Needs `lock_all` before."""
    rows = []
    owners: dict[int, str | None] = {}
    for old, new in pairs:
        owners |= {new.id: new.owner} if new.owner != old.owner else {}
        carried_on = _carried(change, old, new)
        differences = _differences(old, carried_on)
        if differences is not None:
            kept = replace(carried_on, version=old.version + 1)
            row = row_of(kept, change.policy, change.today)
            rows.append(row | {"this": row.pop("id")})
            _record(session, change, history.Event(new.id, *differences), action, reason)
    if rows:
        connection = await session.connection()
        await connection.execute(_UPDATE, rows)
        history.note_teams(session, (row["team"] for row in rows))
    if owners:
        await _overtake(session, change, owners)


_UPDATE = update(ARTIFACT).where(ARTIFACT.c.id == bindparam("this"))


async def _write(session: Session, old: Artifact, new: Artifact, change: Change) -> None:
    before = row_of(old, change.policy, change.today)
    after = row_of(new, change.policy, change.today)
    derived = set(ARTIFACT.c.keys()) - set(_OWN)
    values = {
        name: value for name, value in after.items() if name in derived or value != before[name]
    }
    await session.execute(update(ARTIFACT).where(ARTIFACT.c.id == new.id).values(values))
    concern(session, change.by, old.owner, new.owner)
    if new.team != old.team:
        history.note_teams(session, [new.team])
    if new.owner != old.owner:
        await _overtake(session, change, {new.id: new.owner})


async def _overtake(session: Session, change: Change, owners: Mapping[int, str | None]) -> None:
    """What was asked about artifacts that have new owners has no answer any more.

    Who asked is told, unless they did it or have it now.
    """
    overtaken = await session.execute(
        update(REQUEST)
        .where(REQUEST.c.artifact_id.in_(owners), text("state = 'open'"))
        .values(state=RequestState.OVERTAKEN, answered_at=change.at)
        .returning(REQUEST.c.id, REQUEST.c.artifact_id, REQUEST.c.asked_by, REQUEST.c.asked_of)
    )
    for number, artifact_id, asked_by, asked_of in sorted(map(tuple, overtaken)):
        concern(session, asked_of)
        if asked_by not in {change.by, owners[artifact_id]}:
            await outbox.tell_outcome(session, number, asked_by, change.at)


def _record(
    session: Session, change: Change, said: history.Event, action: str, reason: str
) -> None:
    history.record(session, history.Draft(change.at, change.by, action, reason, said))


def _differences(old: Artifact, new: Artifact) -> tuple[dict[str, Any], dict[str, Any]] | None:
    was, is_now = _public(old), _public(new)
    changed = [name for name in is_now if was[name] != is_now[name]]
    if not changed and old.scan_identity == new.scan_identity:
        return None
    return {name: was[name] for name in changed}, {name: is_now[name] for name in changed}


def _said(artifact: Artifact) -> dict[str, Any]:
    return {name: value for name, value in _public(artifact).items() if value not in (None, [], "")}


_PLAIN = [
    name for name in _OWN if name not in _BOOKKEEPING | {"ratings", "paths", "signals", "otherwise"}
]


def _public(artifact: Artifact) -> dict[str, Any]:
    """The artifact as JSON values, a rating as its number, its source and its reason."""
    shown: dict[str, Any] = {name: _json(getattr(artifact, name)) for name in _PLAIN}
    shown["paths"] = list(artifact.paths)
    shown["signals"] = [signal.words for signal in artifact.signals]
    shown["otherwise"] = [asdict(disagreement) for disagreement in artifact.otherwise]
    for name in RATING_NAMES:
        rating = artifact.ratings[name]
        shown[name] = rating.value
        shown[f"{name}_by"] = "person" if rating.by_person else "proxy"
        shown[f"{name}_reason"] = rating.reason
        shown[f"{name}_proxy"] = rating.proxy
    return shown


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


async def lock_all(session: Session) -> None:
    """Nobody else changes any artifact until the unit of work ends; reading goes on.

    SQLite has one writer anyway.
    """
    await _lock_table(session, "EXCLUSIVE")


async def _lock_table(session: Session, mode: str) -> None:
    if postgres(session):
        await session.execute(text(f"LOCK TABLE artifact IN {mode} MODE"))


async def next_ids(session: Session, count: int) -> range:
    """Keys that were never given before and never will be again.

    Existing artifacts are locked before, since every other writer takes the head last.
    """
    # The table first and the head after it, as everywhere, so that no two wait for each other.
    await _lock_table(session, "ROW EXCLUSIVE")
    taken = await session.execute(
        update(HEAD)
        .values(last_artifact=HEAD.c.last_artifact + count)
        .returning(HEAD.c.last_artifact)
    )
    last: int = taken.scalar_one()
    return range(last - count + 1, last + 1)


async def keep_above(session: Session, highest: int) -> None:
    """After explicit keys came in: the next key given is above them."""
    await session.execute(
        update(HEAD).where(HEAD.c.last_artifact < highest).values(last_artifact=highest)
    )
