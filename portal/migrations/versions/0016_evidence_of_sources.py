"""Evidence is known by the key of its source, and an import keeps what its columns were read as."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# The columns that each table lacked.
ADDED = {
    "community_gate": ("source", "source_key"),
    "party_organisation": ("source", "source_key"),
    "four_party_meeting": ("source", "source_key"),
    "survey": ("source", "source_key"),
    "street_evaluation": ("source", "source_key"),
    "finding": ("source",),
}
# Rows may change places within one statement, as when findings are numbered anew.
EXCHANGED = (
    ("community_gate", ("community_id", "name")),
    ("owners_committee", ("community_id", "term")),
    ("party_organisation", ("community_id",)),
    ("party_organisation", ("firm_id",)),
    ("four_party_meeting", ("community_id", "held_on")),
    ("survey", ("community_id", "period")),
    ("street_evaluation", ("community_id", "period")),
    ("finding", ("inspection_id", "number")),
)


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.Text(), nullable=True))
    op.execute(
        "UPDATE finding SET source = inspection.source FROM inspection WHERE inspection.id = inspection_id"
    )
    # Of findings that share a key the first keeps the source.
    op.execute(
        "UPDATE finding SET source = NULL FROM finding AS earlier WHERE earlier.source = finding.source "
        "AND earlier.source_key = finding.source_key AND earlier.id < finding.id"
    )
    for table in ADDED:
        op.create_unique_constraint(op.f(f"uq_{table}_source_source_key"), table, ["source", "source_key"])
    _constrain(deferrable=True)
    document = postgresql.JSONB(astext_type=sa.Text())
    op.add_column(
        "import_run", sa.Column("columns", document, server_default=sa.text("'[]'"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("import_run", "columns")
    _constrain(deferrable=False)
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column)


def _constrain(*, deferrable: bool) -> None:
    how = {"deferrable": True, "initially": "IMMEDIATE"} if deferrable else {}
    for table, columns in EXCHANGED:
        name = op.f(f"uq_{table}_{'_'.join(columns)}")
        op.drop_constraint(name, table, type_="unique")
        op.create_unique_constraint(name, table, list(columns), **how)
