"""Settings and a clock become a running bot. Only this module reads the clock."""

import asyncio
import gc
import logging
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.features import home
from bot.process import owners
from bot.process.app import build
from bot.process.http import application
from bot.process.rescan import Rescan, due_at
from bot.settings import Settings, WrongSetting
from bot.slack.call import Bot, Tasks
from bot.slack.groups import Groups
from bot.slack.people import People
from bot.slack.workspace import installation, require_app_token
from briefings.delivery.delivery import PACE, Sender, Updates
from briefings.delivery.planning import plan, rehearse
from briefings.messages.uploads import Gallery
from briefings.pictures.worker import Artist
from debt.change import Change
from debt.policy.policy import Policy
from storage.database.migrate import require_current
from storage.database.store import Store
from storage.messages import outbox
from storage.scans import schedule

log = logging.getLogger(__name__)

# The sending lease must outlast this, late acceptance and history lag (DESIGN.md, promise 1).
CLIENT_TIMEOUT = 10
POLL = 2.0
REFRESH_POLL = 60
GRACE = 15
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Process:
    """One running bot: it answers, plans what is due, and sends while it holds the lease."""

    def __init__(self, bot: Bot, sender: Sender, rescan: Rescan, woken: asyncio.Event) -> None:
        self.bot = bot
        self._sender = sender
        self._rescan = rescan
        self._turn = asyncio.Lock()
        self._woken = woken
        self._ending = False

    async def tick(self) -> None:
        """Puts all briefings that are due now on the ledger."""
        async with self._turn:
            await self.bot.groups.keep_fresh()
            roster = self.bot.groups.roster
            await plan(self.bot.store, self.bot.policy, self.bot.now(), roster)
        self._woken.set()
        await home.freshen(self.bot)

    async def check_owners(self) -> None:
        """Checks owners once a day, apart from the tick: Slack takes a few hundred a minute."""
        change = Change("schedule", self.bot.now(), self.bot.policy)
        await owners.refresh(self.bot.store, self.bot.people, self.bot.groups, change)

    async def send(self) -> int:
        return await self._sender.drain()

    async def keep_sending(self) -> None:
        """Sends as soon as something is due, and looks again every other second."""
        while not self._ending:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL)
            self._woken.clear()
            try:
                await self.send()
            except Exception:
                log.exception("sending failed; it goes on")

    async def refresh(self) -> Sequence[str]:
        """Re-reads the repositories that are due; returns their names."""
        return await self._rescan.refresh()

    async def keep_rescanning(self) -> None:
        """Looks every minute for repositories to re-read, one after the other."""
        while True:
            try:
                await self.refresh()
            except Exception:
                log.exception("refreshing failed; it goes on")
            await asyncio.sleep(REFRESH_POLL)

    async def end(self, sending: asyncio.Task[None]) -> None:
        """Lets the message under way arrive; what is cut off is looked up by the next sender."""
        self._ending = True
        self._woken.set()
        await asyncio.wait({sending}, timeout=GRACE)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await self.step_down()

    async def step_down(self) -> None:
        await self._sender.step_down()


@asynccontextmanager
async def running(
    settings: Settings,
    policy: Policy,
    now: Clock,
    *,
    artist: Artist | None = None,
    pace: float = PACE,
) -> AsyncIterator[Process]:
    """A bot that knows its workspace; nothing listens and nothing is planned yet.

    It ends the artist that draws for it, be it given one or not. `pace` is the seconds between two
    messages of a channel.
    """
    timeout = aiohttp.ClientTimeout(total=CLIENT_TIMEOUT)
    store = Store(settings.database_url)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        aclosing(artist or Artist()) as drawing,
    ):
        try:
            await require_current(store)
            client, careful = _clients(settings, session)
            here = await installation(client)
            people = People(store, client, now, policy, here)
            groups = Groups(client, policy, now)
            updates, tasks = Updates(store, client, policy), Tasks()
            gallery = Gallery(client, drawing)
            holder, woken = uuid.uuid4().hex, asyncio.Event()
            sender = Sender(store, careful, policy, now, gallery=gallery, holder=holder, pace=pace)
            rescan = Rescan(store, settings, policy, now, holder)
            bot = Bot(
                store=store,
                installation=here,
                policy=policy,
                client=client,
                session=session,
                now=now,
                people=people,
                groups=groups,
                updates=updates,
                tasks=tasks,
                poke=woken.set,
                gallery=gallery,
            )
            try:
                yield Process(bot, sender, rescan, woken)
            finally:
                await tasks.finish()
        finally:
            await store.close()


def _clients(
    settings: Settings, session: aiohttp.ClientSession
) -> tuple[AsyncWebClient, AsyncWebClient]:
    """Two clients: one that waits when Slack says so; one for the ledger, without retries."""
    same: dict[str, Any] = {
        "token": settings.slack_bot_token,
        "base_url": settings.slack_api_url,
        "timeout": CLIENT_TIMEOUT,
        "session": session,
    }
    waits = AsyncRateLimitErrorRetryHandler(max_retry_count=2)
    return AsyncWebClient(**same, retry_handlers=[waits]), AsyncWebClient(**same, retry_handlers=[])


@asynccontextmanager
async def listening(process: Process, settings: Settings) -> AsyncIterator[str]:
    """Slack's requests are answered, by HTTP or Socket Mode; the address it listens on."""
    app = build(process.bot, settings.slack_signing_secret)
    by_socket = bool(settings.slack_app_token)
    server = application(process.bot.store, None if by_socket else app)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await _open(site, settings)
        async with _socket_mode(app, settings):
            yield f"http://{_bracketed(settings.host)}:{_port(runner)}"
    finally:
        await runner.cleanup()


async def _open(site: web.TCPSite, settings: Settings) -> None:
    try:
        await site.start()
    except OSError as error:
        where = f"{_bracketed(settings.host)}:{settings.port}"
        raise WrongSetting(f"HOST, PORT: cannot listen on {where}: {_why(error)}") from None


def _bracketed(host: str) -> str:
    """The host as a URL has it: IPv6 in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def _why(error: OSError) -> str:
    """The reason why a port cannot be opened, without the address that asyncio repeats."""
    return (error.strerror or "").rpartition(": ")[2]


def _port(runner: web.AppRunner) -> int:
    port: int = runner.addresses[0][1]
    return port


@asynccontextmanager
async def _socket_mode(app: AsyncApp, settings: Settings) -> AsyncIterator[None]:
    if not settings.slack_app_token:
        yield
        return
    await require_app_token(app.client, settings.slack_app_token)
    handler = AsyncSocketModeHandler(app, settings.slack_app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt gives it no types
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # as above


@asynccontextmanager
async def briefing(process: Process) -> AsyncIterator[None]:
    """Runs the bot's schedules: plan every minute, send the ledger, re-read repositories."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    # The tick holds no state: what matters is in the database, a missed tick costs nothing.
    scheduler.add_job(_each_minute(process), "interval", minutes=1, next_run_time=utc_now())
    scheduler.start()
    sending = asyncio.create_task(process.keep_sending())
    rescan = asyncio.create_task(process.keep_rescanning())
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        rescan.cancel()
        await process.end(sending)
        await asyncio.gather(rescan, return_exceptions=True)


def _each_minute(process: Process) -> Callable[[], Awaitable[None]]:
    async def start() -> None:
        """As tasks of our own, since the scheduler would cut its own off when it ends."""
        process.bot.tasks.leave(process.tick())
        process.bot.tasks.leave(process.check_owners())

    return start


async def until_told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()


async def serve(settings: Settings, policy: Policy) -> None:
    """Answers Slack and sends briefings until it is told to stop."""
    async with (
        running(settings, policy, utc_now) as process,
        listening(process, settings) as address,
        briefing(process),
    ):
        # What is loaded by now stays: looking through it again and again for garbage costs answers
        # over many objects a fifth of their time.
        gc.collect()
        gc.freeze()
        way = "socket" if settings.slack_app_token else "http"
        log.info("listening address=%s slack=%s", address, way)
        await until_told_to_stop()


async def brief(
    settings: Settings, policy: Policy, *, once: bool, at: datetime | None, dry_run: bool
) -> int:
    """Sends briefings until told to stop; `once`, all that is due at that time; the exit status."""
    if dry_run:
        await _print_due(settings, policy, at or utc_now())
        return 0
    if once:
        return await _once(settings, policy, at or utc_now())
    async with running(settings, policy, utc_now) as process, briefing(process):
        await until_told_to_stop()
    return 0


async def _once(settings: Settings, policy: Policy, now: datetime) -> int:
    """Does all that is due with `now` as its clock; 1 where something could not be sent or read."""
    async with running(settings, policy, lambda: now) as process:
        before = await _parked(process)
        await process.check_owners()
        await process.tick()
        await process.send()
        read = await process.refresh()
        if read:
            await process.tick()
            await process.send()
        await process.step_down()
        troubles = [f"{key}: {why}" for key, why in await _parked(process) - before]
        troubles += await _unread(process, read)
        async with process.bot.store.read() as session:
            ready = await outbox.next_ready(session)
    if ready and ready <= now:
        troubles.append("Slack takes no messages now; what is due waits for the next run")
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    return 1 if troubles else 0


async def _parked(process: Process) -> set[tuple[str, str]]:
    async with process.bot.store.read() as session:
        return set(await outbox.parked(session))


async def _unread(process: Process, names: Sequence[str]) -> list[str]:
    async with process.bot.store.read() as session:
        failures = await schedule.failures(session, names)
    return [f"{failure.name}: {failure.last_failure}" for failure in failures]


async def _print_due(settings: Settings, policy: Policy, now: datetime) -> None:
    """What would be sent, as text; nothing is sent or kept, and Slack is not asked."""
    store = Store(settings.database_url)
    try:
        previews = await rehearse(store, policy, now)
        repositories = await due_at(store, policy, now)
    finally:
        await store.close()
    if not previews:
        print(f"No digest is due at {now.isoformat()}.")
    for preview in previews:
        text = preview.message.readable() if preview.message else "(nothing to say, so no message)"
        print(f"# {preview.to}\n{text}\n")
    if repositories:
        print(f"Read anew: {', '.join(repositories)}")
