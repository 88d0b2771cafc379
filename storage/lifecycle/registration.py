"""Putting one artifact on the register, and saying otherwise of it later."""

from dataclasses import replace

from debt.artifact.artifact import Artifact, Stage
from debt.artifact.columns import Facts
from debt.artifact.lifecycle import require_live
from debt.change import Change
from debt.policy.vocabulary import Act
from debt.rules.facts import amend, create, require_end_date
from storage.database.store import Session
from storage.lifecycle.maintenance import Requested
from storage.lifecycle.proposals import ask_past_budget, over_budget
from storage.register import evidence
from storage.register.artifacts import add as write
from storage.register.artifacts import locked, next_ids, save


async def add(session: Session, change: Change, facts: Facts) -> Artifact | Requested:
    """A person's new artifact under the next key, its gaps filled by kind and policy. Where a
    budget is over it is a proposal, and others are asked to agree.
    """
    change.require_may(Act.ADD)
    (artifact_id,) = await next_ids(session, 1)
    artifact = create(
        artifact_id, facts, stage=Stage.CREATED, today=change.today, policy=change.policy
    )
    if await over_budget(session, change, artifact):
        proposed = replace(artifact, stage=Stage.PROPOSED, expires_on=facts.get("expires_on"))
        proposed = replace(proposed, review_on=facts.get("review_on"))
        await _written(session, change, proposed)
        return await ask_past_budget(session, change, proposed) or proposed
    return await _written(session, change, artifact)


async def _written(session: Session, change: Change, artifact: Artifact) -> Artifact:
    require_end_date(artifact, change.policy)
    told = replace(artifact, changed_at=change.at, changed_by=change.by, changed_how="added")
    added = await write(session, change, told, action="add")
    await evidence.declare(session, [added])
    return added


async def edit(session: Session, change: Change, artifact_id: int, facts: Facts) -> Artifact:
    """What a person says otherwise of it now. Refused for an ended artifact."""
    artifact = await locked(session, artifact_id)
    change.require_may(Act.EDIT, artifact)
    require_live(artifact.key, artifact.stage)
    edited = amend(artifact, facts, policy=change.policy, today=change.today)
    return await save(session, change, artifact, edited, action="edit", how="edited")
