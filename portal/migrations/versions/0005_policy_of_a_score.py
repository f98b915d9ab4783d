"""A score says with which version of the policy it was computed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service_score", sa.Column("policy_version", sa.Integer(), nullable=True))
    op.create_foreign_key(
        "fk_service_score_policy_version", "service_score", "city_policy", ["policy_version"], ["version"]
    )


def downgrade() -> None:
    op.drop_column("service_score", "policy_version")
