"""Where register and metadata block disagree, somebody decides which is right (R7)."""

from collections.abc import Collection
from dataclasses import replace

from debt.artifact.artifact import Artifact, BlockDisagreement
from debt.artifact.columns import Facts
from debt.artifact.lifecycle import require_live
from debt.change import Change
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.facts import amend
from debt.rules.file_sync import BY_VERB, as_fact
from storage.database.store import Session
from storage.register.artifacts import locked, save


async def decide(
    session: Session,
    change: Change,
    artifact_id: int,
    *,
    take: Collection[str] = (),
    keep: Collection[str] = (),
) -> Artifact:
    """Takes some facts from the file, and keeps the register's for others; what is kept is not
    asked again while the file says the same. Refused for what changes by a verb of its own.
    """
    artifact = await locked(session, artifact_id)
    change.require_may(Act.EDIT, artifact)
    require_live(artifact.key, artifact.stage)
    said = {disagreement.field: disagreement for disagreement in artifact.otherwise}
    facts = Facts()
    for name in take:
        _require_plain(artifact, name)
        facts = facts | as_fact(_of(said, artifact, name))
    left = (disagreement for disagreement in artifact.otherwise if disagreement.field not in take)
    decided = replace(
        amend(artifact, facts, policy=change.policy, today=change.today, said="as its file says"),
        otherwise=tuple(
            replace(disagreement, kept=disagreement.kept or disagreement.field in keep)
            for disagreement in left
        ),
    )
    return await save(session, change, artifact, decided, action="compare", how="compared")


def _of(said: dict[str, BlockDisagreement], artifact: Artifact, name: str) -> BlockDisagreement:
    if name not in said:
        raise Refused(f"The file of {artifact.key} says nothing else about that any more.")
    return said[name]


def _require_plain(artifact: Artifact, name: str) -> None:
    if verb := BY_VERB.get(name):
        raise Refused(f"“{verb} {artifact.key}” changes that, within its own rules.")
