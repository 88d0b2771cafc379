"""The direct message that batches what one person should look at, with the buttons to do it (R26).

What was settled since it was sent leaves it: it is drawn again from the register.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import TypeAdapter
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    InteractiveElement,
    Option,
    PlainTextObject,
    StaticSelectElement,
)

from briefings.messages.earlier_rows import listed
from briefings.messages.message import Message, PictureBlock, act_button, button, line, quiet
from briefings.parts import metrics as in_words
from briefings.pictures.pictures import multiples_alt
from briefings.words.words import say
from debt.artifact.artifact import Artifact, Stage
from debt.policy.policy import Policy
from debt.rules.reminders import Due, DueKind, dues, guaranteed
from debt.rules.score import explain
from debt.rules.standing import Action
from storage.database.store import Session
from storage.lifecycle import ownership
from storage.messages.outbox import LedgerMessage
from storage.nudges import attention
from storage.nudges.attention import Why
from storage.register import people, queries
from storage.tables import PersonRow

# At most so many artifacts more than those with buttons are named in one message.
NAMED = 20
_LINES = 5
SNOOZES = (("1", "1 day"), ("7", "1 week"), ("next", "Until the next step"))


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A date that a message names."""

    kind: DueKind
    on: date


@dataclass(frozen=True, slots=True)
class NudgeItem:
    """One artifact that somebody is told of, why, and the dates the message names, nearest first.

    `since` is the day from which a digest listed it, or from which its team or repository (`scope`)
    stands out; `trend` is that scope's twelve weeks, oldest first, None where nothing is known.
    `changed` is when somebody last did something about it (ISO 8601), as of then; empty for never.
    """

    id: int
    why: Why
    dates: tuple[Annotated[NamedDate, listed("kind", "on")], ...] = ()
    since: str = ""
    changed: str = ""
    scope: str = ""
    trend: tuple[float | None, ...] = ()


_ITEM = listed("id", "why", "dates", "since", "changed", "scope", "trend")


@dataclass(frozen=True, slots=True)
class NudgeRecord:
    """What the ledger keeps of a message to one person or channel: written `at`, in the zone of its
    readers; `more` artifacts than these wait, and `team` is whose channel is asked for owners.
    """

    at: datetime
    items: tuple[Annotated[NudgeItem, _ITEM], ...]
    more: int = 0
    team: str = ""

    def as_json(self) -> dict[str, Any]:
        """Every value under its name."""
        stored: dict[str, Any] = _RECORD.dump_python(self, mode="json")
        return stored


_RECORD = TypeAdapter(NudgeRecord)


def record_of(briefing: LedgerMessage) -> NudgeRecord:
    """As the ledger keeps it, or kept it in earlier versions."""
    return _RECORD.validate_python(briefing.facts)


def about(artifact: Artifact, why: Why, named: Iterable[Due] = ()) -> NudgeItem:
    dates = tuple(NamedDate(due.kind, due.on) for due in nearest_first(named))
    return NudgeItem(artifact.id, why, dates, changed=_changed(artifact))


def nearest_first(some: Iterable[Due]) -> list[Due]:
    return sorted(some, key=lambda due: due.on)


def _changed(artifact: Artifact) -> str:
    return artifact.changed_at.isoformat() if artifact.changed_at else ""


def _lapsed(artifact: Artifact) -> bool:
    """Whether it lapsed, and nobody has done anything about it since."""
    if not artifact.lapsed_on or not artifact.live or artifact.stage is Stage.RETIRING:
        return False
    if artifact.snoozed_until:
        return False
    return not artifact.changed_at or artifact.changed_at.date() < artifact.lapsed_on


def is_settled(item: NudgeItem, artifact: Artifact, to: str | None) -> bool:
    """Whether what the item asked of somebody has been done, put off, or become another's."""
    if not artifact.live or artifact.stage is Stage.RETIRING or artifact.snoozed_until:
        return True
    if item.why is Why.ORPHAN:
        return not artifact.orphan
    if item.why is Why.OTHERWISE:
        return not artifact.disputed
    if item.why is not Why.DUE:
        return _changed(artifact) != item.changed
    return not still_due(item, artifact) or artifact.owner != to


def still_due(item: NudgeItem, artifact: Artifact) -> list[Due]:
    """Of the dates it names, those in force."""
    return nearest_first(due for due in dues(artifact) if _names(item, due, artifact))


def _names(item: NudgeItem, due: Due, artifact: Artifact) -> bool:
    """An end date that moved for the sake of the notice is the same one still."""
    moved = due.kind is DueKind.EXPIRY and artifact.originally_expires_on is not None
    return any(d.kind is due.kind and (moved or d.on == due.on) for d in item.dates)


@dataclass(frozen=True, slots=True)
class NudgeFacts:
    """A message to one person or channel, as the register has its artifacts now."""

    items: tuple[NudgeItem, ...]
    artifacts: Mapping[int, Artifact]
    names: Mapping[str, str]
    at: datetime
    more: int
    id: int
    unwanted: bool
    to: PersonRow | None
    team: str = ""

    @property
    def open(self) -> list[NudgeItem]:
        return [item for item in self.items if not self._settled(item)]

    @property
    def settled(self) -> list[Artifact]:
        return [artifact for artifact in self._left if not _lapsed(artifact)]

    @property
    def lapsed(self) -> list[Artifact]:
        """What ran out because nobody decided."""
        return [artifact for artifact in self._left if _lapsed(artifact)]

    @property
    def _left(self) -> list[Artifact]:
        left = (item for item in self.items if self._settled(item))
        return list({item.id: self.artifacts[item.id] for item in left}.values())

    def _settled(self, item: NudgeItem) -> bool:
        return is_settled(item, self.artifacts[item.id], self.to.slack_id if self.to else None)

    def name(self, owner: str | None) -> str:
        return self.names.get(owner, owner) if owner else "nobody"


async def told_by(session: Session, briefing: LedgerMessage) -> NudgeFacts:
    record = record_of(briefing)
    artifacts = await queries.several(session, [item.id for item in record.items])
    spoken_of = [who for a in artifacts.values() for who in (a.owner, a.changed_by) if who]
    return NudgeFacts(
        record.items,
        artifacts,
        await people.names(session, spoken_of),
        record.at,
        record.more,
        briefing.id,
        await attention.was_unwanted(session, briefing.id),
        await people.person(session, briefing.person) if briefing.person else None,
        record.team,
    )


def nudge(facts: NudgeFacts, policy: Policy) -> Message:
    """To one person; with nothing left open it says so in one line.

    The most pressing ones have buttons; the others are named, and move up as those are settled.
    """
    title = say("nudge.title", count=len(facts.open), first=_first(facts))
    if not facts.open:
        return _done(facts)
    pressing, others = facts.open[: policy.nudges.items], facts.open[policy.nudges.items :]
    groups = [block for item in pressing for block in _item(item, facts, policy)]
    blocks: list[Block] = [line(title), *groups, *_others(others, facts, policy), *_end(facts)]
    return Message(say("nudge.fallback", count=len(facts.open), first=_first(facts)), tuple(blocks))


def _done(facts: NudgeFacts) -> Message:
    words = say("nudge.done", settled=facts.settled, lapsed=facts.lapsed)
    return Message(words, (line(words),), final=True)


def orphans(facts: NudgeFacts, policy: Policy) -> Message:
    """To a team's channel: what has lost its owner, production surfaces first."""
    title = say("nudge.orphans", team=facts.team, count=len(facts.open))
    if not facts.open:
        return _done(facts)
    groups = [block for item in facts.open for block in _item(item, facts, policy)]
    return Message(title, (line(title), *groups, *_rest(facts)))


def leadership(facts: NudgeFacts, policy: Policy) -> Message:
    """To leadership's channel: high risk, and neither owner nor lead has done anything."""
    title = say("nudge.leadership", count=len(facts.open))
    if not facts.open:
        return _done(facts)
    groups = [block for item in facts.open for block in _item(item, facts, policy)]
    return Message(title, (line(title), *groups, *_rest(facts)))


def _first(facts: NudgeFacts) -> Artifact | None:
    return facts.artifacts[facts.open[0].id] if facts.open else None


def _rest(facts: NudgeFacts) -> Iterator[Block]:
    if facts.settled or facts.lapsed or facts.more:
        words = say("nudge.rest", settled=facts.settled, lapsed=facts.lapsed, more=facts.more)
        yield quiet(words)


def _end(facts: NudgeFacts) -> Iterator[Block]:
    yield from _rest(facts)
    if facts.unwanted:
        yield quiet(say("nudge.fewer"))
    else:
        quietly = button("Not useful", "nudge.unwanted", str(facts.id))
        yield ActionsBlock(block_id=f"nudge:{facts.id}", elements=[quietly])


def _item(item: NudgeItem, facts: NudgeFacts, policy: Policy) -> list[Block]:
    artifact = facts.artifacts[item.id]
    why = explain(artifact, to_claim=item.why is Why.ORPHAN)
    words = say("nudge.item", explained=why, **_about(item, facts, policy))
    acts: list[InteractiveElement] = [*_acts(item, artifact, facts.to, policy)]
    block_id = f"nudge:{artifact.key}:{item.why}"
    return [line(words), *_trend(item, facts), ActionsBlock(block_id=block_id, elements=acts)]


def _trend(item: NudgeItem, facts: NudgeFacts) -> Iterator[PictureBlock]:
    """Of a team or repository that stands out."""
    if item.trend:
        shown = in_words.standing_out(item.trend, item.why is Why.AGING, facts.at.date())
        yield PictureBlock(
            f"trend-{item.id}-{item.why.name.lower()}", shown, multiples_alt(item.scope, shown)
        )


def _others(items: Sequence[NudgeItem], facts: NudgeFacts, policy: Policy) -> Iterator[Block]:
    """A line each, a few to a block, so that none is cut off."""
    if items:
        yield line(say("nudge.others", count=len(items)))
    for n in range(0, len(items), _LINES):
        some = items[n : n + _LINES]
        words = (say("nudge.words", **_about(item, facts, policy)) for item in some)
        yield line("\n".join(f"• {item_words}" for item_words in words))


def _about(item: NudgeItem, facts: NudgeFacts, policy: Policy) -> dict[str, Any]:
    """What its words are made of."""
    artifact, today = facts.artifacts[item.id], facts.at.date()
    return {
        "artifact": artifact,
        "why": str(item.why),
        "dates": [_with_notice(due, artifact, today, policy) for due in still_due(item, artifact)],
        "since": date.fromisoformat(item.since) if item.since else None,
        "scope": item.scope,
        "owner": facts.name(artifact.owner),
        "today": today,
    }


def _with_notice(due: Due, artifact: Artifact, today: date, policy: Policy) -> Due:
    """The date itself; for an end date told too late for the full notice, the day it moves to."""
    until = guaranteed(artifact, today, policy)
    return replace(due, on=until) if due.kind is DueKind.EXPIRY and until else due


_ACTS: dict[Why, tuple[Action, ...]] = {
    Why.DUE: (Action.EXTEND, Action.RETIRE, Action.REVIEW, Action.HANDOFF),
    Why.ORPHAN: (Action.CLAIM, Action.HANDOFF, Action.RETIRE, Action.SHOW),
    Why.IGNORED: (Action.HANDOFF, Action.EXTEND, Action.RETIRE, Action.SHOW),
    Why.REPEATED: (Action.HANDOFF, Action.EXTEND, Action.RETIRE, Action.SHOW),
    Why.OTHERWISE: (Action.COMPARE, Action.SHOW),
    Why.TOP_TEAM: (Action.HANDOFF, Action.EXTEND, Action.RETIRE, Action.SHOW),
    Why.TOP_REPO: (Action.HANDOFF, Action.EXTEND, Action.RETIRE, Action.SHOW),
    Why.AGING: (Action.HANDOFF, Action.EXTEND, Action.RETIRE, Action.SHOW),
}


def _acts(
    item: NudgeItem, artifact: Artifact, to: PersonRow | None, policy: Policy
) -> Iterator[InteractiveElement]:
    """The likeliest comes first and stands out."""
    may_hand_off = _may(artifact, to, policy)
    actions = [act for act in _ACTS[item.why] if act is not Action.HANDOFF or may_hand_off]
    first = next(iter(still_due(item, artifact)), None)
    if item.why is Why.DUE and first and first.kind is DueKind.REVIEW:
        actions.sort(key=lambda action: action is not Action.REVIEW)
    for action in actions:
        words = "Still needed" if action is Action.REVIEW else None
        yield act_button(action, artifact.key, words, primary=action is actions[0])
    if item.why is Why.DUE:
        yield _snooze(artifact)


def _may(artifact: Artifact, to: PersonRow | None, policy: Policy) -> bool:
    """Whether its reader, or anybody in a channel, may hand it off: who may not gets no button."""
    if to is None:
        return artifact.orphan
    lead = policy.lead_of(artifact.team)
    return ownership.may_hand_off(artifact, to.slack_id, lead, to.admin)


def _snooze(artifact: Artifact) -> StaticSelectElement:
    options = [
        Option(value=f"{artifact.key} {span}", text=PlainTextObject(text=words, emoji=False))
        for span, words in SNOOZES
    ]
    return StaticSelectElement(
        action_id="artifact.snooze",
        placeholder=PlainTextObject(text="Snooze", emoji=False),
        options=options,
    )
