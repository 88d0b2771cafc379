"""The gate's checklist as a message: the state of each item, and the buttons to change it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, ButtonElement

from bot.slack.call import Call
from briefings.messages.message import Message, act_button, button, buttons, line, plainly, quiet
from briefings.words.words import say
from debt.artifact.artifact import Artifact, Stage
from debt.change import Change
from debt.refusal import Refused
from debt.rules.approval import ApprovalKind
from debt.rules.gate import GateItem, ahead, fact, gate, missing, next_stage
from debt.rules.standing import Action
from debt.rules.tier import tier
from storage.database.store import Session
from storage.lifecycle import requests
from storage.lifecycle.promotion import require_may_show, require_may_waive
from storage.register import checklists
from storage.register.artifacts import require
from storage.register.checklists import Checklist
from storage.tables import ApprovalState, ShownRow


@dataclass(frozen=True, slots=True)
class GateStanding:
    """The items of an artifact's gate to a stage, what was shown for each, and what is missing.

    `waits` says that others have been asked to agree already.
    """

    artifact: Artifact
    stage: Stage
    items: tuple[GateItem, ...]
    shown: Mapping[str, ShownRow]
    missing: tuple[GateItem, ...]
    waits: bool

    @property
    def to_show(self) -> tuple[GateItem, ...]:
        """The missing items, without the planned end, which the promotion asks for."""
        return tuple(item for item in self.missing if item is not GateItem.END)


async def standing_of(session: Session, change: Change, artifact: Artifact) -> GateStanding:
    """Refused where promotion leads no further."""
    stage = next_stage(artifact)
    items = gate(artifact, change.policy, stage)
    shown = await checklists.shown(session, artifact, Checklist.PROMOTE)
    lacking = missing(items, shown, artifact, change.today)
    approvals = await requests.of_artifact(session, artifact.id)
    waits = any((a.kind, a.state) == (ApprovalKind.PROMOTE, ApprovalState.OPEN) for a in approvals)
    return GateStanding(artifact, stage, items, shown, lacking, waits)


async def checklist_of(call: Call, artifact_id: int) -> Message:
    """The checklist as it is now, with the buttons that this person may use."""
    async with call.store.read() as session:
        artifact = await require(session, artifact_id)
        if ahead(artifact.stage) is None:
            return plainly(say("promote.no_further", artifact=artifact))
        standing = await standing_of(session, call.change, artifact)
    head = _head(call, standing)
    blocks: list[Block] = [line(head)]
    for item in standing.items:
        blocks += _line(call.change, standing, item)
    return Message(head, (*blocks, *_foot(standing)))


def _head(call: Call, standing: GateStanding) -> str:
    return say(
        "promote.checklist",
        artifact=standing.artifact,
        stage=standing.stage,
        kind=call.policy.kind(standing.artifact.kind),
        tier=tier(standing.artifact, call.policy),
        missing=len(standing.to_show),
    )


def _line(change: Change, standing: GateStanding, item: GateItem) -> list[Block]:
    artifact, lacking = standing.artifact, item in standing.missing
    words = say(
        "promote.item",
        item=item,
        fact=fact(item, artifact) if item.is_fact else None,
        kept=standing.shown.get(item),
        settled=not lacking,
    )
    offered = list(_offers(change, artifact, item)) if lacking else []
    drawn = [buttons(f"gate:{artifact.key}:{item}", *offered)] if offered else []
    return [line(words), *drawn]


def _offers(change: Change, artifact: Artifact, item: GateItem) -> Iterator[ButtonElement]:
    value = f"{artifact.key} {item}"
    if item is GateItem.OWNER:
        yield act_button(Action.CLAIM, artifact.key)
    elif item.is_fact and item is not GateItem.END:
        yield act_button(Action.EDIT, artifact.key)
    if _passes(require_may_show, change, artifact, item):
        yield button("Show it", "gate.evidence", value)
    if _passes(require_may_waive, change, artifact, item):
        yield button("Waive", "gate.waive", value)


def _passes(
    rule: Callable[[Change, Artifact, GateItem], None],
    change: Change,
    artifact: Artifact,
    item: GateItem,
) -> bool:
    try:
        rule(change, artifact, item)
    except Refused:
        return False
    return True


def _foot(standing: GateStanding) -> Iterator[Block]:
    if standing.waits:
        yield quiet(say("promote.waits"))
        return
    key, label = standing.artifact.key, f"Promote to {standing.stage}"
    press = button(label, "gate.promote", key, primary=not standing.to_show)
    yield buttons(f"gate:{key}", press)
