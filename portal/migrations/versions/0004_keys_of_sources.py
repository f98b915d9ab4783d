"""Find what sources call by the same key."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_community_identity_source_key", "community_identity", ["source_key"])


def downgrade() -> None:
    op.drop_index("ix_community_identity_source_key", "community_identity")
