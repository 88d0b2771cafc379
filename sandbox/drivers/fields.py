"""Between what a person does with a field and the state that Slack reports for it."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sandbox.transport.payloads import field_of, initial
from sandbox.wire.wire import Json
from sandbox.workspace.surfaces import BlockSurface, Control
from sandbox.workspace.workspace import Workspace

Words = str | int | float | date | Sequence[str] | None

_TYPED = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
REQUIRED = "Please complete this required field."


class Option(str):
    """An option as a person reads it; `value` is what the app gets."""

    __slots__ = ("source",)
    source: Json

    @classmethod
    def of(cls, source: Json) -> "Option":
        option = cls(source["text"]["text"])
        option.source = source
        return option

    @property
    def value(self) -> str:
        return str(self.source.get("value", ""))

    @property
    def description(self) -> str:
        return str((self.source.get("description") or {}).get("text", ""))


def options_in(holder: Json) -> list[Option]:
    """Those of an element or of an app's answer, groups flattened."""
    groups = [group["options"] for group in holder.get("option_groups") or []]
    return [Option.of(one) for listed in [holder.get("options") or [], *groups] for one in listed]


def offered_for(surface: BlockSurface, control: Control, words: Words) -> list[Option]:
    """What the last type-ahead found, plus what earlier ones did if it is named by its value."""
    last = surface.offered.get(control.key, [])
    ever = surface.ever_offered.get(control.key, {})
    named = [words] if isinstance(words, str) else words if isinstance(words, Sequence) else []
    earlier = [ever[one] for one in named if one in ever and ever[one] not in last]
    return [Option.of(one) for one in [*last, *earlier]]


def picked(options: Sequence[Option], words: str) -> Json:
    """The option with this text or value, or the only one that contains it."""
    exact = [one for one in options if words in {str(one), one.value}]
    found = exact or [one for one in options if words in one]
    if len(found) != 1:
        raise LookupError(f"{len(found)} options match {words!r} among {list(map(str, options))}")
    return found[0].source


def state_for(
    element: Json, words: Words, workspace: Workspace, offered: Sequence[Option] = ()
) -> Json:
    """The state after a person entered or chose this. Raises LookupError for what isn't there."""
    kind, name = element["type"], field_of(element)
    if words is None:
        return {"type": kind, name: [] if name.endswith("s") else None}
    if kind == "rich_text_input":
        return {"type": kind, name: _rich(str(words))}
    if name.endswith("s"):
        listed = [words] if isinstance(words, str) else list(words)  # type: ignore[arg-type]  # what is no string is a list of them here
        one = _chooser(kind.removeprefix("multi_"), element, workspace, offered)
        return {"type": kind, name: [one(each) for each in listed]}
    if kind in _TYPED:
        return {"type": kind, "value": str(words) or None}
    return {"type": kind, name: _chooser(kind, element, workspace, offered)(words)}


def _chooser(
    kind: str, element: Json, workspace: Workspace, offered: Sequence[Option]
) -> Callable[[Any], Any]:
    options = [*offered, *options_in(element)]
    choosers: dict[str, Callable[[Any], Any]] = {
        "users_select": lambda words: workspace.user(words).id,
        "channels_select": lambda words: workspace.channel(words).id,
        "conversations_select": lambda words: workspace.channel(words).id,
        "datepicker": lambda words: date.fromisoformat(str(words)).isoformat(),
        "timepicker": lambda words: datetime.strptime(words, "%H:%M").strftime("%H:%M"),  # noqa: DTZ007  # a time of day has no zone
        "datetimepicker": int,
    }
    return choosers.get(kind, lambda words: picked(options, words))


def _rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def words_of(surface: BlockSurface, control: Control, workspace: Workspace) -> str:
    """The field's content as the person reads it, several joined by commas."""
    state = surface.state.get(control.key) or initial(control.element)
    value = state.get(field_of(control.element))
    return ", ".join(
        _word(one, workspace) for one in (value if isinstance(value, list) else [value])
    )


def _word(value: Any, workspace: Workspace) -> str:
    if isinstance(value, dict):
        return str(value["text"]["text"]) if "text" in value else "(rich text)"
    if value in workspace.users:
        return workspace.handle_of(value)
    return workspace.channel_name_of(str(value)) or ("" if value is None else str(value))


# ------------------------------------------------------- what Slack's client checks by itself


def complaint(surface: BlockSurface, control: Control) -> str | None:
    """Why the client would not even send the form."""
    state = surface.state.get(control.key) or initial(control.element)
    value = state.get(field_of(control.element))
    if value in (None, "", []):
        return None if control.block.get("optional") else REQUIRED
    validate = _VALIDATORS.get(control.element["type"])
    return validate(control.element, value) if validate else None


def _length(element: Json, value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"This field must have at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"This field must have at most {element.get('max_length', 3000)} characters."
    return None


def _number(element: Json, value: str) -> str | None:
    form = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(form, value):
        return "Please enter a valid number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number greater than or equal to {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number less than or equal to {element['max_value']}."
    return None


def _address(_: Json, value: str) -> str | None:
    return None if re.fullmatch(r"\S+@\S+\.\S+", value) else "Please enter a valid email address."


def _url(_: Json, value: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", value) else "Please enter a valid URL."


_VALIDATORS: dict[str, Callable[[Json, Any], str | None]] = {
    "plain_text_input": _length,
    "number_input": _number,
    "email_text_input": _address,
    "url_text_input": _url,
}
