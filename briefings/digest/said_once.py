"""What a digest says once, and again only when it is news again: in a quiet line, or where it asks
for somebody before all else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from briefings.words.words import say
from debt.policy.policy import Policy
from debt.rules.dates import shifted
from debt.scope import Scope
from storage.costs import roi, value
from storage.costs.roi import CheckedPromise
from storage.costs.value import Valued
from storage.database.store import Session
from storage.digests import said_once
from storage.digests.said_once import Statement

_OWES = "owes most"
_LATE_DAYS = 28
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Aside:
    """A line as of now, what is noted of it once it was said, and whether it opens the digest."""

    said: Statement
    words: str
    opens: bool = False


async def asides(
    session: Session, channel: str, scope: Scope, policy: Policy, today: date
) -> list[Aside]:
    """What has not been said to the channel yet, or has changed since."""
    now = [
        *await _owing(session, scope, policy, today),
        *await _checks(session, scope, policy, today),
    ]
    before = await said_once.said(session, channel, [aside.said.subject for aside in now])
    return [aside for aside in now if _news(aside.said, before.get(aside.said.subject), policy)]


def _news(now: Statement, before: Statement | None, policy: Policy) -> bool:
    """Whether it is about another artifact, or owes so much more than when it was last said that
    the difference alone would be called deferred work with interest.
    """
    if before is None or before.number != now.number:
        return True
    more = now.minutes - before.minutes
    return more > 0 and more >= round(policy.value.interest_hours * 60)


async def _owing(session: Session, scope: Scope, policy: Policy, today: date) -> Sequence[Aside]:
    owing = await value.worst(session, scope, policy, today)
    return [_owes(owing, policy)] if owing else []


def _owes(owing: Valued, policy: Policy) -> Aside:
    said = Statement(_OWES, owing.artifact.id, owing.balance.owed)
    words = say("value.owes", artifact=owing.artifact, balance=owing.balance, policy=policy)
    return Aside(said, words)


async def _checks(session: Session, scope: Scope, policy: Policy, today: date) -> Sequence[Aside]:
    """Promises whose time has come, for as long as a quiet channel may take to be spoken to."""
    due = await roi.checked_promises(session, scope, policy, today, shifted(today, -_LATE_DAYS))
    return [_check(promise, policy, today) for promise in due]


def _check(promise: CheckedPromise, policy: Policy, today: date) -> Aside:
    """One that was not kept needs somebody. Any other waits for a digest that is sent anyway, but
    for its last week: who made a promise hears what became of it.
    """
    words = say("roi.checked", promise=promise, months=policy.roi.check_months)
    said = Statement(f"plan {promise.plan.id}", promise.plan.id or 0)
    last_week = promise.due_on <= shifted(today, _WEEK - _LATE_DAYS)
    return Aside(said, words, opens=last_week or promise.broken)
