"""A message: typed blocks and the text that stands for them in a notification."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    ImageBlock,
    InteractiveElement,
    MarkdownTextObject,
    PlainTextObject,
    RawTextObject,
    SectionBlock,
    TableBlock,
    TableBlockColumnSettings,
)

from briefings.pictures.pictures import Picture
from briefings.words.words import cut, readable, shorten
from debt.rules.standing import Action

LONGEST_SECTION = 3_000
LONGEST_CONTEXT = 2_000
LONGEST_FALLBACK = 3_000
LONGEST_VALUE = 2_000
LONGEST_ALT = 2_000


@dataclass(frozen=True, slots=True)
class UploadedPicture:
    """A picture as it was uploaded, and what it shows."""

    file_id: str
    alt: str


class TableCells(TableBlock):
    """Plain text in every cell, the first row its head; an empty cell shows a dash."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.texts = [[cell or "–" for cell in row] for row in rows]
        cells = [[RawTextObject(text=cell) for cell in row] for row in self.texts]
        wrapped = [TableBlockColumnSettings(is_wrapped=True) for _ in self.texts[0]]
        super().__init__(rows=cells, column_settings=wrapped)


class PictureBlock(ImageBlock):
    """The place of a picture; nothing is shown there before it hangs.

    `name` tells the pictures of a message apart, `alt` is its finding in one plain sentence.
    """

    def __init__(
        self, name: str, picture: Picture, alt: str, hung: UploadedPicture | None = None
    ) -> None:
        shows = {"id": hung.file_id} if hung else None
        super().__init__(alt_text=shorten(alt, LONGEST_ALT), slack_file=shows)
        self.name = name
        self.picture = picture
        self.hung = hung

    def hanging(self, hung: UploadedPicture | None) -> "PictureBlock":
        """With that file; without one nothing is shown here."""
        return PictureBlock(self.name, self.picture, hung.alt if hung else self.alt_text, hung)


@dataclass(frozen=True)
class Message:
    """`text` is mrkdwn and reads well alone; links in it never unfold into previews.

    A `final` one is not drawn again: nothing it speaks of changes any more.
    """

    text: str
    blocks: tuple[Block, ...]
    final: bool = False

    def payload(self) -> Mapping[str, Any]:
        return self._payload

    @cached_property
    def _payload(self) -> Mapping[str, Any]:
        return {
            "text": cut(self.text, LONGEST_FALLBACK),
            "blocks": [each.to_dict() for each in self.blocks if _has_something(each)],
        }

    def encoded(self, response_type: str) -> str:
        """The payload as JSON, for who sees it; the same message again costs nothing."""
        return f'{{"response_type": "{response_type}", {self._encoded[1:]}'

    @cached_property
    def _encoded(self) -> str:
        return json.dumps(self._payload)

    @property
    def pictures(self) -> tuple[PictureBlock, ...]:
        return tuple(each for each in self.blocks if isinstance(each, PictureBlock))

    @property
    def hung(self) -> Mapping[str, UploadedPicture]:
        """Those that are uploaded, by name."""
        return {each.name: each.hung for each in self.pictures if each.hung}

    def hanging(self, hung: Mapping[str, UploadedPicture]) -> "Message":
        """With just these pictures in their places."""
        blocks = (
            each.hanging(hung.get(each.name)) if isinstance(each, PictureBlock) else each
            for each in self.blocks
        )
        return replace(self, blocks=tuple(blocks))

    def readable(self) -> str:
        """What a person would read, for a terminal."""
        lines = (line for block in self.blocks for line in _lines(block))
        return readable("\n".join(line for line in lines if line))


def _has_something(block: Block) -> bool:
    return not isinstance(block, PictureBlock) or block.hung is not None


def _lines(block: Block) -> list[str]:
    if isinstance(block, HeaderBlock | SectionBlock):
        return [block.text.text if block.text else ""]
    if isinstance(block, ContextBlock):
        return [getattr(element, "text", "") for element in block.elements]
    if isinstance(block, TableCells):
        return [" | ".join(row) for row in block.texts]
    if isinstance(block, ActionsBlock):
        labels = (getattr(each, "text", None) for each in block.elements)
        return ["    " + "  ".join(f"[{label.text}]" for label in labels if label)]
    return []


def plainly(text: str) -> Message:
    """A message of one paragraph."""
    return Message(text, (line(text),))


def heading(text: str) -> HeaderBlock:
    return HeaderBlock(text=PlainTextObject(text=shorten(text, 150), emoji=False))


def line(text: str, *, accessory: InteractiveElement | None = None) -> SectionBlock:
    """mrkdwn as our templates wrote it; Slack must not look for links or names of its own."""
    shown = MarkdownTextObject(text=cut(text, LONGEST_SECTION), verbatim=True)
    return SectionBlock(text=shown, accessory=accessory)


def quiet(text: str) -> ContextBlock:
    shown = MarkdownTextObject(text=cut(text, LONGEST_CONTEXT), verbatim=True)
    return ContextBlock(elements=[shown])


def buttons(block_id: str, *elements: ButtonElement) -> ActionsBlock:
    return ActionsBlock(block_id=block_id, elements=list(elements))


def button(
    text: str, action: str, value: str, *, primary: bool = False, danger: bool = False
) -> ButtonElement:
    style = "primary" if primary else "danger" if danger else None
    label = PlainTextObject(text=text, emoji=False)
    return ButtonElement(text=label, action_id=action, value=value, style=style)


def act_button(
    action: Action, key: str, words: str | None = None, *, primary: bool = False
) -> ButtonElement:
    """The button of an action on an artifact, with the action's label or with `words`."""
    return button(words or action.label, f"artifact.{action}", key, primary=primary)


def buttons_for(keys: Iterable[str], text: str, action: str) -> list[ButtonElement]:
    """The same for each; Slack wants other ids within a block: they differ after the `#`."""
    return [button(f"{text} {key}", f"{action}#{key}", key) for key in keys]


def joined(blocks: Sequence[Sequence[Block]]) -> tuple[Block, ...]:
    return tuple(block for group in blocks for block in group)
