"""Which files of a commit may count: by their paths and sizes, by git's attributes, by what their
directories say.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

from debt.artifact.registered_paths import DeclaredPaths
from intake.blocks.blocks import Block, may_hold
from intake.git.presence import TrackedPaths, tracked
from intake.git.repository import Repository
from intake.git.tree import Blob, codeowners_of, index_of, left_out_by_attributes, text_of
from intake.languages.codeowners import Owners
from intake.languages.kinds import is_code, is_left_out
from intake.packages.manifests import manifest_of
from intake.provenance.markers import Markers
from intake.provenance.traces import Traces, traces_of
from intake.reading.file_measures import Contents
from intake.text.globs import ByGlob
from intake.text.shown import counted

REFUSED = "Git refused some paths, so .gitattributes was not read."


@dataclass(frozen=True)
class CodeSelection:
    """Files that may count by their path, and those of them that .gitattributes vouches for.

    `directories` are those, each with its slash, about which a metadata block speaks; `declared`
    is what a person put on the register; `files` are all there are. `notes` say what was left out,
    a sentence each.
    """

    blobs: Mapping[bytes, Blob]
    vouched: set[bytes]
    owners: Owners
    directories: tuple[str, ...]
    tracked: TrackedPaths
    traces: Traces
    files: Mapping[bytes, Blob]
    notes: tuple[str, ...] = ()
    declared: ByGlob[DeclaredPaths] = field(default_factory=ByGlob)

    @property
    def manifests(self) -> set[bytes]:
        return {path for path in self.files if manifest_of(text_of(path))}

    def stands(self, globs: Sequence[str]) -> bool:
        """Whether there is code at one of the globs; documents and data are none."""
        return self._tracked.stands(globs)

    @cached_property
    def _tracked(self) -> TrackedPaths:
        return tracked(map(text_of, self.blobs))

    def speaks_of(self, path: str) -> bool:
        """Whether somebody has said that it belongs to an artifact."""
        return path.startswith(self.directories) or self.declared.of(path) is not None


def code_of(
    repository: Repository,
    files: Mapping[bytes, Blob],
    markers: Markers,
    contents: Contents,
    declared: Iterable[DeclaredPaths] = (),
) -> CodeSelection:
    """Of all files there are, code that neither path, size nor attributes leave out, and what else
    has a metadata block.
    """
    some = {path: blob for path, blob in files.items() if _may_count(text_of(path))}
    with ThreadPoolExecutor(1, "attributes") as aside:  # git looks while names are looked at
        asked = aside.submit(_attributed, repository, files, some)
        named = {path for path in some if is_left_out(text_of(path))}
        attributed = asked.result()
    out, vouched = attributed or (set[bytes](), set[bytes]())
    most = repository.limits.blob_bytes
    out |= named - vouched | {path for path, blob in some.items() if blob.size > most}
    blocks = _blocks_of({path: blob for path, blob in some.items() if path not in out}, contents)
    speaking = {block.path for block in blocks}
    code = {
        path: blob
        for path, blob in some.items()
        if path not in out and (is_code(text := text_of(path)) or text in speaking)
    }
    traces = traces_of(repository, files, code, markers)
    return CodeSelection(
        blobs=code,
        vouched=vouched,
        owners=Owners(codeowners_of(repository, files)),
        directories=tuple(_directories(blocks)),
        tracked=tracked(map(text_of, files)),
        traces=traces,
        files=files,
        notes=(*_notes(some, most, traces), *(() if attributed else (REFUSED,))),
        declared=by_glob(declared),
    )


def by_glob(declared: Iterable[DeclaredPaths]) -> ByGlob[DeclaredPaths]:
    return ByGlob((path, artifact) for artifact in declared for path in artifact.paths)


def _may_count(path: str) -> bool:
    return is_code(path) or may_hold(path)


def _attributed(
    repository: Repository, files: Mapping[bytes, Blob], paths: Iterable[bytes]
) -> tuple[set[bytes], set[bytes]] | None:
    """Paths that .gitattributes leaves out, and those it vouches for; None if git refuses it."""
    attributes = {path: blob for path, blob in files.items() if _is_attributes(path)}
    if not attributes:
        return set(), set()
    heeding = repository.with_index("attributes")
    if not index_of(heeding, attributes):
        return None
    return left_out_by_attributes(heeding, paths)


def _is_attributes(path: bytes) -> bool:
    return path.endswith(b".gitattributes") and path.rpartition(b"/")[2] == b".gitattributes"


def _blocks_of(blobs: Mapping[bytes, Blob], contents: Contents) -> list[Block]:
    """The blocks of files that are no code; only those that say something of an artifact."""
    others = {path: blob for path, blob in blobs.items() if not is_code(text_of(path))}
    blocks = [block for seen in contents.read(others) for block in seen.blocks]
    return [block for block in blocks if block.declares or block.faults]


def _directories(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if block.directory is not None:
            yield f"{block.directory}/" if block.directory else ""


def _notes(blobs: Mapping[bytes, Blob], most: int, traces: Traces) -> Iterator[str]:
    large = sum(blob.size > most and is_code(text_of(path)) for path, blob in blobs.items())
    if large:
        size = f"{most // 1000:,} kB"
        yield f"{counted(large, 'file')} of more than {size} {_were(large)} left out."
    if traces.too_large:
        count = counted(traces.too_large, "agent trace")
        yield f"{count} {_were(traces.too_large)} too large to be read."


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
