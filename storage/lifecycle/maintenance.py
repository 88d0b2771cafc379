"""What keeps an artifact true: extend its end date, review it, rate it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from debt.artifact.artifact import RATING_NAMES, Artifact, Rating, RatingName, Ratings
from debt.artifact.lifecycle import require_live
from debt.change import Change
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.approval import ApprovalKind, past_limit
from debt.rules.dates import Extension, PastCap, extension
from debt.rules.reminders import next_review
from debt.text import clean_field
from storage.database.store import Session
from storage.lifecycle import approvals
from storage.lifecycle.effects import extended
from storage.register.artifacts import locked, save
from storage.tables import Approval


@dataclass(frozen=True, slots=True)
class Extended:
    artifact: Artifact
    extension: Extension


@dataclass(frozen=True, slots=True)
class Requested:
    """Others have been asked to agree; `why` it takes them, as a clause, where that is no matter
    of course.
    """

    artifact: Artifact
    approval: Approval
    why: str = ""


async def extend(
    session: Session, change: Change, artifact_id: int, until: date, reason: str
) -> Extended | Requested:
    """Moves the end date within the tier's limits; past them, others are asked to agree."""
    reason = clean_field("reason", reason)
    artifact = await locked(session, artifact_id)
    change.require_may(Act.EXTEND, artifact)
    try:
        granted = extension(artifact, until, reason, change.today, change.policy)
    except PastCap as past:
        wish, needed = {"until": until.isoformat()}, past_limit(artifact, change.policy)
        asked = await approvals.ask(
            session, change, artifact, ApprovalKind.EXTEND, wish, reason=reason, needed=needed
        )
        return Requested(artifact, asked, str(past))
    later = await extended(session, change, artifact, until, granted.days, reason)
    return Extended(later, granted)


async def lapse(session: Session, change: Change, artifact: Artifact) -> Artifact:
    """Marks what its end date has passed, its owner told in time. Needs the artifact locked."""
    lapsed, why = replace(artifact, lapsed_on=change.today), "its end date passed after full notice"
    return await save(session, change, artifact, lapsed, action="lapse", reason=why)


async def review(session: Session, change: Change, artifact_id: int) -> Artifact:
    """Reviewed today by `change.by`; the next review follows the policy's cadence."""
    artifact = await locked(session, artifact_id)
    change.require_may(Act.REVIEW, artifact)
    require_live(artifact.key, artifact.stage)
    due = next_review(artifact, change.today, change.policy)
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
    change.require_may(Act.SCORE, artifact)
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
