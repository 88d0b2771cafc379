"""`debt accept` and `debt dismiss`: answering what scans propose."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from bot.cli.commands.arguments import Commands, command
from bot.cli.commands.invocation import Invocation

if TYPE_CHECKING:
    from debt.artifact.artifact import Artifact
    from debt.scope import Scope

_ACCEPT = """\
Puts on the register what a scan proposes: single artifacts by key, or all that wait in a repository
or anywhere. Their usual end and review dates are counted from today."""
_DISMISS = """\
Says of a proposal that it is not AI-produced. No scan brings its files up again, wherever they are
moved; `debt accept KEY` takes that back."""


def add(commands: Commands) -> None:
    accepts = command(commands, "accept", "put on the register what a scan proposes", _accept)
    accepts.description = _ACCEPT
    which = accepts.add_mutually_exclusive_group(required=True)
    which.add_argument("keys", metavar="KEY", nargs="*", default=[], help="D-7, d-7 or 7")
    which.add_argument("--repo", metavar="NAME", help="all that wait in this repository")
    which.add_argument("--all", action="store_true", help="all that wait")
    dismisses = command(commands, "dismiss", "a proposal is not AI-produced", _dismiss)
    dismisses.description = _DISMISS
    dismisses.add_argument("key", metavar="KEY", help="D-7, d-7 or 7")
    dismisses.add_argument(
        "reason", metavar="REASON", nargs="?", default="", help="why, for others"
    )


def _accept(invocation: Invocation) -> int:
    return asyncio.run(_accepted(invocation))


async def _accepted(invocation: Invocation) -> int:
    from debt.artifact.artifact import parse_key
    from storage.lifecycle import proposals
    from storage.lifecycle.maintenance import Requested

    arguments = invocation.arguments
    numbers = [parse_key(key) for key in arguments.keys]
    async with invocation.register() as store, store.change() as session:
        if not numbers:
            count = await proposals.accept_all(session, invocation.change, scope=_scope(arguments))
            invocation.say(f"{count:,} {'artifact' if count == 1 else 'artifacts'} accepted.")
        for number in numbers:
            told = await proposals.accept(session, invocation.change, number)
            artifact = told.artifact if isinstance(told, Requested) else told
            invocation.say(f"{_named(artifact)} accepted, ends {artifact.expires_on or 'never'}.")
    return 0


def _scope(arguments: argparse.Namespace) -> "Scope":
    from debt.scope import ALL, Scope, ScopeKind

    return Scope(ScopeKind.REPO, arguments.repo) if arguments.repo else ALL


def _dismiss(invocation: Invocation) -> int:
    return asyncio.run(_dismissed(invocation))


async def _dismissed(invocation: Invocation) -> int:
    from debt.artifact.artifact import parse_key
    from storage.lifecycle import proposals

    arguments = invocation.arguments
    number = parse_key(arguments.key)
    async with invocation.register() as store, store.change() as session:
        artifact = await proposals.dismiss(session, invocation.change, number, arguments.reason)
    invocation.say(f"{_named(artifact)} is not AI-produced; no scan proposes it again.")
    return 0


def _named(artifact: "Artifact") -> str:
    return f"{artifact.key} {' '.join(artifact.name.split())}"
