"""What the content of each file shows by itself, so that it is read once as long as it stays."""

from collections.abc import Container, Iterator, Mapping
from contextlib import closing
from typing import NamedTuple

from intake.blocks import Block, blocks_in
from intake.contents import Reference, branches, code_lines, references_in
from intake.git import Repository
from intake.kinds import is_binary, is_code, is_generated
from intake.markers import Markers
from intake.traits import Traits, traits_of
from intake.tree import Blob, contents_of, text_of


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
    traits: Traits | None = None


class Seen(NamedTuple):
    """One file as it stands; `content` only where it had to be read."""

    path: bytes
    measured: Measured
    blocks: list[Block]
    content: bytes | None


class Contents:
    """Reads files, but for those whose measures are known; `measured` are all that were seen."""

    def __init__(
        self,
        repository: Repository,
        markers: Markers,
        known: Mapping[bytes, Measured] | None = None,
    ) -> None:
        self._repository, self._markers, self._known = repository, markers, known or {}
        self.measured: dict[bytes, Measured] = {}

    def seen(
        self,
        blobs: Mapping[bytes, Blob],
        *,
        near: Container[bytes] = (),
        again: Container[bytes] = (),
    ) -> Iterator[Seen]:
        """Every file in the given order: more of those that are `near`, contents of those to be
        read `again`. Raises UnreadableRepository.
        """
        known = {
            path: measured
            for path, blob in blobs.items()
            if path not in again and (measured := self._still(path, blob, near))
        }
        new = {path: blob for path, blob in blobs.items() if path not in known}
        with closing(contents_of(self._repository, new)) as contents:
            for path, blob in blobs.items():
                if path in known:
                    seen = Seen(path, known[path], [], None)
                else:
                    seen = self._read(path, blob, next(contents)[1], near)
                self.measured[path] = seen.measured
                yield seen

    def _still(self, path: bytes, blob: Blob, near: Container[bytes]) -> Measured | None:
        """What is known of a file, if that is all that is asked."""
        known = self.measured.get(path) or self._known.get(path)
        if known is None or known.blob != blob.oid or known.speaks:
            return None
        counted = known.branches is not None or known.lines is None
        return known if counted or path not in near else None

    def _read(self, raw: bytes, blob: Blob, content: bytes, near: Container[bytes]) -> Seen:
        path = text_of(raw)
        if is_binary(content):
            return Seen(raw, Measured(blob.oid), [], content)
        blocks = blocks_in(path, content, self._markers)
        measured = Measured(blob.oid, speaks=any(map(_speaks, blocks)))
        if is_code(path) or measured.speaks:
            asked = raw in near or any(block.declares for block in blocks)
            references = references_in(path, content)
            measured = measured._replace(
                lines=code_lines(content),
                branches=branches(path, content) if asked else None,
                generated=is_generated(content),
                references=references,
                traits=traits_of(path, content, references) if asked else None,
            )
        return Seen(raw, measured, blocks, content)


def _speaks(block: Block) -> bool:
    """Whether a block says anything of an artifact."""
    return bool(block.declares or block.tells or block.origin or block.faults)
