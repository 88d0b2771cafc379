"""What a digest says of weeks and months: a metric that asks for something, and the month's review.

Each is said in words as of then.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from briefings.parts.metrics import in_unit
from briefings.words.words import say
from debt.artifact.artifact import Artifact
from debt.metrics import trend
from debt.metrics.figures import Counts
from debt.policy.policy import Policy
from debt.scope import Scope
from storage.database.store import Session
from storage.metrics import snapshots, trends
from storage.metrics.snapshots import week_of
from storage.register import queries

_NAMED = 3


async def moved(session: Session, scope: Scope, policy: Policy, today: date) -> str:
    """The metric that lately got worst, with what it asks; nothing where none did enough."""
    if not trends.has_trend(scope):
        return ""
    worst = trend.moved(await trends.trend(session, policy, scope, today), policy)
    if worst is None:
        return ""
    then, now = (in_unit(value, worst.metric.unit) for value in (worst.then, worst.now))
    return say("digest.moved", moved=worst, then=then, now=now)


@dataclass(frozen=True, slots=True)
class DigestScope:
    """Of which scope a digest speaks, on which day, and which artifacts it lists."""

    scope: Scope
    today: date
    listed: Collection[int]


@dataclass(frozen=True, slots=True)
class Month:
    """What became of a scope since a day: how many ended, how many were added, and the last few of
    either; how many need somebody and have not been touched, and the first few of those.
    """

    since: date
    ended: int
    ended_lately: tuple[Artifact, ...]
    added: int
    added_lately: tuple[Artifact, ...]
    unseen: int
    named: tuple[Artifact, ...]

    @property
    def is_news(self) -> bool:
        """Whether anything came or went; what nobody looks at was said before."""
        return bool(self.ended or self.added)

    @property
    def words(self) -> str:
        return say("digest.review", month=self)


async def review(
    session: Session, policy: Policy, month: date, digest: DigestScope
) -> Month | None:
    """Since the first snapshot from that day on: where weeks were missed it says from when. None
    where no snapshot tells of then, or there is nothing to tell.
    """
    scope, today = digest.scope, digest.today
    seen = await snapshots.of(session, scope, week_of(month), week_of(today))
    past = [snapshot for snapshot in seen.values() if snapshot.taken_at.date() < today]
    if not past:
        return None
    since, then = past[0].taken_at, past[0].counts
    now = (await snapshots.now(session, policy, scope, today)).counts
    ended = _ended(now) - _ended(then)
    lately = await queries.ended_since(session, scope, since, _NAMED) if ended > 0 else []
    added = max(0, now.live - then.live + ended)
    new = await queries.added_since(session, scope, since, _NAMED) if added else []
    unseen = await queries.untouched(session, scope, since)
    passed = Month(
        since=since.date(),
        ended=max(0, ended),
        ended_lately=tuple(lately[:ended]),
        added=added,
        added_lately=tuple(new[:added]),
        unseen=len(unseen),
        named=await _named(session, unseen, digest.listed),
    )
    return passed if passed.is_news or passed.unseen else None


async def _named(
    session: Session, unseen: Sequence[int], listed: Collection[int]
) -> tuple[Artifact, ...]:
    """The first few that the same message does not list anyway."""
    few = [number for number in unseen if number not in listed][:_NAMED]
    artifacts = await queries.several(session, few)
    return tuple(artifacts[number] for number in few)


def _ended(counts: Counts) -> int:
    return counts.retired + counts.refactored
