"""The Maintenance Cost Score, value × risk, and what to fix first (R2, R15, R16)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from debt.artifact.artifact import Artifact, RatingName, Ratings, Stage, Surface
from debt.artifact.intent import IntentGap, missing_intent
from debt.policy.policy import Policy

SCALE = {
    "frequency": (
        "rarely changes",
        "changes monthly",
        "changes a few times a month",
        "changes weekly",
        "changes most days",
    ),
    "complexity": (
        "read in a minute",
        "easy to follow",
        "takes an afternoon to learn",
        "hard to change",
        "only its prompt explains it",
    ),
    "risk": (
        "nobody notices a failure",
        "a failure annoys one team",
        "a failure stops work",
        "a failure reaches customers",
        "a failure costs money or trust",
    ),
    "friction": (
        "owner, reviewers and playbook at hand",
        "an owner, few reviewers",
        "reviewers hard to find",
        "no playbook or on-call",
        "nobody knows whom to ask",
    ),
}
# What an estimate cannot know, in the words of one.
_ESTIMATED = {
    ("complexity", 5): "very hard to change",
    ("risk", 4): "a failure may reach customers",
    ("risk", 5): "a failure may cost money or trust",
}
_SURFACE_REACH = {
    Surface.SANDBOX: 1,
    Surface.INTERNAL: 2,
    Surface.PRODUCTION: 4,
    Surface.CUSTOMER: 5,
}


class Quadrant(StrEnum):
    """Named by value, then risk."""

    HIGH_HIGH = "high/high"
    HIGH_LOW = "high/low"
    LOW_HIGH = "low/high"
    LOW_LOW = "low/low"


def score(ratings: Ratings) -> int:
    """Frequency × Complexity × Risk × Friction: 1 to 625."""
    return (
        ratings.frequency.value
        * ratings.complexity.value
        * ratings.risk.value
        * ratings.friction.value
    )


def quadrant(value: int | None, risk: int, policy: Policy) -> Quadrant:
    """Value × risk; a value nobody gave counts as the policy's `unrated_value`."""
    limits = policy.thresholds
    valuable = (limits.unrated_value if value is None else value) >= limits.high_value
    risky = risk >= limits.high_risk
    if valuable:
        return Quadrant.HIGH_HIGH if risky else Quadrant.HIGH_LOW
    return Quadrant.LOW_HIGH if risky else Quadrant.LOW_LOW


def blast_radius(artifact: Artifact) -> int:
    """How far a failure reaches, 1 to 5: what a person said, else surface and dependants."""
    if artifact.blast_radius is not None:
        return artifact.blast_radius
    more = (artifact.dependants >= 3) + (artifact.dependants >= 25)
    return min(5, _SURFACE_REACH[artifact.surface] + more)


def priority(artifact: Artifact) -> int:
    """What to fix first, 4 to 28,125: score × blast radius × ease of rollback × intent.

    Frequency and incident potential (Risk) are in the score, dependants in the blast radius;
    without a rollback strategy an artifact weighs half as much again, and so does one that is
    provisional, which makes it first in line for cleanup (R5). Age plays no part (R16).
    """
    rollback = 2 if artifact.rollback else 3
    intent = 3 if missing_intent(artifact) else 2
    return score(artifact.ratings) * blast_radius(artifact) * rollback * intent


class Gap(StrEnum):
    """What an artifact lacks, as the explanation of its rank names it."""

    UNOWNED = "nobody owns it"
    OWNER_LEFT = "its owner has left"
    NO_RESPONDER = "nobody on call for it"
    NO_ROLLBACK = "no rollback"
    PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True)
class Explanation:
    """“score 240: changes weekly, 14 dependants, production; nobody on call for it”."""

    score: int
    drivers: tuple[str, ...]
    gaps: tuple[Gap, ...]

    def __str__(self) -> str:
        said = "; ".join(", ".join(part) for part in (self.drivers, self.gaps) if part)
        return f"score {self.score}: {said}"


def explain(artifact: Artifact, *, to_claim: bool = False) -> Explanation:
    """Why an artifact ranks where it does, in words for a person: what drives it, what it lacks.

    Beside words that ask somebody `to_claim` it, that nobody owns it is not said once more; and
    what a proposal lacks is asked once it is accepted.
    """
    lacking = () if artifact.stage is Stage.PROPOSED else _gaps(artifact)
    gaps = tuple(gap for gap in lacking if not (to_claim and gap is Gap.UNOWNED))
    return Explanation(score(artifact.ratings), tuple(_drivers(artifact)), gaps)


def _drivers(artifact: Artifact) -> Iterator[str]:
    ratings = artifact.ratings
    yield SCALE["frequency"][ratings.frequency.value - 1]
    if ratings.complexity.value >= 4:
        yield _said(ratings, "complexity")
    if ratings.risk.value >= 4:
        yield _said(ratings, "risk")
    if artifact.dependants:
        yield f"{artifact.dependants} dependant{'s' if artifact.dependants != 1 else ''}"
    yield {Surface.CUSTOMER: "customer-facing"}.get(artifact.surface, artifact.surface.value)


def _said(ratings: Ratings, name: RatingName) -> str:
    """In the words of whoever rated it; an estimate does not know what only people can."""
    rating = ratings[name]
    words = SCALE[name][rating.value - 1]
    return words if rating.by_person else _ESTIMATED.get((name, rating.value), words)


def _gaps(artifact: Artifact) -> Iterator[Gap]:
    exposed = _SURFACE_REACH[artifact.surface] >= 4
    if artifact.owner is None:
        yield Gap.UNOWNED
    elif artifact.owner_gone:
        yield Gap.OWNER_LEFT
    if exposed and not artifact.responder:
        yield Gap.NO_RESPONDER
    if exposed and not artifact.rollback:
        yield Gap.NO_ROLLBACK
    if any(what is not IntentGap.NO_OWNER for what in missing_intent(artifact)):
        yield Gap.PROVISIONAL
