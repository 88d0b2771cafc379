"""How many people have to look: light, standard or strict, from risk and blast radius (R18)."""

from debt.artifact.artifact import Artifact, Tier
from debt.policy.policy import Policy


def tier(artifact: Artifact, policy: Policy) -> Tier:
    """Strict wins over light. “A filter, not a wall.”"""
    if _strict(artifact, policy):
        return Tier.STRICT
    kind = policy.kind(artifact.kind)
    harmless = artifact.ratings.risk.value <= kind.light_up_to_risk
    return Tier.LIGHT if harmless and artifact.surface in kind.light_on else Tier.STANDARD


def _strict(artifact: Artifact, policy: Policy) -> bool:
    limits = policy.thresholds
    risky = artifact.ratings.risk.value >= limits.strict_risk
    return (
        (risky and artifact.surface in limits.strict_surfaces)
        or artifact.dependants >= limits.strict_dependants
        or artifact.surface in policy.kind(artifact.kind).strict_on
    )
