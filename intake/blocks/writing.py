"""A metadata block into a file's text: the lines that are ours change, every other stays as it is.

Texts in, texts out. Refused where the block could not be read back as it was written.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import yaml

from debt.artifact.artifact import key_of, parse_key
from debt.refusal import Refused
from intake.blocks.blocks import front_matter
from intake.blocks.yaml_text import WrongYaml, composed, entries_of, value_of
from intake.columns.columns import COLUMNS
from intake.languages.comments import (
    BOM,
    CLOSED_BY,
    CommentLine,
    header,
    lines_of,
    preamble,
    styles_of,
)
from intake.text.quoting import for_comment, for_yaml, unquoted

KEY = "debt-key"
_SIGNS = re.compile(rf"{BOM}?[ \t]*(?://+!?|--+|[#;*]+)?[ \t]*")


class BlockLine(NamedTuple):
    """One line of a block; `paths` alone has several texts, in a `debt.yml` only."""

    name: str
    text: str | tuple[str, ...]


def with_comment(path: str, text: str, pairs: Sequence[BlockLine], *, ascii_only: bool) -> str:
    """The source text with the block in the comment at its head."""
    lines = lines_of(text)
    words = [f"{name}: {for_comment(str(of), ascii_only=ascii_only)}" for name, of in pairs]
    here = _run(path, lines, pairs)
    if here:
        return _rewritten(lines, here, words)
    return _inserted(lines, _decorated(words, styles_of(path)[0]))


def with_front_matter(path: str, text: str, pairs: Sequence[BlockLine]) -> str:
    """The document with the block under `debt:` of its front matter."""
    span, end = front_matter(text), _ending(lines_of(text))
    block = f"debt:{end}{_mapping(pairs, '  ', end)}"
    if span is None:
        bom = BOM if text.startswith(BOM) else ""
        return f"{bom}---{end}{block}---{end}{text[len(bom) :]}"
    matter = text[slice(*span)]
    root = _composed(path, matter)
    node = value_of(root, "debt") if root is not None else None
    if node is None:
        return f"{text[: span[1]]}{block}{text[span[1] :]}"
    matter = _replaced(path, matter, node, pairs)
    return f"{text[: span[0]]}{matter}{text[span[1] :]}"


def with_yaml(path: str, text: str, pairs: Sequence[BlockLine]) -> str:
    """The `debt.yml` with the block: in place of the one with its key, else beside the others."""
    root, end = _composed(path, text.removeprefix(BOM)), _ending(lines_of(text))
    if root is None:
        return f"{_ended(text, end)}debt:{end}{_mapping(pairs, '  ', end)}"
    bom, text = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    node = root if isinstance(root, yaml.SequenceNode) else value_of(root, "debt")
    if node is None:
        raise Refused(f"{path} has no “debt:” to write under. Put what it says there first.")
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    ours = next((mapping for mapping in nodes if _key_in(mapping) == pairs[0].text), None)
    if ours is not None:
        return bom + _replaced(path, text, ours, pairs)
    if isinstance(node, yaml.MappingNode):
        text = _as_list(path, text, node)
    return bom + _appended(path, text, node, pairs)


def _run(path: str, lines: Sequence[str], pairs: Sequence[BlockLine]) -> list[CommentLine]:
    """The lines of the header that are the artifact's block already. Refused for another's."""
    every = {line.number: line for line in header(path, lines)}
    first = next((line for line in every.values() if _says_key(line.text)), None)
    if first is None:
        return []
    other = unquoted(first.text.partition(":")[2].strip())
    if key_of(parse_key(other)) != pairs[0].text:
        raise Refused(f"{path}:{first.number} says that it is {other} already.")
    run = [first]
    while (line := every.get(run[-1].number + 1)) and line.text.partition(":")[0] in COLUMNS:
        run.append(line)
    closing = CLOSED_BY.get(first.opened_by)
    signs = (first.opened_by, closing) if closing else ()
    if any(sign in lines[line.number - 1] for line in run for sign in signs):
        raise Refused(f"{path}:{first.number}: put the block on lines of its own first.")
    return run


def _says_key(text: str) -> bool:
    return re.match(r"debt[-_ ]key\s*:", text, re.I) is not None


def _rewritten(lines: Sequence[str], here: Sequence[CommentLine], words: Sequence[str]) -> str:
    first, last = here[0].number - 1, here[-1].number
    signs = _SIGNS.match(lines[first])
    before = signs[0] if signs else ""
    after, end = before.removeprefix(BOM), _ending(lines)
    mine = [f"{before if number == 0 else after}{line}{end}" for number, line in enumerate(words)]
    if last == len(lines) and not lines[-1].endswith(("\r", "\n")):
        mine[-1] = mine[-1].removesuffix(end)
    return "".join([*lines[:first], *mine, *lines[last:]])


def _decorated(words: Sequence[str], style: str) -> list[str]:
    if style not in CLOSED_BY:
        return [f"{style} {line}" for line in words]
    before, closing = (" * ", " */") if style == "/*" else ("  ", CLOSED_BY[style])
    return [style, *(f"{before}{line}" for line in words), closing]


def _inserted(lines: Sequence[str], block: Sequence[str]) -> str:
    """After what has to stay first, with an empty line behind it."""
    at, end = preamble(lines), _ending(lines)
    before, after = "".join(lines[:at]), "".join(lines[at:])
    bom = BOM if not before and after.startswith(BOM) else ""
    after = after.removeprefix(bom)
    gap = end if after and after[0] not in "\r\n" else ""
    mine = "".join(f"{line}{end}" for line in block)
    return f"{bom}{_ended(before, end)}{mine}{gap}{after}"


def _ending(lines: Sequence[str]) -> str:
    """How the first line ends; where none does, as most do."""
    first = lines[0] if lines else ""
    return first[len(first.rstrip("\r\n")) :] or "\n"


def _ended(text: str, end: str) -> str:
    whole = not text.removeprefix(BOM) or text.endswith(("\r", "\n"))
    return text if whole else f"{text}{end}"


def _composed(path: str, text: str) -> yaml.Node | None:
    if re.search("[\x85\u2028\u2029]", text):
        raise Refused(f"{path} has ends of lines that only YAML takes for such.")
    try:
        return composed(text)
    except WrongYaml as wrong:
        raise Refused(f"{path}: its YAML cannot be read, {wrong}.") from None


def _mapping(pairs: Sequence[BlockLine], before: str, end: str) -> str:
    return "".join(f"{before}{name}: {_yaml(text)}{end}" for name, text in pairs)


def _yaml(text: str | tuple[str, ...]) -> str:
    if isinstance(text, str):
        return for_yaml(text)
    return f"[{', '.join(for_yaml(item) for item in text)}]"


def _key_in(node: yaml.Node) -> str | None:
    keys = (entry for entry in entries_of(node) if re.fullmatch(r"(debt[-_])?key", entry.key))
    return next((key_of(parse_key(entry.text)) for entry in keys), None)


def _replaced(path: str, text: str, node: yaml.Node, pairs: Sequence[BlockLine]) -> str:
    """The text with a mapping's lines written anew. Refused for a block of another artifact."""
    key = _key_in(node)
    if key not in {None, pairs[0].text}:
        raise Refused(f"{path} says that it is {key} already.")
    _require_lines(path, node)
    lines = lines_of(text)
    first, last, column = node.start_mark.line, _last_line(node), node.start_mark.column
    mine = _mapping(pairs, " " * column, _ending(lines))
    start = lines[first][:column]
    return "".join([*lines[:first], start, mine[column:], *lines[last + 1 :]])


def _as_list(path: str, text: str, node: yaml.MappingNode) -> str:
    """The one mapping as the first of a list."""
    _require_lines(path, node)
    lines, column = lines_of(text), node.start_mark.column
    first, last = node.start_mark.line, _last_line(node)
    for number in range(first, last + 1):
        sign = "- " if number == first else "  "
        line = lines[number]
        if line.strip():
            lines[number] = f"{line[:column]}{sign}{line[column:]}"
    return "".join(lines)


def _appended(path: str, text: str, node: yaml.Node, pairs: Sequence[BlockLine]) -> str:
    _require_lines(path, node)
    lines, column, last = lines_of(text), node.start_mark.column, _last_line(node)
    end = _ending(lines)
    before = _ended("".join(lines[: last + 1]), end)
    mine = _mapping(pairs, " " * (column + 2), end)
    return f"{before}{' ' * column}- {mine[column + 2 :]}{''.join(lines[last + 1 :])}"


def _require_lines(path: str, node: yaml.Node) -> None:
    is_lines = isinstance(node, yaml.CollectionNode) and not node.flow_style
    if not is_lines:
        raise Refused(f"{path}: write what it says under “debt:” on lines of its own first.")


def _last_line(node: yaml.Node) -> int:
    """The last line on which a node says something, counted from 0."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        return max(_last_line(value) for _, value in node.value)
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return max(_last_line(value) for value in node.value)
    is_literal = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
    return node.end_mark.line - 1 if is_literal else node.end_mark.line
