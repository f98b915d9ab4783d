"""A failed login keeps a keyed hash of the name typed: it may have been a password."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Kept for a day at most, and never to be read again: what was typed goes.
    op.execute("DELETE FROM login_attempt")
    op.drop_index("ix_login_attempt_username_at", "login_attempt")
    op.drop_column("login_attempt", "username")
    op.add_column("login_attempt", sa.Column("username_hash", sa.LargeBinary(), nullable=False))
    op.create_index("ix_login_attempt_username_hash_at", "login_attempt", ["username_hash", "at"])


def downgrade() -> None:
    op.execute("DELETE FROM login_attempt")
    op.drop_index("ix_login_attempt_username_hash_at", "login_attempt")
    op.drop_column("login_attempt", "username_hash")
    op.add_column("login_attempt", sa.Column("username", sa.Text(), nullable=False))
    op.create_index("ix_login_attempt_username_at", "login_attempt", ["username", "at"])
