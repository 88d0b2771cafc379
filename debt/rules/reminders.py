"""The notices an owner gets before a date, and what may follow once they were delivered (R26).

Nothing rests on a notice that did not arrive: lapsing and escalation are counted from dates whose
first notice was delivered, and an end date moves so that its owner has the full notice.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from debt.artifact.artifact import Artifact, Stage
from debt.policy.policy import Policy
from debt.rules.dates import default_review, shifted


class DueKind(StrEnum):
    EXPIRY = "expiry"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Due:
    """A date that somebody is told of: the steps said up to `told`, delivered from `noticed_on`."""

    kind: DueKind
    on: date
    told: date | None
    noticed_on: date | None


def dues(artifact: Artifact) -> Iterator[Due]:
    """The end and review dates in force; none of what has ended, lapsed or is on its way out."""
    if not artifact.live or artifact.stage is Stage.RETIRING:
        return
    if artifact.expires_on and not artifact.lapsed_on:
        told, noticed = artifact.expiry_told, artifact.expiry_noticed_on
        yield Due(DueKind.EXPIRY, artifact.expires_on, told, noticed)
    if artifact.review_on:
        told, noticed = artifact.review_told, artifact.review_noticed_on
        yield Due(DueKind.REVIEW, artifact.review_on, told, noticed)


def full_notice(policy: Policy) -> int:
    """Days between the first notice and the date it is about."""
    return max(policy.nudges.steps)


def nudge_on(artifact: Artifact, policy: Policy) -> date | None:
    """The day from which its owner is to hear of it; for an orphan, those who look after it."""
    if not artifact.live or artifact.stage is Stage.RETIRING:
        return None
    if artifact.snoozed_until:
        return artifact.snoozed_until
    return _orphan_on(artifact, policy) if artifact.orphan else next_step_on(artifact, policy)


def _orphan_on(artifact: Artifact, policy: Policy) -> date | None:
    """Its team is asked once, as soon as it has lost its owner. What nobody owns is a matter for
    digests otherwise, but for the one notice without which it could not lapse.
    """
    if artifact.owner_gone and artifact.expiry_told is None and artifact.review_told is None:
        return date.min
    if policy.label(artifact.label).lapses:
        ends = (due for due in dues(artifact) if due.kind is DueKind.EXPIRY)
        firsts = (shifted(due.on, -full_notice(policy)) for due in ends if due.noticed_on is None)
        told = artifact.expiry_told
        return next((day for day in firsts if told is None or told < day), None)
    return None


def next_step_on(artifact: Artifact, policy: Policy) -> date | None:
    """The day of the first step that was not said yet, of whichever date comes first."""
    steps = (_next_step(due, policy) for due in dues(artifact))
    return min(filter(None, steps), default=None)


def _next_step(due: Due, policy: Policy) -> date | None:
    days = (shifted(due.on, -before) for before in policy.nudges.steps)
    return min((day for day in days if due.told is None or day > due.told), default=None)


def told(artifact: Artifact, today: date, policy: Policy) -> Artifact:
    """After a nudge of today: whose first step comes soon was told of that one too."""
    said = {due.kind: _said_until(due, today, policy) for due in told_of(artifact, today, policy)}
    lost = today if artifact.owner_gone else artifact.expiry_told
    return replace(
        artifact,
        expiry_told=said.get(DueKind.EXPIRY, lost),
        review_told=said.get(DueKind.REVIEW, artifact.review_told),
        snoozed_until=None,
    )


def _said_until(due: Due, today: date, policy: Policy) -> date:
    first = shifted(due.on, -full_notice(policy))
    said = first if today < first <= shifted(today, policy.nudges.together_days) else today
    return max(said, due.told or said)


def told_of(artifact: Artifact, today: date, policy: Policy) -> list[Due]:
    """The dates a nudge of today speaks of: those whose first step has come or comes soon."""
    return [due for due in dues(artifact) if due.on <= horizon(today, policy)]


def horizon(today: date, policy: Policy) -> date:
    """How far a nudge of today looks ahead."""
    return shifted(today, policy.nudges.together_days + full_notice(policy))


def next_review(artifact: Artifact, today: date, policy: Policy) -> date | None:
    """By the cadence of kind and label, from the day on which it was due where a nudge may have
    spoken of that already: who answers early need not answer more often.
    """
    due = artifact.review_on
    base = due if due and today < due <= horizon(today, policy) else today
    following = default_review(artifact.kind, artifact.label, base, policy)
    return max(following, due) if following and due else following


def delivered(
    artifact: Artifact, named: Collection[DueKind], day: date, policy: Policy
) -> Artifact:
    """After a nudge that names these dates arrived on that day: their steps until then are said,
    first notices are noted, and an end date that leaves less than the full notice moves. Overdue
    goes on being counted from the first date.
    """
    noticed = artifact
    if DueKind.REVIEW in named:
        said, first = artifact.review_told, artifact.review_noticed_on
        noticed = replace(noticed, review_told=_later(said, day), review_noticed_on=first or day)
    if DueKind.EXPIRY in named:
        said, first = artifact.expiry_told, artifact.expiry_noticed_on
        noticed = replace(noticed, expiry_told=_later(said, day), expiry_noticed_on=first or day)
        noticed = _with_full_notice(noticed, guaranteed(artifact, day, policy))
    return noticed


def _later(said: date | None, day: date) -> date:
    return max(said, day) if said else day


def _with_full_notice(artifact: Artifact, until: date | None) -> Artifact:
    if until == artifact.expires_on:
        return artifact
    return replace(artifact, expires_on=until, originally_expires_on=artifact.due_from)


def guaranteed(artifact: Artifact, day: date, policy: Policy) -> date | None:
    """The end date for somebody who hears of it on that day: never sooner than the full notice."""
    if artifact.expires_on is None or artifact.expiry_noticed_on:
        return artifact.expires_on
    return max(artifact.expires_on, shifted(day, full_notice(policy)))


def carried(old: Artifact, new: Artifact, by: str, today: date, policy: Policy) -> Artifact:
    """What is left of its notices after a change: a new owner, or a new date, has had none.

    An owner who sets a date no further than the full notice knows of it: nothing else could tell
    them in time.
    """
    if (new.owner, new.owner_gone) != (old.owner, old.owner_gone):
        return _not_escalated(
            replace(
                new,
                expiry_told=None,
                expiry_noticed_on=None,
                review_told=None,
                review_noticed_on=None,
                snoozed_until=None,
            )
        )
    near, knows = shifted(today, full_notice(policy)), by == new.owner
    if new.expires_on != old.expires_on:
        known = today if knows and new.expires_on and new.expires_on <= near else None
        new = replace(new, expiry_told=known, expiry_noticed_on=known, lapsed_on=None)
        new = replace(new, snoozed_until=None)
    if new.review_on != old.review_on:
        known = today if knows and new.review_on and new.review_on <= near else None
        new = replace(new, review_told=known, review_noticed_on=known, snoozed_until=None)
    dates = (new.expires_on, new.review_on) != (old.expires_on, old.review_on)
    return _not_escalated(new) if dates else new


def _not_escalated(artifact: Artifact) -> Artifact:
    return replace(artifact, lead_told_on=None, leadership_told_on=None)


def ignored_on(artifact: Artifact, policy: Policy) -> date | None:
    """The day from which its owner let a date pass, every notice of it delivered in time."""
    passed = (_passes(due, policy) for due in dues(artifact) if due.noticed_on)
    return min(passed, default=None) if artifact.owner and not artifact.owner_gone else None


def _passes(due: Due, policy: Policy) -> date:
    noticed = due.noticed_on or due.on
    return shifted(max(due.on, shifted(noticed, full_notice(policy))), 1)


def escalates_on(artifact: Artifact, policy: Policy) -> date | None:
    """The day on which the team's lead is to hear of it, then leadership where risk is high."""
    ignored, rules = ignored_on(artifact, policy), policy.nudges
    if ignored is None:
        return None
    if artifact.lead_told_on is None:
        return shifted(ignored, rules.lead_after_days)
    high = artifact.ratings.risk.value >= policy.thresholds.high_risk
    if high and artifact.leadership_told_on is None and policy.leadership.channel:
        return shifted(artifact.lead_told_on, rules.leadership_after_days)
    return None


def lapses_on(artifact: Artifact, policy: Policy) -> date | None:
    """The day on which it lapses by itself: its label does, and its owner was told in time."""
    if not policy.label(artifact.label).lapses:
        return None
    ends = [due for due in dues(artifact) if due.kind is DueKind.EXPIRY and due.noticed_on]
    return _passes(ends[0], policy) if ends else None
