"""`debt try`: the bot in a small Slack of its own, its register filled, in one process."""

import asyncio
import logging
import socket
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.process.process import Process, briefing, listening, running, until_told_to_stop
from bot.settings import Settings, WrongSetting
from bot.slack.workspace import MANIFEST
from briefings.delivery.schedule import next_instant
from debt.change import Change
from debt.policy.policy import Policy, TeamPolicy
from debt.scope import ALL, Scope, ScopeKind
from intake.scan.apply import apply
from intake.scan.scan import Scan, UnreadableRepository, read_repository
from intake.sheets import sample
from sandbox import Sandbox
from storage.database.migrate import migrate
from storage.database.store import Store
from storage.digests import subscriptions
from storage.lifecycle import proposals
from storage.tables import Subscription

log = logging.getLogger(__name__)

USUAL_PORT = 3000
LEADS = {"payments": "erin", "platform": "kai"}


async def try_it(repo: Path, policy: Policy, *, port: int | None, browser: bool) -> None:
    """Runs until Ctrl-C, and leaves nothing behind: the register lives in a temporary folder."""
    async with opened(repo, policy, port) as (slack, filled):
        print(f"Code Debt Budget, with {filled}: {slack.url}/ (Ctrl-C ends it)", flush=True)
        if browser:
            webbrowser.open(f"{slack.url}/")
        await until_told_to_stop()


@asynccontextmanager
async def opened(
    repo: Path, policy: Policy, port: int | None
) -> AsyncIterator[tuple[Sandbox, str]]:
    """A workspace with the bot at work in it, and words for what fills its register. The policy is
    the one given, but for its teams: those are the workspace's.
    """
    with tempfile.TemporaryDirectory(prefix="debt-try-") as folder:
        url = f"sqlite:///{folder}/debt.db"
        migrate(url)
        async with _workspace(port) as slack:
            theirs = _with_teams(policy, slack)
            filled = await _fill(url, repo, slack, theirs)
            async with _bot(slack, url, theirs):
                yield slack, filled


@asynccontextmanager
async def _workspace(port: int | None) -> AsyncIterator[Sandbox]:
    slack = Sandbox(MANIFEST, port=_free(port))
    try:
        await slack.start()
    except OSError as error:
        raise WrongSetting(f"--port {port}: cannot be listened on: {error.strerror}") from None
    try:
        yield slack
    finally:
        await slack.stop()


def _free(port: int | None) -> int:
    """The port asked for; else 3000, or any free one where that is taken."""
    if port is not None:
        return port
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return 0
    return USUAL_PORT


@asynccontextmanager
async def _bot(slack: Sandbox, url: str, policy: Policy) -> AsyncIterator[Process]:
    """The bot that `debt serve` runs, with the workspace's clock."""
    settings = Settings(
        database_url=url,
        slack_bot_token=slack.bot_token,
        slack_signing_secret=slack.signing_secret,
        slack_api_url=slack.api_url,
        port=0,
    )
    async with (
        running(settings, policy, slack.clock.now) as process,
        listening(process, settings) as address,
        briefing(process),
    ):
        slack.request_url = f"{address}/slack/events"

        async def follow(_now: datetime) -> None:
            await process.check_owners()
            await process.tick()
            await process.send()

        async with slack.clock.following(follow):
            await process.check_owners()
            await process.tick()
            yield process


def _with_teams(policy: Policy, slack: Sandbox) -> Policy:
    teams = {team: TeamPolicy(lead=slack.person(who).id) for team, who in LEADS.items()}
    return policy.model_copy(update={"teams": teams})


async def _fill(url: str, repo: Path, slack: Sandbox, policy: Policy) -> str:
    """Fills the register from the repository, else from the sample; returns words for which."""
    store = Store(url)
    try:
        change = Change("debt try", slack.clock.now(), policy)
        scan = await asyncio.to_thread(_read, repo, slack.clock.now(), policy)
        if scan and scan.findings:
            await apply(store, change, scan)
            async with store.change() as session:
                accepted = await proposals.accept_all(session, change)
            await _subscribe(store, change, slack, {"general": ALL})
            number = f"{accepted} of " if accepted < len(scan.findings) else ""
            return f"{number}{len(scan.findings)} artifacts that AI tools wrote in {scan.repo}"
        count = await sample.fill(store, change)
        teams = {team: Scope(ScopeKind.TEAM, team) for team in ("payments", "platform", "growth")}
        await _subscribe(store, change, slack, teams | {"general": ALL})
        return f"{count} artifacts of a made-up team"
    finally:
        await store.close()


def _read(repo: Path, now: datetime, policy: Policy) -> Scan | None:
    try:
        return read_repository(repo, now=now, policy=policy)
    except UnreadableRepository as error:
        log.warning("%s", error)
        return None


async def _subscribe(
    store: Store, change: Change, slack: Sandbox, scopes: dict[str, Scope]
) -> None:
    """Every channel's digest comes on Monday at 09:30 where its lead lives."""
    async with store.change() as session:
        for channel, scope in scopes.items():
            lead = slack.person(LEADS.get(channel, "erin"))
            wanted = Subscription(
                channel=slack.channel(channel).id,
                scope=scope.kind,
                scope_name=scope.name,
                weekday=0,
                at="09:30",
                zone=lead.user.tz,
                subscriber=lead.id,
                next_at=next_instant(change.at, 0, "09:30", lead.user.tz),
            )
            await subscriptions.subscribe(session, change, wanted)
