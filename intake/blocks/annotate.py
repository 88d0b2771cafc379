"""An artifact's metadata block into its repository: where it goes, and what the file is then (R7).

The file is changed only by `write`; links are never followed.
"""

import difflib
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any

from debt.artifact.artifact import RATING_NAMES, Artifact
from debt.artifact.lifecycle import require_live
from debt.refusal import Refused
from intake.blocks.blocks import DIRECTORY_FILES, FRONT_MATTER, blocks_in
from intake.blocks.writing import KEY, BlockLine, with_comment, with_front_matter, with_yaml
from intake.columns.cells import READERS
from intake.columns.columns import COLUMNS
from intake.columns.json import VALUES
from intake.languages.comments import styles_of
from intake.languages.kinds import is_binary
from intake.text.globs import escaped
from intake.text.shown import shown

MOST_BYTES = 1 << 20
_LEFT_OUT = {"key", "repo", "paths", "dependants"}  # where it lies, and what a scan counts


@dataclass(frozen=True)
class Annotated:
    """The file that says it, by its path in the repository; `before` is None for a new file."""

    path: str
    before: bytes | None
    after: bytes

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class _Place:
    """Which file, and the globs it has to give beside the artifact's words."""

    path: str
    paths: tuple[str, ...] = ()


def annotated(root: Path, artifact: Artifact, owner: str | None) -> Annotated:
    """The block in the artifact's one file, else in the `debt.yml` of the directory that holds its
    paths. `owner` is how the file names them.

    Refused where there is no such file or directory, a link leads there, or the file already has
    something that cannot be kept beside it.
    """
    require_live(artifact.key, artifact.stage)
    place = _place(root, artifact)
    before = _content(root, place.path)
    pairs = [*_pairs(artifact, owner), *([BlockLine("paths", place.paths)] if place.paths else [])]
    after = _with_block(place.path, before or b"", pairs)
    _require_read_back(place, after, artifact, pairs)
    return Annotated(place.path, before, after)


def difference(annotation: Annotated) -> Iterator[str]:
    """What would change, as a unified diff in printable letters."""
    old = f"a/{annotation.path}" if annotation.before is not None else "/dev/null"
    before, after = (
        content.decode("utf-8", "replace").split("\n")
        for content in (annotation.before or b"", annotation.after)
    )
    lines = difflib.unified_diff(before, after, old, f"b/{annotation.path}", lineterm="")
    return (shown(line.rstrip("\r").replace("\t", "    "), 2_000) for line in lines)


def write(root: Path, annotation: Annotated) -> None:
    """Puts the file in its place, all of it or nothing, with the rights it had."""
    target = _safe(root, annotation.path)
    mode = stat.S_IMODE(target.stat().st_mode) if annotation.before is not None else None
    handle, name = tempfile.mkstemp(prefix=".debt-", dir=target.parent)
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(annotation.after)
            os.fchmod(file.fileno(), 0o644 if mode is None else mode)
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


def _pairs(artifact: Artifact, owner: str | None) -> Iterator[BlockLine]:
    """What the register holds, by the spreadsheet's names; an estimate is nobody's word."""
    yield BlockLine(KEY, artifact.key)
    for column in COLUMNS:
        value = owner if column == "owner" else _value(artifact, column)
        if column not in _LEFT_OUT and value not in {None, ""}:
            yield BlockLine(
                column, value.isoformat() if hasattr(value, "isoformat") else str(value)
            )


def _value(artifact: Artifact, column: str) -> Any:
    for rating in RATING_NAMES:
        if column == rating:
            return artifact.ratings[rating].person
    return VALUES[column](artifact)


def _place(root: Path, artifact: Artifact) -> _Place:
    if len(artifact.paths) == 1:
        path = _literal(artifact.paths[0])
        if path is not None and _kind_of(root, path) == "file" and _takes_a_block(root, path):
            return _Place(path)
    directory = _directory(root, artifact.paths)
    start = f"{escaped(directory)}/" if directory else ""
    globs = tuple(path.removeprefix(start) for path in artifact.paths)
    return _Place(_directory_file(root, directory), () if globs == ("**",) else globs)


def _literal(glob: str) -> str | None:
    """The one path a glob stands for, or None where it is many."""
    return None if re.search(r"[*?\[]", re.sub(r"\[.\]", "", glob)) else _plain(glob)


def _plain(glob: str) -> str:
    return re.sub(r"\[(.)\]", r"\1", glob)


def _takes_a_block(root: Path, path: str) -> bool:
    """Whether the language has comments we write, or front matter."""
    suffix = path.rpartition(".")[2].lower()
    known = bool(styles_of(path)) or suffix in FRONT_MATTER
    return known and not is_binary(_content(root, path) or b"")


def _directory(root: Path, globs: Sequence[str]) -> str:
    """The innermost directory of the repository that holds all the paths."""
    every = [_outer(root, glob) for glob in globs]
    in_step = takewhile(lambda parts: len(set(parts)) == 1, zip(*every, strict=False))
    directory = "/".join(_plain(parts[0]) for parts in in_step)
    if directory and _kind_of(root, directory) != "directory":
        raise Refused(f"{shown(directory)} is no directory in {shown(root)}.")
    return directory


def _outer(root: Path, glob: str) -> list[str]:
    """The directories above what a glob names."""
    literal = _literal(glob)
    if literal is not None and _kind_of(root, literal) is None:
        raise Refused(f"{shown(literal)} is not in {shown(root)}.")
    parts = glob.split("/")
    outer = parts[:-1]
    wild = (number for number, part in enumerate(outer) if _literal(part) is None)
    return outer[: next(wild, len(outer))]


def _directory_file(root: Path, directory: str) -> str:
    start = f"{directory}/" if directory else ""
    known = sorted(DIRECTORY_FILES, key=len)
    there = (name for name in known if _kind_of(root, f"{start}{name}") == "file")
    return f"{start}{next(there, 'debt.yml')}"


def _kind_of(root: Path, path: str) -> str | None:
    target = _safe(root, path)
    if target.is_dir():
        return "directory"
    return "file" if target.is_file() else None


def _safe(root: Path, path: str) -> Path:
    """Where the path lies. Refused where it leads outside, into git's own files, or over a link."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or {"..", ".git"} & {part.lower() for part in parts}:
        raise Refused(f"{shown(path)} is no path within a repository.")
    at = root
    for part in parts:
        at /= part
        if at.is_symlink():
            raise Refused(f"{shown(path)} leads over a link, and links are not followed.")
    return at


def _content(root: Path, path: str) -> bytes | None:
    target = _safe(root, path)
    if not target.exists():
        return None
    if target.stat().st_size > MOST_BYTES:
        raise Refused(f"{shown(path)} is larger than {MOST_BYTES // 1_000:,} kB.")
    return target.read_bytes()


def _with_block(path: str, content: bytes, pairs: Sequence[BlockLine]) -> bytes:
    """In the file's own encoding; what is no UTF-8 gets letters that every encoding has."""
    name = path.rpartition("/")[2].lower()
    text, encoding = _decoded(content)
    if name in DIRECTORY_FILES:
        text = with_yaml(path, text, pairs)
    elif name.rpartition(".")[2] in FRONT_MATTER:
        text = with_front_matter(path, text, pairs)
    else:
        ascii_only = encoding != "utf-8" or _declares_another(content)
        text = with_comment(path, text, pairs, ascii_only=ascii_only)
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        raise Refused(f"{shown(path)} is not UTF-8 text.") from None


def _decoded(content: bytes) -> tuple[str, str]:
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def _declares_another(content: bytes) -> bool:
    coding = re.search(rb"coding[:=]\s*([-\w.]+)", b"\n".join(content.split(b"\n", 2)[:2]))
    return coding is not None and coding[1].lower() not in {b"utf-8", b"utf8"}


def _require_read_back(
    place: _Place, content: bytes, artifact: Artifact, pairs: Sequence[BlockLine]
) -> None:
    """Refused unless a scan would read what was written."""
    written: dict[str, Any] = {
        READERS[name].field: READERS[name].read(text)
        for name, text in pairs
        if isinstance(text, str) and name != KEY
    }
    read = [block for block in blocks_in(place.path, content) if block.key == artifact.id]
    fits = len(read) == 1 and read[0].declares and read[0].paths == place.paths
    if not fits or not written.items() <= read[0].facts.items():
        why = "what it says there already, or the length of its texts, is in the way"
        raise Refused(f"{shown(place.path)} cannot take the block of {artifact.key}: {why}.")
