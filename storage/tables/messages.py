"""What is said, to whom, and how that went: subscriptions, the ledger, attention."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Text, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, table_of


class Subscription(SQLModel, table=True):
    """One channel's weekly digest. `next_at` is the instant; weekday, time and zone make it."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index(
            "subscription_due",
            "next_at",
            postgresql_where=text("paused IS NULL"),
            sqlite_where=text("paused IS NULL"),
        ),
        Index("subscription_scope", "scope", "scope_name", "channel"),
    )

    channel: str = Field(primary_key=True)
    scope: str
    scope_name: str = ""
    weekday: int
    at: str
    zone: str
    subscriber: str
    next_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused: str | None = Field(default=None, sa_type=Text)


class Listing(SQLModel, table=True):
    """That a channel's digest listed an artifact: how many weeks running, and in which state."""

    __tablename__ = "digest_listing"

    channel: str = Field(primary_key=True)
    artifact_id: int = Field(primary_key=True, foreign_key="artifact.id")
    first_on: date
    week: str
    weeks: int
    version: int


class SaidOnceRow(SQLModel, table=True):
    """What a channel's digest said once, by its `subject`; `number` and `minutes` tell it from what
    may be said of the same subject later.
    """

    __tablename__ = "digest_told"

    channel: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    number: int
    minutes: int
    week: str


class BriefingState(StrEnum):
    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    SKIPPED = "skipped"


class Briefing(SQLModel, table=True):
    """The outbox: one message, once. `key` is unique and travels in the message's metadata.

    `sending` past its lease is *unknown*: Slack may have it, so the channel is looked at first.
    `sent_at` is when it was known to have arrived.
    `stale_at` is set where something it speaks of has changed since it was drawn.
    """

    __tablename__ = "briefing"
    __table_args__ = (
        Index(
            "briefing_waiting",
            "ready_at",
            "id",
            postgresql_where=text("state IN ('due', 'sending')"),
            sqlite_where=text("state IN ('due', 'sending')"),
        ),
        Index("briefing_message", "channel", "ts"),
        Index("briefing_person", "person", "sent_at"),
        Index("briefing_sent", "kind", "sent_at"),
        Index(
            "briefing_stale",
            "stale_at",
            "id",
            postgresql_where=text("stale_at IS NOT NULL"),
            sqlite_where=text("stale_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    channel: str | None = None
    person: str | None = None
    facts: Any = Field(sa_type=JSON)
    state: str = BriefingState.DUE
    ready_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    ts: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = Field(default="", sa_type=Text)
    stale_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MentionRow(SQLModel, table=True):
    """That a message speaks of an artifact, and is drawn again when something about it changes."""

    __tablename__ = "mention"
    __table_args__ = (Index("mention_artifact", "artifact_id", "briefing_id"),)

    briefing_id: int = Field(primary_key=True, foreign_key="briefing.id")
    artifact_id: int = Field(primary_key=True, foreign_key="artifact.id")


class MatterRow(SQLModel, table=True):
    """That somebody is to hear of an artifact which is not theirs, when they may be spoken to."""

    __tablename__ = "matter"

    person: str = Field(primary_key=True)
    artifact_id: int = Field(primary_key=True, foreign_key="artifact.id")
    why: str = Field(primary_key=True)
    since: date
    at: datetime = Field(sa_type=UtcDateTime)


class Attention(SQLModel, table=True):
    """When somebody may be spoken to next without having asked, and how often it was unwanted."""

    __tablename__ = "attention"

    person: str = Field(primary_key=True)
    next_at: datetime = Field(sa_type=UtcDateTime)
    unwanted: int = 0


class Unwanted(SQLModel, table=True):
    """That somebody said “Not useful” of a message, once."""

    __tablename__ = "unwanted"

    briefing_id: int = Field(primary_key=True, foreign_key="briefing.id")
    person: str
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class Lease(SQLModel, table=True):
    """Who alone may send until when."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_type=UtcDateTime)


class SeenEvent(SQLModel, table=True):
    """Slack repeats events; each id is acted on once."""

    __tablename__ = "seen_event"

    event_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


SUBSCRIPTION = table_of(Subscription)
LISTING = table_of(Listing)
TOLD = table_of(SaidOnceRow)
BRIEFING = table_of(Briefing)
MENTION = table_of(MentionRow)
MATTER = table_of(MatterRow)
ATTENTION = table_of(Attention)
UNWANTED = table_of(Unwanted)
LEASE = table_of(Lease)
SEEN_EVENT = table_of(SeenEvent)
