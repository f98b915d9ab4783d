"""A contract keeps both ends of a fee that is stated as a range."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = ("fee_high_yuan_m2_month", "posted_fee_high_yuan_m2_month")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("contract", sa.Column(name, sa.Double(), nullable=True))
    op.create_check_constraint(
        op.f("ck_contract_fee_ranges"),
        "contract",
        "fee_high_yuan_m2_month > fee_yuan_m2_month "
        "AND posted_fee_high_yuan_m2_month > posted_fee_yuan_m2_month",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_contract_fee_ranges"), "contract", type_="check")
    for name in COLUMNS:
        op.drop_column("contract", name)
