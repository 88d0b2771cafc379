"""What was shown for the items of a checklist: before something is promoted, or ends (R6, R19)."""

from datetime import date
from enum import StrEnum

from sqlalchemy import delete, select
from sqlmodel import col

from debt.artifact.artifact import Artifact
from debt.artifact.lifecycle import require_live
from debt.change import Change
from debt.refusal import Refused
from debt.text import clean_field
from storage.database import history
from storage.database.store import Session
from storage.tables import ShownRow


class Checklist(StrEnum):
    PROMOTE = "promote"
    RETIRE = "retire"


async def show(
    session: Session,
    change: Change,
    artifact: Artifact,
    checklist: Checklist,
    item: str,
    evidence: str,
    *,
    waived_until: date | None = None,
) -> ShownRow:
    """Keeps what stands for an item, a link or words; for a waiver, its reason and its last day.

    Needs the artifact locked. It is of this generation: the next one has to show its own. The
    same from the same person once more changes nothing.
    """
    require_live(artifact.key, artifact.stage)
    evidence = clean_field("evidence", evidence)
    if not evidence:
        raise Refused("Say what shows it: a link, or a few words.", field="evidence")
    before = await session.get(ShownRow, (artifact.id, artifact.generation, checklist, item))
    stands = before and (before.by, before.evidence, before.waived_until)
    if before and stands == (change.by, evidence, waived_until):
        return before
    kept = ShownRow(
        artifact_id=artifact.id,
        generation=artifact.generation,
        checklist=checklist,
        item=item,
        by=change.by,
        at=change.at,
        evidence=evidence,
        waived_until=waived_until,
    )
    _record(session, change, before, kept)
    return await session.merge(kept)


def _record(session: Session, change: Change, before: ShownRow | None, now: ShownRow) -> None:
    said = history.Event(now.artifact_id, _said(before) if before else {}, _said(now))
    verb = "waive" if now.waived_until else "show"
    action = f"{verb} {now.item} to {now.checklist}"
    history.record(session, history.Draft(change.at, change.by, action, now.evidence, said))


def _said(shown: ShownRow) -> dict[str, str | None]:
    until = shown.waived_until.isoformat() if shown.waived_until else None
    return {"item": shown.item, "evidence": shown.evidence, "waived_until": until}


async def shown(session: Session, artifact: Artifact, checklist: Checklist) -> dict[str, ShownRow]:
    """What this generation has shown, by item."""
    question = select(ShownRow).where(
        col(ShownRow.artifact_id) == artifact.id,
        col(ShownRow.generation) == artifact.generation,
        col(ShownRow.checklist) == checklist,
    )
    return {row.item: row for row in (await session.execute(question)).scalars()}


async def forget(session: Session, artifact: Artifact, checklist: Checklist) -> None:
    """Has a generation begin that checklist anew; the history keeps what was shown."""
    await session.execute(
        delete(ShownRow).where(
            col(ShownRow.artifact_id) == artifact.id,
            col(ShownRow.generation) == artifact.generation,
            col(ShownRow.checklist) == checklist,
        )
    )
