"""What is said about what others have to agree to: the question, and the decision (R27)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from slack_sdk.models.blocks import ButtonElement

from briefings.messages.message import Message, act_button, button, buttons, line, quiet
from briefings.words.words import say
from debt.artifact.artifact import Artifact
from debt.policy.policy import Policy
from debt.rules.approval import ApprovalKind, Requirement
from debt.rules.score import explain
from debt.rules.standing import Action
from debt.rules.tier import tier
from storage.database import history
from storage.database.store import Session
from storage.lifecycle import requests
from storage.lifecycle.approvals import requirement_of
from storage.register import checklists
from storage.register.artifacts import require
from storage.register.checklists import Checklist
from storage.tables import Approval, ApprovalState, ShownRow, Vote

_REASONS = 3


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """A request as it stands: its artifact, and who has agreed so far, the first one first."""

    approval: Approval
    artifact: Artifact
    votes: Sequence[Vote] = ()

    @property
    def number(self) -> str:
        return str(self.approval.id)

    @property
    def needed(self) -> Requirement:
        return requirement_of(self.approval)

    @property
    def until(self) -> date | None:
        until = self.approval.wish.get("until")
        return date.fromisoformat(until) if until else None

    @property
    def link(self) -> str:
        return str(self.approval.wish.get("link", ""))

    def words(self) -> Mapping[str, Any]:
        """What every macro of the template is told."""
        return {"asked": self, "approval": self.approval, "artifact": self.artifact}


async def asked(session: Session, approval: Approval) -> ApprovalFacts:
    artifact = await require(session, approval.artifact_id)
    return ApprovalFacts(approval, artifact, await requests.votes(session, approval.id or 0))


async def question(
    session: Session, approval_id: int, policy: Policy, *, again: bool = False
) -> Message:
    """Holds what is needed to decide, and the buttons; once it is settled, says how."""
    about = await _found(session, approval_id)
    wish = say("approvals.asks", **about.words())
    if about.approval.state != ApprovalState.OPEN:
        outcome = say("approvals.outcome", **about.words())
        return Message(wish, (line(f"{wish}\n{outcome}"),), final=True)
    opening = say("approvals.again", wish=wish) if again else wish
    facts = await _facts(session, about, policy)
    agreed = say("approvals.agreed", **about.words())
    return Message(
        opening,
        (
            line(opening),
            line(facts),
            quiet(agreed),
            buttons(f"approval:{about.number}", *choices(about)),
        ),
    )


def choices(about: ApprovalFacts) -> list[ButtonElement]:
    """The same for all who see it: whose press it may not be is told so."""
    return [
        button("Approve", "approval.approve", about.number, primary=True),
        button("Reject", "approval.reject", about.number),
        *([button("Take back", "approval.back", about.number)] if about.votes else []),
        button("Withdraw", "approval.withdraw", about.number),
        act_button(Action.SHOW, about.artifact.key),
    ]


async def _facts(session: Session, about: ApprovalFacts, policy: Policy) -> str:
    artifact, wish = about.artifact, about.approval.kind
    extended: list[str] = []
    if artifact.extensions and wish == ApprovalKind.EXTEND:
        extended = await history.reasons(session, artifact.id, "extend", _REASONS)
    passed: Sequence[ShownRow] = ()
    if wish == ApprovalKind.PROMOTE:
        passed = [*(await checklists.shown(session, artifact, Checklist.PROMOTE)).values()]
    return say(
        "approvals.facts",
        **about.words(),
        why=explain(artifact),
        tier=tier(artifact, policy),
        extended=[reason for reason in extended if reason],
        passed=passed,
    )


async def decision(session: Session, approval_id: int, policy: Policy) -> Message:
    """Tells who asked what became of it."""
    about = await _found(session, approval_id)
    words = say("approvals.decision", **about.words(), rules=policy.approvals)
    show = act_button(Action.SHOW, about.artifact.key)
    return Message(words, (line(words, accessory=show),))


async def _found(session: Session, approval_id: int) -> ApprovalFacts:
    approval = await requests.find(session, approval_id)
    if approval is None:
        raise LookupError(f"the outbox names request {approval_id}, which does not exist")
    return await asked(session, approval)
