"""What a scan found, until somebody says what it is: accepted, or not AI-produced (R23, R29)."""

from dataclasses import replace
from datetime import date

from debt.artifact.artifact import Artifact, Stage
from debt.artifact.lifecycle import move
from debt.policy.policy import Policy
from debt.rules.dates import default_expiry, default_review
from debt.rules.facts import require_end_date


def accepted(artifact: Artifact, today: date, policy: Policy) -> Artifact:
    """On the register from today: its usual dates are counted from here, unless it has its own.

    What was dismissed can be accepted after all. Refused for anything else.
    """
    kind, label = artifact.kind, artifact.label
    begun = replace(
        artifact,
        stage=move(artifact.key, artifact.stage, Stage.CREATED),
        expires_on=artifact.expires_on or default_expiry(kind, label, today, policy),
        review_on=artifact.review_on or default_review(kind, label, today, policy),
    )
    require_end_date(begun, policy)
    return begun


def withdrawn(artifact: Artifact) -> Artifact:
    """Its code was gone before anybody answered."""
    return replace(artifact, stage=move(artifact.key, artifact.stage, Stage.RETIRED))


def dismissed(artifact: Artifact) -> Artifact:
    """Not AI-produced: a scan leaves its paths alone from now on."""
    return replace(artifact, stage=move(artifact.key, artifact.stage, Stage.DISMISSED))
