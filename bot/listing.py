"""`/debt list`: what to fix first, filtered, paged, each row with its next action."""

import json
from datetime import timedelta
from difflib import get_close_matches

from slack_sdk.models.blocks import Block

from bot.call import Answer, Call, Reply
from bot.feature import Feature, Verb
from bot.typed import plain, scope_in, sought, spelled, words_of
from briefings.message import Message, button, buttons, line, plainly
from briefings.words import say
from debt.artifact import Artifact
from debt.policy import Policy
from debt.refusal import Refused
from debt.score import explain
from debt.standing import next_step
from storage import lists, people
from storage.lists import Cursor, Filter, Page, Query, Scope, ScopeKind

ROWS = 8
_LONGEST_WORDS = 300


async def list_(call: Call) -> Answer:
    return await _page(call, call.words[:_LONGEST_WORDS], None)


def read_words(call: Call, text: str) -> Query:
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
    return Query(
        filters=frozenset(filters),
        scopes=tuple(scopes),
        words=tuple(rest),
        owner=call.who.slack_id,
        today=call.today,
        soon=call.today + timedelta(days=call.policy.thresholds.due_soon_days),
    )


async def _page(call: Call, text: str, after: Cursor | None) -> Reply:
    query = read_words(call, text)
    async with call.store.read() as session:
        page = await lists.page(session, query, ROWS, after)
        names = await people.names(session, [a.owner for a in page.artifacts if a.owner])
    if not page.artifacts:
        return Reply(plainly(_nothing(query)))
    return Reply(_message(call, page, text, names))


def _nothing(query: Query) -> str:
    """An empty list says so; a misspelled filter is offered its right spelling."""
    meant = [get_close_matches(word, [*Filter], 1, 0.75) for word in query.words]
    nearest = next((each[0] for each in meant if each), None)
    return say("list.nothing", nearest=nearest)


def _message(call: Call, page: Page, text: str, names: dict[str, str]) -> Message:
    title = say("list.title", words=plain(text))
    blocks: list[Block] = [line(title)]
    blocks += [
        row(artifact, call, names.get(artifact.owner or "", artifact.owner))
        for artifact in page.artifacts
    ]
    if page.after:
        here = {"words": text, "after": [page.after.priority, page.after.id]}
        place = json.dumps(here, ensure_ascii=False)
        blocks.append(buttons("list", button("Next page", "list.more", place)))
    return Message(title, tuple(blocks))


def row(artifact: Artifact, call: Call, owner: str | None) -> Block:
    """What it is, why it ranks where it does, and the button of its next step."""
    step = next_step(artifact, call.policy, call.today)
    words = say(
        "list.row",
        artifact=artifact,
        step=step,
        why=explain(artifact),
        owner=owner,
        today=call.today,
        ephemeral=_ephemeral(artifact, call.policy),
    )
    label, action = step.action.capitalize(), f"artifact.{step.action}"
    return line(words, accessory=button(label, action, artifact.key))


def _ephemeral(artifact: Artifact, policy: Policy) -> bool:
    return policy.label(artifact.label).counts_as == "ephemeral"


async def _more(call: Call) -> Answer:
    try:
        place = json.loads(call.value)
        text, (priority, number) = str(place["words"]), place["after"]
    except (ValueError, KeyError, TypeError):
        raise Refused("That list is out of date. Say “list” again.") from None
    reply = await _page(call, text, Cursor(int(priority), int(number)))
    return Reply(reply.message, replace=True)


async def _open(call: Call) -> Answer:
    """From a digest's closing line: the rest of its scope."""
    kind, _, name = call.value.partition(":")
    return await _page(call, spelled(Scope(ScopeKind(kind), name)), None)


FEATURE = Feature(
    verbs=(
        Verb(
            "list",
            "[overdue|expiring|orphans|high-risk|mine|provisional] [team:x] [repo:x] [words]",
            "what to fix first, and the next step for each",
            list_,
        ),
    ),
    buttons={"list.more": _more, "list.open": _open},
)
