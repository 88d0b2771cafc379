"""What was entered into a form, by block id."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from debt.refusal import Refused


@dataclass(frozen=True, slots=True)
class State:
    """Slack's `state.values`: a block id, then the one element in it."""

    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def text(self, block_id: str) -> str:
        return str(self._element(block_id).get("value") or "").strip()

    def choice(self, block_id: str) -> str | None:
        option = self._element(block_id).get("selected_option") or {}
        value: str | None = option.get("value")
        return value

    def day(self, block_id: str) -> date | None:
        picked = self._element(block_id).get("selected_date")
        return date.fromisoformat(picked) if picked else None

    def person(self, block_id: str) -> str | None:
        picked: str | None = self._element(block_id).get("selected_user")
        return picked

    def _element(self, block_id: str) -> Mapping[str, Any]:
        elements = self.values.get(block_id, {})
        return next(iter(elements.values()), {})


class FieldRefused(Refused):
    """Refused because of one field of a form; shown at that field."""

    def __init__(self, block_id: str, why: str) -> None:
        super().__init__(why)
        self.block_id = block_id


@contextmanager
def at(block_id: str) -> Iterator[None]:
    """What is refused inside is refused at that field."""
    try:
        yield
    except FieldRefused:
        raise
    except Refused as refusal:
        raise FieldRefused(block_id, str(refusal)) from None
