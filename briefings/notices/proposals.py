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
        return [each for each in self.artifacts if each.stage is Stage.PROPOSED]

    @property
    def accepted(self) -> int:
        away = {Stage.PROPOSED, Stage.DISMISSED}
        return sum(
            each.stage not in away and each.changed_how is not None for each in self.artifacts
        )

    @property
    def dismissed(self) -> int:
        return sum(each.stage is Stage.DISMISSED for each in self.artifacts)

    @property
    def gone(self) -> int:
        return len(self.artifacts) - len(self.open) - self.accepted - self.dismissed

    def words(self) -> dict[str, Any]:
        return {"told": self, "open": self.open}


async def told_by(session: Session, briefing: LedgerMessage) -> ProposalFacts:
    about = announced_by(briefing)
    known = await queries.several(session, about.numbers)
    ranked = sorted(known.values(), key=lambda each: (-priority(each), -each.id))
    return ProposalFacts(about.repo, ranked, about.waiting)


def message(told: ProposalFacts) -> Message:
    """Names the first few with why; the rest is a press away. Once all are answered it says so."""
    if not told.open:
        settled = say("proposals.settled", **told.words())
        return Message(settled, (line(settled),), final=True)
    title, first = say("proposals.title", **told.words()), told.open[:NAMED]
    blocks: list[Block] = [line(title)]
    blocks += [line(say("proposals.item", artifact=each, why=explain(each))) for each in first]
    rest = say("proposals.rest", more=len(told.open) - len(first), **told.words())
    blocks += [quiet(rest)] if rest else []
    number = str(min(each.id for each in told.artifacts))
    accept = button(_accept(len(told.open)), "proposals.accept_all", number, primary=True)
    review = button("Review", "proposals.review", number)
    return Message(title, (*blocks, buttons("proposals", accept, review)))


def _accept(count: int) -> str:
    return "Accept it" if count == 1 else f"Accept all {count}"
