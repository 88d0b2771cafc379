"""What a Gemfile or a gemspec says of the gems it names.

Both are programs; read are the statements that say all they say in plain text. What a variable
says, or one of two branches, is unknown, and what lies in the tree is our own code. A version
without a sign is that one, `~> 1.2` ends below 2.0, `~> 1.2.3` below 1.3
(bundler.io/man/gemfile.5.html, guides.rubygems.org/patterns).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from intake.packages.versions import (
    LONGEST_LINE,
    NAME,
    VERSION,
    Dependency,
    agreed,
    is_early,
    unknown,
)
from intake.text.shown import shown

GEM = re.compile(r"\s*gem[ \t(]\s*([\"'])([\w.-]{1,100})\1(?:\.freeze)?")
ADDED = re.compile(
    r"\s*\w{1,50}\.add_(?:runtime_|development_)?dependency[ \t(]\s*([\"'])([\w.-]{1,100})\1"
    r"(?:\.freeze)?"
)
# `, "~> 1.2"`, `, key: value`, `, :key => value`; a value in plain text, a list, or anything else.
ARGUMENT = re.compile(
    r"\s*,\s*(?:(?P<key>\w+):(?!:)\s*|[:\"']?(?P<old>\w+)[\"']?\s*=>\s*)?"
    r"(?P<value>\[[^\[\]]*\]|%[iw]\[[^\[\]]*\]|\"[^\"]*\"|'[^']*'|[^\s,\[\]\"'()]+)(?:\.freeze)?"
)
TEXT = re.compile(r"\"([^\"#\\]*)\"|'([^'\\]*)'")
CLAUSE = re.compile(r"\s*(~>|!=|>=|<=|=|<|>)?\s*(\d[\w.-]*)\s*")
BLOCK = re.compile(r"\s*(?:git|path|github|gitlab|gist|bitbucket)\b")
AWAY = frozenset({"git", "github", "gitlab", "gist", "bitbucket"})
FIRM = frozenset({"ref", "tag"})


@dataclass
class GemArguments:
    """The arguments after a gem's name. `clear` where all of them are plain text."""

    versions: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    clear: bool = True


def dependencies_of(text: str) -> Iterator[Dependency]:
    """What a Gemfile asks for: without a version, or without an upper end, it may be any."""
    yield from agreed(_asked(text, GEM, open_ended_is_pinned=False))


def dependencies_of_gem(text: str) -> Iterator[Dependency]:
    """What a gemspec asks for: a library leaves its upper end open on purpose."""
    yield from agreed(_asked(text, ADDED, open_ended_is_pinned=True))


def _asked(
    text: str, statement: re.Pattern[str], *, open_ended_is_pinned: bool
) -> Iterator[Dependency]:
    for line in _statements(text):
        match = statement.match(line)
        if match and "path" not in (arguments := _arguments(line[match.end() :])).options:
            yield _dependency(match[2], arguments, open_ended_is_pinned=open_ended_is_pinned)


def _statements(text: str) -> Iterator[str]:
    """Lines, put together where one ends with a comma, without blocks of gems that come from a
    directory or a repository, and without what stands between `=begin` and `=end`.
    """
    whole, until = "", None
    for line in text.splitlines():
        if until is not None:
            until = None if line.rstrip() == until else until
        elif ends := _block_ends(line):
            until = ends
        elif line.lstrip().startswith("#"):
            continue
        elif len(whole) < LONGEST_LINE and line.rstrip().endswith(","):
            whole += line[:LONGEST_LINE]
        else:
            yield (whole + line)[: 2 * LONGEST_LINE]
            whole = ""


def _block_ends(line: str) -> str | None:
    """How the line looks that ends a block which begins here."""
    if line.startswith("=begin"):
        return "=end"
    if BLOCK.match(line) and line.rstrip().endswith(" do"):
        return line[: len(line) - len(line.lstrip())] + "end"
    return None


def _arguments(rest: str) -> GemArguments:
    arguments, at = GemArguments(), 0
    while match := ARGUMENT.match(rest, at):
        at = match.end()
        if key := match["key"] or match["old"]:
            arguments.options[key] = match["value"]
        else:
            arguments.versions += (texts := _texts(match["value"]))
            arguments.clear = arguments.clear and bool(texts)
    arguments.clear = arguments.clear and _is_over(rest[at:])
    return arguments


def _is_over(rest: str) -> bool:
    """Whether the statement ends here; a condition after it does not change the version."""
    left = rest.strip().removeprefix(")").lstrip()
    return not left or left.startswith(("#", "if ", "unless "))


def _texts(value: str) -> list[str]:
    """One text or a list of them; nothing where anything else is among it."""
    left = TEXT.sub("", value).replace(".freeze", "").strip("[], \t")
    return [] if left else [double or single for double, single in TEXT.findall(value)]


def _dependency(name: str, arguments: GemArguments, *, open_ended_is_pinned: bool) -> Dependency:
    required = tuple(_texts(arguments.options.get("require", "")))
    if AWAY & arguments.options.keys():
        return Dependency(name, "", pinned=bool(FIRM & arguments.options.keys()), imported=required)
    clauses = [*_clauses(arguments.versions)]
    if not arguments.clear or len(clauses) != len(arguments.versions):
        return unknown(name)
    ends = any(sign in {"==", "~=", "<", "<="} for sign, _ in clauses)
    pinned = ends or (bool(clauses) and open_ended_is_pinned)
    version = shown(", ".join(arguments.versions), VERSION)
    early = any(map(is_early, clauses))
    return Dependency(shown(name, NAME), version, early, pinned, imported=required)


def _clauses(versions: Iterable[str]) -> Iterator[tuple[str, str]]:
    """In the signs that Python has for the same."""
    for version in versions:
        if match := CLAUSE.fullmatch(version):
            yield {"~>": "~=", "=": "==", None: "=="}.get(match[1], match[1]), match[2]
