"""Files brought by the browser, and how files of one shape were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = postgresql.JSONB(astext_type=sa.Text())
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("said", document, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("import_run_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("ck_upload_received")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_upload_user_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_upload_job_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["import_run.id"], name=op.f("fk_upload_import_run_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_user_id_created_at", "upload", ["user_id", "created_at"])
    op.create_table(
        "column_reading",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("said", document, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("at", moment, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_column_reading_user_id")),
        sa.PrimaryKeyConstraint("subject", "shape", name=op.f("pk_column_reading")),
    )


def downgrade() -> None:
    op.drop_table("column_reading")
    op.drop_table("upload")
