"""Opening Home with 1,000 artifacts of one's own, against opening it with ten."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bot.features import home
from bot.process.process import Process, running
from bot.settings import Settings
from debt.artifact.artifact import Stage
from debt.artifact.columns import Facts
from debt.change import Change
from debt.policy.policy import built_in
from debt.rules.facts import create
from debt.rules.hours import Work
from sandbox import Person, Sandbox
from storage.costs.hours_log import log
from storage.database.migrate import migrate
from storage.database.store import Store
from storage.register.artifacts import add_all, next_ids

MANIFEST = Path(__file__).parents[1] / "manifest.yml"
TIMES = 40
MANY, FEW = 1_000, 10
REGISTER = 20_000


def _facts(number: int, owner: str) -> Facts:
    return Facts(
        name=f"Worker {number}",
        repo=f"acme/{number % 80}",
        paths=("src/**",),
        team=f"team {number % 5}" if number % 2 else "payments",
        owner=owner,
    )


def _owners(dana: str, noah: str) -> Iterator[str]:
    yield from (dana for _ in range(MANY))
    yield from (noah for _ in range(FEW))
    yield from (f"U{number % 500}" for number in range(REGISTER - MANY - FEW))


async def _fill(url: str, slack: Sandbox, dana: Person, noah: Person) -> None:
    """One in four is past its end date; dana's teams have hours in their books."""
    store, now = Store(url), slack.clock.now()
    change = Change("benchmark", now, built_in())
    async with store.change() as session:
        keys = await next_ids(session, REGISTER)
        owners = _owners(dana.id, noah.id)
        artifacts = []
        for key, owner in zip(keys, owners, strict=True):
            ends = change.today + timedelta(days=key % 400 - 100)
            facts = _facts(key, owner) | {"expires_on": ends}
            artifacts.append(
                create(key, facts, stage=Stage.RETAINED, today=change.today, policy=change.policy)
            )
        await add_all(session, change, artifacts, action="import")
    async with store.change() as session:
        for key in range(1, 200):
            await log(session, change, key, 30, kind=Work.REVIEW, worked_on=change.today)
    await store.close()


async def _seconds(process: Process, person: Person) -> list[float]:
    taken = []
    for number in range(TIMES):
        started = time.perf_counter()
        await home.opened(process.bot, f"Ev-{person.handle}-{number}", person.id)
        taken.append(time.perf_counter() - started)
    assert person.home is not None
    return sorted(taken)


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/debt.db"
        migrate(url)
        async with Sandbox(MANIFEST) as slack:
            dana, noah = slack.person("dana"), slack.person("noah")
            await _fill(url, slack, dana, noah)
            settings = Settings(
                database_url=url,
                slack_bot_token=slack.bot_token,
                slack_signing_secret=slack.signing_secret,
                slack_api_url=slack.api_url,
                port=0,
            )
            async with running(settings, built_in(), slack.clock.now) as process:
                await process.tick()
                few, many = [await _seconds(process, person) for person in (noah, dana)]
    p50, p99 = statistics.median(many), many[-1]
    print(f"Home with {MANY:,} artifacts: p50 {p50 * 1e3:.0f} ms, worst {p99 * 1e3:.0f} ms")
    print(f"  {p50 / statistics.median(few):.1f} times that with {FEW} (register of {REGISTER:,})")
