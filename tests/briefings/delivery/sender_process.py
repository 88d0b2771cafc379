"""Senders as processes of their own, for tests to stop and kill at any point.

`python -m tests.briefings.sender_process FOLDER` forks a sender for each line on its standard
input, and ends with it. A sender calls at the socket in the folder, tells its process id, and for
each line that comes back sends what is due and tells how much that was. Its clock is a file there.
"""

import asyncio
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from bot.process.process import running
from bot.settings import Settings
from debt.policy.policy import built_in


def fork_for_each_line(folder: Path) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if os.fork() == 0:
            asyncio.run(sender(folder))
            os._exit(0)


async def sender(folder: Path) -> None:
    settings = Settings(**json.loads((folder / "settings.json").read_text()))

    def now() -> datetime:
        return datetime.fromisoformat((folder / "clock").read_text())

    async with running(settings, built_in(), now) as process:
        reader, writer = await asyncio.open_unix_connection(folder / "socket")
        writer.write(f"{os.getpid()}\n".encode())
        while await reader.readline():
            writer.write(f"{await process.send()}\n".encode())
            await writer.drain()
        writer.close()


if __name__ == "__main__":
    fork_for_each_line(Path(sys.argv[1]))
