"""Value: what an artifact saves, what of it is owed by now, and what digests said of that once

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
