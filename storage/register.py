"""Putting one artifact on the register, and saying otherwise of it later."""

from dataclasses import replace

from debt.artifact import Artifact, Stage
from debt.facts import Facts, amend, create, require_end_date
from debt.lifecycle import require_live
from debt.named import Act
from storage import evidence
from storage.artifacts import Change, locked, next_ids, save
from storage.artifacts import add as write
from storage.store import Session


async def add(session: Session, change: Change, facts: Facts) -> Artifact:
    """A person's new artifact under the next key, its gaps filled by kind and policy."""
    change.require_may(Act.ADD)
    (artifact_id,) = await next_ids(session, 1)
    artifact = create(
        artifact_id, facts, stage=Stage.CREATED, today=change.today, policy=change.policy
    )
    require_end_date(artifact, change.policy)
    told = replace(artifact, changed_at=change.at, changed_by=change.by, changed_how="added")
    added = await write(session, change, told, action="add")
    await evidence.declare(session, added)
    return added


async def edit(session: Session, change: Change, artifact_id: int, facts: Facts) -> Artifact:
    """What a person says otherwise of it now. Refused for an ended artifact."""
    artifact = await locked(session, artifact_id)
    change.require_may(Act.EDIT, artifact)
    require_live(artifact.key, artifact.stage)
    edited = amend(artifact, facts, policy=change.policy)
    return await save(session, change, artifact, edited, action="edit", how="edited")
