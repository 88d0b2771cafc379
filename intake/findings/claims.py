"""Which files each metadata block speaks for: its own, or those of its directory.

A block of a file counts before any of a directory; of directories' blocks the most specific glob
counts. Files that say people wrote them are nobody's finding.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from intake.blocks.blocks import Block
from intake.findings.grouping import FileGroup
from intake.languages.kinds import KINDS, kind_of
from intake.text.globs import escaped, matches
from intake.text.shown import shown

MOST_WILDCARDS = 20
LONGEST = 1_000


@dataclass(frozen=True)
class BlockClaim:
    """A block and the files that are its artifact, first the one that names it best."""

    block: Block
    files: tuple[str, ...]
    paths: tuple[str, ...]

    def group(self) -> FileGroup:
        """The artifact as one of the groups, known by where the block stands."""
        declared_kind = self.block.facts.get("kind")
        kind = next((kind for kind in KINDS if kind == declared_kind), kind_of(self.files[0]))
        name = self.block.facts.get("name") or _usual_name(self.block)
        apart = ("block", *self.block.paths)
        return FileGroup(kind, self.block.path, False, self.files, self.paths, name, apart)


@dataclass(frozen=True)
class Claims:
    """All claims of a repository; `denied` are files that say a person wrote them."""

    claims: tuple[BlockClaim, ...] = ()
    denied: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()
    claimed: frozenset[str] = field(default_factory=frozenset)


def claims_of(
    blocks: Iterable[Block], files: Iterable[str], counts: Callable[[str], bool]
) -> Claims:
    """Which block claims which file; `counts` says whether history shows a tool in a file."""
    every = sorted(blocks, key=lambda block: (block.path, block.line))
    own = {block.path: block for block in every if block.directory is None}
    speaking = {path: block for path, block in own.items() if _speaks(block, counts)}
    denied = frozenset(path for path, block in own.items() if block.origin == "people")
    left = [path for path in files if path not in speaking and path not in denied]
    scopes = [scope for block in every if (scope := _scope(block))]
    claims = (*_of_files(speaking), *_of_directories(scopes, left))
    heard = [block for block in every if not _is_chatter(block, speaking)]
    faults = tuple(fault for block in heard for fault in block.faults)
    wrong = tuple(_wrong(block) for block in every if not _within(block))
    claimed = frozenset(path for claim in claims for path in claim.files)
    return Claims(claims, denied, faults + wrong, claimed)


def _is_chatter(block: Block, speaking: Collection[str]) -> bool:
    """Dates and labels in a file that nothing calls AI-produced are not ours to correct."""
    concerns_ai = block.declares or block.origin or block.path in speaking
    return block.tells and not concerns_ai


def _speaks(block: Block, counts: Callable[[str], bool]) -> bool:
    if block.origin == "people":
        return False
    return block.declares or (block.tells and counts(block.path))


def _of_files(speaking: Mapping[str, Block]) -> Iterator[BlockClaim]:
    """One for each file; files that give the same key are one artifact."""
    together: dict[object, list[Block]] = defaultdict(list)
    for path, block in speaking.items():
        together[block.key or path].append(block)
    for blocks in together.values():
        files = tuple(block.path for block in blocks)
        yield BlockClaim(blocks[0], files, tuple(escaped(path) for path in files))


def _scope(block: Block) -> tuple[Block, tuple[str, ...]] | None:
    """A directory's block with its globs from the outermost directory."""
    if block.directory is None or not block.declares or not _within(block):
        return None
    start = f"{escaped(block.directory)}/" if block.directory else ""
    return block, tuple(f"{start}{_glob(path)}" for path in block.paths or ("**",))


def _glob(path: str) -> str:
    return f"{path}**" if path.endswith("/") else path


def _within(block: Block) -> bool:
    """Whether it speaks for its own directory only, in globs of a sensible size."""
    return block.directory is None or all(
        len(path) <= LONGEST
        and len(re.findall(r"[*?]", path)) <= MOST_WILDCARDS
        and not path.startswith("/")
        and not {"..", ".", ".git"} & set(path.split("/"))
        for path in block.paths
    )


def _wrong(block: Block) -> str:
    return f"{block.where('paths')} paths: they are globs within the directory, such as retry/**"


def _of_directories(
    scopes: Sequence[tuple[Block, tuple[str, ...]]], files: Iterable[str]
) -> Iterator[BlockClaim]:
    """One for each block; where it has no file of code, its own file stands for it."""
    files_of: dict[int, list[str]] = defaultdict(list)
    by_start = [
        (_literal(glob), glob, number) for number, (_, globs) in enumerate(scopes) for glob in globs
    ]
    most_specific = sorted(by_start, key=lambda entry: -len(re.sub(r"[*?]", "", entry[1])))
    for path in files if scopes else ():
        for start, glob, number in most_specific:
            if path.startswith(start) and matches(glob, path):
                files_of[number].append(path)
                break
    for number, (block, globs) in enumerate(scopes):
        yield BlockClaim(block, tuple(sorted(files_of[number])) or (block.path,), globs)


def _literal(glob: str) -> str:
    return re.split(r"[*?\[]", glob, maxsplit=1)[0]


def _usual_name(block: Block) -> str:
    """What people call it: the last two parts of its path."""
    of = block.path if block.directory is None or block.paths else block.directory
    return shown("/".join((of or block.path).split("/")[-2:]), 80)
