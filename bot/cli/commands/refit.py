"""`debt refit`: what the logs say of the usual hours of each kind, as lines for the policy."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.cli.commands.arguments import Commands, command
from bot.cli.commands.invocation import Invocation

if TYPE_CHECKING:
    from debt.rules.calibration import Fit, ProposedHours, Refit

_REFIT = """\
Prints what a month of each kind is expected to cost before anything is logged (`monthly_hours`),
as it is and as the organization's own logs would have it, with what that rests on. What is printed
is TOML: to apply it, put its tables into the file that DEBT_POLICY names, which is reviewed and
kept like code. Nothing is changed here."""


def add(commands: Commands) -> None:
    summary = "propose the usual hours of each kind from what was logged"
    parser = command(commands, "refit", summary, _refit)
    parser.description = _REFIT
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _refit(invocation: Invocation) -> int:
    found = asyncio.run(_fitted(invocation))
    if invocation.arguments.json:
        invocation.say(json.dumps(asdict(found), indent=2))
    else:
        invocation.say(*_lines(found))
    return 0


async def _fitted(invocation: Invocation) -> "Refit":
    from debt.rules.calibration import refit
    from storage.costs import logged_hours

    async with invocation.register() as store, store.read() as session:
        return refit(await logged_hours.by_kind_and_score(session), invocation.policy)


def _lines(found: "Refit") -> Iterator[str]:
    from debt.rules.calibration import ENOUGH_ARTIFACTS, ENOUGH_MONTHS

    if not found.proposed:
        yield (
            f"# There are not enough logs yet: {_basis(found.fit)}, "
            f"of {ENOUGH_MONTHS} and {ENOUGH_ARTIFACTS} that it takes. Nothing is proposed."
        )
        return
    yield f"# All kinds together: {_basis(found.fit)}; they took {_times(found.fit)}."
    for each in found.proposed:
        yield f"# {each.kind}: {each.now:g} → {each.hours:g} h a month. {_why(each)}."
    changes = [each for each in found.proposed if each.changes]
    yield "# To apply it, put this into the policy file:" if changes else "# Nothing would change."
    for each in changes:
        yield from ("", f"[kinds.{each.kind}]", f"monthly_hours = {each.hours:g}")


def _basis(fit: "Fit") -> str:
    """“31 artifact-months of 12 artifacts”."""
    return f"{fit.months} artifact-months of {fit.artifacts} artifacts"


def _times(fit: "Fit") -> str:
    return f"{fit.factor:.2g} times what was expected"


def _why(each: "ProposedHours") -> str:
    if each.own:
        return f"{_basis(each.fit)} took {_times(each.fit)}"
    return f"{_basis(each.fit)} are too few; as all kinds together"
