"""A snapshot keeps what metrics count as one object, so that a new metric needs no new column

Revision: 0013
After: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_METRIC_OF = {
    "owned": "named_owner",
    "past_review": "past_review",
    "provisional": "missing_metadata",
    "untested": "untested",
    "churning": "churn",
    "regenerated": "regenerated",
    "unstable": "unstable",
    "unused": "unused",
    "shifted": "shifted",
    "owner_gone": "owner_gone",
    "handed_on": "owner_changed",
}


def upgrade() -> None:
    on_postgres = op.get_bind().dialect.name == "postgresql"
    as_object = "json_build_object" if on_postgres else "json_object"
    pairs = ", ".join(f"'{metric}', {column}" for column, metric in _METRIC_OF.items())
    op.add_column("snapshot", sa.Column("by_metric", sa.JSON(), nullable=True))
    op.execute(f"UPDATE snapshot SET by_metric = {as_object}({pairs})")  # noqa: S608  # all constants
    with op.batch_alter_table("snapshot") as table:
        table.alter_column("by_metric", existing_type=sa.JSON(), nullable=False)
        for column in _METRIC_OF:
            table.drop_column(column)
