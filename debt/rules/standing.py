"""Where an artifact stands today: everything derived from it, and the one thing to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from debt.artifact.artifact import Artifact, Stage, Tier
from debt.artifact.intent import IntentGap, missing_intent
from debt.artifact.signals import bits
from debt.policy.policy import Policy
from debt.rules import reminders
from debt.rules.dates import shifted
from debt.rules.estimate import estimate
from debt.rules.score import Quadrant, priority, quadrant, score
from debt.rules.tier import tier
from debt.rules.value import Balance, balance


class Need(StrEnum):
    """Why somebody is needed this week, the most pressing first."""

    EXPOSED_ORPHAN = "exposed orphan"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    DELETE_FIRST = "delete first"
    GONE = "gone"
    REVIEW_OVERDUE = "review overdue"
    EXPIRING = "expiring"
    REGENERATE = "regenerate"
    ORPHAN = "orphan"
    UNGUARDED = "unguarded"
    TAKEN_OVER = "taken over"
    ENDING = "ending"


class Action(StrEnum):
    """What one person can do about an artifact; its button has the id `artifact.<action>`."""

    ACCEPT = "accept"
    DISMISS = "dismiss"
    CLAIM = "claim"
    COMPARE = "compare"
    EXTEND = "extend"
    LOG = "log"
    REVIEW = "review"
    SCORE = "score"
    EDIT = "edit"
    PROMOTE = "promote"
    RETIRE = "retire"
    HANDOFF = "handoff"
    RELEASE = "release"
    HISTORY = "history"
    SHOW = "show"

    @property
    def label(self) -> str:
        """The words on its button, the same in every message."""
        return _BUTTON.get(self, self.capitalize())


_BUTTON = {Action.DISMISS: "Not AI-produced", Action.HANDOFF: "Hand off"}


_ACTION = {
    Need.EXPOSED_ORPHAN: Action.CLAIM,
    Need.EXPIRED: Action.EXTEND,
    Need.DELETE_FIRST: Action.RETIRE,
    Need.REVIEW_OVERDUE: Action.REVIEW,
    Need.EXPIRING: Action.EXTEND,
    Need.ORPHAN: Action.CLAIM,
    Need.UNGUARDED: Action.EDIT,
    Need.LAPSED: Action.RETIRE,
    Need.REGENERATE: Action.RETIRE,
    Need.GONE: Action.RETIRE,
    Need.TAKEN_OVER: Action.RETIRE,
    Need.ENDING: Action.SHOW,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Stored beside the artifact so that lists and digests never compute over a table."""

    score: int
    expected_minutes: int
    owed_minutes: int
    overdrawn: bool
    priority: int
    quadrant: Quadrant
    tier: Tier
    provisional: bool
    high_risk: bool
    orphan: bool
    attention: bool
    watched: int
    due_on: date | None
    wakes_on: date | None
    nudge_on: date | None
    ignored_on: date | None
    escalates_on: date | None
    lapses_on: date | None


def standing(artifact: Artifact, policy: Policy, today: date) -> Standing:
    """Everything derived, as of today; `wakes_on` is the next day on which it changes by itself."""
    needs = tuple(needs_of(artifact, policy, today))
    value = balance(artifact, today) or Balance(0, 0)
    return Standing(
        score=score(artifact.ratings),
        expected_minutes=estimate(artifact, policy).minutes,
        owed_minutes=value.owed,
        overdrawn=value.with_interest(policy),
        priority=priority(artifact),
        quadrant=quadrant(artifact.value, artifact.ratings.risk.value, policy),
        tier=tier(artifact, policy),
        provisional=bool(missing_intent(artifact)),
        high_risk=artifact.ratings.risk.value >= policy.thresholds.high_risk,
        orphan=artifact.orphan,
        attention=bool(needs),
        watched=bits(artifact.all_signals),
        due_on=min(filter(None, (artifact.due_from, artifact.review_on)), default=None),
        wakes_on=_wakes_on(artifact, policy, today),
        nudge_on=reminders.nudge_on(artifact, policy),
        ignored_on=reminders.ignored_on(artifact, policy),
        escalates_on=reminders.escalates_on(artifact, policy),
        lapses_on=reminders.lapses_on(artifact, policy),
    )


def needs_of(artifact: Artifact, policy: Policy, today: date) -> Iterator[Need]:
    """Why it needs somebody now, the most pressing first; nothing for what has ended."""
    if artifact.stage is Stage.RETIRING:
        yield from _needs_while_retiring(artifact, policy, today)
    elif artifact.live:
        found = {*_needs_by_date(artifact, policy, today), *_needs_by_risk(artifact, policy)}
        found |= _needs_by_code(artifact)
        yield from (need for need in Need if need in found)


def _needs_while_retiring(artifact: Artifact, policy: Policy, today: date) -> Iterator[Need]:
    """On its way out only what keeps it from going: nobody there, or its end date has passed."""
    if artifact.orphan and artifact.surface in policy.thresholds.exposed_surfaces:
        yield Need.EXPOSED_ORPHAN
    if artifact.due_from and artifact.due_from < today:
        yield Need.ENDING


def _needs_by_date(artifact: Artifact, policy: Policy, today: date) -> Iterator[Need]:
    due, again = artifact.due_from, regeneration_due(artifact, policy)
    if artifact.lapsed_on:
        yield Need.LAPSED
    elif due and due < today:
        yield Need.EXPIRED
    elif due and _soon(due, policy) <= today:
        yield Need.EXPIRING
    if artifact.review_on and artifact.review_on < today:
        yield Need.REVIEW_OVERDUE
    if again and again <= today:
        yield Need.REGENERATE


def regeneration_due(artifact: Artifact, policy: Policy) -> date | None:
    """The day on which a new generation is asked for: its own cadence, else its kind's."""
    days = artifact.regenerate_every_days or policy.kind(artifact.kind).regenerate_every_days
    return shifted(artifact.created_on, days) if days else None


def _needs_by_risk(artifact: Artifact, policy: Policy) -> Iterator[Need]:
    limits = policy.thresholds
    exposed = artifact.surface in limits.exposed_surfaces
    if artifact.orphan and exposed:
        yield Need.EXPOSED_ORPHAN
    elif artifact.orphan and policy.kind(artifact.kind).owner_required:
        yield Need.ORPHAN
    if _delete_first(artifact, policy):
        yield Need.DELETE_FIRST
    if exposed and artifact.ratings.risk.value >= limits.high_risk and not artifact.responder:
        yield Need.UNGUARDED


def _needs_by_code(artifact: Artifact) -> set[Need]:
    """What a scan proposes to end; a person decides."""
    return {Need(artifact.code_state)} if artifact.code_state else set()


def _delete_first(artifact: Artifact, policy: Policy) -> bool:
    return (
        artifact.value is not None
        and quadrant(artifact.value, artifact.ratings.risk.value, policy) is Quadrant.LOW_HIGH
    )


def _soon(due: date, policy: Policy) -> date:
    """The day from which an end date is soon."""
    return shifted(due, -policy.thresholds.due_soon_days)


def _wakes_on(artifact: Artifact, policy: Policy, today: date) -> date | None:
    turns: list[date] = []
    if artifact.due_from:
        turns += [_soon(artifact.due_from, policy), shifted(artifact.due_from, 1)]
    if artifact.review_on:
        turns.append(shifted(artifact.review_on, 1))
    if again := regeneration_due(artifact, policy):
        turns.append(again)
    return min((turn for turn in turns if turn > today), default=None) if artifact.live else None


class Leisure(StrEnum):
    """What there is to do about an artifact of which nothing presses."""

    ACCEPT = "accept"
    NOTHING = "nothing"
    CLAIM = "claim"
    SAY_INTENT = "say intent"
    RATE_VALUE = "rate value"
    BY_QUADRANT = "by quadrant"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do about an artifact: what, and with which verb."""

    artifact: Artifact
    what: Need | Leisure
    action: Action
    quadrant: Quadrant

    @property
    def need(self) -> Need | None:
        """Why somebody is needed now; None where nothing presses."""
        return self.what if isinstance(self.what, Need) else None

    @property
    def missing(self) -> tuple[IntentGap, ...]:
        """What keeps it provisional."""
        return missing_intent(self.artifact)

    @property
    def is_quadrants(self) -> bool:
        """Whether it is no other than what the artifact's quadrant asks for."""
        return self.what in {Need.DELETE_FIRST, Leisure.BY_QUADRANT}


def next_step(artifact: Artifact, policy: Policy, today: date) -> NextStep:
    box = quadrant(artifact.value, artifact.ratings.risk.value, policy)
    need = next(needs_of(artifact, policy, today), None)
    if need is not None:
        return NextStep(artifact, need, _ACTION[need], box)
    leisure = _at_leisure(artifact, box) if artifact.live else _off_the_register(artifact)
    return NextStep(artifact, leisure, _AT_LEISURE[leisure], box)


def _off_the_register(artifact: Artifact) -> Leisure:
    return Leisure.ACCEPT if artifact.stage is Stage.PROPOSED else Leisure.NOTHING


def _at_leisure(artifact: Artifact, box: Quadrant) -> Leisure:
    missing = missing_intent(artifact)
    if missing == (IntentGap.NO_OWNER,):
        return Leisure.CLAIM
    if missing:
        return Leisure.SAY_INTENT
    unrated = artifact.value is None and box is Quadrant.LOW_HIGH
    return Leisure.RATE_VALUE if unrated else Leisure.BY_QUADRANT


_AT_LEISURE = {
    Leisure.ACCEPT: Action.ACCEPT,
    Leisure.NOTHING: Action.SHOW,
    Leisure.CLAIM: Action.CLAIM,
    Leisure.SAY_INTENT: Action.EDIT,
    Leisure.RATE_VALUE: Action.EDIT,
    Leisure.BY_QUADRANT: Action.SHOW,
}
