"""`python -m bot.cli.refresh_process NAME TIME`: one repository of the policy is read anew.

Parsing keeps a processor busy, so it is done in a process of its own, where it delays nobody who
talks to Slack. It ends when whoever started it closes its standard input, or is no more.
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

from bot.cli.invocation import Invocation, World
from bot.cli.log_setup import start_log
from bot.cli.runner import environment
from bot.process.failures import EXPECTED, words_of
from bot.process.repositories import note_failure, read_listed
from debt.change import Change

log = logging.getLogger(__name__)

BY = "schedule"
_POLITE = 10  # whoever answers Slack goes first where both want the processor


def main() -> int:
    name, at = sys.argv[1:]
    os.nice(_POLITE)
    world = World(
        environment(), datetime.fromisoformat(at), sys.stdin.buffer, sys.stdout, sys.stderr
    )
    invocation = Invocation(argparse.Namespace(slack=False), world)
    start_log(invocation)
    try:
        asyncio.run(_while_wanted(_refresh(invocation, name)))
    except asyncio.CancelledError:
        return 1
    except EXPECTED as error:
        log.warning("repository not read name=%s why=%s", name, words_of(error))
        return 1
    return 0


async def _while_wanted(work: Coroutine[Any, Any, None]) -> None:
    """Runs the work, and cancels it when standard input is closed."""
    loop, working = asyncio.get_running_loop(), asyncio.ensure_future(work)

    def give_up() -> None:
        loop.remove_reader(sys.stdin)
        working.cancel()

    loop.add_reader(sys.stdin, give_up)
    await working


async def _refresh(invocation: Invocation, name: str) -> None:
    change = Change(BY, invocation.world.now, invocation.policy)
    repository = invocation.policy.repositories.get(name)
    async with invocation.register() as store:
        if repository is None:
            await note_failure(store, change, name, _DROPPED)
            return
        arguments = (store, change, name, repository, invocation.clones)
        read = await read_listed(*arguments, cache=invocation.scans)
    new, changed = len(read.result.created), len(read.result.changed)
    log.info("repository read name=%s proposed=%d changed=%d", name, new, changed)


_DROPPED = "DEBT_POLICY does not name it any more; start the bot again"


if __name__ == "__main__":
    sys.exit(main())
