"""What keeps an artifact true: extend its end date, review it, rate it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from debt.artifact import RATING_NAMES, Artifact, Rating, RatingName, Ratings
from debt.dates import Extension, default_review, extension
from debt.lifecycle import require_live
from debt.refusal import Refused
from debt.text import clean_field
from storage.artifacts import Change, locked, save
from storage.store import Session


@dataclass(frozen=True, slots=True)
class Extended:
    artifact: Artifact
    extension: Extension


async def extend(
    session: Session, change: Change, artifact_id: int, until: date, reason: str
) -> Extended:
    """Moves the end date within the tier's limits; Refused says what would be allowed."""
    reason = clean_field("reason", reason)
    artifact = await locked(session, artifact_id)
    granted = extension(artifact, until, reason, change.today, change.policy)
    extended = replace(
        artifact,
        expires_on=until,
        originally_expires_on=None,
        extensions=artifact.extensions + 1,
        extended_days=artifact.extended_days + granted.days,
    )
    how = f"extended to {until.isoformat()}"
    saved = await save(session, change, artifact, extended, action="extend", reason=reason, how=how)
    return Extended(saved, granted)


async def review(session: Session, change: Change, artifact_id: int) -> Artifact:
    """Reviewed today by `change.by`; the next review follows the policy's cadence."""
    artifact = await locked(session, artifact_id)
    require_live(artifact.key, artifact.stage)
    due = default_review(artifact.kind, artifact.label, change.today, change.policy)
    if artifact.reviewed_on == change.today and artifact.review_on == due:
        raise Refused(f"{artifact.key} was reviewed today already.")
    reviewed = replace(artifact, reviewed_on=change.today, review_on=due)
    return await save(session, change, artifact, reviewed, action="review", how="reviewed")


async def rate(
    session: Session,
    change: Change,
    artifact_id: int,
    given: Mapping[RatingName, int | None],
    reason: str = "",
) -> Artifact:
    """A person's ratings, 1 to 5; None gives a rating back to its proxy."""
    reason = clean_field("reason", reason)
    artifact = await locked(session, artifact_id)
    require_live(artifact.key, artifact.stage)
    ratings = Ratings(*(_rated(artifact, name, given, reason) for name in RATING_NAMES))
    rated = replace(artifact, ratings=ratings)
    return await save(session, change, artifact, rated, action="score", reason=reason, how="rated")


def _rated(
    artifact: Artifact, name: RatingName, given: Mapping[RatingName, int | None], reason: str
) -> Rating:
    rating = artifact.ratings[name]
    if name not in given or given[name] == rating.person:
        return rating
    person = given[name]
    return replace(rating, person=person, person_reason=reason if person else "")
