"""Who changes the register, when, with which powers and under which policy."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from debt.artifact.artifact import Artifact
from debt.policy.policy import Policy
from debt.policy.roles import OPERATOR, Powers, Roster, require_may
from debt.policy.vocabulary import Act


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes the register, with which powers, when, and under which policy.

    `today` is the date in their zone, `roster` who is in the policy's groups just now.
    """

    by: str
    at: datetime
    policy: Policy
    zone: str = "UTC"
    powers: Powers = OPERATOR
    roster: Roster = field(default_factory=dict)

    def require_may(self, act: Act, artifact: Artifact | None = None) -> None:
        """Refused, with who can, where the policy does not let them (R28)."""
        require_may(act, self.by, self.powers, self.policy, artifact)

    @property
    def today(self) -> date:
        return self.at.astimezone(ZoneInfo(self.zone)).date()
