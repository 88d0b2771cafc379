"""Which artifacts a metric counts, and how those behind it are found: values that name columns of
the register. `storage.metrics.conditions` makes SQL of them.
"""

from dataclasses import dataclass
from enum import StrEnum

from debt.artifact.signals import Sign
from debt.rules.score import Quadrant


@dataclass(frozen=True, slots=True)
class ColumnIs:
    """A column is true, false, or (None) empty."""

    column: str
    value: bool | None = True


@dataclass(frozen=True, slots=True)
class DateIsOver:
    """The date in a column is before today."""

    column: str


@dataclass(frozen=True, slots=True)
class HasSign:
    """The artifact has a signal of this kind."""

    sign: Sign

    @property
    def column(self) -> str:
        return "watched"


Condition = ColumnIs | DateIsOver | HasSign


class ObservationKind(StrEnum):
    """What is entered of a repository beside its artifacts."""

    CHANGE = "change"
    INCIDENT = "incident"
    WORKAROUND = "workaround"


@dataclass(frozen=True, slots=True)
class ByPriority:
    """The live artifacts that meet the condition, highest priority first.

    `among` is a true-or-false column with an index of its own: only artifacts where it is true are
    looked through.
    """

    condition: Condition
    among: str | None = None


@dataclass(frozen=True, slots=True)
class ByMentions:
    """The artifacts that incidents or workarounds of four weeks name, most often named first."""

    kind: ObservationKind


@dataclass(frozen=True, slots=True)
class ByHours:
    """The artifacts of a team or repository with most hours in four weeks, costliest first."""


@dataclass(frozen=True, slots=True)
class FirstInQuadrant:
    """The one artifact of a quadrant that has the highest priority."""

    quadrant: Quadrant


Drilldown = ByPriority | ByMentions | ByHours | FirstInQuadrant
