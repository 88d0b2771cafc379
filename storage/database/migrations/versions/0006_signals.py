"""Signals: what a scan sees coming of an artifact

Revision: 0006
After: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("signals", sa.JSON(), server_default="[]", nullable=False)
    op.add_column("artifact", column)
