"""Leading indicators and drift (R22): what is seen coming before it costs anything.

Each is of a fixed kind and says in a few words what was seen; words hold nothing that a day alone
changes, so that a scan of the same code says the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Sign(StrEnum):
    """What a signal is about, in the order in which they are told: what can go comes first."""

    DUPLICATE = "duplicate"
    UNUSED = "unused"
    OWNER = "owner"
    HANDED_ON = "handed_on"
    REGENERATED = "regenerated"
    CHURN = "churn"
    DEPENDENCIES = "dependencies"
    SHIFTED = "shifted"
    UNTESTED = "untested"


# What the register counts them by: a number once given stays.
_BITS = {
    Sign.DUPLICATE: 1,
    Sign.UNUSED: 2,
    Sign.OWNER: 4,
    Sign.REGENERATED: 8,
    Sign.CHURN: 16,
    Sign.DEPENDENCIES: 32,
    Sign.SHIFTED: 64,
    Sign.UNTESTED: 128,
    Sign.HANDED_ON: 256,
}


@dataclass(frozen=True, slots=True)
class Signal:
    """`firm` is false where it is just short of its limit: then it only stays where it was."""

    sign: Sign
    words: str
    firm: bool = field(default=True, compare=False)


FORSAKEN = Signal(Sign.UNUSED, "nothing imports it any more, tests aside")
HANDED_ON = Signal(Sign.HANDED_ON, "not reviewed since its owner changed")
# These run by themselves, so that nobody has to import them.
_RUN = frozenset({"test_suite", "iac_config", "throwaway_script"})


def bit(sign: Sign) -> int:
    return _BITS[sign]


def bits(signals: Iterable[Signal]) -> int:
    """Which kinds there are, as one number that a database can count by."""
    return sum(_BITS[sign] for sign in {signal.sign for signal in signals})


def renewed(known: Iterable[Signal], found: Iterable[Signal]) -> tuple[Signal, ...]:
    """What a scan found, each kind once; one that wavers around its limit stays as it was."""
    there = {signal.sign for signal in known}
    kept = {signal.sign: signal for signal in found if signal.firm or signal.sign in there}
    return tuple(kept[sign] for sign in Sign if sign in kept)


def left_alone(kind: str, known: Iterable[Signal], dependants: int, now: int) -> list[Signal]:
    """Whether what others once imported is imported by nobody any more."""
    once = dependants > 0 or FORSAKEN in known
    return [FORSAKEN] if once and now == 0 and kind not in _RUN else []
