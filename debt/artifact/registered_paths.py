"""The paths that the register knows in a repository, by what it says of them (R29)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class DeclaredPaths:
    """An artifact whose globs a person gave: its files are its, whatever a scan would make of
    them. Where history `moved` them, the globs are those of where they went.
    """

    artifact_id: int
    paths: tuple[str, ...]
    name: str
    kind: str
    moved: bool = False


@dataclass(frozen=True, slots=True)
class RegisteredPaths:
    """Globs by what the register says of them: `dismissed` ones are not AI-produced, with the day
    on which somebody said so, `held` ones belong to live artifacts that a scan found. `places` are
    the globs of whatever is on the register or proposed, by number; `begun` is when each of them
    did, and `incidents` how many it had a part in lately.
    """

    dismissed: Mapping[str, date] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    declared: tuple[DeclaredPaths, ...] = ()
    places: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    begun: Mapping[int, date] = field(default_factory=dict)
    incidents: Mapping[int, int] = field(default_factory=dict)


NOTHING = RegisteredPaths()
