"""A wrong policy in one line: file, line, key, and what is allowed there."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from debt.policy.repositories import without_user_info
from debt.text import quoted, shortened

_LONGEST_WHY = 120
_ALLOWED = {
    "bool_type": "allowed are true and false",
    "string_type": "allowed is text in quotes",
    "string_too_short": "allowed is text in quotes, at least one character",
    "tuple_type": "allowed is a list in [brackets]",
    "too_short": "allowed is a list of at least one",
    "dict_type": "allowed is a table",
    "mapping_type": "allowed is a table",
    "model_type": "allowed is a table",
}


def not_toml(path: Path, text: str, error: tomllib.TOMLDecodeError, named_by: str) -> str:
    """The parser's words with the line first, the last one where the end came too soon."""
    said = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.S)
    why, line = said.groups() if said else (str(error), "1")
    line = line or str(len(text.splitlines()))
    return f"{path}:{line}: {shortened(why, _LONGEST_WHY)}; {named_by} names a TOML file"


def invalid(path: Path, text: str, error: ValidationError, policy: type[BaseModel]) -> str:
    """The first thing that is wrong; the others show once it is right."""
    first = error.errors()[0]
    every = [*first["loc"], *first.get("ctx", {}).get("keys", ())]
    keys = [key for key in every if key != "[key]"]
    names = [key for key in keys if isinstance(key, str)]
    said = f"{'.'.join(map(shortened, names))}: {_allowed(first, names, policy)}"
    return without_user_info(f"{path}:{_line_of(text, keys)}: {' '.join(said.split())}")


def _allowed(error: ErrorDetails, names: list[str], policy: type[BaseModel]) -> str:
    match error["type"]:
        case "extra_forbidden":
            fields = _table_at(policy, names[:-1]).model_fields.items()
            return f"no such key; allowed are {', '.join(it.alias or name for name, it in fields)}"
        case "missing":
            fields = _table_at(policy, names[:-1]).model_fields.items()
            needed = ", ".join(it.alias or name for name, it in fields if it.is_required())
            return f"missing; what is not built in needs all of {needed}"
        case "enum" | "literal_error":
            expected = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
            return f"{quoted(str(error['input']))} is not allowed; allowed are {expected}"
    return _ALLOWED.get(error["type"]) or error["msg"].removeprefix("Value error, ")


def _table_at(policy: type[BaseModel], keys: list[str]) -> type[BaseModel]:
    at: Any = policy
    for key in keys:
        at = at.model_fields[key].annotation if hasattr(at, "model_fields") else get_args(at)[-1]
        at = get_args(at)[0] if get_origin(at) is tuple else at  # one of several tables
    table: type[BaseModel] = at
    return table


def _line_of(text: str, keys: list[str | int]) -> int:
    """The line that sets the key, or else the line of the nearest table around it."""
    table: list[str | int] = []
    tables: Counter[str] = Counter()
    nearest, depth = 1, -1
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[+)(.+?)\]+\s*(?:#.*)?$", line)
        assignment = re.match(r"\s*([^#=\[]+?)\s*=", line)
        if header:
            here = table = [*_parts(header[2])]
            if header[1] == "[[":
                table.append(tables[header[2]])
                tables[header[2]] += 1
        elif assignment:
            here = [*table, *_parts(assignment[1])]
        else:
            continue
        common = min(len(here), len(keys))
        if here[:common] == keys[:common] and common > depth:
            nearest, depth = number, common
    return nearest


def _parts(dotted: str) -> list[str]:
    """`teams."payments.eu"` as its two parts; nothing for what is no key."""
    try:
        inner: Any = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return []
    parts = []
    while isinstance(inner, dict):
        [(part, inner)] = inner.items()
        parts.append(part)
    return parts
