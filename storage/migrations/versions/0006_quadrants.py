"""The map of value and risk is read from an index alone

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
    op.create_index(
        "artifact_quadrant",
        "artifact",
        ["quadrant", "priority", "id", "value", "live"],
        postgresql_where=sa.text("live"),
        sqlite_where=sa.text("live = 1"),
    )
