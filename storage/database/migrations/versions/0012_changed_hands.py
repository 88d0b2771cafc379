"""Since when an artifact has another owner, counted each week

Revision: 0012
After: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("artifact", sa.Column("owner_changed_on", sa.Date(), nullable=True))
    # Nobody counted it in the weeks that are over.
    op.add_column("snapshot", sa.Column("handed_on", sa.Integer(), nullable=True))
