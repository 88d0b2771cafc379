"""An artifact's columns in a form: its fields, and the facts that somebody entered there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from slack_sdk.models.blocks import Block

from bot.slack.form_state import FormState, at
from bot.slack.forms import LONGEST_ENTRY, select_input, text_input
from debt.artifact.artifact import Ending, Label, Surface
from debt.artifact.columns import BY_FIELD, COLUMNS, Column, Facts, ValueKind
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.hours import as_hours, parse_length

_WANTED = (
    "name", "kind", "repo", "paths", "purpose", "lifespan", "removal_impact", "surface", "label",
)  # fmt: skip
_OTHERS = [
    column.field
    for column in sorted(COLUMNS, key=lambda column: column.holds.value)
    if column.in_form
]
FIELDS = tuple(dict.fromkeys((*_WANTED, "team", *_OTHERS)))
"""Each column of the form once, in the form's order."""

_SHORT = 200
_LONGEST = {ValueKind.COUNT: 6, ValueKind.MINUTES: 10, ValueKind.DAYS: 5}
_GRADES = ("1: very low", "2: low", "3: medium", "4: high", "5: very high")
_CHOICES: Mapping[ValueKind, Sequence[tuple[str, str]]] = {
    ValueKind.GRADE: [(str(number), words) for number, words in enumerate(_GRADES, 1)],
    ValueKind.ENDING: [(ending, ending.capitalize()) for ending in Ending],
}
_AS_USUAL = "policy"


def wanted(policy: Policy, facts: Mapping[str, object]) -> Iterator[Block]:
    """The required fields, and those that say what the artifact is for."""
    yield from _text("name", facts, longest=_SHORT)
    yield _select("kind", _kinds(policy, facts["kind"]), facts["kind"])
    yield from _text("repo", facts, longest=_SHORT)
    yield from _text("paths", facts, multiline=True)
    yield from _text("purpose", facts, optional=True, multiline=True)
    yield from _text("lifespan", facts, optional=True)
    yield from _text("removal_impact", facts, optional=True)
    yield _select(
        "surface", [(surface, surface.capitalize()) for surface in Surface], facts["surface"]
    )
    yield _select("label", _labels(policy, facts), facts.get("label", _AS_USUAL))


def welcome(facts: Mapping[str, object]) -> Iterator[Block]:
    """The optional fields."""
    for name in FIELDS[len(_WANTED) :]:
        holds = BY_FIELD[name].holds
        if holds in _CHOICES:
            yield _select(name, _CHOICES[holds], facts.get(name), optional=True)
        else:
            yield from _text(name, facts, optional=True, longest=_LONGEST.get(holds, _SHORT))


def _kinds(policy: Policy, now: object) -> list[tuple[str, str]]:
    """The policy's kinds, and the artifact's own kind where the policy has dropped it."""
    kinds = dict.fromkeys([*policy.kinds, str(now)])
    return [(kind, _capital(policy.kind(kind).name)) for kind in kinds]


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _labels(policy: Policy, facts: Mapping[str, object]) -> list[tuple[str, str]]:
    labels = [(label, f"{label.capitalize()}: {policy.label(label).meaning}") for label in Label]
    return [*labels] if "label" in facts else [(_AS_USUAL, "As usual for its kind"), *labels]


def _select(
    name: str, options: Sequence[tuple[str, str]], chosen: object, *, optional: bool = False
) -> Block:
    initial = None if chosen is None else str(chosen)
    return select_input(name, BY_FIELD[name].label, options, initial=initial, optional=optional)


def _text(
    name: str,
    facts: Mapping[str, object],
    *,
    optional: bool = False,
    multiline: bool = False,
    longest: int = LONGEST_ENTRY,
) -> Iterator[Block]:
    """A text field; none for a text longer than Slack's 3,000 characters, which would be cut."""
    column = BY_FIELD[name]
    text = _written(column, facts.get(name))
    text = text if multiline else " ".join(text.split())
    if len(text) <= LONGEST_ENTRY:
        yield text_input(
            name,
            column.label,
            initial=text,
            hint=column.hint,
            optional=optional,
            multiline=multiline,
            longest=max(longest, len(text)),
        )


def _written(column: Column, value: object) -> str:
    """The value as a person would type it."""
    if column.holds is ValueKind.MINUTES and isinstance(value, int):
        return as_hours(value)
    if isinstance(value, tuple):
        return "\n".join(value)
    return "" if value is None else str(value)


def read_facts(state: FormState) -> Facts:
    """The facts of the fields that are there; an empty field means none. A wrong value is refused
    at its field.
    """
    facts: dict[str, object] = {}
    for name in FIELDS:
        if name in state.values and state.choice(name) != _AS_USUAL:
            with at(name):
                facts[name] = _READERS[name](state, name)
    return cast("Facts", facts)


def _needed(state: FormState, name: str) -> str:
    text = state.text(name)
    if not text:
        raise Refused("This cannot be blank.")
    return text


def _paths(state: FormState, name: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, _needed(state, name).splitlines())))


def _grade(state: FormState, name: str) -> int | None:
    chosen = state.choice(name)
    return int(chosen) if chosen else None


def _whole_number(state: FormState, name: str) -> int:
    text = state.text(name) or "0"
    if not (text.isascii() and text.isdigit()):
        raise Refused("Say a whole number.")
    return int(text)


def _days(state: FormState, name: str) -> int | None:
    return _whole_number(state, name) or None


def _ending(state: FormState, name: str) -> Ending | None:
    chosen = state.choice(name)
    return Ending(chosen) if chosen else None


def _length(state: FormState, name: str) -> int | None:
    text = state.text(name)
    return parse_length(text) if text else None


_Reader = Callable[[FormState, str], object]
_READ: Mapping[ValueKind, _Reader] = {
    ValueKind.TEXT: FormState.text,
    ValueKind.KIND: FormState.choice,
    ValueKind.PATHS: _paths,
    ValueKind.SURFACE: lambda state, name: Surface(str(state.choice(name))),
    ValueKind.LABEL: lambda state, name: Label(str(state.choice(name))),
    ValueKind.GRADE: _grade,
    ValueKind.COUNT: _whole_number,
    ValueKind.MINUTES: _length,
    ValueKind.ENDING: _ending,
    ValueKind.DAYS: _days,
}


def _reader(column: Column) -> _Reader:
    text = column.holds is ValueKind.TEXT
    return _needed if text and column.required else _READ[column.holds]


_READERS = {name: _reader(BY_FIELD[name]) for name in FIELDS}
