"""The newest inspection is found by one step down an index."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_inspection_inspected_at", "inspection", ["inspected_at"])


def downgrade() -> None:
    op.drop_index("ix_inspection_inspected_at", "inspection")
