"""`debt accept` and `debt dismiss`: answering what scans propose."""

import argparse
import asyncio

from bot.cli.invocation import Invocation
from debt.artifact.artifact import Artifact, parse_key
from debt.scope import ALL, Scope, ScopeKind
from storage.lifecycle import proposals
from storage.lifecycle.maintenance import Requested


def accept(invocation: Invocation) -> int:
    return asyncio.run(_accepted(invocation))


async def _accepted(invocation: Invocation) -> int:
    arguments = invocation.arguments
    numbers = [parse_key(key) for key in arguments.keys]
    async with invocation.register() as store, store.change() as session:
        if not numbers:
            count = await proposals.accept_all(session, invocation.change, scope=_scope(arguments))
            invocation.say(f"{count:,} {'artifact' if count == 1 else 'artifacts'} accepted.")
        for number in numbers:
            accepted = await proposals.accept(session, invocation.change, number)
            artifact = accepted.artifact if isinstance(accepted, Requested) else accepted
            invocation.say(f"{_named(artifact)} accepted, ends {artifact.expires_on or 'never'}.")
    return 0


def _scope(arguments: argparse.Namespace) -> Scope:
    return Scope(ScopeKind.REPO, arguments.repo) if arguments.repo else ALL


def dismiss(invocation: Invocation) -> int:
    return asyncio.run(_dismissed(invocation))


async def _dismissed(invocation: Invocation) -> int:
    arguments = invocation.arguments
    number = parse_key(arguments.key)
    async with invocation.register() as store, store.change() as session:
        artifact = await proposals.dismiss(session, invocation.change, number, arguments.reason)
    invocation.say(f"{_named(artifact)} is not AI-produced; no scan proposes it again.")
    return 0


def _named(artifact: Artifact) -> str:
    return f"{artifact.key} {' '.join(artifact.name.split())}"
