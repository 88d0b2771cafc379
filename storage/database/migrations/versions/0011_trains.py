"""Release trains; and budgets are summed from indexes alone

Revision: 0011
After: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SUMMED = ("tier", "label", "expected_minutes", "score", "live")


def upgrade() -> None:
    op.create_table(
        "train",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "train_artifact",
        sa.Column("train", sa.String(), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifact.id"]),
        sa.ForeignKeyConstraint(["train"], ["train.name"]),
        sa.PrimaryKeyConstraint("train", "artifact_id", "since"),
    )
    aboard = sa.text("until IS NULL")
    op.create_index(
        "train_artifact_aboard",
        "train_artifact",
        ["artifact_id", "train"],
        unique=True,
        postgresql_where=aboard,
        sqlite_where=aboard,
    )
    op.add_column("register_head", sa.Column("budgets_seen_on", sa.Date(), nullable=True))
    for scope in ("team", "repo", "service"):
        op.drop_index(f"hours_{scope}", "hours")
        op.create_index(f"hours_{scope}", "hours", [scope, "worked_on", "minutes"])
        op.create_index(
            f"artifact_{scope}_cost",
            "artifact",
            [scope, *_SUMMED],
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
