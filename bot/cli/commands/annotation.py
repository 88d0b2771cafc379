"""`debt annotate`: what the register says of an artifact, into its repository."""

import asyncio
from pathlib import Path

from bot.cli.invocation import Invocation
from debt.artifact.artifact import Artifact, parse_key
from debt.refusal import Refused
from intake.blocks.annotate import annotated, difference, write
from storage.register.artifacts import require
from storage.register.people import person


def annotate(invocation: Invocation) -> int:
    arguments = invocation.arguments
    _require_work_tree(arguments.repo)
    artifact, owner = asyncio.run(_artifact_and_owner(invocation))
    annotation = annotated(arguments.repo, artifact, owner)
    if not annotation.differs:
        invocation.say(f"{annotation.path} says what the register says of {artifact.key}.")
    elif arguments.write:
        write(arguments.repo, annotation)
        invocation.say(f"{artifact.key} is written into {annotation.path}.")
    else:
        invocation.say(*difference(annotation))
    return 0


def _require_work_tree(repo: Path) -> None:
    if not (repo / ".git").exists():
        raise Refused(f"{repo} is no clone with its files: there is no .git in it.")


async def _artifact_and_owner(invocation: Invocation) -> tuple[Artifact, str | None]:
    """The artifact, and its owner as a file names them: by e-mail where Slack knows it."""
    async with invocation.register() as store, store.read() as session:
        artifact = await require(session, parse_key(invocation.arguments.key))
        owner = await person(session, artifact.owner) if artifact.owner else None
    return artifact, owner.email if owner and owner.email else artifact.owner
