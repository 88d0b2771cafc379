"""Unstable packages that AI-written files import, and packages that changed their line since."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain

from debt.artifact.signals import Sign, Signal
from debt.policy.scans import SignalsPolicy
from intake.findings.candidates import Candidate, RepositoryFacts
from intake.git.repository import Repository
from intake.git.tree import Blob, contents_of, text_of
from intake.packages.imported import Ecosystem, ecosystem_of, used
from intake.packages.manifests import LARGEST, Dependencies, Manifests, dependencies_in
from intake.packages.versions import Dependency

MOST_NAMED = 3
LONGEST_NAME = 10_000

Then = tuple[str, int]
"""A manifest by its path, as that commit left it."""

Asked = tuple[str, Dependency]
"""What a manifest asks for, by the manifest's path."""


@dataclass(frozen=True)
class Dependence:
    """The manifests of a repository, and what the nearest ones ask for: today, and at earlier
    commits.
    """

    manifests: Manifests
    current: Mapping[str, Dependencies]
    earlier: Mapping[Then, Dependencies]


def dependence_of(
    repository: Repository,
    candidates: Iterable[Candidate],
    facts: RepositoryFacts,
    files: Mapping[bytes, Blob],
) -> Dependence:
    """The manifests nearest to some candidates; no other is read."""
    lying = Manifests(map(text_of, files))
    near = {candidate: _near(candidate, lying) for candidate in candidates}
    paths = sorted({path for some in near.values() for path in some})
    small = {_raw(path): blob for path in paths if (blob := files[_raw(path)]).size <= LARGEST}
    with closing(contents_of(repository, small)) as contents:
        current = {text_of(raw): dependencies_in(text_of(raw), text) for raw, text in contents}
    asked = {
        manifest for candidate, some in near.items() for manifest in _changed_since(candidate, some)
    }
    return Dependence(lying, current, dict(_read_then(repository, sorted(asked), facts)))


def unstable(candidate: Candidate, dependence: Dependence) -> Signal | None:
    """Packages it imports that are below 1.0, not pinned, or on the policy's list."""
    policy = candidate.facts.rules.signals
    reasons = {}
    for path, manifest, package in _used(candidate, dependence):
        ecosystem = ecosystem_of(path)
        locked = ecosystem is not None and _locks(dependence.manifests, (path, manifest), ecosystem)
        if why := _why_unstable(package, policy, locked=locked):
            reasons[package.name] = f"{package.name} ({why})"
    return _signal_of(Sign.DEPENDENCIES, "leans on ", reasons)


def shifted(candidate: Candidate, dependence: Dependence) -> Signal | None:
    """Packages it imports that are on another line of versions than when it was last touched."""
    shifts = {}
    then = dict(_changed_since(candidate, _near(candidate, dependence.manifests)))
    for _, manifest, package in _used(candidate, dependence):
        commit = then.get(manifest)
        old = dependence.earlier.get((manifest, commit), {}) if commit is not None else {}
        was = next((other for other in old.values() if other.name == package.name), None)
        if was and was.line and package.line and was.line != package.line:
            versions = (was.exact or was.version, package.exact or package.version)
            shifts[package.name] = f"{package.name} {' → '.join(versions)}"
    return _signal_of(Sign.SHIFTED, "since it was last touched: ", shifts)


def _why_unstable(package: Dependency, policy: SignalsPolicy, *, locked: bool) -> str | None:
    meant = (package.name, f"{package.name} {package.exact}")
    if any(fnmatchcase(spelling, pattern) for pattern in policy.unstable for spelling in meant):
        return "to get away from"
    if any(fnmatchcase(package.name, pattern) for pattern in policy.stable):
        return None
    if not package.pinned and not locked:
        return "unpinned"
    return "pre-1.0" if package.early else None


def _signal_of(sign: Sign, words: str, packages: Mapping[str, str]) -> Signal | None:
    """The first few by name; what they are called does not change from day to day."""
    if not packages:
        return None
    named = [packages[name] for name in sorted(packages)]
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return Signal(sign, f"{words}{', '.join(named[:MOST_NAMED])}{more}")


def _near(candidate: Candidate, lying: Manifests) -> set[str]:
    """The nearest manifests of its files that import anything of others."""
    importing = (path for path in candidate.group.files if candidate.facts.imports(path))
    kinds = ((path, ecosystem_of(path)) for path in importing)
    return {manifest for path, kind in kinds if kind for manifest in lying.near(path, kind)}


def _used(candidate: Candidate, dependence: Dependence) -> Iterator[tuple[str, str, Dependency]]:
    """Each file with a manifest next to it and a package that it imports from there."""
    for path in candidate.group.files:
        imported, ecosystem = candidate.facts.imports(path), ecosystem_of(path)
        if imported and ecosystem:
            asked = _asked(path, ecosystem, dependence)
            for names in used(imported, asked.keys(), ecosystem):
                for manifest, package in _certain([asked[name] for name in names]):
                    yield path, manifest, package


def _asked(path: str, ecosystem: Ecosystem, dependence: Dependence) -> dict[str, list[Asked]]:
    """Packages of the manifests nearest to a file, by the names they are imported by."""
    near = dependence.manifests.near(path, ecosystem)
    listed = [
        (name, near_path, one)
        for near_path in near
        for name, one in dependence.current.get(near_path, {}).items()
    ]
    called = {one.name for _, _, one in listed}
    asked = defaultdict(list)
    for name, manifest, one in listed:
        if not one.through or one.through & called:
            asked[name].append((manifest, one))
    return asked


def _certain(some: list[list[Asked]]) -> list[Asked]:
    """The package that an import is of; of several alike the first by name, else none."""
    if len(some) == 1:
        return some[0]
    every = [*chain(*some)]
    kinds = {(package.version, package.early, package.pinned) for _, package in every}
    return [min(every, key=lambda asked: asked[1].name)] if len(kinds) == 1 else []


def _locks(manifests: Manifests, paths: Iterable[str], ecosystem: Ecosystem) -> bool:
    """Whether a lock file belongs to one of these; a version catalog has none beside it."""
    return any(manifests.locks(path, ecosystem) for path in paths)


def _changed_since(candidate: Candidate, manifests: Collection[str]) -> Iterator[Then]:
    """Manifests that changed after the candidate's newest commit, with their own newest one until
    then.
    """
    touched, histories = candidate.newest, candidate.facts.history.files
    if touched is None:
        return
    for manifest in manifests:
        file = histories.get(_raw(manifest))
        commits = file.commits if file else ()
        until = [commit for commit in commits if commit <= touched]
        if until and max(commits) > max(until):
            yield manifest, max(until)


def _read_then(
    repository: Repository, asked: Collection[Then], facts: RepositoryFacts
) -> Iterator[tuple[Then, Dependencies]]:
    """The manifests as those commits left them; renamed or missing ones are left out."""
    specs = {then: _spec(then, facts) for then in asked if "\n" not in then[0]}
    blobs: dict[bytes, Blob] = {}
    lines = (spec + b"\n" for spec in specs.values())
    with repository.output("cat-file", "--batch-check", stdin=lines) as stdout:
        for spec in specs.values():
            oid, kind, size = (stdout.readline(LONGEST_NAME).split() + [b""] * 3)[:3]
            if kind == b"blob" and size.isdigit() and int(size) <= LARGEST:
                blobs[spec] = Blob(oid, int(size))
    with closing(contents_of(repository, blobs)) as contents:
        texts = dict(contents)
    for then, spec in specs.items():
        if spec in texts:
            yield then, dependencies_in(then[0], texts[spec])


def _spec(then: Then, facts: RepositoryFacts) -> bytes:
    path, commit = then
    return facts.history.ids[commit] + b":" + _raw(path)


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
