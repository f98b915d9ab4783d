"""What a table holds is counted anew by who may write to it: only its owner may run ANALYZE."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
CREATE FUNCTION count_anew(kept regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $count$
BEGIN
    IF NOT has_table_privilege(session_user, kept, 'INSERT') THEN
        RAISE insufficient_privilege USING MESSAGE = 'permission denied for table ' || kept;
    END IF;
    EXECUTE format('ANALYZE %s', kept);
END
$count$
"""
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION count_anew(regclass)")
