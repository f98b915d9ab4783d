"""A veto fails a community that has no points."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("service_score", "points", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM service_score WHERE points IS NULL")
    op.alter_column("service_score", "points", nullable=False)
