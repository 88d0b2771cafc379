"""Putting one artifact on the register."""

from dataclasses import replace

from debt.artifact import Artifact, Stage
from debt.facts import Facts, create, require_end_date
from debt.named import Act
from storage.artifacts import Change, next_ids
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
    return await write(session, change, told, action="add")
