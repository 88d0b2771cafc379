"""What one policy says and another does not, by dotted key: for the history (R8)."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# What only the next scan, or a trend, asks about: no standing follows from it.
_ASIDE = (
    "scan.", "signals.", "scale.", "markers.", "repositories.", "clones.", "refresh.", "trend.",
    "metrics.",
)  # fmt: skip
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def changes(old: Any, new: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was and what is now, of the keys that differ; None for a key that is not there."""
    was, is_now = dict(_flat(old)), dict(_flat(new))
    keys = [key for key in {**was, **is_now} if was.get(key) != is_now.get(key)]
    return {key: was.get(key) for key in keys}, {key: is_now.get(key) for key in keys}


def moves_standings(changed: Iterable[str]) -> bool:
    """Whether a standing may follow from one of the keys that changed."""
    return not all(key.startswith(_ASIDE) for key in changed)


def _flat(table: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        key = f"{above}{_spelled(name)}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def _spelled(name: str) -> str:
    """As TOML writes it: a name with anything but letters, digits, `_` and `-` in quotes."""
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)
