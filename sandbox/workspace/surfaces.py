"""Whatever shows blocks: messages, forms, the Home tab. Reading them is the same everywhere."""

import copy
from collections.abc import Iterator
from typing import NamedTuple

from sandbox.blocks import reading
from sandbox.blocks.elements import ELEMENTS, elements_of
from sandbox.blocks.reading import Names
from sandbox.wire.wire import Json, new_id


class Control(NamedTuple):
    """Something on a surface that a person can press, choose or fill."""

    block: Json
    element: Json

    @property
    def label(self) -> str:
        """The words by which a person would name it."""
        written = self.element.get("text") or self.block.get("label") or {}
        said = written if self.element["type"] == "button" or "label" in self.block else {}
        placeholder = self.element.get("placeholder") or {}
        return str((said or placeholder).get("text") or self.element.get("action_id", ""))

    @property
    def key(self) -> tuple[str, str]:
        return self.block["block_id"], self.element["action_id"]

    def is_called(self, name: str) -> bool:
        return name in {self.label, self.element.get("action_id")}

    def stands_at(self, row: str) -> bool:
        value = str(self.element.get("value", ""))
        return value == row or row in value or row in str(self.block["block_id"])


class BlockSurface:
    """Blocks with a reader's eyes on them."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.blocks: list[Json] = []
        self.state: dict[tuple[str, str], Json] = {}
        self.offered: dict[tuple[str, str], list[Json]] = {}
        self.ever_offered: dict[tuple[str, str], dict[str, Json]] = {}

    @property
    def shown(self) -> str:
        return reading.lines_of(self.blocks, self._names)

    @property
    def pings(self) -> set[str]:
        pieces = reading.pieces_of(self.blocks)
        return {
            who for piece in pieces if piece.kind == "mrkdwn" for who in reading.pings(piece.text)
        }

    @property
    def links(self) -> list[str]:
        pieces = reading.pieces_of(self.blocks)
        marked_up = (piece for piece in pieces if piece.kind == "mrkdwn")
        written = [to for p in marked_up for to in reading.links(p.text, verbatim=p.verbatim)]
        return written + [c.element["url"] for c in self.controls() if c.element.get("url")]

    @property
    def buttons(self) -> list[str]:
        return [c.label for c in self.controls() if c.element["type"] == "button"]

    def offer(self, control: Control, options: list[Json]) -> None:
        """The app answered a type-ahead: these can be chosen, and those before still stand."""
        self.offered[control.key] = options
        known = self.ever_offered.setdefault(control.key, {})
        known |= {str(one.get("value")): one for one in options}

    def controls(self) -> Iterator[Control]:
        for block in self.blocks:
            for _, element in elements_of(block):
                if element["type"] != "image":
                    yield Control(block, element)

    def control(
        self,
        name: str,
        *,
        value: str | None = None,
        block_id: str | None = None,
        row: str | None = None,
    ) -> Control:
        """The one control so called; the rest of the words narrow it down."""
        all_here = list(self.controls())
        found = [
            one
            for one in all_here
            if one.is_called(name)
            and (value is None or one.element.get("value") == value)
            and (block_id is None or one.block["block_id"] == block_id)
            and (row is None or one.stands_at(row))
        ]
        if len(found) == 1:
            return found[0]
        offered = [(c.label, c.element.get("action_id"), c.element.get("value")) for c in all_here]
        raise LookupError(f"{len(found)} controls are called {name!r} among {offered}")


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy with a random block_id and action_id wherever the app left one out, as in Slack."""
    finished = copy.deepcopy(blocks)
    for block in finished:
        block.setdefault("block_id", new_id("", 5))
        for _, element in elements_of(block):
            if element["type"] in ELEMENTS and element["type"] != "image":
                element.setdefault("action_id", new_id("", 5))
    return finished
