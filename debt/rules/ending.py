"""How an artifact ends (R6): what has to be gone before, and what begins after."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from enum import StrEnum

from debt.artifact.artifact import Artifact, CodeState, Ending, Stage
from debt.artifact.lifecycle import move, require_live
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.dates import default_expiry, default_review
from debt.rules.value import saved_by


class Leftover(StrEnum):
    """What stays behind unless somebody looks after it."""

    CODE = "code"
    DASHBOARDS = "dashboards"
    ALERTS = "alerts"
    RUNBOOKS = "runbooks"


def usual_end(artifact: Artifact, policy: Policy) -> Ending:
    """What a scan saw has happened already; else the end that was planned, a new generation where
    it has a cadence, its kind's.
    """
    if artifact.code_state:
        return Ending.RETIRE if artifact.code_state is CodeState.GONE else Ending.REFACTOR
    kind = policy.kind(artifact.kind)
    if artifact.planned_end is None and (
        artifact.regenerate_every_days or kind.regenerate_every_days
    ):
        return Ending.REGENERATE
    return artifact.planned_end or kind.ends_as


def require_retiring(artifact: Artifact) -> None:
    require_live(artifact.key, artifact.stage)
    if artifact.stage is not Stage.RETIRING:
        raise Refused(
            f"{artifact.key} is not on its way out; “retire {artifact.key}” asks for that first."
        )


def require_not_retiring(artifact: Artifact) -> None:
    if artifact.stage is Stage.RETIRING:
        raise Refused(f"{artifact.key} is on its way out already; “show” has its checklist.")


def still_open(shown: Collection[str]) -> tuple[Leftover, ...]:
    return tuple(item for item in Leftover if item not in shown)


def require_gone(artifact: Artifact, shown: Collection[str]) -> None:
    """Refused with what is still open on the checklist."""
    *most, last = still_open(shown) or ("",)
    if last:
        named = f"{', '.join(most)} and {last}" if most else last
        raise Refused(
            f"{artifact.key} cannot end yet: {named} {'are' if most else 'is'} "
            "still open on its checklist."
        )


def ended(artifact: Artifact) -> Artifact:
    """As it was planned."""
    stage = (artifact.planned_end or Ending.RETIRE).stage
    return replace(artifact, stage=move(artifact.key, artifact.stage, stage), stage_before=None)


def next_generation(artifact: Artifact, today: date, policy: Policy) -> Artifact:
    """What takes the place of one that was regenerated, with dates of its own."""
    kind, label = artifact.kind, artifact.label
    return replace(
        artifact,
        stage=move(artifact.key, artifact.stage, Stage.CREATED),
        generation=artifact.generation + 1,
        created_on=today,
        saved_minutes=saved_by(artifact, today),
        expires_on=default_expiry(kind, label, today, policy),
        review_on=default_review(kind, label, today, policy),
        originally_expires_on=None,
        owner_changed_on=None,
        reviewed_on=None,
        lapsed_on=None,
        code_state=None,
        extensions=0,
        extended_days=0,
    )


def kept(artifact: Artifact) -> Artifact:
    """Back to where it was before it was to go."""
    before = artifact.stage_before or Stage.RETAINED
    stage = move(artifact.key, artifact.stage, before)
    return replace(artifact, stage=stage, stage_before=None)
