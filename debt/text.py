"""What any text from a person, file or repository must be before it may be kept."""

import unicodedata

from debt.refusal import Refused

LONGEST = 10_000
LONGEST_NAMED = {"repo": 500, "service": 200, "team": 200, "owner": 200, "kind": 100}
_KEPT_CONTROLS = "\n\t"


def clean(text: str) -> str:
    """Without what no database or screen can hold: controls, lone surrogates, outer space."""
    kept = (letter for letter in text if letter in _KEPT_CONTROLS or not _unkeepable(letter))
    return "".join(kept).strip()


def clean_field(name: str, text: str) -> str:
    """`clean`, and refused where it is longer than the field may be."""
    kept = text.strip() if text.isascii() and text.isprintable() else clean(text)
    limit = LONGEST_NAMED.get(name, LONGEST)
    if len(kept) > limit:
        what = name.replace("_", " ")
        raise Refused(
            f"The {what} is {len(kept):,} characters long; {limit:,} are allowed.", field=name
        )
    return kept


def _unkeepable(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"}
