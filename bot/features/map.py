"""`/debt map`: value × risk of a scope: four counts with their actions, and a picture (R15)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.features.brief import own_scope, read_scope
from bot.features.subscribe import require_scope
from bot.slack.call import Answer, Call, Reply
from bot.slack.feature import Feature, Verb
from briefings.messages.message import Message, PictureBlock, act_button, line, plainly, quiet
from briefings.pictures.pictures import quadrant_map, quadrant_map_alt
from briefings.words.words import say
from debt.artifact.artifact import Artifact, Stage
from debt.policy.policy import Policy
from debt.rules.score import Quadrant, explain
from debt.rules.standing import Action
from debt.scope import Scope
from storage.register import quadrants
from storage.register.quadrants import QuadrantCount

# The most urgent first; where the first one is empty, the next one is what to begin with.
_ORDER = (Quadrant.LOW_HIGH, Quadrant.HIGH_HIGH, Quadrant.LOW_LOW, Quadrant.HIGH_LOW)
_BEGIN_WITH = {
    Quadrant.LOW_HIGH: Action.RETIRE,
    Quadrant.HIGH_HIGH: Action.REVIEW,
}


@dataclass(frozen=True, slots=True)
class MapFacts:
    """A scope's live artifacts by quadrant, and the one to begin with."""

    scope: Scope
    counted: Mapping[Quadrant, QuadrantCount]
    first: Artifact | None = None
    quadrant: Quadrant | None = None

    @property
    def total(self) -> int:
        return sum(quadrant.artifacts for quadrant in self.counted.values())

    @property
    def unrated(self) -> int:
        return sum(quadrant.unrated for quadrant in self.counted.values())


async def map_(call: Call) -> Answer:
    async with call.store.read() as session:
        scope = read_scope(call.words, await own_scope(session, call.channel), "map")
        await require_scope(session, scope)
        counted = await quadrants.count(session, scope)
        urgent = next((quadrant for quadrant in _BEGIN_WITH if quadrant in counted), None)
        first = await quadrants.first(session, scope, urgent) if urgent else None
    seen = MapFacts(scope, counted, first, urgent)
    if not seen.total:
        return Reply(plainly(say("map.nothing", scope=scope)))
    return Reply(message(seen, call.policy))


def message(seen: MapFacts, policy: Policy) -> Message:
    """The map as a picture, and in words all that the picture shows."""
    counts = {
        quadrant: seen.counted.get(quadrant, QuadrantCount()).artifacts for quadrant in _ORDER
    }
    picture = quadrant_map(counts)
    alt = quadrant_map_alt(seen.scope.name or "The register", picture)
    blocks: list[Block] = [
        line(say("map.title", scope=seen.scope, total=seen.total)),
        PictureBlock("map", picture, alt),
        line(say("map.quadrants", counts=counts)),
        *_what_to_begin_with(seen),
    ]
    if seen.unrated:
        usual = policy.thresholds.unrated_value
        blocks.append(quiet(say("map.unrated", count=seen.unrated, usual=usual)))
    return Message(say("map.fallback", scope=seen.scope, counts=counts), tuple(blocks))


def _what_to_begin_with(seen: MapFacts) -> Iterator[Block]:
    if seen.first is None or seen.quadrant is None:
        return
    action = _BEGIN_WITH[seen.quadrant]
    if seen.first.value is None:
        action = Action.EDIT
    if seen.first.stage is Stage.RETIRING:
        action = Action.SHOW
    words = say("map.first", artifact=seen.first, why=explain(seen.first))
    yield line(words, accessory=act_button(action, seen.first.key))


FEATURE = Feature(
    verbs=(
        Verb("map", "[scope]", "value × risk: what to delete, refactor, keep, and watch", map_),
    ),
)
