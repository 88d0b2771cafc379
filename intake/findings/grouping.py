"""Files grouped into the few artifacts that a person would name.

Per kind: a directory in which half of the lines count is one artifact, if it has 2 to 200 files
and one set of owners; of what is left over, the siblings in one directory are one artifact. A
directory that only holds others (`src`, `services`, or one with a single directory and nothing else
in it) is never one by itself.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from debt.policy.scans import ScanPolicy
from intake.languages.kinds import CONTAINERS, Kind, naming_habit_of
from intake.text.globs import escaped
from intake.text.shown import shown

DEEPEST = 60
MOST_GLOBS = 20

NOUNS: dict[Kind, str] = {
    "iac_config": "configuration",
    "test_suite": "tests",
    "prototype_service": "prototype",
    "throwaway_script": "scripts",
    "production_integration": "",
}
SAID: dict[Kind, tuple[str, ...]] = {
    "iac_config": (
        "infra",
        "terraform",
        "helm",
        "chart",
        "k8s",
        "kubernetes",
        "deploy",
        "workflow",
    ),
    "test_suite": ("test", "spec", "e2e", "bench"),
    "prototype_service": (
        "prototype",
        "poc",
        "demo",
        "example",
        "experiment",
        "playground",
        "spike",
    ),
    "throwaway_script": ("script", "tool", "bin"),
    "production_integration": ("",),
}


class CodeFile(NamedTuple):
    """One file of code. `counts` when enough of it is AI-added; lines are not blank. One that is
    `apart` is in no directory's artifact: somebody said so.
    """

    path: str
    kind: Kind
    lines: int
    counts: bool
    owners: tuple[str, ...] = ()
    apart: bool = False


@dataclass(frozen=True, slots=True)
class FileGroup:
    """Files that are one artifact: a whole directory, or siblings in one."""

    kind: Kind
    directory: str
    whole: bool
    files: tuple[str, ...]
    paths: tuple[str, ...]
    name: str
    apart: tuple[str, ...] = ()

    def identity(self, repo: str) -> str:
        """Stable while the repository, the directory and the kind are the same.

        Files that come and go do not change it. Siblings with other owners are kept apart by them.
        """
        parts = (repo, self.kind, self.directory, *self.apart)
        text = "\0".join(parts).encode("utf-8", "surrogateescape")
        return hashlib.sha256(text).hexdigest()[:20]


@dataclass(slots=True)
class _Directory:
    """Files of one kind below a directory, and what they add up to."""

    files: list[CodeFile] = field(default_factory=list)
    children: dict[str, "_Directory"] = field(default_factory=dict)
    lines: int = 0
    counting: int = 0
    number: int = 0
    owners: set[tuple[str, ...]] = field(default_factory=set)
    parted: bool = False

    def add(self, file: CodeFile) -> None:
        self.lines += file.lines
        self.counting += file.lines if file.counts else 0
        self.number += 1
        self.owners.add(file.owners)
        self.parted = self.parted or file.apart
        self.files.append(file)

    def add_up(self) -> None:
        """Adds the totals of the directories below."""
        for child in self.children.values():
            child.add_up()
            self.lines += child.lines
            self.counting += child.counting
            self.number += child.number
            self.owners |= child.owners
            self.parted = self.parted or child.parted

    def all_files(self) -> Iterator[CodeFile]:
        yield from self.files
        for child in self.children.values():
            yield from child.all_files()


def groups_of(files: Iterable[CodeFile], repo: str, policy: ScanPolicy) -> list[FileGroup]:
    """All artifacts among the files, in no order; `repo` names the outermost directory."""
    every = sorted(files, key=lambda file: file.path)
    by_kind: dict[Kind, list[CodeFile]] = defaultdict(list)
    for file in every:
        by_kind[file.kind].append(file)
    within = {kind: _directories(file.path for file in some) for kind, some in by_kind.items()}
    groups: list[FileGroup] = []
    for kind, members in by_kind.items():
        if any(file.counts for file in members):
            others = {""}.union(*(within[other] for other in by_kind if other != kind))
            groups.extend(_Walk(kind, others, repo, policy).through(_tree(members), ""))
    return groups


def _parents(path: str) -> list[str]:
    return path.split("/")[:-1][:DEEPEST]


def _tree(files: Iterable[CodeFile]) -> _Directory:
    root = _Directory()
    known: dict[str, _Directory] = {}
    for file in files:
        outer = file.path.rpartition("/")[0]
        at = known.get(outer) or known.setdefault(outer, _below(root, file.path))
        at.add(file)
    root.add_up()
    return root


def _below(root: _Directory, path: str) -> _Directory:
    at = root
    for part in _parents(path):
        at = at.children.setdefault(part, _Directory())
    return at


def _directories(paths: Iterable[str]) -> set[str]:
    """Every directory with one of these files somewhere below it; the outermost is ''."""
    directories = {""}
    for directory in {path.rpartition("/")[0] for path in paths}:
        parts = _parents(f"{directory}/")
        directories.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    return directories


@dataclass(frozen=True, slots=True)
class _Walk:
    """From the outermost directory of one kind's files inward; `others` hold other kinds' too."""

    kind: Kind
    others: set[str]
    repo: str
    policy: ScanPolicy

    def through(self, at: _Directory, directory: str) -> Iterator[FileGroup]:
        """Outermost first: a directory that is one artifact has none below it."""
        if not at.counting:
            return
        if self._is_one(at, directory):
            yield _whole(at, directory, self.kind, self.others)
            return
        for part, child in at.children.items():
            below = f"{directory}/{part}" if directory else part
            yield from self.through(child, below)
        yield from _siblings(at, directory, self.kind, self.repo)

    def _is_one(self, at: _Directory, directory: str) -> bool:
        fewest, most = self.policy.collapse_files
        container = directory.rpartition("/")[2].lower() in CONTAINERS
        only_one_inside = not at.files and len(at.children) == 1
        if not directory or at.parted or only_one_inside or (container and at.children):
            return False
        half = at.counting >= self.policy.collapse * at.lines
        return half and fewest <= at.number <= most and len(at.owners) == 1


def _whole(at: _Directory, directory: str, kind: Kind, others: set[str]) -> FileGroup:
    files = tuple(sorted(file.path for file in at.all_files()))
    globs = _globs(at, directory, files, others)
    return FileGroup(kind, directory, True, files, globs, _directory_name(directory, kind))


def _globs(
    at: _Directory, directory: str, files: Sequence[str], others: set[str]
) -> tuple[str, ...]:
    """The fewest globs that take these files and, where that is short, no other kind's."""
    if directory in others:
        named = {naming_habit_of(path) for path in files}
        if None not in named:
            return tuple(sorted(f"{escaped(directory)}/**/{pattern}" for pattern in named))
        exact = tuple(_exact(at, directory, others))
        if len(exact) <= MOST_GLOBS:
            return exact
    return (f"{escaped(directory)}/**",)


def _exact(at: _Directory, directory: str, others: set[str]) -> Iterator[str]:
    for file in at.files:
        yield escaped(file.path)
    for part, child in at.children.items():
        below = f"{directory}/{part}"
        if below in others:
            yield from _exact(child, below, others)
        else:
            yield f"{escaped(below)}/**"


def _siblings(at: _Directory, directory: str, kind: Kind, repo: str) -> Iterator[FileGroup]:
    """What counts directly in a directory that is not one artifact: one group per set of owners."""
    by_owners: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for file in at.files:
        if file.counts:
            by_owners[file.owners].append(file.path)
    for owners, paths in by_owners.items():
        globs = tuple(escaped(path) for path in paths)
        name = _siblings_name(paths, directory or repo)
        apart = owners if len(by_owners) > 1 else ()
        yield FileGroup(kind, directory, False, tuple(paths), globs, name, apart)


def _directory_name(directory: str, kind: Kind) -> str:
    """What people call it: the last two parts of its path, and what it holds."""
    if directory == ".github/workflows":
        return "GitHub workflows"
    says_kind = any(word in directory.lower() for word in SAID[kind])
    return shown(_short(directory) if says_kind else f"{_short(directory)} {NOUNS[kind]}", 80)


def _siblings_name(paths: Sequence[str], place: str) -> str:
    names = [path.rpartition("/")[2] for path in paths]
    if len(names) == 1:
        return shown(_short(paths[0]), 80)
    rest = names[1] if len(names) == 2 else f"{len(names) - 1} more"
    return shown(f"{_short(place)}: {shown(names[0], 40)} and {rest}", 80)


def _short(path: str) -> str:
    return "/".join(path.split("/")[-2:])
