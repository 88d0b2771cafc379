"""Finding an artifact: the type-ahead options, and the form that asks for just one."""

from typing import Any

from bot.slack.call import Answer, Bot, Call, Modal, Origin, admitted
from bot.slack.feature import Run
from bot.slack.form_state import FormState, at
from bot.slack.forms import artifact_input, artifact_option, form
from briefings.messages.message import LONGEST_VALUE, Message, button, buttons, line
from briefings.words.words import say
from debt.artifact.artifact import Artifact, looks_like_key, parse_key
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.text import clean
from storage.register import queries
from storage.register.artifacts import find, require
from storage.register.queries import ArtifactQuery

OFFERED = 25
_LONGEST_TYPED = 300


async def suggestions(bot: Bot, slack_id: str, typed: str) -> list[dict[str, Any]]:
    """Live artifacts matching what was typed so far, by key, name, repository, path or owner."""
    try:
        (await admitted(bot, Origin(slack_id))).change.require_may(Act.SEE)
    except Refused:
        return []
    typed = clean(typed)[:_LONGEST_TYPED]
    async with bot.store.read() as session:
        exact = await find(session, parse_key(typed)) if _is_key(typed) else None
        page = await queries.page(session, ArtifactQuery(words=tuple(typed.split()[:8])), OFFERED)
    matches = {artifact.id: artifact for artifact in (*([exact] if exact else []), *page.artifacts)}
    return [artifact_option(artifact).to_dict() for artifact in list(matches.values())[:OFFERED]]


def _is_key(typed: str) -> bool:
    return looks_like_key(typed) and typed.strip("dD-0 ") != ""


def picked(state: FormState) -> int:
    """The artifact chosen in a form, refused at its field where there is none."""
    with at("artifact"):
        chosen = state.choice("artifact")
        if chosen is None:
            raise Refused("Choose an artifact.")
        return parse_key(chosen)


def pick_form(call: Call, callback: str, title: str, submit: str) -> Modal:
    return Modal(form(call, callback, title, submit, [artifact_input()]))


def by_form(run: Any) -> Run:
    """The reader of a form that asks for an artifact alone."""

    async def submitted(call: Call) -> Answer:
        chosen = picked(call.state)
        with at("artifact"):
            answer: Answer = await run(call, chosen)
        return answer

    return submitted


def offer_form(words: str) -> Message:
    """A message with a button that opens the form: words in a DM give no right to open one."""
    text = say("errors.needs_form")
    opener = button("Open the form", "form.open", words[:LONGEST_VALUE])
    return Message(text, (line(text), buttons("form", opener)))


async def chosen_or_none(call: Call, artifact_id: int | None) -> Artifact | None:
    """The artifact that a form begins with, None for none. Refused for an unknown key."""
    if artifact_id is None:
        return None
    async with call.store.read() as session:
        return await require(session, artifact_id)
