"""What waits for somebody else to say yes: ownership, and what needs approval."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, request_index, table_of


class RequestState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"


class OwnershipRequest(SQLModel, table=True):
    """Somebody asks an owner for an artifact (claim), or offers theirs (handoff).

    `owner` is whose it was then: an answer is worth nothing once somebody else has it.
    """

    __tablename__ = "ownership_request"
    __table_args__ = (
        request_index("ownership_request_asked_of", "asked_of"),
        request_index("ownership_request_open", "artifact_id", "asked_by", "asked_of", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    artifact_id: int = Field(foreign_key="artifact.id")
    asked_by: str
    asked_of: str
    new_owner: str
    owner: str | None = None
    state: str = RequestState.OPEN
    at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ApprovalState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    OVERTAKEN = "overtaken"


class Approval(SQLModel, table=True):
    """Somebody asks for what others have to agree to; `wish` is what they ask, by its kind.

    What it needs is kept as it was when it was asked. `next_at` is when it is looked at again by
    itself: to remind, then to lapse. `outcome` is the reason of whoever ended it.
    """

    __tablename__ = "approval"
    __table_args__ = (
        request_index("approval_open", "artifact_id", "kind", unique=True),
        request_index("approval_next", "next_at"),
        Index("approval_artifact", "artifact_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    artifact_id: int = Field(foreign_key="artifact.id")
    asked_by: str
    at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="", sa_type=Text)
    wish: Any = Field(sa_type=JSON)
    tier: str
    needed: int
    groups: Any = Field(sa_type=JSON)
    own: bool
    only: Any = Field(sa_type=JSON)
    state: str = ApprovalState.OPEN
    next_at: datetime = Field(sa_type=UtcDateTime)
    lapses_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None
    outcome: str = Field(default="", sa_type=Text)


class Vote(SQLModel, table=True):
    """That somebody agrees to a request; taken back by taking the row away."""

    __tablename__ = "vote"

    approval_id: int = Field(primary_key=True, foreign_key="approval.id")
    person: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class ShownRow(SQLModel, table=True):
    """What was shown for one item of a checklist (`promote` or `retire`) of one generation.

    `evidence` is a link or words; a waiver has a reason and the day on which it ends.
    """

    __tablename__ = "shown"

    artifact_id: int = Field(primary_key=True, foreign_key="artifact.id")
    generation: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    checklist: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
    evidence: str = Field(default="", sa_type=Text)
    waived_until: date | None = None


REQUEST = table_of(OwnershipRequest)
APPROVAL = table_of(Approval)
VOTE = table_of(Vote)
SHOWN = table_of(ShownRow)
