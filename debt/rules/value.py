"""What an artifact has given against what it has taken (R10).

    saved   = hours saved at its creation + hours saved a month × whole months since then
    balance = saved − hours logged

all in minutes. Worked: 10 h saved at creation, 1 h a month, five months and 40 h of work make
15 − 40 = −25 h. What costs more than it saved was not saved but put off: the work it deferred comes
back with interest, as Ward Cunningham's metaphor has it (OOPSLA 1992). The balance and the limit
from which it is called so are our own definition.

Savings only grow, and hours logged change the artifact: what it owed when it was last written is
the most that it can owe now.
"""

from dataclasses import dataclass
from datetime import date

from debt.artifact.artifact import Artifact
from debt.policy.policy import Policy
from debt.refusal import Refused

MOST_MINUTES = 10_000 * 60


@dataclass(frozen=True, slots=True)
class Balance:
    """Minutes saved and minutes of work so far."""

    saved: int
    cost: int

    def __add__(self, other: "Balance") -> "Balance":
        return Balance(self.saved + other.saved, self.cost + other.cost)

    @property
    def minutes(self) -> int:
        """Below zero where it cost more than it saved."""
        return self.saved - self.cost

    @property
    def owed(self) -> int:
        return max(0, -self.minutes)

    def with_interest(self, policy: Policy) -> bool:
        """Whether it is to be called deferred work with interest."""
        return self.owed > 0 and self.owed >= round(policy.value.interest_hours * 60)


def balance(artifact: Artifact, today: date) -> Balance | None:
    """None where nobody has said what it saves."""
    saved = saved_by(artifact, today)
    return None if saved is None else Balance(saved, artifact.minutes_logged)


def saved_by(artifact: Artifact, day: date) -> int | None:
    """Minutes saved up to that day."""
    if artifact.saved_minutes is None:
        return None
    monthly = artifact.saved_monthly_minutes or 0
    return artifact.saved_minutes + monthly * whole_months(artifact.created_on, day)


def whole_months(first: date, last: date) -> int:
    """How many are over; one that began on a day the next month lacks ends on the first after."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return max(0, months - (last.day < first.day))


def require_value(saved: int | None, monthly: int | None) -> tuple[int | None, int | None]:
    """Both or neither: where only one is said, the other is nothing."""
    for name, minutes in (("saved", saved), ("monthly", monthly)):
        if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
            raise Refused("Say between 0 and 10,000 hours.", field=name)
    return (None, None) if saved is monthly is None else (saved or 0, monthly or 0)
