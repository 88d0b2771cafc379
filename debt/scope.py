"""What lists, digests and budgets are about: a scope, a filter, and where a page ended."""

from dataclasses import dataclass
from enum import StrEnum


class Filter(StrEnum):
    OVERDUE = "overdue"
    EXPIRING = "expiring"
    ORPHANS = "orphans"
    HIGH_RISK = "high-risk"
    MINE = "mine"
    PROVISIONAL = "provisional"
    PROPOSED = "proposed"


class ScopeKind(StrEnum):
    ALL = "all"
    TEAM = "team"
    REPO = "repo"
    SERVICE = "service"
    TRAIN = "train"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a digest or a list is about: everything, or one team, repository, service or train."""

    kind: ScopeKind = ScopeKind.ALL
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)


ALL = Scope()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the last row's place in the ranking."""

    priority: int
    id: int


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What a budget is about: a team, repository, service or train, or one tier or label of it."""

    scope: Scope
    only: str = ""

    @property
    def part(self) -> str:
        """`tier` or `label`, or nothing for the whole of the scope."""
        return self.only.partition(":")[0]

    def __str__(self) -> str:
        return f"{self.scope} {self.only}".strip()
