"""The most memory that a process has had, by Linux's own account.

`ru_maxrss` is no such account: a process keeps what its parent had when it was forked.
"""

from pathlib import Path


def peak_mb(pid: int | str = "self") -> float:
    """In MB, since the process began to run its program."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
