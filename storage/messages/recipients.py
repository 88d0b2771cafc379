"""Who is told about a team's artifacts: its channel, else its lead, else people of named groups."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.scope import Scope, ScopeKind
from storage.database.store import Session
from storage.tables import SUBSCRIPTION

_MOST_PEOPLE = 8


@dataclass(frozen=True, slots=True)
class Recipient:
    """A channel, or a person's direct messages."""

    channel: str | None = None
    person: str | None = None

    def __str__(self) -> str:
        return self.channel or self.person or ""


async def team_channel(session: Session, change: Change, team: str | None) -> str | None:
    """The channel the policy names for a team, else one that gets its digest."""
    if team is None:
        return None
    named = change.policy.teams.get(team)
    if named and named.channel:
        return named.channel
    return await _subscribed(session, Scope(ScopeKind.TEAM, team))


async def _subscribed(session: Session, scope: Scope) -> str | None:
    question = (
        select(SUBSCRIPTION.c.channel)
        .where(SUBSCRIPTION.c.scope == scope.kind, SUBSCRIPTION.c.scope_name == scope.name)
        .where(SUBSCRIPTION.c.paused.is_(None))
        .order_by(SUBSCRIPTION.c.channel)
        .limit(1)
    )
    return (await session.execute(question)).scalar_one_or_none()


async def behind(
    session: Session, change: Change, artifact: Artifact, groups: Iterable[str] = ()
) -> list[Recipient]:
    """Where is asked about an artifact: its team's channel, its lead, people of the groups, a
    channel that gets a digest with it; never `change.by`. Empty where there is nobody.
    """
    channel = await team_channel(session, change, artifact.team)
    if channel:
        return [Recipient(channel=channel)]
    lead = change.policy.lead_of(artifact.team)
    if lead and lead != change.by:
        return [Recipient(person=lead)]
    return people_of(change, groups) or await _wider(session, artifact)


async def _wider(session: Session, artifact: Artifact) -> list[Recipient]:
    scopes = [Scope(ScopeKind.REPO, artifact.repo), Scope(ScopeKind.ALL)]
    if artifact.service:
        scopes.insert(0, Scope(ScopeKind.SERVICE, artifact.service))
    for scope in scopes:
        if channel := await _subscribed(session, scope):
            return [Recipient(channel=channel)]
    return []


def people_of(change: Change, groups: Iterable[str]) -> list[Recipient]:
    """The first few of some groups, but for who asks."""
    members = sorted({who for group in groups for who in change.roster.get(group, ())})
    return [Recipient(person=who) for who in members if who != change.by][:_MOST_PEOPLE]
