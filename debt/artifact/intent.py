"""Created with intent: purpose, lifespan, owner and removal impact, or provisional (R5)."""

import re
import string
from collections.abc import Iterator
from enum import StrEnum

from debt.artifact.artifact import Artifact


class IntentGap(StrEnum):
    """What keeps an artifact provisional, as a person reads it."""

    NO_PURPOSE = "no purpose"
    VAGUE_PURPOSE = "vague purpose"
    NO_LIFESPAN = "no lifespan"
    VAGUE_LIFESPAN = "vague lifespan"
    NO_OWNER = "no owner"
    NO_REMOVAL_IMPACT = "no removal impact"
    VAGUE_REMOVAL_IMPACT = "vague removal impact"


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


def missing_intent(artifact: Artifact) -> tuple[IntentGap, ...]:
    """What keeps it provisional: empty when all four are there and say something."""
    return tuple(_missing(artifact))


def _missing(artifact: Artifact) -> Iterator[IntentGap]:
    gap = IntentGap
    yield from _told(artifact.purpose, 3, gap.NO_PURPOSE, gap.VAGUE_PURPOSE)
    yield from _told(artifact.lifespan, 1, gap.NO_LIFESPAN, gap.VAGUE_LIFESPAN)
    if artifact.owner is None:
        yield gap.NO_OWNER
    yield from _told(artifact.removal_impact, 2, gap.NO_REMOVAL_IMPACT, gap.VAGUE_REMOVAL_IMPACT)


def _told(text: str | None, words: int, absent: IntentGap, vague: IntentGap) -> Iterator[IntentGap]:
    if not text or not text.strip():
        yield absent
    elif is_vague(text, words=words):
        yield vague


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
