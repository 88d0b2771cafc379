"""Which packages of others a file imports, by the names its language calls them."""

import re
from collections.abc import Collection, Iterable
from typing import Literal

from intake.contents import IMPORTS, OF_SCRIPTS, Reference

Ecosystem = Literal["python", "npm", "go", "cargo"]

RUST = re.compile(rb"^[ \t]*(?:pub[ \t]+)?(?:use|extern[ \t]+crate)[ \t]+(?:::)?(\w{1,100})", re.M)
SCRIPTS = frozenset(suffix for suffix, imports in IMPORTS.items() if imports is OF_SCRIPTS)
ECOSYSTEMS: dict[str, Ecosystem] = {
    **dict[str, Ecosystem].fromkeys(SCRIPTS, "npm"),
    "py": "python",
    "pyi": "python",
    "go": "go",
    "rs": "cargo",
}
# Packages that are imported by another name than they are installed by.
ALIASES = {
    "attrs": "attr", "beautifulsoup4": "bs4", "opencv_python": "cv2", "pillow": "pil",
    "psycopg2_binary": "psycopg2", "pycryptodome": "crypto", "pyjwt": "jwt",
    "python_dateutil": "dateutil", "python_dotenv": "dotenv", "pyyaml": "yaml",
    "scikit_learn": "sklearn",
}  # fmt: skip


def ecosystem_of(path: str) -> Ecosystem | None:
    """Whose packages a file can import, as far as we can tell them."""
    return ECOSYSTEMS.get(path.rpartition(".")[2].lower())


def packages_in(path: str, content: bytes, references: Iterable[Reference]) -> tuple[str, ...]:
    """What the file imports that is not said to lie beside it; its own code may be among it."""
    ecosystem = ecosystem_of(path)
    if ecosystem is None:
        return ()
    if ecosystem == "cargo":
        return tuple(sorted({name.decode("utf-8", "replace") for name in RUST.findall(content)}))
    found = (each.parts for each in references if each.up is None)
    return tuple(sorted({_package(parts, ecosystem) for parts in found}))


def _package(parts: tuple[str, ...], ecosystem: Ecosystem) -> str:
    if ecosystem == "go":
        return "/".join(parts)
    if ecosystem == "npm":
        return "/".join(parts[:2]) if parts[0].startswith("@") else parts[0]
    return parts[0].lower()


def imported_as(name: str, ecosystem: Ecosystem) -> str:
    """What a package is called where it is imported."""
    if ecosystem in {"npm", "go"}:
        return name
    plain = re.sub(r"[-.]+", "_", name)
    return plain if ecosystem == "cargo" else ALIASES.get(plain.lower(), plain.lower())


def uses(imported: Collection[str], name: str, ecosystem: Ecosystem) -> bool:
    """Whether one of the imports is of that package; in Go, of one below it."""
    if name in imported:
        return True
    return ecosystem == "go" and any(each.startswith(f"{name}/") for each in imported)
