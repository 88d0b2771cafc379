"""Signals: what a scan sees coming of an artifact

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("signals", sa.JSON(), server_default="[]", nullable=False)
    op.add_column("artifact", column)
