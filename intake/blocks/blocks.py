"""Metadata blocks: what a file, or a directory's `debt.yml`, says of itself (R7).

A block is YAML in `debt.yml`, front matter of markdown, or lines of the leading comment. The same
words anywhere else in a file count for nothing. What a value means is read as in a spreadsheet.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from debt.artifact.columns import SHEET_COLUMNS, Facts
from debt.refusal import Refused
from intake.blocks.yaml_text import WrongYaml, YamlEntry, composed, entries_of, value_of
from intake.columns.cells import READERS
from intake.languages.comments import BOM, MOST_CHARACTERS, TABLE, first_lines, header, styles_of
from intake.provenance.markers import BUILT_IN, Markers, tool_called
from intake.text.quoting import unquoted
from intake.text.shown import shown

Origin = Literal["ai", "people"]

DIRECTORY_FILES = frozenset(TABLE["files"]["directory"])
FRONT_MATTER = frozenset(TABLE["files"]["front_matter"])
OTHERS = frozenset(TABLE["files"]["others"])
MOST_BLOCKS = 200

_ELSEWHERE = {"repo"}  # a file lies where it lies
_FIELDS = {name: name for name in READERS if name not in _ELSEWHERE} | {
    synonym: column.name for column in SHEET_COLUMNS for synonym in column.synonyms
}
_STRICT = frozenset(TABLE["disclosure"]["strict"])
_LOOSE = frozenset(TABLE["disclosure"]["loose"])
_MADE_BY = frozenset(TABLE["disclosure"]["made_by"])
_SAYS_AI = frozenset(TABLE["disclosure"]["ai"])
_SAYS_PEOPLE = frozenset(TABLE["disclosure"]["people"])
_TELLS = frozenset(TABLE["tells"]["fields"])
_OF_A_TOOL = frozenset({"origin_tool", "origin_model"})
_OURS = "debt_"

_LINE = re.compile(r"@?([A-Za-z][A-Za-z0-9_ -]{0,39}?)\s*:(?!//)\s*(.*)")
_BARE = re.compile(r"@ai[-_]generated\b[\s.!]*(?:by\s+(.*))?", re.I)
_HANDLE = re.compile(r"@[\w.-]+(?:/[\w.-]+)?")
_ADDRESS = re.compile(r"[^<>]*<([^\s<>]+@[^\s<>]+)>")


@dataclass(frozen=True)
class Block:
    """One block: where it stands, what it says, and what of it cannot be understood.

    `key` is the artifact's number. `facts` are as the register holds them, `lines` where each of
    them stands. `handle` is an owner whom only the repository's host knows: a suggestion. `paths`
    are relative to the directory of a `debt.yml`. A block that does not declare says nothing about
    who wrote the code; one that tells gives its artifact a life of its own.
    """

    path: str
    line: int
    key: int | None = None
    origin: Origin | None = None
    declares: bool = False
    tells: bool = False
    facts: Facts = field(default_factory=Facts)
    lines: Mapping[str, int] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    handle: str | None = None
    faults: tuple[str, ...] = ()

    @property
    def directory(self) -> str | None:
        """The directory it is about, '' for the outermost; None for one about its own file."""
        outer, _, name = self.path.rpartition("/")
        return outer if name.lower() in DIRECTORY_FILES else None

    def where(self, name: str = "") -> str:
        """“src/x.py:3”: where the block says this, or where it begins."""
        return f"{shown(self.path)}:{self.lines.get(name, self.line)}"


def may_hold(path: str) -> bool:
    """Whether a file that is no code may have a block."""
    name = path.rpartition("/")[2].lower()
    suffix = name.rpartition(".")[2]
    if name in DIRECTORY_FILES or suffix in FRONT_MATTER or suffix in OTHERS:
        return True
    return bool(styles_of(path))


def blocks_in(path: str, content: bytes, markers: Markers = BUILT_IN) -> list[Block]:
    """The blocks of a file: any number in a `debt.yml`, at most one elsewhere."""
    text = content[:MOST_CHARACTERS].decode("utf-8", "surrogateescape")
    name = path.rpartition("/")[2].lower()
    if name in DIRECTORY_FILES:
        return _of_directory(path, content.decode("utf-8", "surrogateescape"), markers)
    if name.rpartition(".")[2] in FRONT_MATTER:
        block = _of_front_matter(path, text, markers)
        if block is not None:
            return [block]
    return _of_comment(path, text, markers)


def front_matter(text: str) -> tuple[int, int] | None:
    """From where to where in the text the YAML between two lines of `---` goes."""
    opening = re.match(rf"{BOM}?---[ \t]*(?:\r\n|\r|\n)", text)
    if not opening:
        return None
    closing = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M).search(
        text.replace("\r", "\n"), opening.end()
    )
    return (opening.end(), closing.start()) if closing else None


def _of_directory(path: str, text: str, markers: Markers) -> list[Block]:
    """`debt:` with a mapping or a list of them; without the word, the file is what it says."""
    try:
        root = composed(text.removeprefix(BOM))
    except WrongYaml as wrong:
        return [_unreadable(path, 1, wrong)]
    if root is None:
        return []
    node = value_of(root, "debt") or root
    nodes: Sequence[yaml.Node] = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if len(nodes) > MOST_BLOCKS:
        many = WrongYaml(f"more than {MOST_BLOCKS} blocks")
        return [_unreadable(path, node.start_mark.line + 1, many)]
    return [
        _block(path, mapping.start_mark.line + 1, entries_of(mapping), markers, ours=True)
        for mapping in nodes
        if isinstance(mapping, yaml.MappingNode)
    ]


def _of_front_matter(path: str, text: str, markers: Markers) -> Block | None:
    span = front_matter(text)
    if span is None:
        return None
    try:
        root = composed(text[slice(*span)])
    except WrongYaml as wrong:
        ours = re.search(r"^debt[ \t]*:", text[slice(*span)], re.M)
        return _unreadable(path, 1, wrong) if ours else None
    if root is None:
        return None
    node = value_of(root, "debt")
    own = entries_of(node, 2) if node is not None else []
    line = node.start_mark.line + 2 if node is not None else 1
    return _block(path, line, [*own, *entries_of(root, 2)], markers, ours=bool(own))


def _of_comment(path: str, text: str, markers: Markers) -> list[Block]:
    entries = []
    for line in header(path, first_lines(text)):
        if match := _LINE.fullmatch(line.text):
            entries.append(YamlEntry(match[1], unquoted(match[2].strip()), line.number))
        elif bare := _BARE.fullmatch(line.text):
            entries.append(YamlEntry("ai_generated", "true", line.number))
            entries += [YamlEntry("generated_by", bare[1], line.number)] if bare[1] else []
    return [_block(path, entries[0].line, entries, markers)] if entries else []


def _unreadable(path: str, line: int, why: WrongYaml) -> Block:
    return Block(path, line, faults=(f"{shown(path)}: the metadata block cannot be read, {why}",))


def _block(
    path: str, line: int, entries: Iterable[YamlEntry], markers: Markers, *, ours: bool = False
) -> Block:
    builder = _BlockBuilder(path, markers, ours)
    for entry in entries:
        builder.add(entry)
    return builder.block(line)


class _BlockBuilder:
    """Makes a Block of its entries; of a field that is there twice the first value counts."""

    def __init__(self, path: str, markers: Markers, ours: bool) -> None:
        self._path, self._markers = path, markers
        self._ours = ours
        self._said: dict[str, Any] = {}
        self._lines: dict[str, int] = {}
        self._origins: list[Origin] = []
        self._handle: str | None = None
        self._unclear = False
        self._faults: list[str] = []

    def add(self, entry: YamlEntry) -> None:
        name = re.sub(r"[\s_-]+", "_", entry.key.strip()).casefold()
        mine = name.removeprefix(_OURS)
        if name in _STRICT | _LOOSE:
            self._disclosed(name, entry)
        elif name in _MADE_BY:
            self._made_by(entry)
        elif mine in _FIELDS and (mine != "key" or self._ours or mine != name):
            self._ours = self._ours or mine != name
            self._field(_FIELDS[mine], entry)

    def _disclosed(self, name: str, entry: YamlEntry) -> None:
        value = entry.text.strip().casefold()
        if value in _SAYS_AI:
            self._origins.append("ai")
        elif value in _SAYS_PEOPLE:
            self._origins.append("people")
        elif name in _STRICT:
            self._unclear = True
            self._wrong(entry, f"“{shown(value, 40)}” is not ai-generated, ai-assisted or none")

    def _made_by(self, entry: YamlEntry) -> None:
        if by := tool_called(entry.text.strip(), self._markers):
            self._origins.append("ai")
            for name, value in zip(("origin_tool", "origin_model"), by, strict=True):
                if value:
                    self._keep(name, value, entry)

    def _field(self, name: str, entry: YamlEntry) -> None:
        text = _owner_in(entry.text) if name == "owner" else entry.text
        if name == "owner" and _HANDLE.fullmatch(text):
            self._handle = self._handle or text
            return
        try:
            value = _reader(name)(text) if text.strip() else None
        except Refused as refused:
            self._wrong(entry, str(refused))
            return
        if value not in {None, ()}:
            self._keep(name, value, entry)

    def _keep(self, name: str, value: Any, entry: YamlEntry) -> None:
        self._said.setdefault(name, value)
        self._lines.setdefault(name, entry.line)

    def _wrong(self, entry: YamlEntry, why: str) -> None:
        where = f"{shown(self._path)}:{entry.line}"
        self._faults.append(f"{where} {shown(entry.key, 40)}: {shown(why)}")

    def block(self, line: int) -> Block:
        origin = _origin(self._origins)
        ai = origin == "ai" or bool(_OF_A_TOOL & self._said.keys())
        declares = origin != "people" and (self._ours or ai)
        tells = bool(_TELLS & self._said.keys())
        fields = dict(self._said)
        return Block(
            path=self._path,
            line=self._lines.get("key", line),
            key=fields.pop("key", None),
            paths=fields.pop("paths", ()),
            origin=origin,
            declares=declares,
            tells=tells,
            facts=_facts(fields),
            lines=self._lines,
            handle=self._handle,
            faults=tuple(self._faults) if declares or tells or origin or self._unclear else (),
        )


def _reader(name: str) -> Callable[[str], Any]:
    return READERS[name].read


def _facts(fields: Mapping[str, Any]) -> Facts:
    facts: Any = {READERS[name].field: value for name, value in fields.items()}
    kept: Facts = facts
    return kept


def _owner_in(text: str) -> str:
    """`Dana <dana@example.com>` as its address."""
    match = _ADDRESS.fullmatch(text.strip())
    return match[1] if match else text.strip()


def _origin(origins: Sequence[Origin]) -> Origin | None:
    """“assisted” beside “not generated” is assisted."""
    if "ai" in origins:
        return "ai"
    return "people" if origins else None
