"""An artifact's facts in a form: one set of fields and one reader for all that ask for them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from slack_sdk.models.blocks import Block

from bot.slack.form_state import FormState, at
from bot.slack.forms import LONGEST_ENTRY, select_input, text_input
from debt.artifact.artifact import Ending, Label, Surface
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.facts import Facts
from debt.rules.hours import as_hours, parse_length

LABELS: Mapping[str, str] = {
    "name": "Name",
    "kind": "Kind",
    "repo": "Repository",
    "paths": "Paths",
    "purpose": "Purpose",
    "lifespan": "Expected lifespan",
    "removal_impact": "What happens if it is removed",
    "surface": "Runs where",
    "label": "Label",
    "team": "Team",
    "service": "Service",
    "origin_tool": "AI tool",
    "origin_model": "Model",
    "prompt_category": "Prompt category",
    "prompt_template": "Prompt template",
    "usage": "How often it is used",
    "rollback": "Rollback strategy",
    "monitoring": "Monitoring hook",
    "responder": "Responder",
    "value": "Business value",
    "blast_radius": "Blast radius",
    "dependants": "Dependants",
    "monthly_minutes": "Monthly hours",
    "planned_end": "Planned end",
    "regenerate_every_days": "Regenerate every … days",
}
_SHORT = 200
_GRADES = ("1: very low", "2: low", "3: medium", "4: high", "5: very high")
_AS_USUAL = "policy"


def wanted(policy: Policy, known: Mapping[str, object]) -> Iterator[Block]:
    """What the register cannot do without, and what it asks of intent."""
    yield from _text("name", known, longest=_SHORT)
    yield _select("kind", _kinds(policy, known["kind"]), known["kind"])
    yield from _text("repo", known, hint="Such as acme/checkout", longest=_SHORT)
    yield from _text("paths", known, hint="Globs, one a line", multiline=True)
    yield from _text("purpose", known, optional=True, multiline=True)
    yield from _text("lifespan", known, optional=True, hint="Until what, or how long")
    yield from _text("removal_impact", known, optional=True)
    yield _select("surface", [(each, each.capitalize()) for each in Surface], known["surface"])
    yield _select("label", _labels(policy, known), known.get("label", _AS_USUAL))


def welcome(known: Mapping[str, object]) -> Iterator[Block]:
    """What may be left out."""
    for name in _PLAIN_TEXTS:
        yield from _text(name, known, optional=True, longest=_SHORT)
    for name in ("value", "blast_radius"):
        grades = [(str(number), words) for number, words in enumerate(_GRADES, 1)]
        yield _select(name, grades, known.get(name), optional=True)
    yield from _text("dependants", known, optional=True, longest=6)
    hint = "Expected maintenance a month; empty: usual for the kind"
    yield from _text("monthly_minutes", known, optional=True, longest=10, hint=hint)
    ends = [(each, each.capitalize()) for each in Ending]
    yield _select("planned_end", ends, known.get("planned_end"), optional=True)
    hint = "Empty: no cadence of its own"
    yield from _text("regenerate_every_days", known, optional=True, longest=5, hint=hint)


_PLAIN_TEXTS = (
    *("team", "service", "origin_tool", "origin_model", "prompt_category", "prompt_template"),
    *("usage", "rollback", "monitoring", "responder"),
)


def _kinds(policy: Policy, now: object) -> list[tuple[str, str]]:
    """The policy's kinds, and the one it has now where the policy has dropped that."""
    kinds = dict.fromkeys([*policy.kinds, str(now)])
    return [(kind, _capital(policy.kind(kind).name)) for kind in kinds]


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _labels(policy: Policy, known: Mapping[str, object]) -> list[tuple[str, str]]:
    labels = [(label, f"{label.capitalize()}: {policy.label(label).meaning}") for label in Label]
    return [*labels] if "label" in known else [(_AS_USUAL, "As usual for its kind"), *labels]


def _select(
    name: str, options: Sequence[tuple[str, str]], chosen: object, *, optional: bool = False
) -> Block:
    initial = None if chosen is None else str(chosen)
    return select_input(name, LABELS[name], options, initial=initial, optional=optional)


def _text(
    name: str,
    known: Mapping[str, object],
    *,
    hint: str | None = None,
    optional: bool = False,
    multiline: bool = False,
    longest: int = LONGEST_ENTRY,
) -> Iterator[Block]:
    """No field for what is longer than a form can hold: it would come back without its end."""
    said = _written(name, known.get(name))
    said = said if multiline else " ".join(said.split())
    if len(said) <= LONGEST_ENTRY:
        yield text_input(
            name,
            LABELS[name],
            initial=said,
            hint=hint,
            optional=optional,
            multiline=multiline,
            longest=max(longest, len(said)),
        )


def _written(name: str, value: object) -> str:
    """As somebody would type it."""
    if name == "monthly_minutes" and isinstance(value, int):
        return as_hours(value)
    if isinstance(value, tuple):
        return "\n".join(value)
    return "" if value is None else str(value)


def read_facts(state: FormState) -> Facts:
    """What the fields say, each refused at its own; a field that is not there says nothing.

    An empty one says that there is no such thing.
    """
    facts: dict[str, object] = {}
    for name in LABELS:
        if name in state.values and state.choice(name) != _AS_USUAL:
            with at(name):
                facts[name] = _READ.get(name, FormState.text)(state, name)
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


_READ: Mapping[str, Callable[[FormState, str], object]] = {
    "name": _needed,
    "kind": FormState.choice,
    "repo": _needed,
    "paths": _paths,
    "surface": lambda state, name: Surface(str(state.choice(name))),
    "label": lambda state, name: Label(str(state.choice(name))),
    "value": _grade,
    "blast_radius": _grade,
    "dependants": _whole_number,
    "monthly_minutes": _length,
    "planned_end": _ending,
    "regenerate_every_days": _days,
}
