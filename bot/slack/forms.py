"""Pieces of forms: a label for the person, a block id for the reader of the form."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DatePickerElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from bot.slack.call import Call
from briefings.words.words import shorten
from debt.artifact.artifact import Artifact

PICK = "artifact.pick"
LONGEST_ENTRY = 3_000


def form(call: Call, callback: str, title: str, submit: str, blocks: Sequence[Block]) -> View:
    """A modal that remembers where it was opened, so that its answer goes there."""
    return View(
        type="modal",
        callback_id=callback,
        title=_plain(title, 24),
        submit=_plain(submit, 24),
        close=_plain("Cancel", 24),
        blocks=list(blocks),
        private_metadata=call.origin.as_json(),
    )


def artifact_input(chosen: Artifact | None = None) -> InputBlock:
    """A type-ahead picker over the register."""
    picker = ExternalDataSelectElement(
        action_id=PICK,
        placeholder=_plain("Key, name, repository, path or owner", 150),
        initial_option=artifact_option(chosen) if chosen else None,
        min_query_length=0,
    )
    return InputBlock(block_id="artifact", label=_plain("Artifact", 2000), element=picker)


def settled_input(chosen: Artifact) -> InputBlock:
    """The artifact a form was filled from, with no other to choose; read as `artifact_input`."""
    here = artifact_option(chosen)
    picker = StaticSelectElement(action_id=PICK, options=[here], initial_option=here)
    return InputBlock(block_id="artifact", label=_plain("Artifact", 2000), element=picker)


def artifact_option(artifact: Artifact) -> Option:
    return option(str(artifact.id), f"{artifact.key} {artifact.name}", artifact.repo)


def option(value: str, text: str, description: str | None = None) -> Option:
    about = _plain(description, 75) if description else None
    return Option(value=value, text=_plain(text, 75), description=about)


def text_input(
    block_id: str,
    label: str,
    *,
    initial: str | None = None,
    hint: str | None = None,
    optional: bool = False,
    multiline: bool = False,
    longest: int = LONGEST_ENTRY,
) -> InputBlock:
    element = PlainTextInputElement(
        action_id=f"{block_id}.text",
        initial_value=initial[:longest] if initial else None,
        multiline=multiline,
        max_length=longest,
    )
    return _input(block_id, label, element, hint, optional)


def select_input(
    block_id: str,
    label: str,
    options: Iterable[tuple[str, str]],
    *,
    initial: str | None = None,
    hint: str | None = None,
    optional: bool = False,
) -> InputBlock:
    choices = [option(value, text) for value, text in options]
    chosen = next((choice for choice in choices if choice.value == initial), None)
    element = StaticSelectElement(
        action_id=f"{block_id}.select", options=choices, initial_option=chosen
    )
    return _input(block_id, label, element, hint, optional)


def boxes_input(block_id: str, label: str, boxes: Iterable[tuple[str, str]]) -> InputBlock:
    """At most ten boxes to tick, of which Slack asks for one at the least."""
    choices = [option(value, text) for value, text in boxes]
    element = CheckboxesElement(action_id=f"{block_id}.boxes", options=choices)
    return _input(block_id, label, element, None, optional=False)


def date_input(
    block_id: str,
    label: str,
    *,
    initial: date | None = None,
    hint: str | None = None,
    optional: bool = False,
) -> InputBlock:
    start = initial.isoformat() if initial else None
    element = DatePickerElement(action_id=f"{block_id}.date", initial_date=start)
    return _input(block_id, label, element, hint, optional)


def person_input(
    block_id: str, label: str, *, initial: str | None = None, optional: bool = False
) -> InputBlock:
    element = UserSelectElement(action_id=f"{block_id}.person", initial_user=initial)
    return _input(block_id, label, element, None, optional)


def _input(block_id: str, label: str, element: Any, hint: str | None, optional: bool) -> InputBlock:
    return InputBlock(
        block_id=block_id,
        label=_plain(label, 2000),
        element=element,
        hint=_plain(hint, 2000) if hint else None,
        optional=optional,
    )


def _plain(text: str, longest: int) -> PlainTextObject:
    return PlainTextObject(text=shorten(text, longest), emoji=False)
