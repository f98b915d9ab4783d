"""Coordinates that contradict what is known wait for a clerk's ruling."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

DOUBTS = "doubt IN ('far_off', 'shared', 'other_street', 'other_district')"
RULINGS = "ruling IN ('coordinate', 'named')"
SEVERITY = "ck_import_reject_severity"
IDENTIFIABLE = "ck_community_identifiable"
# For cities whose policy is older than these keys; values as shipped then.
OLDER_POLICIES = """
UPDATE city_policy
SET document = document || '{"coordinates": {"far_off_m": 2000.0, "shared_by": 10, "border_tolerance_m": 50.0}}'
WHERE NOT document ? 'coordinates'
"""


def upgrade() -> None:
    op.execute(OLDER_POLICIES)
    op.add_column("community", sa.Column("doubtful_pin", Geometry("POINT", 4326, spatial_index=False)))
    for table in ("complaint", "community"):
        for name, allowed in (("doubt", DOUBTS), ("ruling", RULINGS)):
            op.add_column(table, sa.Column(name, sa.Text(), nullable=True))
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, allowed)
    op.create_index(
        "ix_complaint_doubt", "complaint", ["doubt"], postgresql_where=sa.text("doubt IS NOT NULL")
    )
    op.create_index(
        "ix_complaint_raw_lon_raw_lat",
        "complaint",
        ["raw_lon", "raw_lat"],
        postgresql_where=sa.text("raw_lon IS NOT NULL"),
    )
    op.drop_constraint(op.f(IDENTIFIABLE), "community", type_="check")
    op.create_check_constraint(
        op.f(IDENTIFIABLE),
        "community",
        "name IS NOT NULL OR outline IS NOT NULL OR pin IS NOT NULL OR doubtful_pin IS NOT NULL",
    )
    op.drop_constraint(op.f(SEVERITY), "import_reject", type_="check")
    op.create_check_constraint(
        op.f(SEVERITY), "import_reject", "severity IN ('rejected', 'repaired', 'doubted', 'noted')"
    )


def downgrade() -> None:
    op.execute("UPDATE import_reject SET severity = 'noted' WHERE severity = 'doubted'")
    op.drop_constraint(op.f(SEVERITY), "import_reject", type_="check")
    op.create_check_constraint(
        op.f(SEVERITY), "import_reject", "severity IN ('rejected', 'repaired', 'noted')"
    )
    op.execute("UPDATE community SET pin = doubtful_pin WHERE pin IS NULL")
    op.drop_constraint(op.f(IDENTIFIABLE), "community", type_="check")
    op.create_check_constraint(
        op.f(IDENTIFIABLE), "community", "name IS NOT NULL OR outline IS NOT NULL OR pin IS NOT NULL"
    )
    op.drop_index("ix_complaint_raw_lon_raw_lat", "complaint")
    op.drop_index("ix_complaint_doubt", "complaint")
    for table in ("complaint", "community"):
        for name in ("doubt", "ruling"):
            op.drop_column(table, name)
    op.drop_column("community", "doubtful_pin")
