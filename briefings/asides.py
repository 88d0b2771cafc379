"""What a digest says once, in a quiet line, and again only when it is news again."""

from dataclasses import dataclass
from datetime import date

from briefings.words import say
from debt.policy import Policy
from storage import told, value
from storage.lists import Scope
from storage.store import Session
from storage.told import Said
from storage.value import Valued

_OWES = "owes most"


@dataclass(frozen=True, slots=True)
class Aside:
    """A line as of now, and what is noted of it once it was said."""

    said: Said
    words: str


async def asides(
    session: Session, channel: str, scope: Scope, policy: Policy, today: date
) -> list[Aside]:
    """What has not been said to the channel yet, or has changed since."""
    owing = await value.worst(session, scope, policy, today)
    if owing is None:
        return []
    before = (await told.said(session, channel, [_OWES])).get(_OWES)
    now = Said(_OWES, owing.artifact.id, owing.balance.owed)
    return [Aside(now, _owes(owing, policy))] if _news(now, before, policy) else []


def _news(now: Said, before: Said | None, policy: Policy) -> bool:
    """Another artifact, or as much owed on top as makes it worth a word at all."""
    if before is None or before.number != now.number:
        return True
    return now.minutes >= before.minutes + round(policy.value.interest_hours * 60)


def _owes(owing: Valued, policy: Policy) -> str:
    return say("value.owes", artifact=owing.artifact, balance=owing.balance.words(policy))
