"""What the code itself says: how long it is, how much it branches, what it refers to.

References come from regular expressions over import lines, resolved by path suffix: enough to
rank what much else leans on, not a compiler's answer. A reference that could mean several files
counts for none.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BRANCHES = re.compile(
    rb"\b(?:if|elif|for|foreach|while|case|catch|except|when|unless|until|rescue|match)\b|&&|\|\|"
)

PYTHON = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+\(?([\w, \t]*)|import[ \t]+([\w., \t]+))", re.M
)
QUOTED = re.compile(rb"\b(?:from|import|require)[ \t]*\(?[ \t]*['\"]([^'\"\n]{1,300})['\"]")
GO = re.compile(rb"^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?\"([\w./-]{1,300})\"[ \t]*$", re.M)
DOTTED = re.compile(rb"^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]{1,300})", re.M)
RUBY = re.compile(rb"^[ \t]*require(?:_relative)?[ \t(]+['\"]([^'\"\n]{1,300})['\"]", re.M)
RUST = re.compile(rb"^[ \t]*(?:pub[ \t]+)?use[ \t]+(?:crate|self|super)::([\w:]{1,300})", re.M)
INCLUDE = re.compile(rb"^[ \t]*#[ \t]*include[ \t]+\"([^\"\n]{1,300})\"", re.M)

SCRIPTS = ("js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "astro")
PATTERNS = (
    dict.fromkeys(SCRIPTS, (QUOTED, b"/"))
    | dict.fromkeys(("c", "cc", "cpp", "cxx", "h", "hh", "hpp", "m", "mm"), (INCLUDE, b"/"))
    | dict.fromkeys(("java", "kt", "kts", "scala", "groovy"), (DOTTED, b"."))
    | {"go": (GO, b"/"), "rb": (RUBY, b"/"), "rs": (RUST, b"::")}
)
INDEXES = frozenset({"__init__", "index", "mod"})
ROOTS = frozenset({"src", "lib", "app", "python", "source"})

Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """What one import line names. `up` is how many directories it climbs; None: not relative."""

    parts: Parts
    up: int | None


def code_lines(content: bytes) -> int:
    """Lines that are not blank."""
    return len([*filter(None, map(bytes.strip, content.splitlines()))])


def branches(content: bytes) -> int:
    """Words and signs that fork the flow, in most languages; a proxy for complexity."""
    return len(BRANCHES.findall(content))


def references_in(path: str, content: bytes) -> Iterator[Reference]:
    """What the import lines of a file name, as far as its language is known."""
    suffix = path.rpartition(".")[2].lower()
    if suffix in {"py", "pyi"}:
        yield from _python(content)
    elif suffix in PATTERNS:
        pattern, separator = PATTERNS[suffix]
        for name in dict.fromkeys(pattern.findall(content)):
            yield from _written(name, separator)


class References:
    """Which file refers to which, resolved once every path is known."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._files: dict[Parts, list[str]] = defaultdict(list)
        for path in paths:
            for parts in _answers_to(path):
                self._files[parts].append(path)
        self._by_last: dict[str, list[Parts]] = defaultdict(list)
        for parts in self._files:
            if parts:
                self._by_last[parts[-1]].append(parts)
        self.into: dict[str, set[str]] = defaultdict(set)

    def note(self, path: str, content: bytes) -> None:
        """Take up one file's references."""
        for reference in set(references_in(path, content)):
            for target in self._targets(path, reference):
                if target != path:
                    self.into[target].add(path)

    def dependants(self, paths: Iterable[str]) -> set[str]:
        """Files outside that refer to one of these."""
        inside = set(paths)
        return {path for target in inside for path in self.into.get(target, ())} - inside

    def _targets(self, path: str, reference: Reference) -> list[str]:
        here = tuple(path.split("/")[:-1])
        if reference.up is not None:
            climbed = here[: len(here) - reference.up] if reference.up <= len(here) else ()
            return self._files.get(climbed + reference.parts, [])
        found = [*self._matches(here, reference.parts)]
        best = max((length for length, _ in found), default=0)
        keys = [parts for length, parts in found if length == best]
        return self._files[keys[0]] if len(keys) == 1 else []

    def _matches(self, here: Parts, wanted: Parts) -> Iterator[tuple[int, Parts]]:
        """Known modules that the name may mean, with how many parts agree."""
        for parts in self._by_last.get(wanted[-1], ())[:200]:
            length = min(len(parts), len(wanted))
            if parts[-length:] == wanted[-length:] and _is_sure(parts, wanted, here, length):
                yield length, parts


def _is_sure(parts: Parts, wanted: Parts, here: Parts, length: int) -> bool:
    """Two parts agree; or the one that does stands at the top or beside the file."""
    if length > 1:
        return True
    outer = parts[:-1]
    beside = len(wanted) == 1 and outer == here
    top = not outer or (len(outer) == 1 and outer[0] in ROOTS)
    return beside or (top and len(wanted) <= 1 + len(outer))


def _answers_to(path: str) -> set[Parts]:
    """The names under which a file can be imported: itself, its package, and as Go's directory."""
    *directories, name = path.split("/")
    stem, _, suffix = name.rpartition(".")
    outer = tuple(directories)
    if suffix == "go":
        return {outer}
    if suffix in {"h", "hh", "hpp"}:
        return {(*outer, name)}
    return {outer} if stem in INDEXES else {(*outer, stem or name)}


def _python(content: bytes) -> Iterator[Reference]:
    for origin, names, modules in dict.fromkeys(PYTHON.findall(content)):
        module = origin.lstrip(b".")
        up = len(origin) - len(module) - 1 if origin.startswith(b".") else None
        yield from _dotted(module, up)
        for item in (names or modules).split(b","):
            name = item.split(b" as ")[0].strip()
            if name:
                yield from _dotted(b".".join(filter(None, (module, name))), up)


def _dotted(name: bytes, up: int | None) -> Iterator[Reference]:
    parts = tuple(part for part in name.decode("utf-8", "replace").split(".") if part)
    if parts:
        yield Reference(parts, up)


def _written(name: bytes, separator: bytes) -> Iterator[Reference]:
    """A path as most languages write it: `./x`, `../x`, `@/x`, `a::b`, `a.b`."""
    parts = [part for part in name.decode("utf-8", "replace").split(separator.decode()) if part]
    relative = bool(parts) and parts[0] in {".", ".."}
    climbs = 0
    while parts and parts[0] in {".", "..", "@", "~"}:
        climbs += parts.pop(0) == ".."
    if parts:
        last = re.sub(r"\.(?:[cm]?[jt]sx?|vue|svelte|rb)$", "", parts[-1])
        yield Reference((*parts[:-1], last), climbs if relative else None)
