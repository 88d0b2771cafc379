"""The tables. Lists and digests read derived columns over partial indexes of live rows."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Index, Table, Text, TypeDecorator, text
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on every database; SQLite keeps no zone of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone must not reach the register")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _live(name: str, *columns: str, when: str = "") -> Index:
    """A partial index over live rows, and of those only the ones that `when` names."""
    conditions = ["live", *when.split()]
    return Index(
        name,
        *columns,
        postgresql_where=text(" AND ".join(conditions)),
        sqlite_where=text(" AND ".join(f"{condition} = 1" for condition in conditions)),
    )


def _open(name: str, *columns: str, unique: bool = False) -> Index:
    """A partial index over requests that wait for an answer."""
    condition = text("state = 'open'")
    return Index(name, *columns, unique=unique, postgresql_where=condition, sqlite_where=condition)


def _proposed(name: str, *columns: str) -> Index:
    """A partial index over what scans propose and nobody has answered yet."""
    condition = text("stage = 'proposed'")
    return Index(name, *columns, postgresql_where=condition, sqlite_where=condition)


_RANKED = ("priority", "id")  # read backward: what to fix first comes first
_OWING = ("owed_minutes", "id")
_UNDONE = text("state IN ('planned', 'doing')")
_VALUED = text("saved_minutes IS NOT NULL")


# All that a weekly snapshot counts, in the order in which it does: it reads this index alone.
_COUNTED = (
    "repo", "team", "live", "stage", "label", "orphan", "owner_gone", "provisional", "attention",
    "watched", "review_on", "created_on", "expected_minutes",
)  # fmt: skip
_SUMMED = ("tier", "label", "expected_minutes", "score", "live")


class ArtifactRow(SQLModel, table=True):
    """R1 as stored: the artifact's own fields, then what is derived from them."""

    __tablename__ = "artifact"
    __table_args__ = (
        _live("artifact_ranked", *_RANKED),
        _live("artifact_team_ranked", "team", *_RANKED),
        _live("artifact_repo_ranked", "repo", *_RANKED),
        _live("artifact_service_ranked", "service", *_RANKED),
        _live("artifact_owner_ranked", "owner", *_RANKED),
        _live("artifact_attention", *_RANKED, when="attention"),
        _live("artifact_team_attention", "team", *_RANKED, when="attention"),
        _live("artifact_repo_attention", "repo", *_RANKED, when="attention"),
        _live("artifact_service_attention", "service", *_RANKED, when="attention"),
        _live("artifact_orphans", *_RANKED, when="orphan"),
        _live("artifact_high_risk", *_RANKED, when="high_risk"),
        _live("artifact_provisional", *_RANKED, when="provisional"),
        # With `live` in it, SQLite counts and sums from the index alone.
        _live("artifact_quadrant", "quadrant", *_RANKED, "value", "live"),
        _live("artifact_overdrawn", *_OWING, when="overdrawn"),
        _live("artifact_team_overdrawn", "team", *_OWING, when="overdrawn"),
        _live("artifact_repo_overdrawn", "repo", *_OWING, when="overdrawn"),
        _live("artifact_service_overdrawn", "service", *_OWING, when="overdrawn"),
        _live("artifact_expected", "expected_minutes", "id"),
        Index("artifact_valued", "id", postgresql_where=_VALUED, sqlite_where=_VALUED),
        _live("artifact_team_cost", "team", *_SUMMED),
        _live("artifact_repo_cost", "repo", *_SUMMED),
        _live("artifact_service_cost", "service", *_SUMMED),
        _live("artifact_wakes", "wakes_on"),
        _live("artifact_nudges", "nudge_on", "owner"),
        _live("artifact_lapses", "lapses_on"),
        _live("artifact_escalates", "escalates_on"),
        _proposed("artifact_proposed", *_RANKED),
        _proposed("artifact_repo_proposed", "repo", *_RANKED),
        Index("artifact_changed", "changed_at"),
        Index("artifact_team_changed", "team", "changed_at"),
        Index("artifact_repo_changed", "repo", "changed_at"),
        Index("artifact_service_changed", "service", "changed_at"),
        Index("artifact_scanned", "repo", "scan_identity"),
        Index("artifact_counted", *_COUNTED),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(sa_type=Text)
    kind: str
    label: str
    stage: str
    repo: str = Field(sa_type=Text)
    paths: Any = Field(sa_type=JSON)
    ratings: Any = Field(sa_type=JSON)
    created_on: date
    service: str | None = None
    team: str | None = None
    owner: str | None = None
    owner_gone: bool = False
    purpose: str | None = Field(default=None, sa_type=Text)
    lifespan: str | None = Field(default=None, sa_type=Text)
    removal_impact: str | None = Field(default=None, sa_type=Text)
    origin_tool: str | None = None
    origin_model: str | None = None
    prompt_category: str | None = None
    prompt_template: str | None = Field(default=None, sa_type=Text)
    surface: str
    usage: str | None = Field(default=None, sa_type=Text)
    last_touched: date | None = None
    review_on: date | None = None
    reviewed_on: date | None = None
    expires_on: date | None = None
    originally_expires_on: date | None = None
    value: int | None = None
    blast_radius: int | None = None
    dependants: int = 0
    monthly_minutes: int | None = None
    saved_minutes: int | None = None
    saved_monthly_minutes: int | None = None
    rollback: str | None = Field(default=None, sa_type=Text)
    monitoring: str | None = Field(default=None, sa_type=Text)
    responder: str | None = Field(default=None, sa_type=Text)
    extensions: int = 0
    extended_days: int = 0
    minutes_logged: int = 0
    months_logged: int = 0
    generation: int = 1
    planned_end: str | None = None
    regenerate_every_days: int | None = None
    stage_before: str | None = None
    lapsed_on: date | None = None
    expiry_told: date | None = None
    expiry_noticed_on: date | None = None
    review_told: date | None = None
    review_noticed_on: date | None = None
    snoozed_until: date | None = None
    lead_told_on: date | None = None
    leadership_told_on: date | None = None
    evidence: str | None = Field(default=None, sa_type=Text)
    signals: Any = Field(default=(), sa_type=JSON)
    scan_identity: str | None = Field(default=None, sa_type=Text)
    code_state: str | None = None
    otherwise: Any = Field(default=(), sa_type=JSON)
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changed_by: str | None = None
    changed_how: str | None = Field(default=None, sa_type=Text)
    version: int = 1

    live: bool
    score: int
    expected_minutes: int = 0
    owed_minutes: int = 0
    overdrawn: bool = False
    priority: int
    quadrant: str
    tier: str
    provisional: bool
    high_risk: bool
    orphan: bool
    attention: bool
    watched: int = 0
    due_on: date | None = None
    wakes_on: date | None = None
    nudge_on: date | None = None
    ignored_on: date | None = None
    escalates_on: date | None = None
    lapses_on: date | None = None
    words: str = Field(sa_type=Text)


class HistoryRow(SQLModel, table=True):
    """Append-only: triggers refuse UPDATE and DELETE. `hash` covers this entry and the last."""

    __tablename__ = "history"
    __table_args__ = (Index("history_artifact", "artifact_id", "id"), Index("history_at", "at"))

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    by: str
    artifact_id: int | None = Field(default=None, foreign_key="artifact.id")
    action: str
    before: Any = Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)
    after: Any = Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)
    reason: str = Field(default="", sa_type=Text)
    hash: str


class Head(SQLModel, table=True):
    """One row: the newest history entry, the last key given, and the policy standings follow.

    `policy` is its fingerprint, `policy_text` all of it, so that its next change can be told.
    `budgets_seen_on` is the day on which all budgets were looked at last.
    """

    __tablename__ = "register_head"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    entries: int
    hash: str
    last_artifact: int
    policy: str
    policy_text: Any = Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)
    budgets_seen_on: date | None = None


class Person(SQLModel, table=True):
    """Somebody Slack knows. `active` is false for a deactivated account."""

    __tablename__ = "person"

    slack_id: str = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    email: str | None = Field(default=None, index=True)
    zone: str = "UTC"
    active: bool = True
    bot: bool = False
    admin: bool = False
    guest: bool = False
    stranger: bool = False
    seen_at: datetime = Field(sa_type=UtcDateTime)


class Team(SQLModel, table=True):
    """Every team an artifact ever named, so that a scope can be checked and completed."""

    __tablename__ = "team"

    name: str = Field(primary_key=True)


class TeamMember(SQLModel, table=True):
    """That somebody is in a team, or left it on that day: what they own there has no owner then."""

    __tablename__ = "team_member"
    __table_args__ = (Index("team_member_person", "person", "left_on"),)

    team: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    left_on: date | None = None


class HoursRow(SQLModel, table=True):
    """Work in minutes; a correction is a row of its own with minutes below zero."""

    __tablename__ = "hours"
    __table_args__ = (
        Index("hours_artifact", "artifact_id", "worked_on"),
        Index("hours_team", "team", "worked_on", "minutes"),
        Index("hours_repo", "repo", "worked_on", "minutes"),
        Index("hours_service", "service", "worked_on", "minutes"),
        Index("hours_worked", "worked_on", "team", "minutes"),
    )

    id: int | None = Field(default=None, primary_key=True)
    artifact_id: int = Field(foreign_key="artifact.id")
    team: str | None = None
    repo: str = Field(sa_type=Text)
    service: str | None = None
    person: str
    minutes: int
    kind: str
    worked_on: date
    note: str = Field(default="", sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)
    reverses: int | None = Field(default=None, foreign_key="hours.id", unique=True)


class BudgetRow(SQLModel, table=True):
    """What a scope may cost from that day on, until a later row says otherwise; one that `ends`
    says that there is none any more.

    `only` is one tier or label of the scope (`tier:strict`), or nothing. `over_since` and `back_on`
    tell when it was last found over its limit, and within it again.
    """

    __tablename__ = "budget"

    scope: str = Field(primary_key=True)
    scope_name: str = Field(primary_key=True)
    only: str = Field(primary_key=True)
    from_on: date = Field(primary_key=True)
    period: str
    weeks: int | None = None
    first_day: date | None = None
    minutes: int
    score: int | None = None
    artifacts: int | None = None
    lower_by: int | None = None
    by: date | None = None
    lower_from: int | None = None
    ends: bool = False
    set_by: str
    at: datetime = Field(sa_type=UtcDateTime)
    over_since: date | None = None
    back_on: date | None = None


class Initiative(SQLModel, table=True):
    """Work that is to buy hours back, on an artifact or (with a title and a scope) other work: what
    a month took when it was planned, what it is to take once it is done, and what the work costs.
    """

    __tablename__ = "initiative"
    __table_args__ = (
        Index(
            "initiative_open",
            "artifact_id",
            unique=True,
            postgresql_where=_UNDONE,
            sqlite_where=_UNDONE,
        ),
        Index("initiative_scope", "scope", "scope_name", "state"),
        Index("initiative_done", "state", "done_on"),
        Index("initiative_artifact", "artifact_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    artifact_id: int | None = Field(default=None, foreign_key="artifact.id")
    title: str = Field(default="", sa_type=Text)
    scope: str = ""
    scope_name: str = Field(default="", sa_type=Text)
    before_minutes: int
    after_minutes: int
    cost_minutes: int
    starts_on: date | None = None
    state: str
    done_on: date | None = None
    stated_by: str
    at: datetime = Field(sa_type=UtcDateTime)


class TrainRow(SQLModel, table=True):
    """A release train and whoever planned it last; both days are part of it."""

    __tablename__ = "train"

    name: str = Field(primary_key=True)
    first_on: date
    last_on: date
    set_by: str
    at: datetime = Field(sa_type=UtcDateTime)


class Aboard(SQLModel, table=True):
    """That an artifact is on a train from one day on, `until` the day on which it was taken off.

    No two stays of one artifact on one train share a day, so no hour counts twice.
    """

    __tablename__ = "train_artifact"
    __table_args__ = (
        Index(
            "train_artifact_aboard",
            "artifact_id",
            "train",
            unique=True,
            postgresql_where=text("until IS NULL"),
            sqlite_where=text("until IS NULL"),
        ),
    )

    train: str = Field(primary_key=True, foreign_key="train.name")
    artifact_id: int = Field(primary_key=True, foreign_key="artifact.id")
    since: date = Field(primary_key=True)
    until: date | None = None


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
        _open("ownership_request_asked_of", "asked_of"),
        _open("ownership_request_open", "artifact_id", "asked_by", "asked_of", unique=True),
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
        _open("approval_open", "artifact_id", "kind", unique=True),
        _open("approval_next", "next_at"),
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


class Shown(SQLModel, table=True):
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


class EvidenceRow(SQLModel, table=True):
    """One piece of what says that a tool wrote an artifact; `number` 0 is the newest.

    Without a tool it says that a person did. A commit is named by its id, a trace by its path and
    lines.
    """

    __tablename__ = "evidence"

    artifact_id: int = Field(primary_key=True, foreign_key="artifact.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    source: str
    tool: str | None = None
    model: str | None = None
    commit: str | None = None
    path: str | None = Field(default=None, sa_type=Text)
    first_line: int | None = None
    last_line: int | None = None
    lines: int
    confidence: str


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


class Told(SQLModel, table=True):
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


class Mention(SQLModel, table=True):
    """That a message speaks of an artifact, and is drawn again when something about it changes."""

    __tablename__ = "mention"
    __table_args__ = (Index("mention_artifact", "artifact_id", "briefing_id"),)

    briefing_id: int = Field(primary_key=True, foreign_key="briefing.id")
    artifact_id: int = Field(primary_key=True, foreign_key="artifact.id")


class Matter(SQLModel, table=True):
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


class HomeView(SQLModel, table=True):
    """Who has opened their Home tab, which is kept fresh from then on, at the page they turned to.

    A page is named by the last row of the one before; the first one by none.
    """

    __tablename__ = "home_view"
    __table_args__ = (Index("home_view_opened", "opened_at"),)

    person: str = Field(primary_key=True)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    after_priority: int | None = None
    after_id: int | None = None


class Lease(SQLModel, table=True):
    """Who alone may send until when."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_type=UtcDateTime)


class SnapshotRow(SQLModel, table=True):
    """How a scope stood in one ISO week, that of the Monday `week`, seen at `taken_at` in it.

    Counts and sums of live artifacts, so that they add up; `retired` and `refactored` count all
    that ever ended so.
    """

    __tablename__ = "snapshot"
    __table_args__ = (Index("snapshot_week", "week", "scope", "needing", "scope_name"),)

    scope: str = Field(primary_key=True)
    scope_name: str = Field(primary_key=True)
    week: date = Field(primary_key=True)
    taken_at: datetime = Field(sa_type=UtcDateTime)
    live: int
    owned: int
    owner_gone: int
    provisional: int
    needing: int
    past_review: int
    ephemeral: int
    retained: int
    untested: int
    churning: int
    regenerated: int
    unstable: int
    shifted: int
    unused: int
    age_days: int = Field(sa_type=BigInteger)
    expected_minutes: int = Field(sa_type=BigInteger)
    retired: int
    refactored: int


class Observation(SQLModel, table=True):
    """A reviewed change, an incident, or a workaround, as somebody entered it under its own name
    there (`ref`).

    Of a change `by_tool` says whether an AI tool wrote it; an incident names an artifact that had a
    part in it, or none, a workaround the one that people go around. What is None is not known.
    """

    __tablename__ = "observation"
    __table_args__ = (
        Index("observation_on", "happened_on"),
        Index("observation_team", "team", "happened_on"),
        Index("observation_repo", "repo", "happened_on"),
    )

    repo: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(primary_key=True)
    ref: str = Field(primary_key=True, sa_type=Text)
    happened_on: date
    team: str | None = None
    artifact_id: int | None = Field(default=None, foreign_key="artifact.id")
    by_tool: bool | None = None
    review_minutes: int | None = None
    comments: int | None = None
    loops: int | None = None
    follow_ups: int | None = None
    failed: int | None = None
    rolled_back: int | None = None
    by: str
    at: datetime = Field(sa_type=UtcDateTime)


class Repository(SQLModel, table=True):
    """A repository of the policy: when it is read anew, and how that went the last time.

    `schedule` is what `next_at` was computed from; there is none where that says never.
    """

    __tablename__ = "repository"

    name: str = Field(primary_key=True)
    schedule: str = ""
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_head: str = ""
    failures: int = 0
    failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_failure: str = Field(default="", sa_type=Text)


class SeenEvent(SQLModel, table=True):
    """Slack repeats events; each id is acted on once."""

    __tablename__ = "seen_event"

    event_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


ARTIFACT = _table(ArtifactRow)
HISTORY = _table(HistoryRow)
HEAD = _table(Head)
HOURS = _table(HoursRow)
BRIEFING = _table(Briefing)
LISTING = _table(Listing)
PERSON = _table(Person)
TOLD = _table(Told)
INITIATIVE = _table(Initiative)
REQUEST = _table(OwnershipRequest)
BUDGET = _table(BudgetRow)
TRAIN = _table(TrainRow)
ABOARD = _table(Aboard)
SUBSCRIPTION = _table(Subscription)
TEAM = _table(Team)
TEAM_MEMBER = _table(TeamMember)
LEASE = _table(Lease)
OBSERVATION = _table(Observation)
REPOSITORY = _table(Repository)
SNAPSHOT = _table(SnapshotRow)
SEEN_EVENT = _table(SeenEvent)
APPROVAL = _table(Approval)
VOTE = _table(Vote)
SHOWN = _table(Shown)
EVIDENCE = _table(EvidenceRow)
MENTION = _table(Mention)
ATTENTION = _table(Attention)
MATTER = _table(Matter)
UNWANTED = _table(Unwanted)
HOME_VIEW = _table(HomeView)
