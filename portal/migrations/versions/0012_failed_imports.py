"""An import of which no row could be taken has failed."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = "ck_import_run_state"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "import_run", type_="check")
    op.create_check_constraint(op.f(NAME), "import_run", "state IN ('done', 'unchanged', 'failed', 'undone')")


def downgrade() -> None:
    op.execute("UPDATE import_run SET state = 'unchanged' WHERE state = 'failed'")
    op.drop_constraint(op.f(NAME), "import_run", type_="check")
    op.create_check_constraint(op.f(NAME), "import_run", "state IN ('done', 'unchanged', 'undone')")
