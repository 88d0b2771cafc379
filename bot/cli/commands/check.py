"""`debt migrate` and `debt check`: is everything there that the bot needs?"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.commands.arguments import Commands, chain_head, command
from bot.cli.commands.invocation import Invocation, opened
from bot.settings import Settings
from debt.text import clean

if TYPE_CHECKING:
    from debt.policy.policy import Policy
    from storage.database.history import ChainHead
    from storage.database.store import Store
    from storage.tables import RepositoryRow

_CHECK = """\
Looks at configuration, policy, database, migrations, damage to a SQLite file and history chain,
then at Slack's tokens, scopes and channels. Tells which repositories of the policy could not be
read the last time, and why. Prints all that is missing at once, and exits with 1 if anything is."""


def add(commands: Commands) -> None:
    command(commands, "migrate", "make the register's tables, or bring them up to date", _migrate)
    check = command(commands, "check", "say what is missing before `debt serve` can work", _check)
    check.description = _CHECK
    check.add_argument("--offline", action="store_true", help="leave Slack out")
    check.add_argument(
        "--head",
        metavar="COUNT:HASH",
        type=chain_head,
        help="what `debt history --head` printed once: also finds a history cut off at its end",
    )


def _migrate(invocation: Invocation) -> int:
    from storage.database.migrate import migrate
    from storage.database.store import database_url

    url = invocation.settings.database_url
    migrate(url)
    shown = database_url(url).render_as_string(hide_password=True)
    invocation.say(
        f"The register at {shown.replace('+aiosqlite', '').replace('+psycopg', '')} is up to date."
    )
    return 0


def _check(invocation: Invocation) -> int:
    faults = [*_configuration(invocation)]
    faults += asyncio.run(_looked_at(invocation, faults))
    if not faults:
        invocation.say(_OFFLINE if invocation.arguments.offline else "Everything is there.")
    for fault in faults:
        invocation.world.err.write(f"debt: {fault}\n")
    return 1 if faults else 0


_OFFLINE = "Everything is there, as far as can be told without Slack."


def _configuration(invocation: Invocation) -> Iterator[str]:
    from bot.settings import problems
    from debt.policy.policy import PolicyError

    need_slack = not invocation.arguments.offline
    yield from problems(invocation.world.environment, need_slack=need_slack)
    try:
        _policy(invocation)
    except PolicyError as error:
        yield str(error)


def _policy(invocation: Invocation) -> "Policy":
    from debt.policy.policy import load

    named = invocation.world.environment.get("DEBT_POLICY", "").strip()
    return load(Path(named) if named else None)


async def _looked_at(invocation: Invocation, faults: list[str]) -> list[str]:
    """What is wrong with the register and with Slack; what cannot be asked is left out."""
    named = {fault.split("_")[0] for fault in faults}
    wrong, channels = ([], []) if "DATABASE" in named else await _register(invocation)
    if invocation.arguments.offline or "SLACK" in named:
        return wrong
    from bot.process.slack_check import check_slack
    from bot.settings import read
    from debt.policy.policy import PolicyError

    slack = {
        name: value
        for name, value in invocation.world.environment.items()
        if name.startswith("SLACK_")
    }
    policy = None
    with suppress(PolicyError):  # what is wrong with it is among the faults
        policy = _policy(invocation)
    return wrong + await check_slack(read(slack, need_slack=True), channels, policy)


async def _register(invocation: Invocation) -> tuple[list[str], list[str]]:
    """What is wrong with the register, and the channels that get a digest."""
    from bot.process.failures import expected, words_of
    from storage.digests.subscriptions import channels

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
    except expected() as error:
        return [words_of(error)], []


async def _broken(store: "Store") -> str | None:
    from storage.database.store import damage

    async with store.read() as session:
        found = await damage(session)
    return found and f"DATABASE_URL: its file is damaged ({found}); restore a backup"


async def _refreshes(invocation: Invocation, store: "Store") -> list[str]:
    """What of the policy's repositories could not be read the last time, since when, and why."""
    from debt.policy.policy import PolicyError
    from storage.scans.schedule import failures

    try:
        names = _policy(invocation).repositories
    except PolicyError:  # is among the faults
        return []
    async with store.read() as session:
        return [_unread(each) for each in await failures(session, names)]


def _unread(repository: "RepositoryRow") -> str:
    times = (repository.failed_at, repository.last_at, repository.next_at)
    failed, read, again = (f"{at:%Y-%m-%d %H:%M} UTC" if at else "never" for at in times)
    why = clean(repository.last_failure)
    kept = f"last read: {read}; next try: {again}"
    return f"{repository.name}: reading it failed on {failed}: {why} ({kept})"


async def _nudges(invocation: Invocation, store: "Store") -> None:
    """How often people found a nudge to be of no use: it should be rare."""
    from storage.nudges.attention import usefulness

    async with store.read() as session:
        found = await usefulness(session, invocation.world.now - _QUARTER)
    if found.sent:
        invocation.say(
            f"Nudges of the last 90 days: {found.sent} sent, {found.unwanted} not useful "
            f"({found.rate:.1%}; more than 5% is too many)."
        )


_QUARTER = timedelta(days=90)


async def _chain(store: "Store", kept: "ChainHead | None") -> list[str]:
    from storage.database.history import chain_fault

    async with store.read() as session:
        fault = await chain_fault(session, kept)
    return [fault] if fault else []
