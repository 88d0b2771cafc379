"""`debt check`: is everything there that the bot needs?"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from bot.cli.invocation import Invocation, opened
from bot.process.failures import EXPECTED, words_of
from bot.process.slack_check import check_slack
from bot.settings import Settings, problems, read
from debt.policy.policy import Policy, PolicyError, load
from debt.text import clean
from storage.database.history import ChainHead, chain_fault
from storage.database.store import Store, damage
from storage.digests.subscriptions import channels
from storage.nudges.attention import usefulness
from storage.scans.schedule import failures
from storage.tables import RepositoryRow


def check(invocation: Invocation) -> int:
    faults = [*_configuration(invocation)]
    faults += asyncio.run(_looked_at(invocation, faults))
    if not faults:
        invocation.say(_OFFLINE if invocation.arguments.offline else "Everything is there.")
    for fault in faults:
        invocation.world.err.write(f"debt: {fault}\n")
    return 1 if faults else 0


_OFFLINE = "Everything is there, as far as can be told without Slack."


def _configuration(invocation: Invocation) -> Iterator[str]:
    need_slack = not invocation.arguments.offline
    yield from problems(invocation.world.environment, need_slack=need_slack)
    try:
        _policy(invocation)
    except PolicyError as error:
        yield str(error)


def _policy(invocation: Invocation) -> Policy:
    named = invocation.world.environment.get("DEBT_POLICY", "").strip()
    return load(Path(named) if named else None)


async def _looked_at(invocation: Invocation, faults: list[str]) -> list[str]:
    """Faults of the register and of Slack, a sentence each; what cannot be asked is left out."""
    named = {fault.split("_")[0] for fault in faults}
    wrong, digests = ([], []) if "DATABASE" in named else await _register(invocation)
    if invocation.arguments.offline or "SLACK" in named:
        return wrong
    slack = {
        name: value
        for name, value in invocation.world.environment.items()
        if name.startswith("SLACK_")
    }
    policy = None
    with suppress(PolicyError):  # what is wrong with it is among the faults
        policy = _policy(invocation)
    return wrong + await check_slack(read(slack, need_slack=True), digests, policy)


async def _register(invocation: Invocation) -> tuple[list[str], list[str]]:
    """What is wrong with the register, and the channels that get a digest."""
    url = invocation.world.environment.get("DATABASE_URL", "").strip() or Settings().database_url
    try:
        async with opened(url) as store:
            if broken := await _broken(store):
                return [broken], []
            faults = await _chain(store, invocation.arguments.head)
            await _nudges(invocation, store)
            faults += await _refreshes(invocation, store)
            async with store.read() as session:
                return faults, await channels(session)
    except EXPECTED as error:
        return [words_of(error)], []


async def _broken(store: Store) -> str | None:
    async with store.read() as session:
        fault = await damage(session)
    return fault and f"DATABASE_URL: its file is damaged ({fault}); restore a backup"


async def _refreshes(invocation: Invocation, store: Store) -> list[str]:
    """A sentence for each of the policy's repositories whose last reading failed."""
    try:
        names = _policy(invocation).repositories
    except PolicyError:  # is among the faults
        return []
    async with store.read() as session:
        return [_unread(repository) for repository in await failures(session, names)]


def _unread(repository: RepositoryRow) -> str:
    times = (repository.failed_at, repository.last_at, repository.next_at)
    failed, read, again = (f"{at:%Y-%m-%d %H:%M} UTC" if at else "never" for at in times)
    why = clean(repository.last_failure)
    kept = f"last read: {read}; next try: {again}"
    return f"{repository.name}: reading it failed on {failed}: {why} ({kept})"


async def _nudges(invocation: Invocation, store: Store) -> None:
    """Prints which share of the nudges of 90 days was called not useful."""
    async with store.read() as session:
        nudges = await usefulness(session, invocation.world.now - _QUARTER)
    if nudges.sent:
        invocation.say(
            f"Nudges of the last 90 days: {nudges.sent} sent, {nudges.unwanted} not useful "
            f"({nudges.rate:.1%}; more than 5% is too many)."
        )


_QUARTER = timedelta(days=90)


async def _chain(store: Store, kept: ChainHead | None) -> list[str]:
    async with store.read() as session:
        fault = await chain_fault(session, kept)
    return [fault] if fault else []
