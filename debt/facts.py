"""From what is known of an artifact to the artifact: one way in for form, CSV and scan."""

from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from typing import TypedDict

from debt.artifact import RATING_NAMES, Artifact, Label, Rating, RatingName, Ratings, Stage, Surface
from debt.dates import default_expiry, default_review
from debt.policy import Policy
from debt.refusal import Refused
from debt.text import clean_field


class Facts(TypedDict, total=False):
    """What somebody or something says of an artifact. A key that is absent says nothing.

    The four ratings are a person's words; `proxies` are estimates with their reasons.
    """

    name: str
    kind: str
    label: Label
    repo: str
    paths: tuple[str, ...]
    service: str | None
    team: str | None
    owner: str | None
    purpose: str | None
    lifespan: str | None
    removal_impact: str | None
    origin_tool: str | None
    origin_model: str | None
    prompt_category: str | None
    prompt_template: str | None
    surface: Surface
    usage: str | None
    created_on: date
    last_touched: date | None
    review_on: date | None
    expires_on: date | None
    value: int | None
    blast_radius: int | None
    frequency: int
    complexity: int
    risk: int
    friction: int
    proxies: dict[RatingName, tuple[int, str]]
    monthly_minutes: int | None
    dependants: int
    rollback: str | None
    monitoring: str | None
    responder: str | None
    evidence: str | None
    scan_identity: str | None


USUAL_KIND = "production_integration"
_PLAIN = {field.name for field in fields(Artifact)} & set(Facts.__annotations__)


def create(
    artifact_id: int, facts: Facts, *, stage: Stage, today: date, policy: Policy, said: str = ""
) -> Artifact:
    """A new artifact, its gaps filled from kind, label and policy.

    `said` is the reason kept with ratings a person gave. Refused where a label needs an end
    date and the facts leave none.
    """
    kind = facts.get("kind", USUAL_KIND)
    label = facts.get("label", policy.kind(kind).label)
    created_on = facts.get("created_on", today)
    given = _given(facts)
    dates = {
        "expires_on": facts.get("expires_on") or default_expiry(kind, label, created_on, policy),
        "review_on": facts.get("review_on") or default_review(kind, label, created_on, policy),
    }
    artifact = Artifact(
        **{
            "id": artifact_id,
            "kind": kind,
            "label": label,
            "stage": stage,
            "created_on": created_on,
            "ratings": usual_ratings(kind, policy),
        }
        | given
        | dates  # type: ignore[arg-type]  # mypy cannot see a TypedDict through the union of dicts
    )
    return replace(artifact, ratings=_rated(artifact.ratings, facts, said))


def amend(artifact: Artifact, facts: Facts, *, policy: Policy, said: str = "") -> Artifact:
    """The artifact with what the facts say; a rating equal to the one in force changes nothing."""
    given = _given(facts)
    amended = replace(artifact, **given)  # type: ignore[arg-type]  # the same TypedDict
    require_end_date(amended, policy)
    return replace(amended, ratings=_rated(artifact.ratings, facts, said))


def _given(facts: Facts) -> dict[str, object]:
    return {name: _kept(name, value) for name, value in facts.items() if name in _PLAIN}


def _kept(name: str, value: object) -> object:
    """Text cleaned, blank text as nothing, paths each cleaned; refused where one is too long."""
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return clean_field(name, value) or None
    if isinstance(value, tuple):
        return tuple(path for each in value if (path := clean_field("path", each)))
    return value


def require_end_date(artifact: Artifact, policy: Policy) -> None:
    if artifact.expires_on is None and policy.label(artifact.label).expiry_required:
        meaning = policy.label(artifact.label).meaning
        raise Refused(f"{artifact.label} {meaning}; give it an expiry date.")


def usual_ratings(kind: str, policy: Policy) -> Ratings:
    usual, reason = policy.kind(kind).ratings, f"usual for a {policy.kind(kind).name}"
    return Ratings(*(Rating(getattr(usual, name), reason) for name in RATING_NAMES))


def _rated(ratings: Ratings, facts: Facts, said: str) -> Ratings:
    return Ratings(*(_one_rated(ratings[name], name, facts, said) for name in RATING_NAMES))


def _one_rated(rating: Rating, name: RatingName, facts: Facts, said: str) -> Rating:
    estimate = facts.get("proxies", {}).get(name)
    if estimate:
        rating = replace(rating, proxy=estimate[0], proxy_reason=estimate[1])
    given = facts.get(name)
    if given is None or given == rating.value:
        return rating
    return replace(rating, person=given, person_reason=said)
