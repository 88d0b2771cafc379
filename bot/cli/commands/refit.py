"""`debt refit`: what the logs say of the usual hours of each kind, as lines for the policy."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict

from bot.cli.invocation import Invocation
from debt.rules import calibration
from debt.rules.calibration import ENOUGH_ARTIFACTS, ENOUGH_MONTHS, Fit, ProposedHours, Refit
from storage.costs import logged_hours


def refit(invocation: Invocation) -> int:
    fitted = asyncio.run(_fitted(invocation))
    if invocation.arguments.json:
        invocation.say(json.dumps(asdict(fitted), indent=2))
    else:
        invocation.say(*_lines(fitted))
    return 0


async def _fitted(invocation: Invocation) -> Refit:
    async with invocation.register() as store, store.read() as session:
        logged = await logged_hours.by_kind_and_score(session)
        return calibration.refit(logged, invocation.policy)


def _lines(fitted: Refit) -> Iterator[str]:
    if not fitted.proposed:
        yield (
            f"# There are not enough logs yet: {_basis(fitted.fit)}, "
            f"of {ENOUGH_MONTHS} and {ENOUGH_ARTIFACTS} that it takes. Nothing is proposed."
        )
        return
    yield f"# All kinds together: {_basis(fitted.fit)}; they took {_times(fitted.fit)}."
    for hours in fitted.proposed:
        yield f"# {hours.kind}: {hours.now:g} → {hours.hours:g} h a month. {_why(hours)}."
    changes = [hours for hours in fitted.proposed if hours.changes]
    yield "# To apply it, put this into the policy file:" if changes else "# Nothing would change."
    for hours in changes:
        yield from ("", f"[kinds.{hours.kind}]", f"monthly_hours = {hours.hours:g}")


def _basis(fit: Fit) -> str:
    """“31 artifact-months of 12 artifacts”."""
    return f"{fit.months} artifact-months of {fit.artifacts} artifacts"


def _times(fit: Fit) -> str:
    return f"{fit.factor:.2g} times what was expected"


def _why(hours: ProposedHours) -> str:
    if hours.own:
        return f"{_basis(hours.fit)} took {_times(hours.fit)}"
    return f"{_basis(hours.fit)} are too few; as all kinds together"
