"""`/debt show` through the whole app against a bare Bolt app that only acknowledges."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks import load
from benchmarks.memory import peak_mb
from bot.process.http import application
from debt.artifact.columns import Facts
from debt.change import Change
from debt.policy.policy import built_in
from sandbox import Sandbox
from storage.database.migrate import migrate
from storage.database.store import Store
from storage.lifecycle.registration import add

ROOT = Path(__file__).parents[1]
REQUESTS = 10_000
CONNECTIONS = 32


async def bare(port: int, api_url: str) -> None:
    """The least a Bolt app can do, behind the same server."""
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=api_url)
    app = AsyncApp(client=client, signing_secret=load.SECRET, process_before_response=True)

    @app.command("/debt")
    async def _debt(ack: AsyncAck) -> None:
        await ack()

    with tempfile.TemporaryDirectory() as folder:
        runner = web.AppRunner(application(Store(f"sqlite:///{folder}/none.db"), app))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()


@asynccontextmanager
async def _server(slack: Sandbox, port: int, *command: str, **more: str) -> AsyncIterator[int]:
    environment = {
        **os.environ,
        **more,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": load.SECRET,
        "SLACK_API_URL": slack.api_url,
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }
    process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=ROOT)
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def _answers(port: int, request: bytes) -> float:
    """Seconds until the first acknowledged command."""
    started = time.perf_counter()
    while True:
        try:
            await load.run(port, request, 1, 1)
        except (ConnectionError, asyncio.IncompleteReadError, ExceptionGroup):
            await asyncio.sleep(0.01)
        else:
            return time.perf_counter() - started


async def _register(url: str, owner: str) -> None:
    migrate(url)
    store = Store(url)
    change = Change(owner, datetime.now(UTC), built_in())
    async with store.change() as session:
        for number in range(200):
            facts = Facts(name=f"Worker {number}", repo="acme/checkout", paths=("src/**",))
            await add(session, change, facts | {"owner": owner, "team": "payments"})
    await store.close()


async def _measure(slack: Sandbox, port: int, text: str) -> load.Load:
    request = load.command(text, slack.person("dana").id, port)
    await load.run(port, request, 640, CONNECTIONS)
    return await load.run(port, request, REQUESTS, CONNECTIONS)


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Sandbox(ROOT / "manifest.yml") as slack:
            url = f"sqlite:///{folder}/debt.db"
            dana = slack.person("dana").id
            await _register(url, dana)
            python = sys.executable
            own = [python, "-m", "benchmarks.serving", "3401", slack.api_url]
            async with _server(slack, 3401, *own):
                await _answers(3401, load.command("show D-7", dana, 3401))
                base = await _measure(slack, 3401, "show D-7")
            debt = [str(Path(python).parent / "debt"), "serve"]
            async with _server(slack, 3402, *debt, DATABASE_URL=url) as pid:
                cold = await _answers(3402, load.command("show D-7", dana, 3402))
                show = await _measure(slack, 3402, "show D-7")
                peak = peak_mb(pid)
            ratio = show.per_second / base.per_second
            print(f"/debt show against a bare ack: {ratio:.2f} of its requests/s (goal ≥ 0.5)")
            print(f"  {show.per_second:.0f}/s against {base.per_second:.0f}/s at {CONNECTIONS}")
            print(f"  p99 {show.p99_ms:.0f} ms (goal < 50), bare {base.p99_ms:.0f} ms")
            print(f"cold start to the first acknowledged command: {cold:.2f} s (goal < 2)")
            print(f"peak memory after {REQUESTS:,} commands: {peak:.0f} MB (goal < 150)")


if __name__ == "__main__":
    asyncio.run(bare(int(sys.argv[1]), sys.argv[2]))
