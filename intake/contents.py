"""What the code itself says: how long it is, how much it branches, what it refers to.

References come from regular expressions over import lines, resolved by path suffix: enough to
rank what much else leans on, not a compiler's answer. A reference that could mean several files
counts for none.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

FORKS = frozenset(
    b"if elif for foreach while case catch except when unless until rescue match".split()
)
# Written small and large alike.
EITHER_CASE = frozenset("sql vb pas bat cmd ps1 psm1 f90".split())
# Between these stands what is no code, by languages.
ASIDE = {
    **dict.fromkeys("py pyi".split(), ((b'"""', b'"""'), (b"'''", b"'''"))),
    **dict.fromkeys(
        "c cc cpp cs cu cxx dart go groovy h hh hpp hxx java js jsx kt kts less m mm mts php rs "
        "scala scss sql sol swift ts tsx".split(),
        ((b"/*", b"*/"),),
    ),
}
COMPONENTS = frozenset({"vue", "svelte", "astro"})
# Pages are texts, but for what stands between these.
PAGES = frozenset("erb haml htm html j2 jinja liquid twig".split())
IN_PAGES = ((b"<script", b"</script"), (b"{%", b"%}"), (b"<%", b"%>"))
# A byte that is in no word becomes a space: splitting then takes half the time of a search.
WORDS = bytes(byte if re.match(rb"\w", bytes([byte])) else 32 for byte in range(256))

PYTHON = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+\(?([\w, \t]*)|import[ \t]+([\w., \t]+))", re.M
)
QUOTED = re.compile(rb"\b(?:from|import|require)[ \t]*\(?[ \t]*['\"]([^'\"\n]{1,300})['\"]")
GO = re.compile(rb"^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?\"([\w./-]{1,300})\"[ \t]*$", re.M)
DOTTED = re.compile(rb"^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]{1,300})", re.M)
RUBY = re.compile(rb"^[ \t]*require(?:_relative)?[ \t(]+['\"]([^'\"\n]{1,300})['\"]", re.M)
RUST = re.compile(rb"^[ \t]*(?:pub[ \t]+)?use[ \t]+(?:crate|self|super)::([\w:]{1,300})", re.M)
# Without its first part, which stands for a directory of any name (php-fig.org/psr/psr-4).
PHP = re.compile(rb"^[ \t]*use[ \t]+(?:function[ \t]+|const[ \t]+)?\\?\w+\\([\w\\]{1,300})", re.M)
SHELL = re.compile(
    rb"^[ \t]*(?:source|\.)[ \t]+[\"']?(?:\$[\w{}()/\"$ .-]{1,80}?/)?([\w./-]{1,300})", re.M
)
MODULE = re.compile(rb"^[ \t]*source[ \t]*=[ \t]*\"(\.[^\"\n]{1,300})\"", re.M)
INCLUDE = re.compile(rb"^[ \t]*#[ \t]*include[ \t]+\"([^\"\n]{1,300})\"", re.M)


class Imports(NamedTuple):
    """How a language refers to files: in lines with one of these words, its names so divided."""

    pattern: re.Pattern[bytes]
    words: tuple[bytes, ...]
    separator: str


OF_PYTHON = Imports(PYTHON, (b"import",), ".")
OF_SCRIPTS = Imports(QUOTED, (b"import", b"from", b"require"), "/")
OF_C = Imports(INCLUDE, (b"include",), "/")
OF_SHELL = Imports(SHELL, (b"source", b". "), "/")
OF_JAVA = Imports(DOTTED, (b"import",), ".")
IMPORTS = (
    dict.fromkeys("js jsx ts tsx mjs cjs mts cts vue svelte astro".split(), OF_SCRIPTS)
    | dict.fromkeys("c cc cpp cxx h hh hpp m mm".split(), OF_C)
    | dict.fromkeys("java kt kts scala groovy".split(), OF_JAVA)
    | {"py": OF_PYTHON, "pyi": OF_PYTHON}
    | {"go": Imports(GO, (b'"',), "/"), "rb": Imports(RUBY, (b"require",), "/")}
    | {"rs": Imports(RUST, (b"use",), "::"), "php": Imports(PHP, (b"use",), "\\")}
    | {"tf": Imports(MODULE, (b"source",), "/"), "sh": OF_SHELL, "bash": OF_SHELL}
)
SCRIPT_SUFFIX = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|rb|sh|bash)$")
INDEXES = frozenset({"__init__", "index", "mod"})
ROOTS = frozenset({"src", "lib", "app", "python", "source"})

# Languages in which one bare word may be a file of ours; elsewhere it is a package of others.
OF_ONE_WORD = (OF_PYTHON, OF_C, OF_SHELL, IMPORTS["rb"], IMPORTS["rs"])
FROM_ROOT = -1

LONGEST = 16
"""So many parts of a name are compared, from its end."""

Parts = tuple[str, ...]


class Reference(NamedTuple):
    """What one import line names. `up` is how many directories it climbs; None: not relative;
    FROM_ROOT: ours, from wherever the code begins (`@/shop`).
    """

    parts: Parts
    up: int | None


def code_lines(content: bytes) -> int:
    """Lines that are not blank."""
    return len(content.translate(None, b" \t\v\f").split())  # what is left apart are lines


def branches(path: str, content: bytes) -> int:
    """Words and signs that fork the flow, in most languages; a proxy for complexity. Comments and
    pages are full of them in passing, and of what a Dockerfile chains nothing forks.
    """
    name = path.rpartition("/")[2].lower()
    suffix = name.rpartition(".")[2]
    if suffix in PAGES:
        content = b" ".join(part for signs in IN_PAGES for part in _between(content, *signs))
    for opening, closing in ASIDE.get(suffix, ()):
        content = _outside(content, opening, closing)
    if suffix in COMPONENTS:
        content = content.replace(b" for=", b" ")  # of a label
    if suffix in EITHER_CASE:
        content = content.lower()
    if "dockerfile" in name or name == "containerfile":
        content = content.replace(b"&&", b" ")
    return _forks(content)


def _between(content: bytes, opening: bytes, closing: bytes) -> Iterator[bytes]:
    return (part.partition(closing)[0] for part in content.split(opening)[1:])


def _outside(content: bytes, opening: bytes, closing: bytes) -> bytes:
    """Without what stands between the signs; what nothing closes stays."""
    if opening not in content:
        return content
    if opening == closing:
        return b" ".join(content.split(opening)[::2])
    first, *rest = content.split(opening)
    cut = (part.partition(closing) for part in rest)
    return b" ".join([first, *(after if closed else inside for inside, closed, after in cut)])


def _forks(content: bytes) -> int:
    words = len([*filter(FORKS.__contains__, content.translate(WORDS).split())])
    both = content.count(b"&&") if b"&" in content else 0
    either = content.count(b"||") if b"|" in content else 0
    return words + both + either


def references_in(path: str, content: bytes) -> tuple[Reference, ...]:
    """What the import lines of a file name, as far as its language is known; each once."""
    imports = _language(path)
    if imports is None:
        return ()
    found = dict.fromkeys(imports.pattern.findall(_lines_with(imports.words, content)))
    if imports is OF_PYTHON:
        return tuple(dict.fromkeys(reference for each in found for reference in _python(*each)))
    written = (_written(name, imports.separator) for name in found)
    return tuple(dict.fromkeys(filter(None, written)))


def _lines_with(words: Iterable[bytes], content: bytes) -> bytes:
    """The few lines that can match, which costs less than to try the pattern everywhere."""
    found = {}
    for word in words:
        at = content.find(word)
        while at >= 0:
            begin = content.rfind(b"\n", 0, at) + 1
            end = content.find(b"\n", at) % (len(content) + 1)  # -1: the line ends with the file
            found[begin] = content[begin:end]
            at = content.find(word, end)
    return b"\n".join(found.values())


class References:
    """Which file refers to which. A name leads only to what ends as it does, so that of all the
    references only those are resolved that may lead to a file that somebody asks about.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._files: dict[Parts, list[str]] = defaultdict(list)
        for path in paths:
            for parts in _answers_to(path):
                self._files[parts].append(path)
        self._ends = _ends(self._files)
        self._known: dict[tuple[Parts, bool], list[str]] = {}
        self._noted: dict[str, list[tuple[str, Reference]]] = defaultdict(list)
        self._into: dict[str, set[str]] = defaultdict(set)

    def note(self, path: str, references: Iterable[Reference]) -> None:
        """Take up one file's references, before any file is asked about."""
        noted = self._noted
        for reference in references:
            noted[reference.parts[-1]].append((path, reference))

    def into(self, path: str) -> set[str]:
        """Files that refer to this one."""
        for last in {parts[-1] for parts in _answers_to(path) if parts}:
            self._resolve(self._noted.pop(last, ()))
        return self._into.get(path, set())

    def dependants(self, paths: Iterable[str]) -> set[str]:
        """Files outside that refer to one of these."""
        inside = set(paths)
        return {path for target in inside for path in self.into(target)} - inside

    def _resolve(self, noted: Iterable[tuple[str, Reference]]) -> None:
        for path, reference in noted:
            language = _language(path)
            here = tuple(path.split("/")[:-1])
            for target in self._targets(here, reference, language):
                if target != path and _language(target) is language:
                    self._into[target].add(path)

    def _targets(self, here: Parts, reference: Reference, language: Imports | None) -> list[str]:
        wanted, up = reference
        if up is not None and up != FROM_ROOT:
            climbed = here[: len(here) - up] if up <= len(here) else ()
            return self._files.get(climbed + wanted, [])
        whole = language is OF_PYTHON
        if whole and wanted[0] in sys.stdlib_module_names:
            return self._files.get(wanted, []) if len(wanted) > 1 else []
        if len(wanted) == 1:
            ours = up == FROM_ROOT or language in OF_ONE_WORD
            return self._alone(here, wanted) if ours else []
        if (wanted, whole) not in self._known:
            self._known[wanted, whole] = self._ending(wanted[-LONGEST:], whole=whole)
        return self._known[wanted, whole]

    def _alone(self, here: Parts, wanted: Parts) -> list[str]:
        """A single word is sure of what stands beside the file or at the top."""
        near = {here + wanted, wanted, *((root, *wanted) for root in ROOTS)}
        found = [parts for parts in near if parts in self._files]
        return self._files[found[0]] if len(found) == 1 else []

    def _ending(self, wanted: Parts, *, whole: bool) -> list[str]:
        """The one module whose path ends so; else the longest that the name ends with, if at
        least two parts agree, where a language does not name the `whole` of it: `django.core.mail`
        is never our `core/mail.py`.
        """
        if wanted in self._ends:
            parts = self._ends[wanted]
            return self._files[parts] if parts else []
        if whole:
            return []
        shorter = (wanted[start:] for start in range(1, len(wanted) - 1))
        return next((self._files[parts] for parts in shorter if parts in self._files), [])


def _language(path: str) -> Imports | None:
    return IMPORTS.get(path.rpartition(".")[2].lower())


def _ends(modules: Iterable[Parts]) -> dict[Parts, Parts | None]:
    """The one module that ends with so many parts, two or more; None where several do."""
    ends: dict[Parts, Parts | None] = {}
    for parts in modules:
        for start in range(max(0, len(parts) - LONGEST), len(parts) - 1):
            end = parts[start:]
            ends[end] = None if end in ends else parts
    return ends


def _answers_to(path: str) -> set[Parts]:
    """The names under which a file can be imported: itself, its package, and as the directory that
    Go and Terraform mean.
    """
    *directories, name = path.split("/")
    stem, _, suffix = name.rpartition(".")
    outer = tuple(directories)
    if suffix in {"go", "tf"}:
        return {outer}
    if suffix in {"h", "hh", "hpp"}:
        return {(*outer, name)}
    return {outer} if stem in INDEXES else {(*outer, stem or name)}


@lru_cache(maxsize=65536)
def _python(origin: bytes, names: bytes, modules: bytes) -> tuple[Reference, ...]:
    module = origin.lstrip(b".")
    up = len(origin) - len(module) - 1 if origin.startswith(b".") else None
    items = (item.split(b" as ")[0].strip() for item in (names or modules).split(b","))
    dotted = (module, *(b".".join(filter(None, (module, name))) for name in items if name))
    found = (tuple(filter(None, each.decode("utf-8", "replace").split("."))) for each in dotted)
    return tuple(Reference(parts, up) for parts in found if parts)


@lru_cache(maxsize=65536)
def _written(name: bytes, separator: str) -> Reference | None:
    """A path as most languages write it: `./x`, `../x`, `@/x`, `a::b`, `a.b`."""
    parts = [part for part in name.decode("utf-8", "replace").split(separator) if part]
    relative = bool(parts) and parts[0] in {".", ".."}
    from_root = FROM_ROOT if parts and parts[0] in {"@", "~"} else None
    climbs = 0
    while parts and parts[0] in {".", "..", "@", "~"}:
        climbs += parts.pop(0) == ".."
    if not parts:
        return None
    last = SCRIPT_SUFFIX.sub("", parts[-1])
    file = relative or last != parts[-1]
    if last == "index" and file and len(parts) > 1:  # `./shop/index.js` is all of `shop`
        return Reference(tuple(parts[:-1]), climbs if relative else from_root)
    return Reference((*parts[:-1], last), climbs if relative else from_root)
