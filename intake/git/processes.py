"""Git as a process: how much it may take, how it ends, what it said last."""

import os
import resource
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO


class Cancellation:
    """Lets one thread end, once and for all, whatever git does for another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self.over = False

    def end(self) -> None:
        with self._lock:
            self.over = True
            for process in self._running:
                kill(process)

    @contextmanager
    def watching(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """Until the block ends, `process` ends with everything else."""
        with self._lock:
            self._running.add(process)
            if self.over:
                kill(process)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End git and whatever it may have started: it leads a process group of its own."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def reap(process: subprocess.Popen[bytes]) -> None:
    """First the process, since who still reads what it says would keep the pipe from closing."""
    kill(process)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def bound(process: subprocess.Popen[bytes], memory: int) -> None:
    """Lets git have so many bytes of memory and no more, where the system can be told: a commit
    of gigabytes is kilobytes on disk.
    """
    if hasattr(resource, "prlimit"):
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = memory if most == resource.RLIM_INFINITY else min(memory, most)
        with suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (limit, limit))


def end_of(stderr: IO[bytes]) -> str:
    """The last of what git said."""
    stderr.seek(max(0, stderr.seek(0, os.SEEK_END) - 8192))
    return stderr.read().decode("utf-8", "replace")
