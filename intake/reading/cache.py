"""What earlier scans read of a repository: one file for each, outside of it, for its owner only.

It only saves time. What it holds was derived from commits and contents, which never change, so a
scan that uses it finds what one without it would find. It is named by a hash, written whole or not
at all, and thrown away where anything that reading depends on is another now.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from intake.git.repository import Repository
from intake.git.tree import descends
from intake.provenance.log import Log
from intake.provenance.markers import Markers
from intake.reading.cache_format import CachedHistory, packed, unpacked
from intake.reading.mentions import Mentions

MOST_BYTES = 256 << 20
MOST_IN_ALL = 1 << 30
STALE_SECONDS = 86_400
WHOLE, PART = ".scan", ".part"
MAGIC = b"debt scan 2\n"
DIGEST = sha256().digest_size
_ROOMS = ("debt", "intake")


class Cache:
    """One repository's file in a directory; without a directory nothing is ever kept."""

    def __init__(
        self, directory: Path | None, repository: Repository, markers: Markers, head: str
    ) -> None:
        self._directory = directory if _is_outside(directory, repository) else None
        self._repository, self._markers, self._head = repository, markers, head

    @cached_property
    def before(self) -> CachedHistory:
        """What the last scan kept, but no commits where the head does not descend from them."""
        if not self._was.log.head or descends(self._repository, self._head, self._was.log.head):
            return self._was
        return replace(self._was, log=Log(), mentions=Mentions())

    @property
    def lost(self) -> bool:
        """Whether the last scan's commits cannot be used."""
        return bool(self._was.log.head and not self.before.log.head)

    def keep(self, kept: CachedHistory) -> str | None:
        """In place of what was kept; a sentence where that cannot be done."""
        if self._directory is None or kept == self._was:
            return None
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._path(self._directory), _head(self._version), packed(kept))
            _prune(self._directory)
        except OSError as error:
            return f"The next scan has to read everything again: {error.strerror or error}."
        return None

    @cached_property
    def _was(self) -> CachedHistory:
        with suppress(OSError, ValueError):
            return unpacked(_body(self._bytes(), _head(self._version)))
        return CachedHistory()

    @cached_property
    def _version(self) -> str:
        return _version(self._repository, self._markers)

    def _bytes(self) -> bytes:
        if self._directory is None:
            raise FileNotFoundError
        with self._path(self._directory).open("rb") as file:
            if os.fstat(file.fileno()).st_uid != os.geteuid():
                raise PermissionError
            return file.read(MOST_BYTES + 1)

    def _path(self, directory: Path) -> Path:
        name = sha256(os.fsencode(self._repository.directory)).hexdigest()
        return directory / f"{name[:32]}{WHOLE}"


def _is_outside(directory: Path | None, repository: Repository) -> bool:
    """A scan writes nothing into what it scans, whatever the cache directory is set to."""
    if directory is None:
        return False
    there = directory.resolve()
    homes = (repository.path.resolve(), repository.directory)
    return not any(there.is_relative_to(home) for home in homes)


def _version(repository: Repository, markers: Markers) -> str:
    """Changes with everything that what is kept depends on, but for commits and contents."""
    digest = sha256(_code())
    for value in (
        os.fsencode(repository.directory),
        repository.once("version"),
        markers.table.model_dump_json().encode(),
        repr((sys.hexversion, sys.byteorder, repository.limits.token_bytes)).encode(),
        _digest(repository.shallow_file),
        _digest(repository.attributes_file),
    ):
        digest.update(b"%d:%b" % (len(value), value))
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _code() -> bytes:
    """The scanner itself: no version number that somebody forgets to raise."""
    digest, top = sha256(), Path(__file__).parents[2]
    for path in sorted(path for room in _ROOMS for path in (top / room).rglob("*.*")):
        if path.suffix in {".py", ".toml"}:
            digest.update(path.read_bytes())
    return digest.digest()


def _digest(path: Path) -> bytes:
    """The SHA-256 of a file; empty where there is no such file."""
    if path.is_file():
        with suppress(OSError), path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    return b""


def _head(version: str) -> bytes:
    """How a file of this version begins."""
    return MAGIC + version.encode() + b"\n"


def _body(whole: bytes, head: bytes) -> memoryview:
    """Raises ValueError for what is damaged, foreign, too large or of another version."""
    signed = memoryview(whole)[:-DIGEST]
    if (
        len(whole) > MOST_BYTES
        or not whole.startswith(head)
        or sha256(signed).digest() != whole[-DIGEST:]
    ):
        raise ValueError("damaged, or of another version")
    return signed[len(head) :]


def _write(path: Path, head: bytes, body: bytes) -> None:
    """All of it or nothing, readable by its owner only; nothing if it is too much."""
    if len(head) + len(body) + DIGEST > MOST_BYTES:
        return
    digest, handle, name = sha256(), *tempfile.mkstemp(dir=path.parent, suffix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            for part in (head, body):
                digest.update(part)
                file.write(part)
            file.write(digest.digest())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _prune(directory: Path) -> None:
    """The files longest unused go where they are too much together, and parts nobody finished."""
    files = sorted(_files(directory), reverse=True)
    newest, in_all = files[0][0], 0
    for written, size, path in files:
        in_all += size
        unfinished = path.suffix == PART and newest - written > STALE_SECONDS
        if in_all > MOST_IN_ALL or unfinished:
            path.unlink(missing_ok=True)


def _files(directory: Path) -> Iterator[tuple[float, int, Path]]:
    for path in directory.iterdir():
        with suppress(FileNotFoundError):  # another scan prunes too
            if path.suffix in {WHOLE, PART}:
                about = path.stat()
                yield about.st_mtime, about.st_size, path
