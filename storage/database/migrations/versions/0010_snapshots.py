"""Metrics: weekly snapshots of each team and repository, and what is entered of changes

Revision: 0010
After: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_COUNTED = [
    "repo", "team", "live", "stage", "label", "orphan", "owner_gone", "provisional", "attention",
    "watched", "review_on", "created_on", "expected_minutes",
]  # fmt: skip
_COUNTS = (
    "live", "owned", "owner_gone", "provisional", "needing", "past_review", "ephemeral",
    "retained", "untested", "churning", "regenerated", "unstable", "shifted", "unused", "retired",
    "refactored",
)  # fmt: skip
_SUMS = ("age_days", "expected_minutes")
_OBSERVED = ("review_minutes", "comments", "loops", "follow_ups", "failed", "rolled_back")


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("scope_name", sa.String(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
        sa.PrimaryKeyConstraint("scope", "scope_name", "week"),
    )
    op.create_index("snapshot_week", "snapshot", ["week", "scope", "needing", "scope_name"])
    op.create_table(
        "observation",
        sa.Column("repo", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("artifact_id", sa.Integer(), sa.ForeignKey("artifact.id"), nullable=True),
        sa.Column("by_tool", sa.Boolean(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in _OBSERVED),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("repo", "kind", "ref"),
    )
    op.create_index("observation_on", "observation", ["happened_on"])
    for scope in ("team", "repo"):
        op.create_index(f"observation_{scope}", "observation", [scope, "happened_on"])
    op.create_index("hours_worked", "hours", ["worked_on", "team", "minutes"])
    watched = sa.Column("watched", sa.Integer(), nullable=False, server_default="0")
    op.add_column("artifact", watched)
    op.create_index("artifact_counted", "artifact", _COUNTED)
    # What is watched of an artifact is derived by the rules, as every standing is when it wakes.
    op.execute("UPDATE artifact SET wakes_on = '1970-01-01' WHERE live")
