"""The map of value and risk is read from an index alone

Revision: 0008
After: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "artifact_quadrant",
        "artifact",
        ["quadrant", "priority", "id", "value", "live"],
        postgresql_where=sa.text("live"),
        sqlite_where=sa.text("live = 1"),
    )
