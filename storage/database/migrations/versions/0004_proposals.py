"""Proposals: what a scan found waits for a yes, what it saw of live artifacts' code, and where
their metadata blocks say otherwise

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PROPOSED = sa.text("stage = 'proposed'")


def upgrade() -> None:
    op.add_column("artifact", sa.Column("code_state", sa.String(), nullable=True))
    column = sa.Column("otherwise", sa.JSON(), server_default="[]", nullable=False)
    op.add_column("artifact", column)
    for name, columns in (
        ("artifact_proposed", ["priority", "id"]),
        ("artifact_repo_proposed", ["repo", "priority", "id"]),
    ):
        op.create_index(
            name, "artifact", columns, postgresql_where=_PROPOSED, sqlite_where=_PROPOSED
        )
