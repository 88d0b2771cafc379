"""The stages of an artifact's life and the legal moves between them (R6)."""

from debt.artifact.artifact import LIVE, Stage
from debt.refusal import Refused

MOVES: dict[Stage, tuple[Stage, ...]] = {
    Stage.PROPOSED: (Stage.CREATED, Stage.DISMISSED, Stage.RETIRED),
    Stage.DISMISSED: (Stage.CREATED,),  # it was AI-produced after all
    Stage.CREATED: (Stage.VALIDATED, Stage.RETIRING),
    Stage.VALIDATED: (Stage.RETAINED, Stage.RETIRING),
    Stage.RETAINED: (Stage.RETIRING,),
    Stage.RETIRING: (
        Stage.RETIRED, Stage.REFACTORED, Stage.REGENERATED,
        Stage.CREATED, Stage.VALIDATED, Stage.RETAINED,  # kept after all: where it was before
    ),
    Stage.RETIRED: (),
    Stage.REFACTORED: (),
    Stage.REGENERATED: (Stage.CREATED,),  # the next generation, with dates of its own
}  # fmt: skip
ENDED = frozenset(Stage) - LIVE - {Stage.PROPOSED}


def move(key: str, now: Stage, to: Stage) -> Stage:
    """The stage it moves to; an illegal move is refused with the reason and the legal ones."""
    if to in MOVES[now]:
        return to
    legal = ", ".join(MOVES[now])
    can = f"from there it can become: {legal}" if legal else "that is its end; nothing follows"
    raise Refused(f"{key} is {now}, so it cannot become {to}; {can}.")


def require_accepted(key: str, stage: Stage) -> None:
    """Refused for what a scan only proposes."""
    if stage is Stage.PROPOSED:
        raise Refused(f"{key} is only proposed; “accept {key}” puts it on the register first.")


def require_live(key: str, stage: Stage) -> None:
    """Refused for what a scan only proposes, and for what has ended: its row is history now."""
    require_accepted(key, stage)
    if stage not in LIVE:
        raise Refused(f"{key} has ended ({stage}); nothing about it changes any more.")
