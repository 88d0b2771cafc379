"""One moment of a team or repository: what is counted of it, and what happened up to then.

What metrics are read from; a trend is a number of them, a week apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from debt.policy.vocabulary import MetricName

WEEKS = 12
WINDOW = timedelta(days=28)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Counts:
    """How a scope stands: numbers and sums of its live artifacts, so that scopes add up.

    `retired` and `refactored` count all that ever ended so. `by_metric` has a number for each
    metric that declares what it counts; it lacks those that nobody counted that week.
    """

    live: int = 0
    needing: int = 0
    ephemeral: int = 0
    retained: int = 0
    age_days: int = 0
    expected_minutes: int = 0
    retired: int = 0
    refactored: int = 0
    by_metric: Mapping[MetricName, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a scope stood in a week, and when in that week it was looked at."""

    taken_at: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Tally:
    """A sum, and over how many it is: nothing is known of the others."""

    total: int = 0
    of: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.total + other.total, self.of + other.of)

    @property
    def share(self) -> float | None:
        return self.total / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class ReviewedChanges:
    """Reviewed changes of one kind of author: minutes each waited for its review, and tallies."""

    review_minutes: tuple[int, ...] = ()
    failed: Tally = Tally()
    rolled_back: Tally = Tally()
    comments: Tally = Tally()
    loops: Tally = Tally()
    follow_ups: Tally = Tally()

    def __add__(self, other: "ReviewedChanges") -> "ReviewedChanges":
        return ReviewedChanges(
            self.review_minutes + other.review_minutes,
            self.failed + other.failed,
            self.rolled_back + other.rolled_back,
            self.comments + other.comments,
            self.loops + other.loops,
            self.follow_ups + other.follow_ups,
        )

    @property
    def median_minutes(self) -> float | None:
        return median(self.review_minutes) if self.review_minutes else None


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of a scope. `counts` are None in a week without a snapshot.

    `minutes`, `tools` (changes that AI tools wrote), `people`, `incidents` (those that name an
    artifact of the register, of all) and `workarounds` are of the four weeks that end on `day`.
    """

    day: date
    counts: Counts | None = None
    seen_on: date | None = None
    minutes: int = 0
    tools: ReviewedChanges = field(default_factory=ReviewedChanges)
    people: ReviewedChanges = field(default_factory=ReviewedChanges)
    incidents: Tally = Tally()
    workarounds: int = 0
