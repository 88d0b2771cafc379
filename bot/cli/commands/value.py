"""`debt value`: what artifacts save against what they cost, and many of them stated from a file."""

import asyncio
import json
from typing import Any

from bot.cli.invocation import Invocation
from bot.cli.scopes import scope_or_import
from briefings.words.words import readable, say
from debt.rules.hours import decimal_hours
from debt.rules.value import Balance
from debt.scope import ALL
from intake.sheets.values import state_all
from storage.costs.value import Valued, balances


def value(invocation: Invocation) -> int:
    valued = asyncio.run(_valued(invocation))
    if invocation.arguments.json:
        invocation.say(json.dumps(_public(valued), ensure_ascii=False, indent=2))
    else:
        invocation.say(*_lines(valued, invocation))
    return 0


async def _valued(invocation: Invocation) -> list[Valued]:
    """What owes most first, once the file, where one is named, is read."""
    about, change = scope_or_import(invocation.arguments), invocation.change
    async with invocation.register() as store:
        if about.file:
            with about.file.open("rb") as file:
                await state_all(store, change, file, about.file.name)
        async with store.read() as session:
            return await balances(session, about.scope or ALL, change.today)


def _lines(valued: list[Valued], invocation: Invocation) -> list[str]:
    if not valued:
        return ["Nobody has stated yet what any artifact saves."]

    def worded(balance: Balance) -> str:
        return readable(say("balance.words", balance=balance, policy=invocation.policy))

    lines = [
        f"{row.artifact.key:<7} {' '.join(row.artifact.name.split())} "
        f"({row.artifact.repo}): {worded(row.balance)}"
        for row in valued
    ]
    return [*lines, f"{len(valued):,} in all: {worded(_sum(valued))}"]


def _sum(valued: list[Valued]) -> Balance:
    return sum((row.balance for row in valued), Balance(0, 0))


def _public(valued: list[Valued]) -> dict[str, Any]:
    artifacts = [
        {"key": row.artifact.key, "name": row.artifact.name} | _hours(row.balance) for row in valued
    ]
    return {"artifacts": artifacts} | _hours(_sum(valued))


def _hours(balance: Balance) -> dict[str, float]:
    """Decimal hours."""
    minutes = {"saved": balance.saved, "cost": balance.cost, "balance": balance.minutes}
    return {name: decimal_hours(count) for name, count in minutes.items()}
