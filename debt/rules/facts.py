"""From facts to the artifact: the one way in for form, spreadsheet and scan."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from debt.artifact.artifact import (
    RATING_NAMES,
    Artifact,
    Rating,
    RatingName,
    Ratings,
    Stage,
)
from debt.artifact.columns import BY_FIELD, COLUMNS, Facts
from debt.artifact.proxy import ProxyRating
from debt.artifact.signals import Signal, left_alone, renewed
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.dates import default_expiry, default_review
from debt.text import clean_field, in_digits, quoted

USUAL_KIND = "production_integration"
_PLAIN = {field.name for field in fields(Artifact)} & set(Facts.__annotations__)
_NEEDED = tuple(column.field for column in COLUMNS if column.required)


def create(
    artifact_id: int, facts: Facts, *, stage: Stage, today: date, policy: Policy, said: str = ""
) -> Artifact:
    """A new artifact, its gaps filled from kind, label and policy; a retained one has a planned
    end state (R6).

    `said` is the reason kept with ratings a person gave. Refused where name, repository or
    paths are missing, or where a label needs an end date and the facts leave none. What is only
    proposed has no dates but those that are given: its time begins once somebody accepts it.
    """
    given: dict[str, Any] = {"kind": USUAL_KIND, "created_on": today} | _given(facts)
    _require_named(given)
    kind, created_on = given["kind"], given["created_on"]
    require_kind(kind, policy)
    label = given.setdefault("label", policy.kind(kind).label)
    if stage is not Stage.PROPOSED:
        usual = default_expiry(kind, label, created_on, policy)
        given["expires_on"] = given.get("expires_on") or usual
        usual = default_review(kind, label, created_on, policy)
        given["review_on"] = given.get("review_on") or usual
    if stage is Stage.RETAINED:
        given.setdefault("planned_end", policy.kind(kind).ends_as)
    given["signals"] = renewed((), facts.get("signals", ()))
    ratings = _rated(usual_ratings(kind, policy), facts, said)
    artifact = Artifact(id=artifact_id, stage=stage, ratings=ratings, **given)
    require_end_date(artifact, policy)
    return artifact


def amend(
    artifact: Artifact, facts: Facts, *, policy: Policy, today: date, said: str = ""
) -> Artifact:
    """The artifact with what the facts say; a rating equal to the one in force changes nothing.

    A new owner has not left, and a new end date is the one that overdue is counted from.
    """
    ratings = _rated(artifact.ratings, facts, said)
    given = _given(facts)
    if "signals" in facts:
        given["signals"] = _signals(artifact, facts)
    _require_named(dict.fromkeys(_NEEDED, "as it was") | given)
    owner = given.pop("owner", artifact.owner)
    amended = replace(artifact, **given, ratings=ratings)
    if amended.kind != artifact.kind:
        require_kind(amended.kind, policy)
    if owner != artifact.owner:
        amended = amended.with_owner(owner, today)
    if amended.expires_on != artifact.expires_on:
        amended = replace(amended, originally_expires_on=None)
    if (amended.expires_on, amended.label) != (artifact.expires_on, artifact.label):
        require_end_date(amended, policy, "expires_on" if "expires_on" in facts else "label")
    return amended


def _signals(artifact: Artifact, facts: Facts) -> tuple[Signal, ...]:
    """What was found, and what is missed: dependants that a scan counts for the same paths."""
    found, known = facts["signals"], artifact.signals
    if "dependants" in facts and facts.get("paths", artifact.paths) == artifact.paths:
        missed = left_alone(artifact.kind, known, artifact.dependants, facts["dependants"])
        return renewed(known, (*missed, *found))
    return renewed(known, found)


def _given(facts: Facts) -> dict[str, Any]:
    return {name: _kept(name, value) for name, value in facts.items() if name in _PLAIN}


def _kept(name: str, value: object) -> object:
    """Text cleaned, blank text as nothing, paths each cleaned; refused where out of bounds.

    A `;` parts two paths wherever paths come from, as it does in a spreadsheet.
    """
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return clean_field(name, value) or None
    if isinstance(value, tuple) and name == "paths":
        each_path = (path for given in value for path in given.split(";"))
        return tuple(kept for path in each_path if (kept := clean_field("path", path)))
    if isinstance(value, int):
        _require_within(name, value)
    return value


def _require_within(name: str, value: int) -> None:
    least, most = BY_FIELD[name].bounds
    if not least <= value <= most:
        what = name.replace("_", " ").capitalize()
        words = f"{what} goes from {least} to {most:,}; {in_digits(value)} does not fit."
        raise Refused(words, field=name)


def _require_named(artifact: Mapping[str, object]) -> None:
    missing = [name for name in _NEEDED if not artifact.get(name)]
    if missing:
        raise Refused(
            f"An artifact needs name, repo and paths; missing: {', '.join(missing)}.",
            field=missing[0],
        )


def require_kind(kind: str | None, policy: Policy) -> None:
    if kind not in policy.kinds:
        kinds = ", ".join(policy.kinds)
        raise Refused(f"There is no kind {quoted(str(kind))}. Kinds are {kinds}.", field="kind")


def require_end_date(artifact: Artifact, policy: Policy, field: str = "expires_on") -> None:
    """Refused, at the field that was said, where the label asks for a date there is none of."""
    if artifact.stage is Stage.PROPOSED or artifact.expires_on:
        return
    rules = policy.label(artifact.label)
    if rules.expiry_required:
        raise Refused(f"{artifact.label} {rules.meaning}; give it an expiry date.", field=field)


def usual_ratings(kind: str, policy: Policy) -> Ratings:
    usual, reason = policy.kind(kind).ratings, f"usual for a {policy.kind(kind).name}"
    return Ratings(*(Rating(getattr(usual, name), reason) for name in RATING_NAMES))


def _rated(ratings: Ratings, facts: Facts, said: str) -> Ratings:
    return Ratings(*(_one_rated(ratings[name], name, facts, said) for name in RATING_NAMES))


def _one_rated(rating: Rating, name: RatingName, facts: Facts, said: str) -> Rating:
    estimate = facts.get("proxies", {}).get(name)
    if estimate:
        rating = _estimated(rating, estimate)
    given = facts.get(name)
    if given is None or given == rating.value:
        return rating
    _require_within(name, given)
    return replace(rating, person=given, person_reason=said)


def _estimated(rating: Rating, estimate: ProxyRating) -> Rating:
    return replace(
        rating,
        proxy=estimate.beside(rating.proxy, rating.scale),
        proxy_reason=estimate.reason,
        raw=estimate.raw,
        scale=estimate.scale,
    )
