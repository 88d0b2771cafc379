"""What policies name: the acts people do, who may do them, and what a gate asks for."""

from enum import StrEnum


class Act(StrEnum):
    """What somebody may or may not do (R28)."""

    SEE = "see"
    ADD = "add"
    CLAIM = "claim"
    LOG = "log"
    SCORE = "score"
    EDIT = "edit"
    REVIEW = "review"
    EXTEND = "extend"
    RETIRE = "retire"
    APPROVE = "approve"
    PROMOTE = "promote"
    WAIVE = "waive"
    SUBSCRIBE = "subscribe"
    BUDGET = "budget"
    PLAN = "plan"
    HISTORY = "history"


class Role(StrEnum):
    """Who somebody is to an artifact, beside the groups they are in."""

    EVERYONE = "everyone"
    OWNER = "owner"
    LEAD = "lead"
    ADMIN = "admin"


class Check(StrEnum):
    """What may be shown of an artifact before it is promoted (R19)."""

    TESTS = "tests"
    SECURITY = "security"
    OBSERVABILITY = "observability"
    STYLE = "style"
    ARCHITECTURE = "architecture"
