"""The kinds of messages on the ledger: one name for who writes, sends, draws and counts them."""

from enum import StrEnum


class BriefingKind(StrEnum):
    """As stored in `briefing.kind`; rows of older versions have these very words."""

    DIGEST = "digest"
    NUDGE = "nudge"
    ORPHANS = "orphans"
    LEADERSHIP = "leadership"
    PROPOSALS = "proposals"
    BUDGET_TURNED = "turned"
    PAUSED = "paused"
    OWNERSHIP_QUESTION = "ask"
    OWNERSHIP_ANSWER = "answer"
    APPROVAL = "approval"
    DECISION = "decision"
