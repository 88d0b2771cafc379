"""Which AI tools a commit names: a table of identities and lines, and one pure question to it.

No table is complete and markers can be switched off, so what is found is a lower bound.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from debt.policy.markers import MarkerTable, Tool, built_in_markers

Source = Literal["author", "committer", "trailer", "footer", "session"]

LINE = 500
MODEL = 80
NOTHING = "(?!)"
JOINING = "and|by|for|in|on|using|via|with"
BULLETS = r"^[ \t>*_+\-•|#]*"


class Identity(NamedTuple):
    """A name and an address as a commit or a trailer gives them; either may be empty."""

    name: str
    email: str


class By(NamedTuple):
    """A tool, and its model where that is said."""

    tool: str
    model: str | None


class Evidence(NamedTuple):
    """One place of a commit that names a tool."""

    tool: str
    model: str | None
    source: Source


@dataclass(frozen=True)
class Called:
    """How lines that are about tools only begin when they are about this one."""

    tool: Tool
    opening: re.Pattern[str]


class Markers:
    """The table, ready to be asked."""

    def __init__(self, table: MarkerTable) -> None:
        self.table = table
        self.tools = table.tool
        self.unnamed = frozenset(tool.name for tool in table.tool if tool.unnamed)
        last_first = table.tool[::-1]  # so that of two tools with the same address the first has it
        self._by_email = {email.lower(): tool for tool in last_first for email in tool.emails}
        self._by_login = {login.lower(): tool for tool in last_first for login in tool.logins}
        self._by_record = _recorded_names(table.tool)
        self._test_tools = frozenset(_plain(name) for name in table.test_tools)
        self.tool_keys = frozenset(key.lower() for key in table.tool_keys)
        self._by_session = {key.lower(): tool for tool in last_first for key in tool.sessions}
        self._names = [
            (tool, re.compile(name, re.I), alone)
            for tool in table.tool
            for names, alone in ((tool.names, False), (tool.nicknames, True))
            for name in names
        ]

    @cached_property
    def hints(self) -> tuple[bytes, ...]:
        """Lower-case bytes of which a message with a marked line holds at least one."""
        words = {key.encode() for key in self._by_session} | {b"generated"}
        keys = self.table.people_keys + self.table.tool_keys + self.table.footers
        return tuple(words | {key.lower().encode() for key in keys})

    @cached_property
    def trailers(self) -> re.Pattern[str]:
        """A trailer we know, wherever it stands in a message, quoted and bulleted ones too."""
        known = (*self.table.people_keys, *self.table.tool_keys, *self._by_session)
        return re.compile(rf"{BULLETS}({_either(known)})\**[ \t]*:(.*)$", re.I | re.M)

    @cached_property
    def footed(self) -> re.Pattern[str]:
        """A line that begins with a footer's words, decorated perhaps, but not inside quotes."""
        words = _either(self.table.footers)
        before = r"^(?:[^\w\n'\"`“”‘’]|_){0,40}"
        return re.compile(rf"{before}(?:{words})[ \t]+[*_\[]*(.*)$", re.I | re.M)

    @cached_property
    def called(self) -> tuple[Called, ...]:
        """How each tool is called in lines that are about tools only."""
        words = _either(self.table.model_words)
        after = (
            rf"\s*(?:$|[:(\[\]/,;.!*_—–+@|]|-(?!\w))|-(?:v?\d|(?:{words})\b)"
            rf"|\s+(?:\d|[(\[<]|https?:|(?:{JOINING}|{words})\b)"
        )
        return tuple(
            Called(tool, re.compile(rf"((?>{_either(tool.called)}))(?:{after})", re.I))
            for tool in self.tools
            if tool.called
        )

    def of_person(self, person: Identity) -> tuple[str, str | None] | None:
        """The tool behind an identity, and its model where the name tells: address first."""
        return _of_person(self, person)

    def session(self, key: str) -> str | None:
        """The tool that alone writes this trailer."""
        tool = self._by_session.get(key.lower())
        return tool.name if tool else None

    @cached_property
    def somebody(self) -> By:
        """Who it is when a record says that it was a tool, and not which one."""
        return By(min(self.unnamed, default="an AI agent"), None)

    def recorded(self, tool: str, model: object) -> By | None:
        """A tool as a note or a trace spells it: `github-copilot`; None for one that tests use."""
        plain = _plain(tool[:LINE])
        if plain in self._test_tools:
            return None
        named = self._by_record.get(plain) or model_name(tool) or self.somebody.tool
        model_shown = model_name(model.rpartition("/")[2]) if isinstance(model, str) else None
        return By(named, model_shown)

    def by_address(self, person: Identity) -> Tool | None:
        """The tool that owns the address, or the account when there is only a login."""
        email = person.email.lower()
        login = re.fullmatch(r"(?:\d+\+)?(.+)@users\.noreply\.github\.com", email)
        account = login[1] if login else person.name.lower()
        return self._by_email.get(email) or self._by_login.get(account)

    def by_name(self, person: Identity) -> Tool | None:
        """The tool whose name this is as a whole."""
        for tool, pattern, alone in self._names:
            if pattern.fullmatch(person.name) and not (alone and person.email):
                return tool
        return None

    def model_in(self, tool: Tool, name: str) -> str | None:
        """The model a tool's name spells out: "Claude Opus 4.6", "aider (gpt-4o)"."""
        matches = (pattern.fullmatch(name) for owner, pattern, _ in self._names if owner is tool)
        models = (match.groupdict().get("model") for match in matches if match)
        return next((model_name(model) for model in models if model), None)


def tools_in(
    author: Identity, committer: Identity, message: str, markers: Markers
) -> frozenset[Evidence]:
    """Every tool a commit names, each place once. The subject line is never evidence."""
    evidence = {*_people(author, committer, markers), *_lines(message.partition("\n")[2], markers)}
    named = {item for item in evidence if item.tool not in markers.unnamed}
    return frozenset(named or evidence)


def tool_called(value: str, markers: Markers) -> tuple[str, str | None] | None:
    """The tool, and perhaps its model, that words about tools only begin with."""
    return _called(value[:LINE], markers)


def model_name(text: str) -> str | None:
    """A model's name as a commit spells it, printable and short."""
    clean = "".join(char for char in text.strip() if char.isprintable())[:MODEL].strip()
    return None if clean.lower() in {"", "default", "unknown", "<synthetic>"} else clean


def person_in(value: str) -> Identity:
    """`Name <address>` as trailers write it; the address may be missing or bare."""
    name, bracket, rest = value[:LINE].partition("<")
    if bracket:
        return Identity(name.strip(" \t\"'"), rest.partition(">")[0].strip())
    words = value[:LINE].split()
    email = next((word.strip("()[],;") for word in words if "@" in word[1:]), "")
    return Identity(" ".join(word for word in words if "@" not in word[1:]), email)


def _people(author: Identity, committer: Identity, markers: Markers) -> Iterator[Evidence]:
    if by := markers.of_person(author):
        yield Evidence(*by, "author")
    if by := markers.of_person(committer):
        yield Evidence(*by, "committer")


def _lines(body: str, markers: Markers) -> Iterator[Evidence]:
    for match in markers.trailers.finditer(body):
        yield from _trailer(match[1].lower(), match[2].strip(" \t\r*_`"), markers)
    for match in markers.footed.finditer(body):
        if by := _called(match[1][:LINE], markers):
            yield Evidence(*by, "footer")


def _trailer(key: str, value: str, markers: Markers) -> Iterator[Evidence]:
    if tool := markers.session(key):
        if value:
            yield Evidence(tool, None, "session")
        return
    person = person_in(value)
    by = markers.of_person(person)
    if not by and key in markers.tool_keys and not person.email:
        by = _called(value[:LINE], markers)
    if by:
        yield Evidence(*by, "trailer")


def _called(value: str, markers: Markers) -> tuple[str, str | None] | None:
    """The tool a value begins with; `AGENT:MODEL [TOOL…]` is how the kernel writes it."""
    for called in markers.called:
        if match := called.opening.match(value):
            rest = value[match.end(1) :]
            if rest[:1] == ":" and rest[1:2].strip():
                return called.tool.name, model_name(rest[1:].split()[0])
            spelled = re.split(r"[\[\](<*_`]", value)[0].strip(" .")
            return called.tool.name, markers.model_in(called.tool, spelled)
    return None


@lru_cache(maxsize=8192)
def _of_person(markers: Markers, person: Identity) -> tuple[str, str | None] | None:
    tool = markers.by_address(person) or markers.by_name(person)
    return (tool.name, markers.model_in(tool, person.name)) if tool else None


def _recorded_names(tools: tuple[Tool, ...]) -> dict[str, str]:
    """What provenance records call a tool: its name, its account, or how lines call it."""
    return {
        _plain(word): tool.name
        for tool in reversed(tools)
        for word in (*tool.logins, *tool.called, tool.name)
    }


def _plain(name: str) -> str:
    return re.sub(r"[-_\s]+", " ", name.removesuffix("[bot]")).strip().casefold()


def _either(words: tuple[str, ...]) -> str:
    """The longest first; of none, what nothing is."""
    patterns = (re.escape(word) for word in sorted(words, key=len, reverse=True))
    return "|".join(patterns) or NOTHING


BUILT_IN = Markers(built_in_markers())
