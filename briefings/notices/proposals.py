"""What is said when a scan has found something: a reviewable list in one message (R23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block

from briefings.messages.message import Message, button, buttons, line, quiet
from briefings.words.words import say
from debt.artifact.artifact import Artifact, Stage
from debt.rules.score import explain, priority
from storage.database.store import Session
from storage.lifecycle.proposals import announced_by
from storage.messages.outbox import LedgerMessage
from storage.register import queries

NAMED = 5


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What one message is about, as the register has it now; what to fix first comes first."""

    repo: str
    artifacts: Sequence[Artifact]
    waiting: int

    @property
    def open(self) -> list[Artifact]:
        return [artifact for artifact in self.artifacts if artifact.stage is Stage.PROPOSED]

    @property
    def accepted(self) -> int:
        away = {Stage.PROPOSED, Stage.DISMISSED}
        answered = (a for a in self.artifacts if a.changed_how is not None)
        return sum(artifact.stage not in away for artifact in answered)

    @property
    def dismissed(self) -> int:
        return sum(artifact.stage is Stage.DISMISSED for artifact in self.artifacts)

    @property
    def gone(self) -> int:
        return len(self.artifacts) - len(self.open) - self.accepted - self.dismissed

    def words(self) -> dict[str, Any]:
        return {"told": self, "open": self.open}


async def told_by(session: Session, briefing: LedgerMessage) -> ProposalFacts:
    about = announced_by(briefing)
    artifacts = await queries.several(session, about.numbers)
    ranked = sorted(artifacts.values(), key=lambda artifact: (-priority(artifact), -artifact.id))
    return ProposalFacts(about.repo, ranked, about.waiting)


def message(facts: ProposalFacts) -> Message:
    """Names the first few with why; the rest is a press away. Once all are answered it says so."""
    if not facts.open:
        settled = say("proposals.settled", **facts.words())
        return Message(settled, (line(settled),), final=True)
    title, first = say("proposals.title", **facts.words()), facts.open[:NAMED]
    blocks: list[Block] = [line(title)]
    blocks += [_item(artifact) for artifact in first]
    rest = say("proposals.rest", more=len(facts.open) - len(first), **facts.words())
    blocks += [quiet(rest)] if rest else []
    number = str(min(artifact.id for artifact in facts.artifacts))
    accept = button(_accept(len(facts.open)), "proposals.accept_all", number, primary=True)
    review = button("Review", "proposals.review", number)
    return Message(title, (*blocks, buttons("proposals", accept, review)))


def _item(artifact: Artifact) -> Block:
    return line(say("proposals.item", artifact=artifact, why=explain(artifact)))


def _accept(count: int) -> str:
    return "Accept it" if count == 1 else f"Accept all {count}"
