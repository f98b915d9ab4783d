"""Roads keep what the law of the road says: access, barriers, turn restrictions, where nobody stops."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("road", sa.Column("access", sa.Text(), server_default="open", nullable=False))
    op.create_check_constraint("ck_road_access", "road", "access IN ('open', 'limited')")
    op.add_column("road", sa.Column("may_stop", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    for end in ("from_barred", "to_barred"):
        op.add_column("road", sa.Column(end, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("road", sa.Column("turns", sa.Text(), nullable=True))
    # The class is known; the rest comes with the next import.
    op.execute("UPDATE road SET may_stop = false WHERE highway IN ('motorway', 'motorway_link')")


def downgrade() -> None:
    for column in ("turns", "to_barred", "from_barred", "may_stop", "access"):
        op.drop_column("road", column)
