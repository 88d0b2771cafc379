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


class GateCheck(StrEnum):
    """What may be shown of an artifact before it is promoted (R19)."""

    TESTS = "tests"
    SECURITY = "security"
    OBSERVABILITY = "observability"
    STYLE = "style"
    ARCHITECTURE = "architecture"


class MetricName(StrEnum):
    """What is measured of a team or repository (R20–R22, R14), in the order in which it is told."""

    NAMED_OWNER = "named_owner"
    REVIEW_TIME = "review_time"
    MONTHLY_HOURS = "monthly_hours"
    PAST_REVIEW = "past_review"
    DELETED_RETAINED = "deleted_retained"
    COST_PER_ARTIFACT = "cost_per_artifact"
    CHANGE_FAILURE = "change_failure"
    INCIDENTS = "incidents"
    ROLLBACKS = "rollbacks"
    REVIEW_COMMENTS = "review_comments"
    REVIEW_LOOPS = "review_loops"
    FOLLOW_UPS = "follow_ups"
    MISSING_METADATA = "missing_metadata"
    UNTESTED = "untested"
    CHURN = "churn"
    REGENERATED = "regenerated"
    UNSTABLE = "unstable"
    UNUSED = "unused"
    SHIFTED = "shifted"
    OWNER_GONE = "owner_gone"
    OWNER_CHANGED = "owner_changed"
    WORKAROUNDS = "workarounds"
