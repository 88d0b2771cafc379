"""Artifacts as stored, what is evidence of them, and the history of all."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, Text, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, live_index, proposal_index, table_of

_RANKED = ("priority", "id")  # read backward: what to fix first comes first
_OWING = ("owed_minutes", "id")
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
        live_index("artifact_ranked", *_RANKED),
        live_index("artifact_team_ranked", "team", *_RANKED),
        live_index("artifact_repo_ranked", "repo", *_RANKED),
        live_index("artifact_service_ranked", "service", *_RANKED),
        live_index("artifact_owner_ranked", "owner", *_RANKED),
        live_index("artifact_attention", *_RANKED, when="attention"),
        live_index("artifact_team_attention", "team", *_RANKED, when="attention"),
        live_index("artifact_repo_attention", "repo", *_RANKED, when="attention"),
        live_index("artifact_service_attention", "service", *_RANKED, when="attention"),
        live_index("artifact_orphans", *_RANKED, when="orphan"),
        live_index("artifact_high_risk", *_RANKED, when="high_risk"),
        live_index("artifact_provisional", *_RANKED, when="provisional"),
        # With `live` in it, SQLite counts and sums from the index alone.
        live_index("artifact_quadrant", "quadrant", *_RANKED, "value", "live"),
        live_index("artifact_overdrawn", *_OWING, when="overdrawn"),
        live_index("artifact_team_overdrawn", "team", *_OWING, when="overdrawn"),
        live_index("artifact_repo_overdrawn", "repo", *_OWING, when="overdrawn"),
        live_index("artifact_service_overdrawn", "service", *_OWING, when="overdrawn"),
        live_index("artifact_expected", "expected_minutes", "id"),
        Index("artifact_valued", "id", postgresql_where=_VALUED, sqlite_where=_VALUED),
        live_index("artifact_team_cost", "team", *_SUMMED),
        live_index("artifact_repo_cost", "repo", *_SUMMED),
        live_index("artifact_service_cost", "service", *_SUMMED),
        live_index("artifact_wakes", "wakes_on"),
        live_index("artifact_nudges", "nudge_on", "owner"),
        live_index("artifact_lapses", "lapses_on"),
        live_index("artifact_escalates", "escalates_on"),
        proposal_index("artifact_proposed", *_RANKED),
        proposal_index("artifact_repo_proposed", "repo", *_RANKED),
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
    owner_changed_on: date | None = None
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


class EvidenceRow(SQLModel, table=True):
    """One piece of what says that a tool wrote an artifact; `number` 0 is the newest.

    Without a tool it says that a person did. A commit is named by its id, a trace by its path and
    lines, a metadata block by its path and first line.
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


class HistoryHead(SQLModel, table=True):
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


class RepositoryRow(SQLModel, table=True):
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


ARTIFACT = table_of(ArtifactRow)
EVIDENCE = table_of(EvidenceRow)
HISTORY = table_of(HistoryRow)
HEAD = table_of(HistoryHead)
REPOSITORY = table_of(RepositoryRow)
