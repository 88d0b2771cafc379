"""A process of its own at the same register: `python -m tests.storage.clerk URL WHO HOURS`.

It waits for a line on standard input, so that several start at once.
"""

import asyncio
import sys

from debt.rules.hours import Work
from storage.costs.hours_log import log
from storage.database.store import Store
from storage.lifecycle.maintenance import rate
from tests.storage.builders import TODAY, by


async def work(url: str, who: str, entries: int) -> None:
    """Logs a minute so many times and rates in between, some of it at once."""
    store = Store(url)
    await asyncio.gather(*(_one(store, who, number) for number in range(entries)))
    await store.close()


async def _one(store: Store, who: str, number: int) -> None:
    async with store.change() as session:
        await log(session, by(who), 1, 1, kind=Work.REWORK, worked_on=TODAY)
    async with store.change() as session:
        await rate(session, by(who), 2 + number % 2, {"risk": 1 + number % 5})


def main() -> None:
    url, who, entries = sys.argv[1:]
    print("ready", flush=True)
    sys.stdin.readline()
    asyncio.run(work(url, who, int(entries)))


if __name__ == "__main__":
    main()
