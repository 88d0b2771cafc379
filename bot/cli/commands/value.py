"""`debt value`: what artifacts save against what they cost, and many of them stated from a file."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from bot.cli.commands.arguments import Commands, add_scope_or_import, command, scope_or_import
from bot.cli.commands.invocation import Invocation

if TYPE_CHECKING:
    from debt.rules.value import Balance
    from storage.costs.value import Valued

_VALUE = """\
Prints what live artifacts saved against what they cost, what owes most first, and the sum.
`debt value import FILE` states it from a CSV file first, all of it or nothing.

  columns              key,saved_hours,saved_hours_monthly
  saved_hours          saved at its creation, against doing it by hand: 10, 1.5h, 90m
  saved_hours_monthly  saved every month since
  both empty           nothing is said of it any more"""


def add(commands: Commands) -> None:
    summary = "print what artifacts save against what they cost, or state it from a file"
    parser = command(commands, "value", summary, _value)
    parser.description = _VALUE
    add_scope_or_import(parser, "team:x, repo:x or service:x")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _value(invocation: Invocation) -> int:
    found = asyncio.run(_found(invocation))
    if invocation.arguments.json:
        invocation.say(json.dumps(_public(found), ensure_ascii=False, indent=2))
    else:
        invocation.say(*_lines(found, invocation))
    return 0


async def _found(invocation: Invocation) -> "list[Valued]":
    from debt.scope import ALL
    from intake.sheets.values import state_all
    from storage.costs.value import balances

    asked, change = scope_or_import(invocation.arguments), invocation.change
    async with invocation.register() as store:
        if asked.file:
            with asked.file.open("rb") as file:
                await state_all(store, change, file, asked.file.name)
        async with store.read() as session:
            return await balances(session, asked.scope or ALL, change.today)


def _lines(found: "list[Valued]", invocation: Invocation) -> list[str]:
    from briefings.words.words import readable, say
    from debt.rules.value import Balance

    if not found:
        return ["Nobody has stated yet what any artifact saves."]

    def worded(balance: Balance) -> str:
        return readable(say("balance.words", balance=balance, policy=invocation.policy))

    lines = [
        f"{each.artifact.key:<7} {' '.join(each.artifact.name.split())} "
        f"({each.artifact.repo}): {worded(each.balance)}"
        for each in found
    ]
    whole = sum((each.balance for each in found), Balance(0, 0))
    return [*lines, f"{len(found):,} in all: {worded(whole)}"]


def _public(found: "list[Valued]") -> dict[str, Any]:
    from debt.rules.value import Balance

    listed = [
        {"key": each.artifact.key, "name": each.artifact.name} | _hours(each.balance)
        for each in found
    ]
    return {"artifacts": listed} | _hours(sum((each.balance for each in found), Balance(0, 0)))


def _hours(told: "Balance") -> dict[str, float]:
    from debt.rules.hours import decimal_hours

    of = {"saved": told.saved, "cost": told.cost, "balance": told.minutes}
    return {name: decimal_hours(minutes) for name, minutes in of.items()}
