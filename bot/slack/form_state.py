"""What was entered into a form, by block id."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from debt.refusal import Refused


@dataclass(frozen=True, slots=True)
class FormState:
    """Slack's `state.values`: a block id, then the one element in it."""

    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def text(self, block_id: str) -> str:
        """Without spaces around it; empty where nothing was entered."""
        return str(self._element(block_id).get("value") or "").strip()

    def choice(self, block_id: str) -> str | None:
        option = self._element(block_id).get("selected_option") or {}
        value: str | None = option.get("value")
        return value

    def ticked(self, block_id: str) -> list[str]:
        """The values of the boxes that are ticked."""
        return [box["value"] for box in self._element(block_id).get("selected_options") or ()]

    def day(self, block_id: str) -> date | None:
        picked = self._element(block_id).get("selected_date")
        return date.fromisoformat(picked) if picked else None

    def person(self, block_id: str) -> str | None:
        picked: str | None = self._element(block_id).get("selected_user")
        return picked

    def since(self, began: "FormState") -> "FormState":
        """The fields whose content differs from `began`."""
        changed = {name for name in self.values if self._held(name) != began._held(name)}
        return FormState({name: self.values[name] for name in self.values if name in changed})

    def _held(self, block_id: str) -> tuple[object, ...]:
        typed = self.text(block_id), self.choice(block_id)
        return *typed, self.day(block_id), self.person(block_id)

    def _element(self, block_id: str) -> Mapping[str, Any]:
        elements = self.values.get(block_id, {})
        return next(iter(elements.values()), {})


_BEGAN_WITH = {
    "initial_value": "value",
    "initial_option": "selected_option",
    "initial_date": "selected_date",
    "initial_user": "selected_user",
}


def began_with(view: Mapping[str, Any]) -> FormState:
    """What the fields of a form held when it was opened."""
    return FormState({block["block_id"]: {"element": _begun(block)} for block in view["blocks"]})


def _begun(block: Mapping[str, Any]) -> dict[str, Any]:
    element = block.get("element", {})
    return {_BEGAN_WITH[name]: element[name] for name in element if name in _BEGAN_WITH}


class FieldRefused(Refused):
    """Refused because of one field of a form; shown at that field."""

    def __init__(self, block_id: str, why: str) -> None:
        super().__init__(why)
        self.block_id = block_id


@contextmanager
def at(block_id: str) -> Iterator[None]:
    """A refusal inside becomes a refusal at that field of the form."""
    try:
        yield
    except FieldRefused:
        raise
    except Refused as refusal:
        raise FieldRefused(block_id, str(refusal)) from None
