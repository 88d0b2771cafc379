"""What a digest says of weeks and months: a metric that asks for something, and the month's review.

Each is said in words as of then.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from briefings.metrics import in_unit
from briefings.words import say
from debt import metrics
from debt.artifact import Artifact
from debt.policy import Policy
from storage import lists, snapshots, trends
from storage.lists import Scope, ScopeKind
from storage.snapshots import week_of
from storage.store import Session

_NAMED = 3


async def moved(session: Session, scope: Scope, policy: Policy, today: date) -> str:
    """The metric that lately got worst, with what it asks; nothing where none did enough."""
    if scope.kind is ScopeKind.SERVICE:
        return ""
    found = metrics.moved(await trends.trend(session, policy, scope, today), policy)
    if found is None:
        return ""
    then, now = (in_unit(each, found.metric.unit) for each in (found.then, found.now))
    return say("digest.moved", moved=found, then=then, now=now)


@dataclass(frozen=True, slots=True)
class Month:
    """What became of a scope since a day: how many ended and were added, and what needs somebody
    and has not been touched. Ended ones are named, a few.
    """

    since: date
    ended: int
    added: int
    ended_lately: tuple[Artifact, ...]
    unseen: tuple[Artifact, ...]

    @property
    def is_news(self) -> bool:
        """Whether anything came or went; what nobody looks at was said before."""
        return bool(self.ended or self.added)

    def words(self, listed: Collection[int]) -> str:
        """What the same message lists is counted and not named once more."""
        named = [each for each in self.unseen if each.id not in listed][:_NAMED]
        return say("digest.review", month=self, named=named)


async def review(
    session: Session, scope: Scope, policy: Policy, today: date, month: date
) -> Month | None:
    """Since the first snapshot from that day on: where weeks were missed it says from when. None
    where no snapshot tells of then, or there is nothing to tell.
    """
    seen = await snapshots.of(session, scope, week_of(month), week_of(today))
    past = [each for each in seen.values() if each.taken_at.date() < today]
    if not past:
        return None
    since, then = past[0].taken_at, past[0].counts
    now = (await snapshots.now(session, policy, scope, today)).counts
    ended = _ended(now) - _ended(then)
    lately = await lists.ended_since(session, scope, since, _NAMED) if ended > 0 else []
    unseen = await lists.untouched(session, scope, since)
    told = Month(
        since=since.date(),
        ended=max(0, ended),
        added=max(0, now.live - then.live + ended),
        ended_lately=tuple(lately[:ended]),
        unseen=tuple(unseen),
    )
    return told if told.is_news or told.unseen else None


def _ended(counts: metrics.Counts) -> int:
    return counts.retired + counts.refactored
