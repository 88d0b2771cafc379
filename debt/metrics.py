"""Metrics (R20–R22): what each says of a scope in a week, whether it got worse, what it asks."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How a scope stands: numbers and sums of its live artifacts, so that scopes add up.

    `retired` and `refactored` are all that ever ended so.
    """

    live: int = 0
    owned: int = 0
    owner_gone: int = 0
    provisional: int = 0
    needing: int = 0
    past_review: int = 0
    ephemeral: int = 0
    retained: int = 0
    untested: int = 0
    churning: int = 0
    regenerated: int = 0
    unstable: int = 0
    shifted: int = 0
    unused: int = 0
    age_days: int = 0
    expected_minutes: int = 0
    retired: int = 0
    refactored: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a scope stood in a week, and when in that week it was looked at."""

    taken_at: datetime
    counts: Counts
