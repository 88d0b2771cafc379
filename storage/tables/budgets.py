"""Hours, what may be spent of them and what buys them back; what is counted week by week."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Text, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, table_of

_UNDONE = text("state IN ('planned', 'doing')")


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


class RoiPlan(SQLModel, table=True):
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


class SnapshotRow(SQLModel, table=True):
    """How a scope stood in one ISO week, that of the Monday `week`, seen at `taken_at` in it.

    Counts and sums of live artifacts, so that they add up; `retired` and `refactored` count all
    that ever ended so. `by_metric` has the number of each metric that counts artifacts; one that
    was not counted yet that week is null or not in it.
    """

    __tablename__ = "snapshot"
    __table_args__ = (Index("snapshot_week", "week", "scope", "needing", "scope_name"),)

    scope: str = Field(primary_key=True)
    scope_name: str = Field(primary_key=True)
    week: date = Field(primary_key=True)
    taken_at: datetime = Field(sa_type=UtcDateTime)
    live: int
    needing: int
    ephemeral: int
    retained: int
    age_days: int = Field(sa_type=BigInteger)
    expected_minutes: int = Field(sa_type=BigInteger)
    retired: int
    refactored: int
    by_metric: Any = Field(sa_type=JSON)


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


HOURS = table_of(HoursRow)
BUDGET = table_of(BudgetRow)
TRAIN = table_of(TrainRow)
ABOARD = table_of(Aboard)
ROI_PLAN = table_of(RoiPlan)
SNAPSHOT = table_of(SnapshotRow)
OBSERVATION = table_of(Observation)
