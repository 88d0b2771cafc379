"""YAML of which nobody knows who wrote it: keys and values as text, each with its line.

No value is given a type, so nothing is constructed. Anchors and aliases are refused, since a few
lines of them stand for gigabytes; so is anything deep or large.
"""

from typing import Any, NamedTuple

import yaml

from intake.languages.comments import MOST_CHARACTERS

DEEPEST = 12


class WrongYaml(Exception):
    """It cannot be read; the message says in which line, and why."""


class YamlEntry(NamedTuple):
    """A key and what it says, as text; `line` counts from 1."""

    key: str
    text: str
    line: int


class _Loader(yaml.SafeLoader):
    _depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # its types leave this out
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise WrongYaml(f"line {event.start_mark.line + 1}: anchors and aliases are not read")
        if self._depth >= DEEPEST:
            raise WrongYaml(f"line {event.start_mark.line + 1}: it is nested too deeply")
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def composed(text: str) -> yaml.Node | None:
    """The first document, None for an empty one. Raises WrongYaml."""
    if len(text) > MOST_CHARACTERS:
        raise WrongYaml(f"it is longer than {MOST_CHARACTERS:,} characters")
    try:
        loader = _Loader(text)
        try:
            if not loader.check_node():
                return None
            node: yaml.Node | None = loader.get_node()
            return node
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise WrongYaml(f"{line}{error.problem}") from None
    except (yaml.YAMLError, ValueError, OverflowError):
        raise WrongYaml("it is not YAML") from None


def value_of(node: yaml.Node, key: str) -> yaml.Node | None:
    """What a mapping has under a key."""
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def entries_of(node: yaml.Node, first_line: int = 1) -> list[YamlEntry]:
    """The pairs of a mapping that are text, or lists of text; a null says nothing."""
    if not isinstance(node, yaml.MappingNode):
        return []
    pairs = ((name, _text(value)) for name, value in node.value)
    return [
        YamlEntry(name.value, text, name.start_mark.line + first_line)
        for name, text in pairs
        if isinstance(name, yaml.ScalarNode) and text is not None
    ]


def _text(node: yaml.Node) -> str | None:
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        items = [_text(child) for child in node.value if isinstance(child, yaml.ScalarNode)]
        return ";".join(item for item in items if item)
    return None
