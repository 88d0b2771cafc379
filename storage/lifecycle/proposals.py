"""What scans found, until somebody answers: accept it, or say that it is not AI-produced (R29)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.approval import ApprovalKind, past_limit
from debt.rules.proposal import accepted, dismissed
from debt.scope import ALL, Scope, ScopeKind
from debt.text import clean_field
from storage.costs import budgets
from storage.costs.budgets import Budget
from storage.database.store import ANYBODY, Session, concern
from storage.digests import subscriptions
from storage.lifecycle import approvals
from storage.lifecycle.maintenance import Requested
from storage.messages import outbox
from storage.messages.kinds import BriefingKind
from storage.register.artifacts import COLUMNS, artifact_of, locked, save, save_all, unchanging
from storage.register.queries import PROPOSED, within
from storage.tables import ARTIFACT

A = ARTIFACT.c


async def accept(session: Session, change: Change, artifact_id: int) -> Artifact | Requested:
    """Puts a proposal on the register, its dates counted from today; what was dismissed can come
    back so, too. Where a budget is over, others are asked to agree.
    """
    artifact = await locked(session, artifact_id)
    change.require_may(Act.ADD, artifact)
    new = accepted(artifact, change.today, change.policy)
    if asked := await ask_past_budget(session, change, artifact):
        return asked
    await approvals.overtake(session, change, artifact_id)
    return await save(session, change, artifact, new, action="accept", how="accepted")


async def ask_past_budget(session: Session, change: Change, artifact: Artifact) -> Requested | None:
    """Those who decide are asked about a proposal that comes under a budget which is over; None
    where none is.
    """
    budget = await over_budget(session, change, artifact)
    if budget is None:
        return None
    needed = past_limit(artifact, change.policy)
    wish = {"over": str(budget.line)}
    asked = await approvals.ask(
        session,
        change,
        artifact,
        ApprovalKind.ADD,
        wish,
        reason=artifact.purpose or "",
        needed=needed,
    )
    return Requested(artifact, asked, f"the budget of {budget.line} is over")


async def accept_all(
    session: Session, change: Change, numbers: Sequence[int] | None = None, scope: Scope = ALL
) -> int:
    """Accepts all proposals of a scope, or those of these numbers that nobody has answered yet;
    how many. Those whose budget is over are left for somebody to ask about one by one.
    """
    change.require_may(Act.ADD)
    question = within(select(*COLUMNS).where(PROPOSED), scope)
    if numbers is not None:
        question = question.where(A.id.in_(numbers))
    rows = (await session.execute(unchanging(question))).mappings()
    pairs = [
        (old, _accepted_by(change, accepted(old, change.today, change.policy)))
        for old in map(artifact_of, rows)
        if not await over_budget(session, change, old)
    ]
    await save_all(session, change, pairs, action="accept")
    concern(session, change.by, ANYBODY)
    return len(pairs)


async def over_budget(session: Session, change: Change, artifact: Artifact) -> Budget | None:
    """The budget for whose sake others have to agree; none where the policy only tells, or for
    whoever runs the bot.
    """
    if change.powers.operator or change.policy.budgets.when_over == "tell":
        return None
    return await budgets.over(session, change, artifact)


def _accepted_by(change: Change, artifact: Artifact) -> Artifact:
    return replace(artifact, changed_at=change.at, changed_by=change.by, changed_how="accepted")


async def dismiss(session: Session, change: Change, artifact_id: int, reason: str) -> Artifact:
    """Not AI-produced: no scan proposes its paths again. Refused for what was accepted, which takes
    its tier's consent to end.
    """
    reason = clean_field("reason", reason)
    artifact = await locked(session, artifact_id)
    change.require_may(Act.ADD, artifact)
    if artifact.live:
        raise Refused(
            f"{artifact.key} is on the register already; "
            f"“retire {artifact.key} refactor …” ends it as people’s code."
        )
    new = dismissed(artifact)
    await approvals.overtake(session, change, artifact_id)
    return await save(
        session, change, artifact, new, action="dismiss", reason=reason, how="dismissed"
    )


async def count(session: Session, scope: Scope = ALL) -> int:
    """How many wait for an answer."""
    waiting = within(select(A.id).where(PROPOSED), scope).subquery()
    number: int = (await session.execute(select(func.count()).select_from(waiting))).scalar_one()
    return number


async def announce(
    session: Session, change: Change, repo: str, found: Sequence[Artifact], waiting: int
) -> None:
    """Tells who subscribed to the repository's digest, else to everybody's, what a scan proposes:
    once, in one message. Where nobody has subscribed, nobody is told.
    """
    who = await subscriptions.subscriber(session, (Scope(ScopeKind.REPO, repo), ALL))
    if not found or who is None:
        return
    numbers = sorted(artifact.id for artifact in found)
    facts = {"repo": repo, "numbers": numbers, "waiting": waiting}
    key = announcement_key(numbers[0])
    await outbox.enqueue(
        session, key, BriefingKind.PROPOSALS, facts, change.at, person=who, mentions=numbers
    )


def announcement_key(first: int) -> str:
    """Of the message about proposals of which that is the lowest number; numbers never repeat."""
    return f"{BriefingKind.PROPOSALS}:{first}"


@dataclass(frozen=True, slots=True)
class ScanAnnouncement:
    """What a message of a scan is about."""

    repo: str
    numbers: Sequence[int]
    waiting: int


async def announced(session: Session, first: int) -> ScanAnnouncement:
    """Refused where there is no such message."""
    told = await outbox.by_key(session, announcement_key(first))
    if told is None:
        raise Refused("That message is out of date. “list proposed” shows what waits.")
    return announced_by(told)


def announced_by(told: outbox.LedgerMessage) -> ScanAnnouncement:
    return ScanAnnouncement(**told.facts)
