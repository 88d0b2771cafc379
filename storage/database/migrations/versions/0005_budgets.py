"""Budgets: what a scope may cost in a period, and what a month of an artifact is expected to cost

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COUNT_MONTHS = {
    "sqlite": (
        "UPDATE artifact SET months_logged = (SELECT count(*) FROM (SELECT 1 FROM hours "
        "WHERE hours.artifact_id = artifact.id GROUP BY strftime('%Y-%m', worked_on) "
        "HAVING sum(minutes) > 0)) WHERE minutes_logged > 0"
    ),
    "postgresql": (
        "UPDATE artifact SET months_logged = (SELECT count(*) FROM (SELECT 1 FROM hours "
        "WHERE hours.artifact_id = artifact.id GROUP BY date_trunc('month', worked_on) "
        "HAVING sum(minutes) > 0) AS months) WHERE minutes_logged > 0"
    ),
}


def upgrade() -> None:
    op.create_table(
        "budget",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("scope_name", sa.String(), nullable=False),
        sa.Column("only", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("artifacts", sa.Integer(), nullable=True),
        sa.Column("lower_by", sa.Integer(), nullable=True),
        sa.Column("by", sa.Date(), nullable=True),
        sa.Column("lower_from", sa.Integer(), nullable=True),
        sa.Column("ends", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_since", sa.Date(), nullable=True),
        sa.Column("back_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "scope_name", "only", "from_on"),
    )
    for name in ("months_logged", "expected_minutes"):
        column = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("artifact", column)
    op.execute(_COUNT_MONTHS[op.get_bind().dialect.name])
    # What a month is expected to cost is derived by the rules, as every standing is when it wakes.
    op.execute("UPDATE artifact SET wakes_on = '1970-01-01' WHERE live")
