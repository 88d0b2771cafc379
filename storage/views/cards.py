"""What a card says of an artifact beside its own fields, in a look or two at the register."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, func, select

from debt.artifact.artifact import Artifact, Stage
from debt.rules.hours import Span
from storage.database.store import Store
from storage.register.artifacts import COLUMNS, artifact_of, unknown
from storage.register.checklists import Checklist
from storage.tables import ARTIFACT, HISTORY, HOURS, SHOWN

_ENTRIES = 3


@dataclass(frozen=True, slots=True)
class Deed:
    """A history entry as a card tells it."""

    at: datetime
    by: str
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """What shows that an item of the checklist is gone, and who said so."""

    by: str
    evidence: str


@dataclass(frozen=True, slots=True)
class CardFacts:
    """An artifact, the minutes logged on it in a span, and what was done to it last; of one on
    its way out, what of its checklist is gone.
    """

    artifact: Artifact
    minutes: int
    last: tuple[Deed, ...]
    cleared: Mapping[str, Cleared] = field(default_factory=dict)


_MINUTES = (
    select(func.coalesce(func.sum(HOURS.c.minutes), 0))
    .where(HOURS.c.artifact_id == ARTIFACT.c.id)
    .where(HOURS.c.worked_on.between(bindparam("first"), bindparam("last")))
    .scalar_subquery()
)
_LAST = [HISTORY.c[name].label(f"deed_{name}") for name in ("at", "by", "action", "reason")]
_QUESTION = (
    select(*COLUMNS, _MINUTES.label("minutes"), *_LAST)
    .outerjoin(HISTORY, HISTORY.c.artifact_id == ARTIFACT.c.id)
    .where(ARTIFACT.c.id == bindparam("artifact"))
    .order_by(HISTORY.c.id.desc())
    .limit(_ENTRIES)
)


_NEWEST = select(func.max(HISTORY.c.id).label("newest")).where(
    HISTORY.c.artifact_id == bindparam("artifact")
)


async def newest_entry(store: Store, artifact_id: int) -> int:
    """The number of the artifact's newest history entry: while it stays, so does its card.

    Refused where the register has no such key.
    """
    [row] = await store.glance(_NEWEST, {"artifact": artifact_id})
    newest: int | None = row["newest"]
    return unknown(artifact_id) if newest is None else newest


async def facts_of(store: Store, artifact_id: int, span: Span) -> CardFacts:
    """The newest deed first. Refused where the register has no such key."""
    asked = {"artifact": artifact_id, "first": span.first, "last": span.last}
    rows = await store.glance(_QUESTION, asked)
    if not rows:
        return unknown(artifact_id)
    artifact = artifact_of(rows[0])
    cleared = await _cleared(store, artifact) if artifact.stage is Stage.RETIRING else {}
    return CardFacts(artifact, rows[0]["minutes"], tuple(map(_deed, rows)), cleared)


_SHOWN = select(SHOWN.c.item, SHOWN.c.by, SHOWN.c.evidence).where(
    SHOWN.c.artifact_id == bindparam("artifact"),
    SHOWN.c.generation == bindparam("generation"),
    SHOWN.c.checklist == Checklist.RETIRE,
)


async def _cleared(store: Store, artifact: Artifact) -> Mapping[str, Cleared]:
    asked = {"artifact": artifact.id, "generation": artifact.generation}
    rows = await store.glance(_SHOWN, asked)
    return {row["item"]: Cleared(row["by"], row["evidence"]) for row in rows}


def _deed(row: RowMapping) -> Deed:
    return Deed(row["deed_at"], row["deed_by"], row["deed_action"], row["deed_reason"])
