"""`debt annotate`: what the register says of an artifact, into its repository."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.commands.arguments import Commands, command
from bot.cli.commands.invocation import Invocation

if TYPE_CHECKING:
    from debt.artifact.artifact import Artifact

_ANNOTATE = """\
Writes an artifact's metadata block where its code is: into the comment at the head of its one file,
into the front matter of a document, or into debt.yml of the directory that holds its paths. Without
--write it only prints what would change. The rest of the file stays as it is, to the byte; a scan
reads the block back and finds nothing to change."""


def add(commands: Commands) -> None:
    summary = "write an artifact's metadata block into its repository"
    parser = command(commands, "annotate", summary, _annotate)
    parser.description = _ANNOTATE
    parser.add_argument("key", metavar="KEY", help="D-7, d-7 or 7")
    parser.add_argument("repo", metavar="REPO", type=Path, help="a clone with its files")
    parser.add_argument("--write", action="store_true", help="write the file")


def _annotate(invocation: Invocation) -> int:
    from intake.blocks.annotate import annotated, difference, write

    arguments = invocation.arguments
    _require_work_tree(arguments.repo)
    artifact, owner = asyncio.run(_asked(invocation))
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
    from debt.refusal import Refused

    if not (repo / ".git").exists():
        raise Refused(f"{repo} is no clone with its files: there is no .git in it.")


async def _asked(invocation: Invocation) -> "tuple[Artifact, str | None]":
    """The artifact, and its owner as a file names them: by e-mail where Slack knows it."""
    from debt.artifact.artifact import parse_key
    from storage.register.artifacts import require
    from storage.register.people import person

    async with invocation.register() as store, store.read() as session:
        artifact = await require(session, parse_key(invocation.arguments.key))
        known = await person(session, artifact.owner) if artifact.owner else None
    return artifact, known.email if known and known.email else artifact.owner
