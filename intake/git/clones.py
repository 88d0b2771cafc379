"""Clones of repositories that are elsewhere: bare, of one branch and its notes, fetched anew.

Here git has the configuration of whoever runs us, for credential helpers, ssh and proxies. What a
remote sends is stored and never run: no hooks, no templates, no submodules, no transport but the
one its address asks for. An address holds no secret (debt/policy/repositories.py), and what git
says of one loses what stands before its `@`.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from debt.policy.repositories import ClonePolicy, is_local, without_user_info
from intake.git.processes import Cancellation, bound, end_of, kill
from intake.git.repository import OUT_OF_MEMORY, PastLimit, UnreadableRepository, program
from intake.text.shown import shown

UNUSED = timedelta(days=60)
GLANCE_SECONDS = 0.2
BRANCH = "refs/heads/fetched"
NOTES = "+refs/notes/*:refs/notes/*"

SWITCHES = (
    "core.hooksPath=/dev/null",
    "core.logAllRefUpdates=false",
    "fetch.writeCommitGraph=false",
    "gc.auto=0",
    "gc.autoDetach=false",
    "gc.pruneExpire=now",
    "init.templateDir=",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "transfer.bundleURI=false",
)
FETCH = (
    "fetch", "--quiet", "--atomic", "--prune", "--no-tags", "--no-write-fetch-head",
    "--no-auto-maintenance", "--no-recurse-submodules", "--update-shallow", "--",
)  # fmt: skip

# Ours, and git's own that name another repository or tell of requests with what is in them.
_WITHHELD = ("SLACK_", "DATABASE_URL", "DEBT_", "GIT_TRACE", "GIT_CURL_VERBOSE", "GIT_REDACT")
_ELSEWHERE = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS",
    "GIT_DEFAULT_HASH", "GIT_DIR", "GIT_EXTERNAL_DIFF", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_TEMPLATE_DIR", "GIT_WORK_TREE",
)  # fmt: skip
_OF_NO_USE = ("could not read from remote repository", "please make sure you", "and the repository")


@dataclass(frozen=True)
class CloneLimits:
    """How much one clone may take: seconds of wall time for a fetch, bytes on disk, of memory."""

    seconds: float = 3_600
    size: int = 10_000_000_000
    memory: int = 4_000_000_000


class Clones:
    """A directory of clones, each of which one process at a time works with."""

    def __init__(
        self, directory: Path, environment: Mapping[str, str], limits: CloneLimits | None = None
    ) -> None:
        self._directory = directory
        self._environment = environment
        self._limits = limits or CloneLimits()

    @contextmanager
    def taken(self, url: str, branch: str | None) -> Iterator["Clone"]:
        """The clone of a branch, or of where the remote's HEAD is; it may not be there yet.

        Raises UnreadableRepository while another process works with it.
        """
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = sha256(f"{url}\0{branch or ''}".encode()).hexdigest()[:32]
        with _locked(self._directory / f"{name}.lock") as lock:
            if not lock:
                raise UnreadableRepository(f"{shown(url)}: another process works with its clone.")
            environment = _environment(self._environment, url)
            yield Clone(self._directory / name, url, branch, environment, self._limits)

    def forget_unused(self, now: datetime) -> None:
        """Removes clones that nobody has worked with for a long time."""
        for lock in self._directory.glob("*.lock"):
            age = now.timestamp() - lock.stat().st_mtime
            if age > UNUSED.total_seconds():
                with _locked(lock) as ours:
                    if ours:
                        _remove(lock.with_suffix(""), lock.with_suffix(".new"))


def clones_by(policy: ClonePolicy, cache: Path, environment: Mapping[str, str]) -> Clones:
    """The clones of a cache directory, within the policy's limits."""
    limits = CloneLimits(policy.minutes * 60, policy.megabytes * 1_000_000)
    return Clones(cache / "repositories", environment, limits)


class Clone:
    """One clone, while it is ours."""

    def __init__(
        self,
        place: Path,
        url: str,
        branch: str | None,
        environment: Mapping[str, str],
        limits: CloneLimits,
    ) -> None:
        self.path = place
        self._new = place.with_suffix(".new")
        self._url = str(Path(url).expanduser()) if url.startswith("~/") else url
        self._source = f"refs/heads/{branch}" if branch else "HEAD"
        self._environment = environment
        self._limits = limits
        self._ending = Cancellation()

    def end(self) -> None:
        """From another thread: whatever is being fetched is given up."""
        self._ending.end()

    def fetch(self) -> bool:
        """Brings it up to date; True where that meant to make it anew.

        Raises UnreadableRepository, and then the clone is what it was, unless it was too large.
        """
        if not (self.path / "HEAD").is_file():
            self.make()
            return True
        try:
            self._fetch(self.path)
        except PastLimit:
            raise
        except UnreadableRepository:
            if self._is_sound():
                raise
            self.make()
            return True
        self._tidy()
        return False

    def make(self) -> None:
        """Beside what is there, which it replaces once it is whole."""
        _remove(self._new)
        self._new.mkdir()
        try:
            branch = BRANCH.rpartition("/")[2]
            self._git(self._new, "init", "--quiet", "--bare", f"--initial-branch={branch}")
            self._fetch(self._new)
            _remove(self.path)
            self._new.rename(self.path)
        finally:
            _remove(self._new)

    def _fetch(self, place: Path) -> None:
        _sweep(place)
        try:
            self._git(place, *FETCH, self._url, f"+{self._source}:{BRANCH}", NOTES)
            self._check_size(place)
        except _TooLarge:
            _remove(place)
            raise
        except UnreadableRepository:
            _sweep(place)
            raise

    def _is_sound(self) -> bool:
        try:
            self._git(self.path, "fsck", "--connectivity-only", "--no-dangling", "--no-progress")
        except PastLimit:
            raise
        except UnreadableRepository:
            return False
        return True

    def _tidy(self) -> None:
        """Removes objects that nothing leads to any more, once there are many; it may fail."""
        with suppress(UnreadableRepository):
            self._git(self.path, "-c", "gc.auto=6700", "gc", "--auto", "--quiet")

    def _git(self, place: Path, *arguments: str) -> None:
        switches = [word for switch in SWITCHES for word in ("-c", switch)]
        with tempfile.TemporaryFile() as stderr:
            process = subprocess.Popen(  # noqa: S603 - checked by the policy, no shell
                [program(), "--no-pager", *switches, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                cwd=place,
                env=self._environment,
                start_new_session=True,
            )
            bound(process, self._limits.memory)
            try:
                with self._ending.watching(process):
                    self._watch(process, place)
            finally:
                kill(process)
                process.wait()
            if process.returncode:
                self._complain(process.returncode, end_of(stderr))

    def _complain(self, status: int, words: str) -> NoReturn:
        if OUT_OF_MEMORY in words:
            limit = f"{self._limits.memory / 1_000_000:,.0f} MB of memory"
            raise PastLimit(f"{shown(self._url)}: fetching it takes more than {limit}.")
        raise UnreadableRepository(f"{shown(self._url)}: {_complaint(status, words)}")

    def _watch(self, process: subprocess.Popen[bytes], place: Path) -> None:
        deadline = time.monotonic() + self._limits.seconds
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(GLANCE_SECONDS)
                return
            if time.monotonic() > deadline:
                limit = f"{self._limits.seconds / 60:,.0f} minutes"
                raise PastLimit(f"{shown(self._url)}: fetching it takes more than {limit}.")
            self._check_size(place)

    def _check_size(self, place: Path) -> None:
        if _size(place) > self._limits.size:
            limit = f"{self._limits.size / 1_000_000:,.0f} MB"
            raise _TooLarge(f"{shown(self._url)}: its clone takes more than {limit}.")


class _TooLarge(PastLimit):
    pass


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Yields whether the lock was taken; it is held until the block ends. The file's time says
    when it was last taken.
    """
    with path.open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            os.utime(path)
            yield True


def _environment(given: Mapping[str, str], url: str) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in given.items()
        if not name.startswith(_WITHHELD) and name not in _ELSEWHERE
    }
    return (
        {"PATH": os.environ.get("PATH", os.defpath)}
        | inherited
        | {
            "GIT_ALLOW_PROTOCOL": "file" if is_local(url) else "https:ssh",
            "GIT_TERMINAL_PROMPT": "0",
            "GCM_INTERACTIVE": "never",
            "LC_ALL": "C",
        }
    )


def _remove(*places: Path) -> None:
    for place in places:
        if place.exists():
            shutil.rmtree(place)


def _sweep(place: Path) -> None:
    """Removes locks and temporary files of a git that was killed; they would stop the next one."""
    for part in (*place.rglob("*.lock"), *(place / "objects").rglob("tmp_*")):
        part.unlink(missing_ok=True)


def _size(place: Path) -> int:
    """Bytes of all files there; some may go while they are counted."""
    total = 0
    for folder, _, names in os.walk(place):
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(folder) / name).lstat().st_size
    return total


def _complaint(status: int, words: str) -> str:
    """The last thing git, ssh or the remote said that names a reason."""
    lines = without_user_info(words).splitlines()
    reasons = [line.strip() for line in lines if line.strip() and not _says_nothing(line)]
    fatal = [line for line in reasons if line.startswith(("fatal:", "error:"))]
    last = (fatal or reasons or [f"exit status {status}"])[-1]
    return f"git could not fetch it: {shown(last.removeprefix('fatal: ').removeprefix('error: '))}"


def _says_nothing(line: str) -> bool:
    return any(words in line.casefold() for words in _OF_NO_USE)
