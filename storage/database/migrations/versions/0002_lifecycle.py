"""Lifecycle: notices, approvals, checklists, the Home tab

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attention",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unwanted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "home_view",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_priority", sa.Integer(), nullable=True),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("person"),
    )
    with op.batch_alter_table("home_view", schema=None) as batch_op:
        batch_op.create_index("home_view_opened", ["opened_at"], unique=False)

    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("only", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["artifact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index("approval_artifact", ["artifact_id", "id"], unique=False)
        batch_op.create_index(
            "approval_next",
            ["next_at"],
            unique=False,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "approval_open",
            ["artifact_id", "kind"],
            unique=True,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "mention",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["artifact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["briefing_id"],
            ["briefing.id"],
        ),
        sa.PrimaryKeyConstraint("briefing_id", "artifact_id"),
    )
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index("mention_artifact", ["artifact_id", "briefing_id"], unique=False)

    op.create_table(
        "shown",
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("checklist", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("waived_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["artifact.id"],
        ),
        sa.PrimaryKeyConstraint("artifact_id", "generation", "checklist", "item"),
    )
    op.create_table(
        "matter",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["artifact.id"],
        ),
        sa.PrimaryKeyConstraint("person", "artifact_id", "why"),
    )
    op.create_table(
        "team_member",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("team", "person"),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index("team_member_person", ["person", "left_on"], unique=False)

    op.create_table(
        "unwanted",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_id"],
            ["briefing.id"],
        ),
        sa.PrimaryKeyConstraint("briefing_id"),
    )
    with op.batch_alter_table("unwanted", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unwanted_at"), ["at"], unique=False)

    op.create_table(
        "vote",
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"],
            ["approval.id"],
        ),
        sa.PrimaryKeyConstraint("approval_id", "person"),
    )
    with op.batch_alter_table("artifact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("planned_end", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("regenerate_every_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stage_before", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("lapsed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("expiry_told", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("expiry_noticed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("review_told", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("review_noticed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("snoozed_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("lead_told_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("leadership_told_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("nudge_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("ignored_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("escalates_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("lapses_on", sa.Date(), nullable=True))
        batch_op.create_index(
            "artifact_escalates",
            ["escalates_on"],
            unique=False,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.create_index(
            "artifact_lapses",
            ["lapses_on"],
            unique=False,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.create_index(
            "artifact_nudges",
            ["nudge_on", "owner"],
            unique=False,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )

    with op.batch_alter_table("briefing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stale_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("briefing_person", ["person", "sent_at"], unique=False)
        batch_op.create_index("briefing_sent", ["kind", "sent_at"], unique=False)
        batch_op.create_index(
            "briefing_stale",
            ["stale_at", "id"],
            unique=False,
            postgresql_where=sa.text("stale_at IS NOT NULL"),
            sqlite_where=sa.text("stale_at IS NOT NULL"),
        )

    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(
            "subscription_scope", ["scope", "scope_name", "channel"], unique=False
        )

    with op.batch_alter_table("ownership_request", schema=None) as batch_op:
        batch_op.create_index(
            "ownership_request_asked_of",
            ["asked_of"],
            unique=False,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )

    with op.batch_alter_table("register_head", schema=None) as batch_op:
        batch_op.add_column(sa.Column("policy_text", sa.JSON(), nullable=True))

    # Every retained artifact has a planned end state, as its kind usually ends.
    op.execute(
        "UPDATE artifact SET planned_end = CASE kind"
        " WHEN 'production_integration' THEN 'refactor' WHEN 'iac_config' THEN 'refactor'"
        " WHEN 'test_suite' THEN 'regenerate' ELSE 'retire' END WHERE stage = 'retained'"
    )
    # Every standing is drawn up anew: its ranking counts intent now, and notices hang on it.
    op.execute("UPDATE artifact SET wakes_on = '2000-01-01' WHERE live")
