"""What arrived in Slack during the simulated year, and when: counted from the messages alone."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox import PostedMessage

_KEY = re.compile(r"\bD-([0-9]+)\b")
_ITEM = re.compile(r"nudge:D-([0-9]+):([a-z]+)")
FULL_NOTICE = timedelta(days=14)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message: where, for whom if it is a direct one, which artifacts it names, and why."""

    at: datetime
    channel: str
    person: str | None
    key: str
    named: frozenset[int]
    why: dict[int, str]

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]


def arrival(message: PostedMessage, at: datetime) -> Arrival:
    blocks, home = str(message.blocks), message.home
    named = frozenset(int(number) for number in _KEY.findall(blocks))
    why = {int(number): why for number, why in _ITEM.findall(blocks)}
    key = (message.metadata or {}).get("event_payload", {}).get("key", "")
    return Arrival(at, home.id, home.name if home.is_im else None, key, named, why)


@dataclass
class Witness:
    """`zones` of people; `notices` by artifact and the person or channel that got them."""

    zones: dict[str, str]
    direct: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    keys: Counter[tuple[str, str]] = field(default_factory=Counter)
    notices: dict[tuple[int, str], list[datetime]] = field(
        default_factory=lambda: defaultdict(list)
    )
    escalations: list[tuple[int, datetime]] = field(default_factory=list)
    posts: Counter[str] = field(default_factory=Counter)

    def saw(self, seen: Arrival) -> None:
        self.keys[seen.channel, seen.key] += 1
        self.posts[seen.kind] += 1
        if seen.person or seen.kind == "orphans":  # a digest is no notice
            for number in seen.named:
                self.notices[number, seen.person or seen.channel].append(seen.at)
        if seen.person:
            self.direct[seen.person].append(seen.at)
        for number, why in seen.why.items():
            if why == "ignored":
                self.escalations.append((number, seen.at))

    def had_notice(self, number: int, whom: Iterable[str], by: datetime, since: datetime) -> bool:
        """Whether one of them was told of it by then, and not before it became their business."""
        told = (at for each in whom for at in self.notices.get((number, each), ()))
        return any(since <= at <= by - FULL_NOTICE for at in told)

    def local_days(self, person: str) -> list[date]:
        zone = ZoneInfo(self.zones[person])
        return [at.astimezone(zone).date() for at in self.direct[person]]

    @property
    def twice(self) -> int:
        """The same key twice in a channel, or two direct messages to a person on one day."""
        repeated = sum(count - 1 for count in self.keys.values())
        days = (Counter(self.local_days(person)).values() for person in self.direct)
        return repeated + sum(count - 1 for counts in days for count in counts)

    @property
    def out_of_hours(self) -> int:
        return sum(1 for person, at in self._all() if not _at_work(at, self.zones[person]))

    @property
    def most_in_seven_days(self) -> int:
        times = (sorted(times) for times in self.direct.values())
        return max((_densest(each) for each in times), default=0)

    def _all(self) -> Iterator[tuple[str, datetime]]:
        return ((person, at) for person, times in self.direct.items() for at in times)

    def a_week(self, person: str, start: datetime, weeks: int) -> list[int]:
        """How many came in each week of the year."""
        counts = [0] * weeks
        for at in self.direct.get(person, ()):
            counts[min((at - start) // WEEK, weeks - 1)] += 1
        return counts


def _at_work(at: datetime, zone: str) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    return local.weekday() < 5 and 9 <= local.hour < 17


def _densest(times: list[datetime]) -> int:
    """The most within less than seven days."""
    return max(sum(first <= at < first + WEEK for at in times[n:]) for n, first in enumerate(times))
