"""Measures of each file's content: lines, branches, imports. A content that stays is read once."""

from collections.abc import Container, Iterator, Mapping
from contextlib import closing
from typing import NamedTuple

from intake.blocks.blocks import Block, blocks_in
from intake.git.repository import Repository
from intake.git.tree import Blob, contents_of, text_of
from intake.languages.imports import Reference, references_in
from intake.languages.kinds import is_binary, is_code, is_generated
from intake.languages.size import branches, code_lines
from intake.provenance.markers import Markers
from intake.reading.file_signals import FileSignals, traits_of


class Measured(NamedTuple):
    """One content under one path. `lines` are None where they do not count (binary, no code),
    `branches` and `traits` where nobody asked. What a file `speaks` in metadata blocks is heard
    anew each time.
    """

    blob: bytes
    lines: int | None = None
    branches: int | None = None
    generated: bool = False
    speaks: bool = False
    references: tuple[Reference, ...] = ()
    traits: FileSignals | None = None


class ReadFile(NamedTuple):
    """One file that was read, as it stands."""

    path: bytes
    measured: Measured
    blocks: list[Block]
    content: bytes


class Contents:
    """Reads files, but for those whose measures are known; all of them end up in `measured`."""

    def __init__(
        self,
        repository: Repository,
        markers: Markers,
        known: Mapping[bytes, Measured] | None = None,
    ) -> None:
        self._repository, self._markers, self._known = repository, markers, known or {}
        self.measured: dict[bytes, Measured] = {}

    def read(
        self,
        blobs: Mapping[bytes, Blob],
        *,
        near: Container[bytes] = (),
        again: Container[bytes] = (),
    ) -> Iterator[ReadFile]:
        """Those files, in the given order, of which not all that is asked is known: more of those
        that are `near`, and of those that were when they were last read; all that are to be read
        `again`. Raises UnreadableRepository.
        """
        new = {}
        for path, blob in blobs.items():
            known = self.measured.get(path) or self._known.get(path)
            if known is None or path in again or not _is_enough(known, blob, path in near):
                new[path] = blob
            else:
                self.measured[path] = known
        with closing(contents_of(self._repository, new)) as contents:
            for path, content in contents:
                seen = self._seen(path, new[path], content, near)
                self.measured[path] = seen.measured
                yield seen

    def _seen(self, raw: bytes, blob: Blob, content: bytes, near: Container[bytes]) -> ReadFile:
        path = text_of(raw)
        if is_binary(content):
            return ReadFile(raw, Measured(blob.oid), [], content)
        blocks = blocks_in(path, content, self._markers)
        measured = Measured(blob.oid, speaks=any(map(_speaks, blocks)))
        if is_code(path) or measured.speaks:
            was = self._known.get(raw)
            asked = (
                raw in near
                or any(block.declares for block in blocks)
                or (was is not None and was.branches is not None)
            )
            references = references_in(path, content)
            measured = measured._replace(
                lines=code_lines(content),
                branches=branches(path, content) if asked else None,
                generated=is_generated(content),
                references=references,
                traits=traits_of(path, content, references) if asked else None,
            )
        return ReadFile(raw, measured, blocks, content)


def _is_enough(measured: Measured, blob: Blob, near: bool) -> bool:
    """Whether the content is unchanged and was measured as closely as is asked now."""
    if measured.blob != blob.oid or measured.speaks:
        return False
    return not near or measured.branches is not None or measured.lines is None


def _speaks(block: Block) -> bool:
    """Whether a block says anything of an artifact."""
    return bool(block.declares or block.tells or block.origin or block.faults)
