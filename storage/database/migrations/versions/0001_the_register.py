"""The register

Revision: 0001
After:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


GENESIS = "0" * 64


def upgrade() -> None:
    op.create_table(
        "artifact",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("repo", sa.Text(), nullable=False),
        sa.Column("paths", sa.JSON(), nullable=False),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("owner_gone", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("lifespan", sa.Text(), nullable=True),
        sa.Column("removal_impact", sa.Text(), nullable=True),
        sa.Column("origin_tool", sa.String(), nullable=True),
        sa.Column("origin_model", sa.String(), nullable=True),
        sa.Column("prompt_category", sa.String(), nullable=True),
        sa.Column("prompt_template", sa.Text(), nullable=True),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("usage", sa.Text(), nullable=True),
        sa.Column("last_touched", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("originally_expires_on", sa.Date(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("blast_radius", sa.Integer(), nullable=True),
        sa.Column("dependants", sa.Integer(), nullable=False),
        sa.Column("monthly_minutes", sa.Integer(), nullable=True),
        sa.Column("rollback", sa.Text(), nullable=True),
        sa.Column("monitoring", sa.Text(), nullable=True),
        sa.Column("responder", sa.Text(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("extended_days", sa.Integer(), nullable=False),
        sa.Column("minutes_logged", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("scan_identity", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_how", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("quadrant", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("high_risk", sa.Boolean(), nullable=False),
        sa.Column("orphan", sa.Boolean(), nullable=False),
        sa.Column("attention", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("wakes_on", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("artifact", schema=None) as batch_op:
        batch_op.create_index(
            "artifact_attention",
            ["priority", "id"],
            unique=False,
            postgresql_where=sa.text("live AND attention"),
            sqlite_where=sa.text("live = 1 AND attention = 1"),
        )
        batch_op.create_index("artifact_changed", ["changed_at"], unique=False)
        batch_op.create_index(
            "artifact_high_risk",
            ["priority", "id"],
            unique=False,
            postgresql_where=sa.text("live AND high_risk"),
            sqlite_where=sa.text("live = 1 AND high_risk = 1"),
        )
        batch_op.create_index(
            "artifact_orphans",
            ["priority", "id"],
            unique=False,
            postgresql_where=sa.text("live AND orphan"),
            sqlite_where=sa.text("live = 1 AND orphan = 1"),
        )
        batch_op.create_index(
            "artifact_owner_ranked",
            ["owner", "priority", "id"],
            unique=False,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.create_index(
            "artifact_provisional",
            ["priority", "id"],
            unique=False,
            postgresql_where=sa.text("live AND provisional"),
            sqlite_where=sa.text("live = 1 AND provisional = 1"),
        )
        batch_op.create_index(
            "artifact_ranked",
            ["priority", "id"],
            unique=False,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.create_index(
            "artifact_repo_attention",
            ["repo", "priority", "id"],
            unique=False,
            postgresql_where=sa.text("live AND attention"),
            sqlite_where=sa.text("live = 1 AND attention = 1"),
        )
        batch_op.create_index("artifact_repo_changed", ["repo", "changed_at"], unique=False)
        batch_op.create_index(
            "artifact_repo_ranked",
            ["repo", "priority", "id"],
            unique=False,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.create_index("artifact_scanned", ["repo", "scan_identity"], unique=False)
        batch_op.create_index(
            "artifact_service_attention",
            ["service", "priority", "id"],
            unique=False,
            postgresql_where=sa.text("live AND attention"),
            sqlite_where=sa.text("live = 1 AND attention = 1"),
        )
        batch_op.create_index("artifact_service_changed", ["service", "changed_at"], unique=False)
        batch_op.create_index(
            "artifact_service_ranked",
            ["service", "priority", "id"],
            unique=False,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.create_index(
            "artifact_team_attention",
            ["team", "priority", "id"],
            unique=False,
            postgresql_where=sa.text("live AND attention"),
            sqlite_where=sa.text("live = 1 AND attention = 1"),
        )
        batch_op.create_index("artifact_team_changed", ["team", "changed_at"], unique=False)
        batch_op.create_index(
            "artifact_team_ranked",
            ["team", "priority", "id"],
            unique=False,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.create_index(
            "artifact_wakes",
            ["wakes_on"],
            unique=False,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )

    op.create_table(
        "briefing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("briefing", schema=None) as batch_op:
        batch_op.create_index("briefing_message", ["channel", "ts"], unique=False)
        batch_op.create_index(
            "briefing_waiting",
            ["ready_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('due', 'sending')"),
            sqlite_where=sa.text("state IN ('due', 'sending')"),
        )

    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "person",
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("bot", sa.Boolean(), nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("stranger", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slack_id"),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_email"), ["email"], unique=False)

    op.create_table(
        "register_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("last_artifact", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "seen_event",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
    )
    with op.batch_alter_table("seen_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seen_event_at"), ["at"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("scope_name", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("subscriber", sa.String(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("channel"),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(
            "subscription_due",
            ["next_at"],
            unique=False,
            postgresql_where=sa.text("paused IS NULL"),
            sqlite_where=sa.text("paused IS NULL"),
        )

    op.create_table(
        "team", sa.Column("name", sa.String(), nullable=False), sa.PrimaryKeyConstraint("name")
    )
    op.create_table(
        "digest_listing",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["artifact.id"],
        ),
        sa.PrimaryKeyConstraint("channel", "artifact_id"),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["artifact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("history_artifact", ["artifact_id", "id"], unique=False)
        batch_op.create_index("history_at", ["at"], unique=False)

    op.create_table(
        "hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("repo", sa.Text(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["artifact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reverses"],
            ["hours.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reverses"),
    )
    with op.batch_alter_table("hours", schema=None) as batch_op:
        batch_op.create_index("hours_artifact", ["artifact_id", "worked_on"], unique=False)
        batch_op.create_index("hours_repo", ["repo", "worked_on"], unique=False)
        batch_op.create_index("hours_service", ["service", "worked_on"], unique=False)
        batch_op.create_index("hours_team", ["team", "worked_on"], unique=False)

    op.create_table(
        "ownership_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_of", sa.String(), nullable=False),
        sa.Column("new_owner", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["artifact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("ownership_request", schema=None) as batch_op:
        batch_op.create_index(
            "ownership_request_open",
            ["artifact_id", "asked_by", "asked_of"],
            unique=True,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )

    _start_register()
    _forbid_rewriting_history()


def _start_register() -> None:
    row = {"id": 1, "entries": 0, "hash": GENESIS, "last_artifact": 0, "policy": ""}
    op.bulk_insert(sa.table("register_head", *(sa.column(name) for name in row)), [row])


def _forbid_rewriting_history() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRES_TRIGGERS:
            op.execute(statement)
    else:
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_no_{event.lower()} BEFORE {event} ON history "
                "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
            )
        # REPLACE would otherwise take an entry out without a DELETE that any trigger sees.
        op.execute(
            "CREATE TRIGGER history_no_replace BEFORE INSERT ON history "
            "WHEN EXISTS (SELECT 1 FROM history WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )


_POSTGRES_TRIGGERS = (
    """
    CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$
    """,
    """
    CREATE TRIGGER history_no_rewrite BEFORE UPDATE OR DELETE ON history
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only()
    """,
    """
    CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()
    """,
)
