"""Work that takes long is kept as jobs: who asked, how far it is, what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    phrase = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("arguments", phrase, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("step", phrase, nullable=True),
        sa.Column("step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("said", phrase, nullable=True),
        sa.Column("outcome", phrase, nullable=True),
        sa.Column("error", phrase, nullable=True),
        sa.Column("remedy", phrase, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beaten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'cancelling', 'cancelled', 'done', 'failed', 'interrupted')",
            name=op.f("ck_job_state"),
        ),
        sa.CheckConstraint(
            "(done IS NULL) = (total IS NULL) AND done >= 0 AND done <= total", name=op.f("ck_job_progress")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_job_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_user_id_created_at", "job", ["user_id", "created_at"])
    op.create_index("ix_job_created_at", "job", ["created_at"])
    op.create_index(
        "ix_job_unfinished",
        "job",
        ["kind", "created_at"],
        postgresql_where=sa.text("state IN ('waiting', 'running', 'cancelling')"),
    )


def downgrade() -> None:
    op.drop_table("job")
