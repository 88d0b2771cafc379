"""Who has to agree before something happens (R18, R27): the tier decides, a rule counts votes."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from debt.artifact.artifact import Artifact, Tier
from debt.policy.policy import Policy
from debt.policy.roles import Roster
from debt.refusal import Refused
from debt.rules.tier import tier


class ApprovalKind(StrEnum):
    """What somebody may ask to be approved."""

    RETIRE = "retire"
    EXTEND = "extend"
    PROMOTE = "promote"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Requirement:
    """How many have to agree, one of them from any of `groups`; `only` names who alone may."""

    tier: Tier
    count: int
    groups: tuple[str, ...] = ()
    own: bool = False
    only: tuple[str, ...] = ()


def requirement(artifact: Artifact, asked_by: str, policy: Policy) -> Requirement:
    """What the tier asks for. Where that is nobody else, it is the owner's word; where no owner
    can be asked, one other person's.
    """
    name = tier(artifact, policy)
    rules = policy.tier(name)
    if rules.approvals:
        return Requirement(name, rules.approvals, rules.from_, rules.own_request)
    if not artifact.reachable:
        return Requirement(name, 1)
    if asked_by == artifact.owner:
        return Requirement(name, 0)
    return Requirement(name, 1, only=(artifact.owner or "",))


def past_limit(artifact: Artifact, policy: Policy) -> Requirement:
    """For an extension beyond what the tier allows, and for a new artifact where the budget is
    over: one other person at the least.
    """
    name = tier(artifact, policy)
    rules = policy.tier(name)
    return Requirement(name, max(1, rules.approvals), rules.from_)


@dataclass(frozen=True, slots=True)
class VoteCount:
    """Where a request stands: how many more have to agree, and from which groups one must be."""

    missing: int
    missing_groups: tuple[str, ...]

    @property
    def enough(self) -> bool:
        return self.missing <= 0 and not self.missing_groups


def count(needed: Requirement, voters: Collection[str], roster: Roster) -> VoteCount:
    """Who has lost the role since no longer counts for it, only as another person."""
    from_group = not needed.groups or bool(_able(needed, roster) & set(voters))
    return VoteCount(
        max(needed.count - len(voters), 0 if from_group else 1),
        () if from_group else needed.groups,
    )


def _able(needed: Requirement, roster: Roster) -> frozenset[str]:
    return frozenset().union(*(roster.get(group, frozenset()) for group in needed.groups))


def waits_for(
    needed: Requirement, by: str, asked_by: str, artifact: Artifact, policy: Policy, roster: Roster
) -> bool:
    """Whether it is theirs to decide, of all who may: the groups one of whom has to agree, and
    who is close to the artifact.
    """
    if by == asked_by and not needed.own:
        return False
    if needed.only:
        return by in needed.only
    team = policy.teams.get(artifact.team or "")
    close = {artifact.owner, policy.lead_of(artifact.team), *(team.members if team else ())}
    return by in _able(needed, roster) or by in close


def require_vote(needed: Requirement, by: str, asked_by: str, key: str) -> None:
    """Refused for who may not decide about this request."""
    if needed.only and by not in needed.only:
        raise Refused(f"Only the owner of {key} can decide this.")
    if by == asked_by and not needed.own:
        raise Refused(
            f"You asked for this yourself, and in the {needed.tier} tier somebody else decides."
        )
