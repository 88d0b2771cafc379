"""Created with intent: purpose, lifespan, owner and removal impact, or provisional (R5)."""

import re
import string
from collections.abc import Iterator

from debt.artifact.artifact import Artifact

_VAGUE = frozenset(
    "tbd todo tba unknown unsure none nothing later whatever something stuff misc various test "
    "temp temporary forever never indefinite indefinitely permanent "
    "soon eventually sometime maybe asap na n/a n.a idk dunno see above helper code"
    .split()
)  # fmt: skip
_MARKS = string.punctuation + "…–—“”‘’«»„¿¡·•、。，！？「」（）"
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)


def missing_intent(artifact: Artifact) -> tuple[str, ...]:
    """What keeps it provisional, in words: empty when all four are there and say something."""
    return tuple(_missing(artifact))


def _missing(artifact: Artifact) -> Iterator[str]:
    yield from _said("purpose", artifact.purpose, words=3)
    yield from _said("lifespan", artifact.lifespan, words=1)
    if artifact.owner is None:
        yield "no owner"
    yield from _said("removal impact", artifact.removal_impact, words=2)


def _said(what: str, text: str | None, *, words: int) -> Iterator[str]:
    if not text or not text.strip():
        yield f"no {what}"
    elif is_vague(text, words=words):
        yield f"vague {what}"


def is_vague(text: str, *, words: int) -> bool:
    """Fewer than that many words that mean something; two letters of a script without spaces
    (Chinese, Japanese, Thai, Lao, Burmese, Khmer) count as a word.
    """
    said = (word.strip(_MARKS) for word in re.split(r"[\s,;:!]+", text.casefold()))
    meaningful = [
        word for word in said if word not in _VAGUE and any(letter.isalnum() for letter in word)
    ]
    if text.isascii():
        return len(meaningful) < words
    return sum(max(1, len(_UNSPACED.findall(word)) // 2) for word in meaningful) < words
