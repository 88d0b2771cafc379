"""The usual hours of each kind, refitted from what an organization has logged (R12).

    s = (κ + Σ y) / (κ + Σ n·b·√(score/9))

y are the hours logged on an artifact in n months, and n·b·√(score/9) is what they were expected to
be; κ is six artifact-months of what was expected, so that few logs move little. A kind gets a
factor of its own from 24 artifact-months on, of eight artifacts: the logs then weigh four fifths
(24 of 24 + 6), which is where an artifact's own estimate counts as measured, and where artifacts of
a kind differ by half, the mean of eight is within a fifth. The other kinds get the factor of all
kinds together, if those are as many.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from debt.policy.policy import Policy
from debt.rules.estimate import USUAL_SCORE

PRIOR_MONTHS = 6
ENOUGH_MONTHS = 24
ENOUGH_ARTIFACTS = 8


@dataclass(frozen=True, slots=True)
class LoggedHours:
    """What artifacts of a kind with that score have taken: `months` in which somebody logged."""

    kind: str
    score: int
    minutes: int
    months: int
    artifacts: int


@dataclass(frozen=True, slots=True)
class Fit:
    """What logs say of some kind, or of all: they took `factor` times what was expected."""

    months: int
    artifacts: int
    factor: float

    @property
    def enough(self) -> bool:
        return self.months >= ENOUGH_MONTHS and self.artifacts >= ENOUGH_ARTIFACTS


@dataclass(frozen=True, slots=True)
class ProposedHours:
    """The usual monthly hours of a kind as they are and as they would be; `own` where its own logs
    say so.
    """

    kind: str
    now: float
    hours: float
    fit: Fit
    own: bool

    @property
    def changes(self) -> bool:
        return self.hours != self.now


@dataclass(frozen=True, slots=True)
class Refit:
    """All kinds in the order of the policy; none where all logs together are too few."""

    fit: Fit
    proposed: Sequence[ProposedHours]


def refit(logged: Iterable[LoggedHours], policy: Policy) -> Refit:
    """Of kinds that the policy knows; what the others took says nothing of a kind."""
    known = [each for each in logged if each.kind in policy.kinds]
    together = _fit(known, policy)
    if not together.enough:
        return Refit(together, ())
    by_kind = {kind: [each for each in known if each.kind == kind] for kind in policy.kinds}
    fits = {kind: _fit(those, policy) for kind, those in by_kind.items()}
    return Refit(together, [_proposed(kind, fits[kind], together, policy) for kind in fits])


def _fit(logged: Sequence[LoggedHours], policy: Policy) -> Fit:
    months = sum(each.months for each in logged)
    artifacts = sum(each.artifacts for each in logged)
    expected = sum(each.months * _usual(each, policy) for each in logged)
    if not expected:
        return Fit(months, artifacts, 1.0)
    prior = PRIOR_MONTHS * expected / months
    took = sum(each.minutes for each in logged) / 60
    return Fit(months, artifacts, (prior + took) / (prior + expected))


def _usual(each: LoggedHours, policy: Policy) -> float:
    """Hours a month."""
    return policy.kinds[each.kind].monthly_hours * sqrt(each.score / USUAL_SCORE)


def _proposed(kind: str, fit: Fit, together: Fit, policy: Policy) -> ProposedHours:
    now = policy.kinds[kind].monthly_hours
    factor = fit.factor if fit.enough else together.factor
    return ProposedHours(kind, now, float(f"{now * factor:.2g}"), fit, own=fit.enough)
