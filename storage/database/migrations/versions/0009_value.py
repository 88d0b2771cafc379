"""Value: what an artifact saves, what of it is owed by now, work that is to buy hours back, and
what digests said of that once

Revision: 0009
After: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OWING = ["owed_minutes", "id"]
_VALUED = sa.text("saved_minutes IS NOT NULL")
_UNDONE = sa.text("state IN ('planned', 'doing')")


def upgrade() -> None:
    for name in ("saved_minutes", "saved_monthly_minutes"):
        op.add_column("artifact", sa.Column(name, sa.Integer(), nullable=True))
    owed = sa.Column("owed_minutes", sa.Integer(), server_default="0", nullable=False)
    op.add_column("artifact", owed)
    flag = sa.Column("overdrawn", sa.Boolean, server_default=sa.false(), nullable=False)
    op.add_column("artifact", flag)
    for name, columns in (
        ("artifact_overdrawn", _OWING),
        ("artifact_team_overdrawn", ["team", *_OWING]),
        ("artifact_repo_overdrawn", ["repo", *_OWING]),
        ("artifact_service_overdrawn", ["service", *_OWING]),
    ):
        op.create_index(
            name,
            "artifact",
            columns,
            postgresql_where=sa.text("live AND overdrawn"),
            sqlite_where=sa.text("live = 1 AND overdrawn = 1"),
        )
    op.create_index(
        "artifact_valued", "artifact", ["id"], postgresql_where=_VALUED, sqlite_where=_VALUED
    )
    op.create_table(
        "digest_told",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "subject"),
    )
    op.create_table(
        "initiative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("scope_name", sa.Text(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("cost_minutes", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("stated_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifact.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "initiative_open",
        "initiative",
        ["artifact_id"],
        unique=True,
        postgresql_where=_UNDONE,
        sqlite_where=_UNDONE,
    )
    for name, columns in (
        ("initiative_scope", ["scope", "scope_name", "state"]),
        ("initiative_done", ["state", "done_on"]),
        ("initiative_artifact", ["artifact_id", "state"]),
    ):
        op.create_index(name, "initiative", columns)
    op.create_index(
        "artifact_expected",
        "artifact",
        ["expected_minutes", "id"],
        postgresql_where=sa.text("live"),
        sqlite_where=sa.text("live = 1"),
    )
