"""What the gate still asks of an artifact, by what the register was shown (R19)."""

from debt.artifact.artifact import Artifact, Stage
from debt.change import Change
from debt.rules import gate
from storage.database.store import Session
from storage.register import checklists
from storage.register.checklists import Checklist


async def require_complete(
    session: Session, change: Change, artifact: Artifact, stage: Stage
) -> None:
    """Refused with the names of what is missing, so that nothing is promoted around it.

    Needs the artifact locked, so that nothing is taken back meanwhile.
    """
    shown = await checklists.shown(session, artifact, Checklist.PROMOTE)
    asked = gate.gate(artifact, change.policy, stage)
    gate.require_complete(artifact, stage, gate.missing(asked, shown, artifact, change.today))
