"""A made-up company for the simulated year: who works where, what they own, how they answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar

from debt.artifact.artifact import Surface
from debt.artifact.columns import Facts
from debt.policy.policy import Leadership, Policy, TeamPolicy, built_in
from debt.rules.dates import shifted
from sandbox import Sandbox
from storage.tables import PersonRow

T = TypeVar("T")
ZONES = (
    "America/Los_Angeles", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney",
)  # fmt: skip
PEOPLE, TEAMS, ARTIFACTS = 500, 40, 10_000
_KINDS = {
    "production_integration": 30, "prototype_service": 15, "throwaway_script": 15,
    "test_suite": 25, "iac_config": 15,
}  # fmt: skip
_SURFACES = {
    "production_integration": (Surface.PRODUCTION, Surface.CUSTOMER, Surface.INTERNAL),
    "iac_config": (Surface.PRODUCTION, Surface.INTERNAL),
}


class Persona(StrEnum):
    PROMPT = "acts promptly"
    LATE = "acts some days late"
    IGNORES = "ignores everything"
    SNOOZES = "snoozes"
    LEAVES = "leaves during the year"


_PERSONAS = {
    Persona.PROMPT: 60, Persona.LATE: 15, Persona.IGNORES: 12, Persona.SNOOZES: 8,
    Persona.LEAVES: 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Employee:
    id: str
    zone: str
    team: str
    persona: Persona
    leaves_at: datetime | None

    def seen(self, at: datetime, *, active: bool = True) -> PersonRow:
        """As Slack tells of them."""
        name = self.id.lower()
        return PersonRow(slack_id=self.id, name=name, zone=self.zone, active=active, seen_at=at)


@dataclass(frozen=True, slots=True)
class Company:
    people: dict[str, Employee]
    channels: dict[str, str]
    policy: Policy

    def of_team(self, team: str) -> list[Employee]:
        return [each for each in self.people.values() if each.team == team]


def founded(slack: Sandbox, chance: Random, start: datetime) -> Company:
    """Everybody has a Slack account and every team a channel with the bot in it."""
    people = {each.id: each for each in _hired(slack, chance, start)}
    teams, channels = {}, {}
    for number in range(TEAMS):
        team = f"team-{number}"
        channels[team] = slack.add_channel(team).id
        teams[team] = TeamPolicy(lead=_lead(team, people))
    leadership = Leadership(channel=slack.channel("leadership").id)
    policy = built_in().model_copy(update={"teams": teams, "leadership": leadership})
    return Company(people, channels, policy)


def _hired(slack: Sandbox, chance: Random, start: datetime) -> Iterator[Employee]:
    for number in range(PEOPLE):
        zone, persona = ZONES[number % len(ZONES)], _one_of(chance, _PERSONAS)
        leaves = start + timedelta(days=chance.uniform(20, 340))
        yield Employee(
            slack.workspace.add_user(f"person{number}", tz=zone).id,
            zone,
            f"team-{number % TEAMS}",
            persona,
            leaves if persona is Persona.LEAVES else None,
        )


def _lead(team: str, people: dict[str, Employee]) -> str:
    """Somebody who answers, sooner or later."""
    ours = (each for each in people.values() if each.team == team)
    return next(each.id for each in ours if each.persona in {Persona.PROMPT, Persona.LATE})


def _one_of(chance: Random, weights: dict[T, int]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]


def new_artifact(chance: Random, owner: Employee, today: date) -> Facts:
    """Made today; kind and policy give it its dates."""
    kind = _one_of(chance, _KINDS)
    surfaces = _SURFACES.get(kind, (Surface.SANDBOX, Surface.INTERNAL))
    number = chance.randrange(10**6)
    return Facts(
        name=f"Worker {number}",
        kind=kind,
        repo=f"acme/{owner.team}-{number % 5}",
        paths=(f"src/{number}/**",),
        team=owner.team,
        owner=owner.id,
        purpose="Retries failed card payments overnight",
        lifespan="Until the new payment provider is live",
        removal_impact="Failed payments stay failed",
        surface=chance.choice(surfaces),
        risk=chance.choices((1, 2, 3, 4, 5), (20, 30, 30, 15, 5))[0],
        responder=owner.id,
        created_on=today,
    )


def old_artifact(chance: Random, owner: Employee, today: date, policy: Policy) -> Facts:
    """Made some time ago: its dates lie anywhere in their cadences, one in twenty has passed."""
    facts = new_artifact(chance, owner, today)
    rules = policy.kind(facts["kind"])
    days = rules.expires_after_days or 90
    late = chance.random() < 0.05
    ends = shifted(today, -chance.randrange(60) if late else chance.randrange(days))
    facts["expires_on"], facts["created_on"] = ends, min(today, shifted(ends, -days))
    if rules.review_every_days:
        facts["review_on"] = shifted(today, chance.randrange(rules.review_every_days))
    return facts


def register_of(chance: Random, company: Company, today: date) -> Iterator[Facts]:
    """Some own a handful and some a great many."""
    staff = list(company.people.values())
    shares = [chance.gammavariate(3, 1) for _ in staff]
    for owner in chance.choices(staff, shares, k=ARTIFACTS):
        yield old_artifact(chance, owner, today, company.policy)
