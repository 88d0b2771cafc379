"""What a month of an artifact costs: a prior that gives way to the hours people log (R12).

Empirical Bayes with a Gamma prior over Poisson rates (Hauer et al. 2002, Transportation Research
Record 1784; the credibility of Bühlmann and Straub):

    μ = b · √(score / 9)                 the prior: b hours a month are usual for the kind
    ĥ = (φ + Σ hours) / (φ / μ + n)      n months in which somebody logged hours, φ = 4 h

A month in which nobody logged is unknown, not zero: counted as zero it doubled the error. Worked:
b = 4 and score 36 make μ = 8; after one month of 20 h, ĥ = (4 + 20) / (0.5 + 1) = 16; after months
of 20 and 2 h it is 10.4; after 20, 2, 5, 3, 4, 2 h it is 6.15, where their mean is 6.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from debt.artifact.artifact import Artifact
from debt.policy.policy import Policy
from debt.rules.score import score

PRIOR_MINUTES = 4 * 60  # φ, the weight of the prior
USUAL_SCORE = 9
MEASURED_WEIGHT = 0.8
MEASURED_MONTHS = 6
_HOUR = 60


class Basis(StrEnum):
    """What an estimate rests on: proxies alone, both, or the hours that were logged."""

    ESTIMATED = "estimated"
    BLENDED = "blended"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Minutes a month. `weight` is the share of what was logged in it, 0 to 1; two times in three
    the true cost is within `spread` minutes of it.
    """

    minutes: int
    basis: Basis
    weight: float
    spread: int


@dataclass(frozen=True, slots=True)
class EstimateBasis:
    """What a sum of estimates rests on: `learned` minutes a month are those of artifacts for which
    somebody has logged hours; two times in three the true sum is within `spread` minutes of it,
    where the artifacts have nothing to do with each other.
    """

    learned: int
    spread: int


def prior(artifact: Artifact, policy: Policy) -> float:
    """Minutes a month before anything is logged: what somebody expects, else what is usual for
    its kind, moved by its score.
    """
    if artifact.monthly_minutes is not None:
        return float(artifact.monthly_minutes)
    usual = policy.kind(artifact.kind).monthly_hours * _HOUR
    return usual * sqrt(score(artifact.ratings) / USUAL_SCORE)


def estimate(artifact: Artifact, policy: Policy) -> Estimate:
    return blended(prior(artifact, policy), artifact.minutes_logged, artifact.months_logged)


def blended(expected: float, logged: int, months: int) -> Estimate:
    """Of so many expected minutes a month, and those logged in so many months."""
    if expected <= 0:
        rate, strength = (logged / months if months else 0.0), float(months)
        weight = 1.0 if months else 0.0
    else:
        strength = PRIOR_MINUTES / expected + months
        rate, weight = (PRIOR_MINUTES + logged) / strength, months / strength
    spread = sqrt(max(rate, 0) * _HOUR / strength) if strength else 0.0
    return Estimate(round(rate), _basis(weight, months), weight, round(spread))


def _basis(weight: float, months: int) -> Basis:
    if not months:
        return Basis.ESTIMATED
    enough = weight >= MEASURED_WEIGHT or months >= MEASURED_MONTHS
    return Basis.MEASURED if enough else Basis.BLENDED
