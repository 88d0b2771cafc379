"""What a test starts ends with it, also where the test's own process is killed."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

# Waits until its input is closed, which our death does, too.
_KILLS = 'read -r _; kill -KILL "$0"'


@contextmanager
def ends_with_us(pid: int) -> Iterator[None]:
    """The process is killed if we are while in the block."""
    command = ("sh", "-c", _KILLS, str(pid))
    keeper = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        keeper.kill()
        keeper.communicate()
