"""`/debt list`: what to fix first, filtered, paged, each row with its next action."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from slack_sdk.models.blocks import Block

from bot.slack.call import Answer, Call, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.parsing import plain, scope_in, sought, spelled, words_of
from briefings.messages.message import Message, act_button, button, buttons, line, plainly
from briefings.words.words import say
from debt.artifact.artifact import Artifact, Stage
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.score import explain
from debt.rules.standing import Action, next_step
from debt.scope import ALL, Cursor, Filter, Scope, ScopeKind
from storage.lifecycle import proposals
from storage.register import people, queries
from storage.register.queries import ArtifactPage, ArtifactQuery

ROWS = 8
_ALSO = {"expired": Filter.OVERDUE, "late": Filter.OVERDUE, "unowned": Filter.ORPHANS}
_LONGEST_WORDS = 300


async def list_(call: Call) -> Answer:
    return await page(call, call.words[:_LONGEST_WORDS])


def read_words(call: Call, text: str) -> ArtifactQuery:
    """Filters, scopes and words to look for, in any order."""
    filters, scopes, rest = set(), [], []
    for word in words_of(text):
        scope = scope_in(word)
        if scope:
            scopes.append(scope)
        elif word.casefold() in set(Filter):
            filters.add(Filter(word.casefold()))
        else:
            rest.append(sought(word))
    return ArtifactQuery(
        filters=frozenset(filters),
        scopes=tuple(scopes),
        words=tuple(rest),
        owner=call.who.slack_id,
        today=call.today,
        soon=call.today + timedelta(days=call.policy.thresholds.due_soon_days),
    )


async def page(call: Call, text: str, after: Cursor | None = None) -> Reply:
    """A page of the list for these words, from `after` on."""
    query = read_words(call, text)
    async with call.store.read() as session:
        listed = await queries.page(session, query, ROWS, after)
        names = await people.names(session, [a.owner for a in listed.artifacts if a.owner])
        proposed = 0 if query.filters else await proposals.count(session, _scope(query))
    if not listed.artifacts and not proposed:
        return Reply(plainly(_nothing(query)))
    return Reply(_message(call, listed, _Place(text, after), names, proposed))


def _scope(query: ArtifactQuery) -> Scope:
    """The scope in which proposals are counted: the one named; everywhere for none or several."""
    return query.scopes[0] if len(query.scopes) == 1 else ALL


@dataclass(frozen=True, slots=True)
class _Place:
    """The words of a list and where a page of it begins, as a button's value has them."""

    text: str
    after: Cursor | None

    def value(self, artifact_id: int | None = None) -> str:
        after = self.after and [self.after.priority, self.after.id]
        here = {"words": self.text, "after": after, "artifact": artifact_id}
        return json.dumps(here, ensure_ascii=False)


def _place_of(call: Call) -> tuple[_Place, int]:
    """The page that a button was on, and the artifact of its row."""
    try:
        here = json.loads(call.value)
        after = here["after"] and Cursor(*map(int, here["after"]))
        return _Place(str(here["words"]), after), int(here["artifact"] or 0)
    except (ValueError, KeyError, TypeError):
        raise Refused("That list is out of date. Say “list” again.") from None


def _nothing(query: ArtifactQuery) -> str:
    """The words for an empty list, with the filter or scope that may have been meant."""
    if query.filters == {Filter.PROPOSED} and not (query.scopes or query.words):
        return say("list.nothing_proposed")
    return say("list.nothing", nearest=_meant(query.words))


def _meant(words: Sequence[str]) -> str | None:
    """The scope or filter that the words come close to, as it is spelled; None for no such.

    `team payments` is `team:payments`, `high risk` is `high-risk`, and `expired` is `overdue`.
    """
    if len(words) == 2 and words[0].casefold() in set(ScopeKind) - {ScopeKind.ALL}:
        return f"{words[0].casefold()}:{words[1]}"
    spellings = [word.casefold() for word in (" ".join(words), *words)]
    filters = (_ALSO.get(word) or _closest(word) for word in spellings)
    return next(filter(None, filters), None)


def _closest(word: str) -> str | None:
    return next(iter(get_close_matches(word, [*Filter], 1, 0.75)), None)


def _message(
    call: Call, listed: ArtifactPage, place: _Place, names: dict[str, str], proposed: int
) -> Message:
    title = say("list.title", words=plain(place.text))
    blocks: list[Block] = [line(title)]
    for artifact in listed.artifacts:
        owner = names.get(artifact.owner or "", artifact.owner)
        blocks += (
            _proposal(artifact, place) if _is_proposed(artifact) else [row(artifact, call, owner)]
        )
    if proposed:
        see = button("See them", "list.proposed", place.text or "all")
        blocks.append(line(say("list.proposed", count=proposed), accessory=see))
    if listed.after:
        following = _Place(place.text, listed.after).value()
        blocks.append(buttons("list", button("Next page", "list.more", following)))
    return Message(title, tuple(blocks))


def _is_proposed(artifact: Artifact) -> bool:
    return artifact.stage is Stage.PROPOSED


def _proposal(artifact: Artifact, place: _Place) -> list[Block]:
    """The row of a proposal: its evidence, and the buttons for both answers."""
    words = say("list.proposal", artifact=artifact, why=explain(artifact))
    here = place.value(artifact.id)
    acts = (
        button(Action.ACCEPT.label, "list.accept", here, primary=True),
        button(Action.DISMISS.label, "list.dismiss", here),
        act_button(Action.SHOW, artifact.key),
    )
    return [line(words), buttons(f"proposal:{artifact.key}", *acts)]


async def answered(call: Call, act: Callable[[Call, int], Awaitable[Reply]]) -> Reply:
    """Does `act` for the row of the pressed button, and shows the list as it is now."""
    place, artifact_id = _place_of(call)
    done = await act(call, artifact_id)
    now = await page(call, place.text, place.after)
    return done.in_place(now.message.blocks)


def row(artifact: Artifact, call: Call, owner: str | None) -> Block:
    """The row of an artifact: name, why it ranks here, and the button of its next step."""
    step = next_step(artifact, call.policy, call.today)
    words = say(
        "list.row",
        artifact=artifact,
        step=step,
        why=explain(artifact, to_claim=step.action is Action.CLAIM),
        owner=owner,
        today=call.today,
        ephemeral=_ephemeral(artifact, call.policy),
    )
    return line(words, accessory=act_button(step.action, artifact.key))


def _ephemeral(artifact: Artifact, policy: Policy) -> bool:
    return policy.label(artifact.label).counts_as == "ephemeral"


async def _more(call: Call) -> Answer:
    place, _ = _place_of(call)
    reply = await page(call, place.text, place.after)
    return Reply(reply.message, replace=True)


async def _proposed(call: Call) -> Answer:
    """From the foot of a list: the proposals in its scopes."""
    scopes = [word for word in words_of(call.value) if scope_in(word)]
    return await page(call, " ".join(["proposed", *scopes]))


async def _open(call: Call) -> Answer:
    """From a digest's closing line: the rest of its scope."""
    kind, _, name = call.value.partition(":")
    return await page(call, spelled(Scope(ScopeKind(kind), name)))


FEATURE = Feature(
    verbs=(
        Verb(
            "list",
            f"[{'|'.join(Filter)}] [team:x] [repo:x] [train:x] [words]",
            "what to fix first, and the next step for each",
            list_,
        ),
    ),
    buttons={"list.more": _more, "list.open": _open, "list.proposed": _proposed},
)
