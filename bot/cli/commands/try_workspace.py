"""`debt try`: the bot in a workspace of its own, in the browser."""

import asyncio

from bot.cli.invocation import Invocation
from bot.process.try_workspace import try_it


def try_(invocation: Invocation) -> int:
    arguments = invocation.arguments
    browser = not arguments.no_browser
    work = try_it(arguments.repo, invocation.policy, port=arguments.port, browser=browser)
    asyncio.run(work)
    return 0
