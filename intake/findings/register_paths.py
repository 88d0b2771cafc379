"""Files that blocks and people on the register have claimed, declared or dismissed."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from debt.artifact.registered_paths import DeclaredPaths, RegisteredPaths
from intake.findings.claims import Claims
from intake.findings.grouping import FileGroup
from intake.languages.kinds import KINDS, kind_of
from intake.text.globs import ByGlob


@dataclass(frozen=True)
class DeclaredGroup:
    """The files of an artifact whose globs a person gave."""

    declared: DeclaredPaths
    files: tuple[str, ...]

    def group(self) -> FileGroup:
        kinds = (kind for kind in KINDS if kind == self.declared.kind)
        kind = next(kinds, kind_of(self.files[0]))
        apart = ("declared", str(self.declared.artifact_id))
        return FileGroup(
            kind, "", False, self.files, self.declared.paths, self.declared.name, apart
        )


@dataclass(frozen=True)
class DeclaredFiles:
    """Files that are not for a scan to group: what a block or a person on the register says of them
    counts, the block's word before the register's.
    """

    claims: Claims
    from_register: tuple[DeclaredGroup, ...]
    taken: frozenset[str]
    denied: frozenset[str]
    dismissed: frozenset[str]

    @property
    def groups(self) -> list[FileGroup]:
        """The artifacts that are as somebody said."""
        claimed = [claim.group() for claim in self.claims.claims]
        return claimed + [group.group() for group in self.from_register]

    def has(self, path: str) -> bool:
        return path in self.denied or path in self.taken


def incidents_of(known: RegisteredPaths) -> Callable[[FileGroup], int]:
    """How many incidents name an artifact that a group's files belong to."""
    globs = ((glob, number) for number in known.incidents for glob in known.places.get(number, ()))
    named = ByGlob(globs)

    def count(group: FileGroup) -> int:
        numbers = {named.of(path) for path in group.files} if known.incidents else set[int | None]()
        return sum(known.incidents[number] for number in numbers if number is not None)

    return count


def settled(
    claims: Claims, files: Iterable[str], known: RegisteredPaths, moved_away: Container[str] = ()
) -> DeclaredFiles:
    """What blocks and the register say of these files, in their order. Files in `moved_away` were
    dismissed at their old path.
    """
    declared = ByGlob((path, artifact) for artifact in known.declared for path in artifact.paths)
    dismissed = ByGlob(known.dismissed.items())
    files_of: dict[DeclaredPaths, list[str]] = defaultdict(list)
    away: set[str] = set()
    for path in files:
        if path in claims.claimed or path in claims.denied:
            continue
        if owner := declared.of(path):
            files_of[owner].append(path)
        elif path in moved_away or dismissed.of(path):
            away.add(path)
    groups = tuple(
        DeclaredGroup(artifact, tuple(sorted(paths))) for artifact, paths in files_of.items()
    )
    taken = claims.claimed.union(*(group.files for group in groups))
    return DeclaredFiles(claims, groups, taken, claims.denied | away, frozenset(away))
