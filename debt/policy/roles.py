"""Who may do what: from the policy, by who somebody is to the artifact and their groups (R28)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from debt.artifact.artifact import Artifact
from debt.policy.policy import Policy
from debt.policy.vocabulary import Act, Role
from debt.refusal import Refused
from debt.text import shortened


@dataclass(frozen=True, slots=True)
class Powers:
    """What somebody is in the workspace: an admin, a member of these of the policy's groups.

    `operator` is whoever runs the bot itself: the command line, a scan, the schedule.
    """

    admin: bool = False
    groups: frozenset[str] = frozenset()
    operator: bool = False


OPERATOR = Powers(operator=True)


def may(
    act: Act, by: str, powers: Powers, policy: Policy, artifact: Artifact | None = None
) -> bool:
    allowed = policy.roles[act]
    if powers.operator or Role.EVERYONE in allowed:
        return True
    return any(role in allowed for role in _roles(by, powers, policy, artifact))


def require_may(
    act: Act, by: str, powers: Powers, policy: Policy, artifact: Artifact | None = None
) -> None:
    """Refused with who can, where the policy does not let this person."""
    if not may(act, by, powers, policy, artifact):
        what = f"{_WHAT[act]} {artifact.key}" if artifact else _WHAT_AT_ALL.get(act, _WHAT[act])
        raise Refused(f"You cannot {what} here; {_those(policy.roles[act])} can.")


def require_may_budget_of(
    by: str, powers: Powers, policy: Policy, scope: str, teams: frozenset[str]
) -> None:
    """Refused, with who can, for who leads none of the teams that answer for the scope, and is
    nothing else that the policy names.
    """
    leads = {policy.lead_of(team) for team in teams}
    roles = {*powers.groups, *([Role.ADMIN] if powers.admin else [])}
    roles |= {Role.LEAD} if by in leads else set()
    allowed = policy.roles[Act.BUDGET]
    if not (powers.operator or Role.EVERYONE in allowed or roles & set(allowed)):
        who = _those(allowed)
        if not scope.startswith("team:"):
            who = who.replace(_WHO[Role.LEAD], "the lead of a team with artifacts there")
        raise Refused(f"You cannot change the budget of {shortened(scope)}; {who} can.")


def _roles(by: str, powers: Powers, policy: Policy, artifact: Artifact | None) -> Iterator[str]:
    yield Role.EVERYONE
    yield from powers.groups
    if powers.admin:
        yield Role.ADMIN
    if artifact is None:
        if by in policy.leads:
            yield Role.LEAD
        return
    if artifact.owner == by and not artifact.owner_gone:
        yield Role.OWNER
    if policy.lead_of(artifact.team) == by:
        yield Role.LEAD


_WHAT = {act: act.value for act in Act} | {
    Act.LOG: "log hours on",
    Act.RETIRE: "ask to retire",
    Act.APPROVE: "decide about",
    Act.WAIVE: "waive a check of",
    Act.HISTORY: "see the history of",
    Act.BUDGET: "change budgets",
    Act.PLAN: "plan work on",
}
_WHAT_AT_ALL = {
    Act.SEE: "see the register",
    Act.ADD: "add to the register",
    Act.PLAN: "plan work",
    Act.SUBSCRIBE: "change this channel’s digest",
}
_WHO: dict[str, str] = {
    Role.OWNER: "the owner",
    Role.LEAD: "the team’s lead",
    Role.ADMIN: "an admin",
    Role.EVERYONE: "everyone",
}


def _those(allowed: tuple[str, ...]) -> str:
    """“the owner, the team’s lead or somebody of sre”."""
    *most, last = [_WHO.get(each, f"somebody of {each}") for each in allowed] or ["nobody"]
    return f"{', '.join(most)} or {last}" if most else last


Roster = Mapping[str, frozenset[str]]
