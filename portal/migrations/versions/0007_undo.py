"""Deeds can be taken back: triggers keep what stood in each row before a recorded deed wrote it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEYS = {
    "community": "id",
    "community_alias": "community_id, alias",
    "community_gate": "id",
    "community_history": "id",
    "community_identity": "source, source_key",
    "complaint": "id",
    "contract": "id",
    "finding": "id",
    "firm": "id",
    "four_party_meeting": "id",
    "guide_price": "id",
    "inspection": "id",
    "neighbourhood": "id",
    "owners_committee": "id",
    "owners_committee_member": "id",
    "party_organisation": "id",
    "penalty": "id",
    "rectification": "finding_id",
    "road": "id",
    "street": "id",
    "street_evaluation": "id",
    "survey": "id",
    "work_order": "id",
}
# Nothing happens outside a recorded deed. A part holds at most 1,000 rows.
KEEP = """
CREATE FUNCTION keep_for_undo() RETURNS trigger LANGUAGE plpgsql AS $keep$
DECLARE
    deed uuid := nullif(current_setting('atlas.deed', true), '')::uuid;
    key text;
BEGIN
    IF deed IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT string_agg(format('%L, %I', name, name), ', ') INTO key FROM unnest(TG_ARGV) AS name;
    EXECUTE format(
        'INSERT INTO undo_step (deed_id, step, part, table_name, operation, keys, before) '
        'SELECT $1, $2, n / 1000, $3, $4, jsonb_agg(key ORDER BY n), %s FROM ('
        'SELECT row_number() OVER () - 1 AS n, jsonb_build_object(%s) AS key, changed::text AS before FROM changed'
        ') AS rows GROUP BY n / 1000',
        CASE TG_OP WHEN 'INSERT' THEN 'NULL' ELSE 'array_agg(before ORDER BY n)' END,
        key
    ) USING deed, nextval('undo_step_number'), TG_TABLE_NAME, lower(TG_OP);
    RETURN NULL;
END
$keep$
"""


def upgrade() -> None:
    op.drop_constraint(op.f("ck_import_run_state"), "import_run")
    op.create_check_constraint(
        op.f("ck_import_run_state"), "import_run", "state IN ('done', 'unchanged', 'undone')"
    )
    op.execute("CREATE SEQUENCE undo_step_number")
    op.create_table(
        "deed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("schema_version", sa.Text(), nullable=False),
        sa.Column("subjects", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "left_as", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_deed_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
    )
    op.create_table(
        "undo_step",
        sa.Column("deed_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("keys", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.CheckConstraint(
            "operation IN ('insert', 'update', 'delete')", name=op.f("ck_undo_step_operation")
        ),
        sa.ForeignKeyConstraint(
            ["deed_id"], ["deed.id"], name=op.f("fk_undo_step_deed_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("deed_id", "step", "part", name=op.f("pk_undo_step")),
    )
    op.execute(KEEP)
    for table, key in KEYS.items():
        for operation, rows in (("insert", "NEW"), ("update", "OLD"), ("delete", "OLD")):
            op.execute(
                f"CREATE TRIGGER keep_for_undo_{operation} AFTER {operation.upper()} ON {table} "
                f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT "
                f"EXECUTE FUNCTION keep_for_undo({key})"
            )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_import_run_state"), "import_run")
    op.execute("UPDATE import_run SET state = 'done' WHERE state = 'undone'")
    op.create_check_constraint(op.f("ck_import_run_state"), "import_run", "state IN ('done', 'unchanged')")
    op.execute("DROP FUNCTION keep_for_undo() CASCADE")
    op.drop_table("undo_step")
    op.drop_table("deed")
    op.execute("DROP SEQUENCE undo_step_number")
