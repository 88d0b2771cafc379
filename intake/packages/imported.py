"""Which packages of others a file imports, by the names its language calls them."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from intake.languages.imports import IMPORTS, OF_SCRIPTS, Reference
from intake.packages import maven_imports

Ecosystem = Literal["python", "npm", "go", "cargo", "rubygems", "maven"]

RUST = re.compile(rb"^[ \t]*(?:pub[ \t]+)?(?:use|extern[ \t]+crate)[ \t]+(?:::)?(\w{1,100})", re.M)
# Unlike `require`, `require_relative` names a file beside.
RUBY = re.compile(rb"^[ \t]*require[ \t(]+['\"]([\w/.-]{1,100})['\"]", re.M)
SCRIPTS = frozenset(suffix for suffix, imports in IMPORTS.items() if imports is OF_SCRIPTS)
ECOSYSTEMS: dict[str, Ecosystem] = {
    **dict[str, Ecosystem].fromkeys(SCRIPTS, "npm"),
    "py": "python",
    "pyi": "python",
    "go": "go",
    "rs": "cargo",
    "rb": "rubygems",
    "java": "maven",
    "kt": "maven",
    "groovy": "maven",
}
# Packages that are imported by another name than they are installed by.
ALIASES = {
    "attrs": "attr", "beautifulsoup4": "bs4", "opencv_python": "cv2", "pillow": "pil",
    "psycopg2_binary": "psycopg2", "pycryptodome": "crypto", "pyjwt": "jwt",
    "python_dateutil": "dateutil", "python_dotenv": "dotenv", "pyyaml": "yaml",
    "scikit_learn": "sklearn",
}  # fmt: skip
GEMS = {
    "actionmailer": "action_mailer", "actionview": "action_view", "activejob": "active_job",
    "activemodel": "active_model", "activerecord": "active_record",
    "activesupport": "active_support", "concurrent-ruby": "concurrent", "ruby-openai": "openai",
    "ruby-vips": "vips", "rubyzip": "zip",
}  # fmt: skip


def ecosystem_of(path: str) -> Ecosystem | None:
    """Whose packages a file can import, as far as we can tell them."""
    return ECOSYSTEMS.get(path.rpartition(".")[2].lower())


def packages_in(path: str, content: bytes, references: Iterable[Reference]) -> tuple[str, ...]:
    """Names that the file imports other than relatively, sorted; its own code may be among them."""
    ecosystem = ecosystem_of(path)
    if ecosystem is None:
        return ()
    if ecosystem == "cargo":
        return tuple(sorted({name.decode("utf-8", "replace") for name in RUST.findall(content)}))
    if ecosystem == "rubygems":
        return tuple(sorted({name.decode() for name in RUBY.findall(content)}))
    names = (reference.parts for reference in references if reference.up is None)
    if ecosystem == "maven":
        return tuple(sorted(maven_imports.of_others(names, content)))
    return tuple(sorted({_package(parts, ecosystem) for parts in names}))


def _package(parts: tuple[str, ...], ecosystem: Ecosystem) -> str:
    if ecosystem == "go":
        return "/".join(parts)
    if ecosystem == "npm":
        return "/".join(parts[:2]) if parts[0].startswith("@") else parts[0]
    return parts[0].lower()


def imported_as(name: str, ecosystem: Ecosystem) -> str:
    """What a package is called where it is imported. A gem's name has a dash where `require` has a
    slash (guides.rubygems.org/name-your-gem).
    """
    if ecosystem in {"npm", "go"}:
        return name
    if ecosystem == "rubygems":
        return GEMS.get(name, name).replace("-", "/")
    if ecosystem == "maven":
        return maven_imports.known_as(name)
    plain = re.sub(r"[-.]+", "_", name)
    return plain if ecosystem == "cargo" else ALIASES.get(plain.lower(), plain.lower())


def used(
    imported: Collection[str], names: Collection[str], ecosystem: Ecosystem
) -> Iterator[frozenset[str]]:
    """Which of these packages the imports are of. Where one import could be of any of several, they
    come together. In Go and Ruby whatever is below a package is of it, in Ruby of the longest one.
    """
    if ecosystem == "maven":
        yield from maven_imports.used(imported, names)
    elif ecosystem == "rubygems":
        nearest = {_longest(required.replace("-", "/"), names) for required in imported}
        yield from (frozenset({name}) for name in nearest if name)
    else:
        yield from (frozenset({name}) for name in names if _imports(imported, name, ecosystem))


def _imports(imported: Collection[str], name: str, ecosystem: Ecosystem) -> bool:
    if name in imported:
        return True
    return ecosystem == "go" and any(package.startswith(f"{name}/") for package in imported)


def _longest(required: str, names: Collection[str]) -> str:
    """The gem that a `require` is of, or is below; or nothing."""
    while required and required not in names:
        required = required.rpartition("/")[0]
    return required
