"""What the import lines of a file name, by languages: regular expressions, no compiler's answer.

Which file of the repository is meant is another question (references.py).
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

PYTHON = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+\(?([\w, \t]*)|import[ \t]+([\w., \t]+))", re.M
)
QUOTED = re.compile(rb"\b(?:from|import|require)[ \t]*\(?[ \t]*['\"]([^'\"\n]{1,300})['\"]")
GO = re.compile(rb"^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?\"([\w./-]{1,300})\"[ \t]*$", re.M)
DOTTED = re.compile(rb"^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]{1,300})", re.M)
RUBY = re.compile(rb"^[ \t]*require(?:_relative)?[ \t(]+['\"]([^'\"\n]{1,300})['\"]", re.M)
RUST = re.compile(
    rb"^[ \t]*(?:pub(?:\(\w+\))?[ \t]+)?use[ \t]+(?:crate|self|super)::([\w:]{0,300})"
    rb"(?:\{([\w:, \t]{0,1000}))?",
    re.M,
)
# Without its first part, which stands for a directory of any name (php-fig.org/psr/psr-4).
PHP = re.compile(rb"^[ \t]*use[ \t]+(?:function[ \t]+|const[ \t]+)?\\?\w+\\([\w\\]{1,300})", re.M)
SHELL = re.compile(
    rb"^[ \t]*(?:source|\.)[ \t]+[\"']?(?:\$[\w{}()/\"$ .-]{1,80}?/)?([\w./-]{1,300})", re.M
)
MODULE = re.compile(rb"^[ \t]*source[ \t]*=[ \t]*\"(\.[^\"\n]{1,300})\"", re.M)
INCLUDE = re.compile(rb"^[ \t]*#[ \t]*include[ \t]+\"([^\"\n]{1,300})\"", re.M)
DART = re.compile(rb"^[ \t]*(?:import|export|part)[ \t]+['\"]([^'\"\n]{1,300})['\"]", re.M)
LUA = re.compile(rb"\brequire[ \t]*\(?[ \t]*['\"]([\w./-]{1,300})['\"]")
ELIXIR = re.compile(
    rb"^[ \t]*(?:alias|import|use|require)[ \t]+([A-Z][\w.]{0,300})(?:\{([\w., \t]{0,1000}))?", re.M
)
SCRIPT_SUFFIX = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|rb|sh|bash|dart)$")
INDEXES = frozenset({"__init__", "index", "mod"})
FROM_ROOT = -1
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

Parts = tuple[str, ...]


class Reference(NamedTuple):
    """What one import line names. `up` is how many directories it climbs; None: not relative;
    FROM_ROOT: ours, from wherever the code begins (`@/shop`).
    """

    parts: Parts
    up: int | None


Reads = Callable[..., tuple[Reference, ...]]
"""What the groups of a match refer to."""


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


@lru_cache(maxsize=65536)
def _python(origin: bytes, names: bytes, modules: bytes) -> tuple[Reference, ...]:
    module = origin.lstrip(b".")
    up = len(origin) - len(module) - 1 if origin.startswith(b".") else None
    items = (item.split(b" as ")[0].strip() for item in (names or modules).split(b","))
    dotted = (module, *(b".".join(filter(None, (module, name))) for name in items if name))
    split = (tuple(filter(None, _text(path).split("."))) for path in dotted)
    return tuple(Reference(parts, up) for parts in split if parts)


@lru_cache(maxsize=65536)
def _path(name: bytes) -> tuple[Reference, ...]:
    """`./x`, `../x`, `@/x`, `x/y`."""
    parts = [part for part in _text(name).split("/") if part]
    relative = bool(parts) and parts[0] in {".", ".."}
    from_root = FROM_ROOT if parts and parts[0] in {"@", "~"} else None
    climbs = 0
    while parts and parts[0] in {".", "..", "@", "~"}:
        climbs += parts.pop(0) == ".."
    if not parts:
        return ()
    last = SCRIPT_SUFFIX.sub("", parts[-1])
    file = relative or last != parts[-1]
    if last == "index" and file and len(parts) > 1:  # `./shop/index.js` is all of `shop`
        return (Reference(tuple(parts[:-1]), climbs if relative else from_root),)
    return (Reference((*parts[:-1], last), climbs if relative else from_root),)


def _dart(name: bytes) -> tuple[Reference, ...]:
    """A path beside the file, or from `lib` of the package that is named (dart.dev/tools/pub)."""
    scheme, _, rest = name.partition(b":")
    if rest:
        return _path(b"@/" + rest.partition(b"/")[2]) if scheme == b"package" else ()
    return _path(name if name.startswith(b".") else b"./" + name)


def _words(name: bytes, separator: str) -> Parts:
    return tuple(filter(None, _text(name).split(separator)))


def _one(parts: Parts) -> tuple[Reference, ...]:
    return (Reference(parts, None),) if parts else ()


@lru_cache(maxsize=65536)
def _java(name: bytes) -> tuple[Reference, ...]:
    """A class, by whose name its file is called; or something in one: `acme.Cart.total`."""
    parts = _words(name, ".")
    within = len(parts) > 1 and parts[-2][0].isupper()
    return _one(parts[:-1] if within else parts)


@lru_cache(maxsize=65536)
def _php(name: bytes) -> tuple[Reference, ...]:
    return _one(_words(name, "\\"))


@lru_cache(maxsize=65536)
def _lua(name: bytes) -> tuple[Reference, ...]:
    return _one(_words(name.replace(b"/", b"."), "."))


def _listed(before: bytes, names: bytes, separator: str) -> Iterator[Parts]:
    """`a::{b, c::D}`: each of what is listed with what stands before it."""
    first = _words(before, separator)
    for name in names.split(b",") if names.strip() else (b"",):
        yield first + _words(name.split(b" as ")[0].strip(), separator)


@lru_cache(maxsize=65536)
def _rust(before: bytes, names: bytes) -> tuple[Reference, ...]:
    """A module, or something in the one that is named before it."""
    paths = (some for path in _listed(before, names, "::") for some in (path, path[:-1]) if some)
    return tuple(Reference(parts, None) for parts in dict.fromkeys(paths))


@lru_cache(maxsize=65536)
def _elixir(before: bytes, names: bytes) -> tuple[Reference, ...]:
    """A module's file is called as it is, in small letters: `ShopWeb.Cart` is `shop_web/cart`."""
    modules = _listed(before, names, ".")
    small = (tuple(HUMP.sub("_", part).lower() for part in parts) for parts in modules)
    return tuple(Reference(parts, None) for parts in small if parts)


class Imports(NamedTuple):
    """How a language refers to files: in lines with one of these words, each match so read. A line
    that ends with one of the `brackets` goes on to the one that closes it.
    """

    pattern: re.Pattern[bytes]
    words: tuple[bytes, ...]
    read: Reads
    brackets: bytes = b""


OF_PYTHON = Imports(PYTHON, (b"import",), _python, b"()")
OF_SCRIPTS = Imports(QUOTED, (b"import", b"from", b"require"), _path)
OF_C = Imports(INCLUDE, (b"include",), _path)
OF_SHELL = Imports(SHELL, (b"source", b". "), _path)
OF_JAVA = Imports(DOTTED, (b"import",), _java)
OF_RUBY = Imports(RUBY, (b"require",), _path)
OF_RUST = Imports(RUST, (b"use",), _rust, b"{}")
OF_LUA = Imports(LUA, (b"require",), _lua)
OF_ELIXIR = Imports(ELIXIR, (b"alias", b"import", b"use", b"require"), _elixir, b"{}")
IMPORTS = (
    dict.fromkeys("js jsx ts tsx mjs cjs mts cts vue svelte astro".split(), OF_SCRIPTS)
    | dict.fromkeys("c cc cpp cxx h hh hpp m mm".split(), OF_C)
    | dict.fromkeys("java kt kts scala groovy".split(), OF_JAVA)
    | {"py": OF_PYTHON, "pyi": OF_PYTHON, "rb": OF_RUBY, "rs": OF_RUST, "lua": OF_LUA}
    | {"go": Imports(GO, (b'"',), _path), "php": Imports(PHP, (b"use",), _php)}
    | {"tf": Imports(MODULE, (b"source",), _path), "sh": OF_SHELL, "bash": OF_SHELL}
    | {"dart": Imports(DART, (b"import", b"export", b"part"), _dart)}
    | dict.fromkeys("ex exs".split(), OF_ELIXIR)
)
# Languages in which one bare word may be a file of ours; elsewhere it is a package of others.
OF_ONE_WORD = (OF_PYTHON, OF_C, OF_SHELL, OF_RUBY, OF_RUST, OF_LUA, OF_ELIXIR)


def language_of(path: str) -> Imports | None:
    return IMPORTS.get(path.rpartition(".")[2].lower())


def references_in(path: str, content: bytes) -> tuple[Reference, ...]:
    """What the import lines of a file name, as far as its language is known; each once."""
    imports = language_of(path)
    if imports is None:
        return ()
    matches = dict.fromkeys(imports.pattern.findall(_lines_with(imports, content)))
    groups = ((match,) if isinstance(match, bytes) else match for match in matches)
    return tuple(dict.fromkeys(name for match in groups for name in imports.read(*match)))


def _lines_with(imports: Imports, content: bytes) -> bytes:
    """The few lines that can match, which costs less than to try the pattern everywhere."""
    lines = {}
    for word in imports.words:
        at = content.find(word)
        while at >= 0:
            begin = content.rfind(b"\n", 0, at) + 1
            end = content.find(b"\n", at) % (len(content) + 1)  # -1: the line ends with the file
            lines[begin] = content[begin:end]
            if imports.brackets and lines[begin].rstrip().endswith(imports.brackets[:1]):
                end = content.find(imports.brackets[1:], end) % (len(content) + 1)
                lines[begin] = _as_one_line(content[begin:end])
            at = content.find(word, end)
    return b"\n".join(lines.values())


def _as_one_line(lines: bytes) -> bytes:
    """Without the comments in them."""
    return b" ".join(re.split(rb"#|//", line)[0].strip() for line in lines.split(b"\n"))
