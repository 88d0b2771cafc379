"""The one place that runs git: streamed, and safe with a repository nobody vouches for.

A repository's own configuration can name programs (hooks, filters, textconv, external diff,
fsmonitor, pager, aliases, transports). None of them runs: only plumbing and `git log` are called,
with those switches off, an environment of our own, an empty work tree and a private index. So the
files that are checked out are never looked at, and a bare clone reads exactly like a full one.
"""

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from debt.refusal import ExpectedError
from intake.git.pipes import CHUNK, ReadAhead, reading_ahead, spooled, widen
from intake.git.processes import Cancellation, bound, end_of, reap
from intake.text.shown import shown

LONGEST_POINTER = 8192
OUT_OF_MEMORY = "Out of memory"

SWITCHES = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.splitIndex=false",
    "core.attributesFile=/dev/null",
    "core.pager=cat",
    "core.alternateRefsCommand=",
    "core.bigFileThreshold=16m",
    "credential.helper=",
    "diff.renameLimit=1000",
    "gc.auto=0",
    "i18n.logOutputEncoding=UTF-8",
    "log.mailmap=false",
    "log.showSignature=false",
    "maintenance.auto=false",
    "protocol.allow=never",
    "safe.bareRepository=all",
    "safe.directory=*",
    "submodule.recurse=false",
)


class UnreadableRepository(ExpectedError):
    """The repository cannot be read; the message is one line for the person who asked.

    `status` is git's exit status where git ran to an end of its own.
    """

    def __init__(self, words: str, status: int | None = None) -> None:
        super().__init__(words)
        self.status = status


class PastLimit(UnreadableRepository):
    """It may be read, but not within the limits."""


@dataclass(frozen=True)
class GitLimits:
    """How much one reading may take: seconds of wall time in all, bytes and counts per part."""

    seconds: float = 1800
    output_bytes: int = 16 << 30
    token_bytes: int = 1 << 18
    blob_bytes: int = 1 << 20
    note_bytes: int = 8 << 20
    log_bytes: int = 1 << 30
    memory_bytes: int = 4 << 30
    files: int = 1_000_000


class Repository:
    """Runs git on one repository. Made by `opened`, usable until its block ends."""

    def __init__(
        self, path: Path, directory: Path, scratch: Path, limits: GitLimits, ending: Cancellation
    ) -> None:
        self.path = path
        self.directory = directory
        self.limits = limits
        self._ending, self.time_up = ending, Cancellation()
        self._scratch, self._tree = scratch, scratch / "tree"
        self._tree.mkdir()
        self._environment = _environment(directory, scratch)
        self._git = program()
        self._deadline = time.monotonic() + limits.seconds

    @property
    def shallow_file(self) -> Path:
        """Where git keeps the commits at which a shallow clone was cut off."""
        return _common_directory(self.directory) / "shallow"

    @property
    def attributes_file(self) -> Path:
        """Attributes of this clone alone, which nobody committed."""
        return _common_directory(self.directory) / "info" / "attributes"

    def with_index(self, name: str) -> "Repository":
        """The same with an index of its own. Whatever git does elsewhere sees an empty one: else
        what a commit added would depend on what .gitattributes say of its files today.
        """
        other = copy(self)
        other._environment = self._environment | {"GIT_INDEX_FILE": str(self._scratch / name)}
        return other

    def check_time(self) -> None:
        """Raise UnreadableRepository once the time limit has passed."""
        if time.monotonic() > self._deadline:
            raise self._too_slow()

    def once(self, *arguments: str, stdin: Iterable[bytes] = ()) -> bytes:
        """All that git prints. Raises UnreadableRepository when it fails or prints too much."""
        most = min(self.limits.output_bytes, self.limits.log_bytes)
        with self.output(*arguments, stdin=stdin) as stdout:
            printed = stdout.read(most + 1)
            if len(printed) > most:
                raise self._too_large(most)
        return printed

    def answer(self, *arguments: str) -> str | None:
        """The one line git prints; None where it has no answer, which git says by status 1."""
        try:
            return self.once(*arguments).decode("utf-8", "replace").strip() or None
        except UnreadableRepository as error:
            if error.status == 1:
                return None
            raise

    @contextmanager
    def tokens(
        self, *arguments: str, stdin: Iterable[bytes] = (), ahead: int = 0
    ) -> Iterator[Iterator[bytes]]:
        """NUL-separated output as it arrives; a token beyond the limit loses its end. Git may be
        so many bytes more `ahead` of whoever takes it.
        """
        with self.output(*arguments, stdin=stdin) as stdout:
            if ahead:
                with reading_ahead(stdout, ahead) as chunks:
                    yield self._split(chunks)
            else:
                yield self._split(stdout)

    @contextmanager
    def output(self, *arguments: str, stdin: Iterable[bytes] = ()) -> Iterator[IO[bytes]]:
        """Git's standard output, to be read to its end. The process is gone when the block is.

        Raises UnreadableRepository when git exits with an error or the time is up.
        """
        with tempfile.TemporaryFile() as stderr, spooled(stdin) as given:
            process = self._start(arguments, given, stderr)
            try:
                assert process.stdout is not None  # noqa: S101 - asked for by PIPE
                widen(process.stdout)
                with self._ending.watching(process), self.time_up.watching(process):
                    yield process.stdout
                    process.stdout.close()
                    status = process.wait()
                self._check(status, stderr)
            finally:
                reap(process)

    def _start(
        self, arguments: tuple[str, ...], given: IO[bytes], stderr: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        switches = [word for switch in SWITCHES for word in ("-c", switch)]
        process = subprocess.Popen(  # noqa: S603 - fixed words and object ids, no shell
            [self._git, "--no-pager", *switches, *arguments],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=self._tree,
            env=self._environment,
            bufsize=CHUNK,
            start_new_session=True,
        )
        bound(process, self.limits.memory_bytes)
        return process

    def _split(self, stdout: IO[bytes] | ReadAhead) -> Iterator[bytes]:
        pending, read = b"", 0
        while chunk := stdout.read1(CHUNK):  # type: ignore[union-attr]  # a pipe is buffered
            read += len(chunk)
            if read > self.limits.output_bytes:
                raise self._too_large(self.limits.output_bytes)
            parts = (pending + chunk).split(b"\0")
            pending = parts.pop()[: self.limits.token_bytes]
            yield from parts
        if pending:
            yield pending

    def _check(self, code: int, stderr: IO[bytes]) -> None:
        if self.time_up.over:
            raise self._too_slow()
        if code:
            words = end_of(stderr)
            if OUT_OF_MEMORY in words:
                raise self._too_hungry()
            raise UnreadableRepository(f"{shown(self.path)}: {_complaint(code, words)}", code)

    def _too_slow(self) -> PastLimit:
        limit = f"{self.limits.seconds:,.0f} seconds"
        return PastLimit(f"{shown(self.path)}: reading it took more than {limit}.")

    def _too_hungry(self) -> PastLimit:
        limit = f"{self.limits.memory_bytes / (1 << 20):,.0f} MB of memory"
        return PastLimit(f"{shown(self.path)}: reading it took more than {limit}.")

    def _too_large(self, most: int) -> PastLimit:
        limit = f"{most / (1 << 20):,.0f} MB"
        return PastLimit(f"{shown(self.path)}: its history is more than {limit}.")


@contextmanager
def opened(
    path: Path, limits: GitLimits | None = None, ending: Cancellation | None = None
) -> Iterator[Repository]:
    """The repository at `path`: a work tree, a linked one, or a bare directory.

    Whoever holds `ending` can end the reading. Nothing is written into it. Raises
    UnreadableRepository when there is none.
    """
    directory = _git_directory(path)
    with tempfile.TemporaryDirectory(prefix="debt-scan-") as scratch:
        limits = limits or GitLimits()
        repository = Repository(path, directory, Path(scratch), limits, ending or Cancellation())
        with _timed(limits.seconds, repository.time_up):
            yield repository


@contextmanager
def _timed(seconds: float, time_up: Cancellation) -> Iterator[None]:
    watch = threading.Timer(seconds, time_up.end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        watch.join()


def program() -> str:
    git = shutil.which("git")
    if git is None:
        raise UnreadableRepository("git is not installed, or not on PATH.")
    return git


def _git_directory(path: Path) -> Path:
    if not path.exists():
        raise UnreadableRepository(f"{shown(path)}: there is no such directory.")
    for candidate in (path / ".git", path):
        directory = _followed(candidate)
        if _holds_repository(directory):
            return directory.resolve()
    whole = next((parent for parent in path.resolve().parents if (parent / ".git").exists()), None)
    part = f", but a part of one: {shown(whole)}" if whole else ""
    raise UnreadableRepository(f"{shown(path)}: this is not a git repository{part}.")


def _followed(candidate: Path) -> Path:
    """Where a `.git` file (linked work tree, submodule) points; a directory is itself."""
    if not candidate.is_file():
        return candidate
    word, _, target = _pointer(candidate).partition(b"gitdir: ")
    return candidate if word else candidate.parent / os.fsdecode(target.strip(b"\r\n"))


def _holds_repository(directory: Path) -> bool:
    try:
        parts = directory.is_dir() and (_common_directory(directory) / "objects").is_dir()
        return parts and _may_be_head(directory / "HEAD")
    except OSError:  # a pointer may hold what no path can be
        return False


def _may_be_head(path: Path) -> bool:
    """Git takes all of it into memory, whatever its size."""
    if path.is_file():
        return path.stat().st_size <= LONGEST_POINTER
    return path.is_symlink()


def _common_directory(directory: Path) -> Path:
    pointer = directory / "commondir"
    if not pointer.is_file():
        return directory
    return directory / os.fsdecode(_pointer(pointer).strip())


def _pointer(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST_POINTER)


def _environment(directory: Path, scratch: Path) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return inherited | {
        "GIT_DIR": str(directory),
        "GIT_WORK_TREE": str(scratch / "tree"),
        "GIT_INDEX_FILE": str(scratch / "index"),
        "HOME": str(scratch),
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_ALLOW_PROTOCOL": "none",  # unlike protocol.allow, beats protocol.<name>.allow
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_FLUSH": "0",  # not after each commit: ten times fewer reads and writes
        "GIT_GRAFT_FILE": os.devnull,  # parents are those that a commit names
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _complaint(code: int, words: str) -> str:
    """What is missing, from the end of what git said."""
    if "promisor" in words or "lazy fetch" in words:
        return (
            "this partial clone lacks file contents that its history needs; "
            "fetch them with `git fetch --refetch --no-filter`, or clone without --filter."
        )
    lines = [line for line in words.splitlines() if line.startswith(("fatal:", "error:"))]
    reason = shown(lines[-1].partition(": ")[2]) if lines else f"exit status {code}"
    return f"git could not read it: {reason}"
