"""From a ledger row to its message, as the register stands now: when sent, and ever after."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from pydantic import TypeAdapter

from briefings.digest import digest
from briefings.messages.earlier_rows import listed
from briefings.messages.message import Message, UploadedPicture, plainly
from briefings.notices import approvals, budget_alerts, nudge, proposals, requests
from briefings.words.words import say
from debt.policy.policy import Policy
from storage.database.store import Session
from storage.messages.kinds import BriefingKind
from storage.messages.outbox import LedgerMessage


async def render(session: Session, briefing: LedgerMessage, policy: Policy) -> Message:
    """With the pictures it was sent with. Raises KeyError for a kind nobody composes."""
    message = await _KINDS[briefing.kind](session, briefing, policy)
    return message.hanging(hung_in(briefing.facts))


def hung_in(facts: Mapping[str, Any]) -> dict[str, UploadedPicture]:
    """The pictures that were uploaded for a message, by their names in it."""
    return _PICTURES.validate_python(facts.get("pictures", {}))


def with_pictures(facts: Mapping[str, Any], message: Message) -> dict[str, Any]:
    """The facts of a message, and the files of the pictures that hang in it."""
    return {**facts, "pictures": _PICTURES.dump_python(dict(message.hung), mode="json")}


_PICTURES = TypeAdapter(dict[str, Annotated[UploadedPicture, listed("file_id", "alt")]])


async def _digest(session: Session, briefing: LedgerMessage, policy: Policy) -> Message:
    composed = await digest.compose(session, digest.weekly_of(briefing.facts), policy)
    if composed is None:
        raise LookupError(f"{briefing.key} says nothing and should not be on the ledger")
    return composed


async def _ask(session: Session, briefing: LedgerMessage, _policy: Policy) -> Message:
    return await requests.question(session, briefing.facts["request"])


async def _answer(session: Session, briefing: LedgerMessage, _policy: Policy) -> Message:
    return await requests.outcome(session, briefing.facts["request"])


async def _approval(session: Session, briefing: LedgerMessage, policy: Policy) -> Message:
    facts = briefing.facts
    return await approvals.question(session, facts["approval"], policy, again="again" in facts)


async def _decision(session: Session, briefing: LedgerMessage, policy: Policy) -> Message:
    return await approvals.decision(session, briefing.facts["approval"], policy)


async def _nudge(session: Session, briefing: LedgerMessage, policy: Policy) -> Message:
    return nudge.nudge(await nudge.told_by(session, briefing), policy)


async def _orphans(session: Session, briefing: LedgerMessage, policy: Policy) -> Message:
    return nudge.orphans(await nudge.told_by(session, briefing), policy)


async def _leadership(session: Session, briefing: LedgerMessage, policy: Policy) -> Message:
    return nudge.leadership(await nudge.told_by(session, briefing), policy)


async def _proposals(session: Session, briefing: LedgerMessage, _policy: Policy) -> Message:
    return proposals.message(await proposals.told_by(session, briefing))


async def _turned(_session: Session, briefing: LedgerMessage, _policy: Policy) -> Message:
    return budget_alerts.message(budget_alerts.turned_in(briefing))


async def _paused(_session: Session, briefing: LedgerMessage, _policy: Policy) -> Message:
    facts = briefing.facts
    return plainly(say("notices.paused", channel=facts["channel"], why=facts["why"]))


_KINDS: dict[str, Callable[[Session, LedgerMessage, Policy], Awaitable[Message]]] = {
    BriefingKind.DIGEST: _digest,
    BriefingKind.OWNERSHIP_QUESTION: _ask,
    BriefingKind.OWNERSHIP_ANSWER: _answer,
    BriefingKind.APPROVAL: _approval,
    BriefingKind.DECISION: _decision,
    BriefingKind.PAUSED: _paused,
    BriefingKind.NUDGE: _nudge,
    BriefingKind.ORPHANS: _orphans,
    BriefingKind.LEADERSHIP: _leadership,
    BriefingKind.PROPOSALS: _proposals,
    BriefingKind.BUDGET_TURNED: _turned,
}
