"""What cannot be placed, or is no duplicate, is set aside: by whom, when and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "set_aside",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
        sa.Column("other_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(complaint_id, community_id) = 1", name=op.f("ck_set_aside_one")),
        sa.CheckConstraint("other_id > community_id", name=op.f("ck_set_aside_pair")),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_set_aside_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_set_aside_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["community.id"], name=op.f("fk_set_aside_other_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_set_aside_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
        sa.UniqueConstraint(
            "complaint_id",
            "community_id",
            "other_id",
            name=op.f("uq_set_aside_complaint_id_community_id_other_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_set_aside_community_id", "set_aside", ["community_id"])


def downgrade() -> None:
    op.drop_table("set_aside")
