"""Sender processes as a test leads them: it has them send, stops them, kills and replaces them."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.briefings.conftest import Mail

ROOT = Path(__file__).parents[3]
Greeting = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(eq=False)
class Hand:
    """One process. It is `busy` from being told to send until it has, or is dead."""

    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    busy: bool = False
    dead: bool = False

    async def sends(self) -> int | None:
        """How many messages it dealt with; None where it died over them."""
        self.busy = True
        said = b""
        with suppress(ConnectionError):
            self.writer.write(b"send\n")
            said = await self.reader.readline()
        self.busy = False
        if said:
            return int(said)
        await self.is_gone()
        return None

    async def is_gone(self) -> None:
        self.dead = True
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    def is_killed(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def stands_still(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)
        while self._state() != "T":
            pass

    def goes_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def _state(self) -> str:
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]


@dataclass
class Crew:
    """Sender processes; `folder` holds their settings, their clock and the way to them."""

    mail: Mail
    folder: Path
    nursery: asyncio.subprocess.Process
    arrivals: "asyncio.Queue[Hand]"
    hands: list[Hand] = field(default_factory=list)

    async def has(self, count: int) -> None:
        """As many as that are alive; dead ones are replaced."""
        self.hands = [hand for hand in self.hands if not hand.dead]
        for _ in range(count - len(self.hands)):
            assert self.nursery.stdin
            self.nursery.stdin.write(b"\n")
        while len(self.hands) < count:
            self.hands.append(await self.arrivals.get())

    def looks_at_the_clock(self) -> None:
        new = self.folder / "new"
        new.write_text(self.mail.at.isoformat())
        new.replace(self.folder / "clock")

    async def send(self) -> None:
        """All at once, until each is done or dead and Slack has taken in what they left behind."""
        self.looks_at_the_clock()
        await asyncio.gather(*(hand.sends() for hand in self.hands))
        await self.mail.client().api_test()
        await self.mail.slack.settled()


@asynccontextmanager
async def crew(mail: Mail) -> AsyncIterator[Crew]:
    with tempfile.TemporaryDirectory(prefix="debt-crew-") as name:
        folder = Path(name)
        (folder / "settings.json").write_text(json.dumps(_settings(mail)))
        arrivals: asyncio.Queue[Hand] = asyncio.Queue()
        server = await asyncio.start_unix_server(_greet(arrivals), folder / "socket")
        nursery = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.briefings.delivery.sender_process", name),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
        )
        led = Crew(mail, folder, nursery, arrivals)
        led.looks_at_the_clock()
        try:
            yield led
        finally:
            await _dismiss(led)
            server.close()


def _settings(mail: Mail) -> dict[str, str]:
    return {
        "database_url": mail.register.store.url.render_as_string(hide_password=False),
        "slack_bot_token": mail.slack.bot_token,
        "slack_api_url": mail.slack.api_url,
    }


def _greet(arrivals: "asyncio.Queue[Hand]") -> Greeting:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrivals.put_nowait(Hand(int(await reader.readline()), reader, writer))

    return greet


async def _dismiss(led: Crew) -> None:
    for hand in led.hands:
        hand.is_killed()
        await hand.is_gone()
    assert led.nursery.stdin
    led.nursery.stdin.close()
    await led.nursery.wait()
