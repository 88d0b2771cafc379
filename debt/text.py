"""What any text from a person, file or repository must be before it is kept or repeated."""

import unicodedata

from debt.refusal import Refused

LONGEST = 10_000
LONGEST_NAMED = {"repo": 500, "service": 200, "team": 200, "owner": 200, "kind": 100}
LONGEST_QUOTED = 40
_KEPT_CONTROLS = "\n\t"
_UNREADABLE = 10**15


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


def shortened(text: str, longest: int = LONGEST_QUOTED) -> str:
    """At most that many characters on one line, an ellipsis for what is left out; only what a
    screen can show.
    """
    flat = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return flat if len(flat) <= longest else flat[: longest - 1].rstrip() + "…"


def quoted(text: str) -> str:
    """What somebody typed, as a refusal names it: in quotes, `shortened`."""
    return f"“{shortened(text)}”"


def in_digits(number: int) -> str:
    """“1,234”; of a number that nobody would read to its end, only that it is long."""
    return f"{number:,}" if abs(number) < _UNREADABLE else "a number of more than 15 digits"


def _unkeepable(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"}
