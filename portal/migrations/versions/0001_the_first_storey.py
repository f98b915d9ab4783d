"""The first storey."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from geoalchemy2 import Geometry
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "city_policy",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_city_policy")),
    )
    op.create_table(
        "data_version",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_data_version")),
    )
    op.create_table(
        "firm",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin_initials", sa.Text(), server_default="", nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_firm_credit_code")),
        sa.UniqueConstraint("source", "source_key", name=op.f("uq_firm_source_source_key")),
    )
    op.create_index("ix_firm_name", "firm", ["name"], unique=False)
    op.create_table(
        "guide_price",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        sa.Column("yuan_m2_month", sa.Double(), nullable=False),
        sa.Column("lift_yuan_m2_month", sa.Double(), nullable=False),
        sa.Column("fire_yuan_m2_month", sa.Double(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("grade"), "="),
            (sa.column("period"), "&&"),
            using="gist",
            name="guide_price_periods_disjoint",
        ),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name=op.f("ck_guide_price_grade")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_price")),
    )
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    op.create_index("ix_login_attempt_address_hash_at", "login_attempt", ["address_hash", "at"], unique=False)
    op.create_index("ix_login_attempt_username_at", "login_attempt", ["username", "at"], unique=False)
    op.create_geospatial_table(
        "road",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("way_id", sa.BigInteger(), nullable=False),
        sa.Column("from_node", sa.BigInteger(), nullable=False),
        sa.Column("to_node", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("highway", sa.Text(), nullable=False),
        sa.Column("oneway", sa.Text(), nullable=False),
        sa.Column("speed_kmh", sa.Double(), nullable=False),
        sa.Column(
            "line",
            Geometry(
                geometry_type="LINESTRING",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "line_3857",
            Geometry(
                geometry_type="LINESTRING",
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            sa.Computed("ST_Transform(line, 3857)", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint("oneway IN ('both', 'forward', 'backward')", name=op.f("ck_road_oneway")),
        sa.CheckConstraint("speed_kmh > 0", name=op.f("ck_road_speed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road")),
        sa.UniqueConstraint("source", "source_key", name=op.f("uq_road_source_source_key")),
    )
    op.create_geospatial_index(
        "ix_road_line", "road", ["line"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_geospatial_index(
        "ix_road_line_3857", "road", ["line_3857"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_geospatial_table(
        "street",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column(
            "outline",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "outline_3857",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            sa.Computed("ST_Transform(outline, 3857)", persisted=True),
            nullable=True,
        ),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("pinyin_initials", sa.Text(), server_default="", nullable=False),
        sa.Column("raw_outline", sa.LargeBinary(), nullable=True),
        sa.Column("source_datum", sa.Text(), nullable=False),
        sa.CheckConstraint("ST_IsValid(outline)", name=op.f("ck_street_outline_valid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street")),
        sa.UniqueConstraint("district", "name", name=op.f("uq_street_district_name")),
        sa.UniqueConstraint("source_key", name=op.f("uq_street_source_key")),
    )
    op.create_geospatial_index(
        "ix_street_outline", "street", ["outline"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_geospatial_index(
        "ix_street_outline_3857",
        "street",
        ["outline_3857"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_table(
        "neighbourhood",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("street_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "outline",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.CheckConstraint("ST_IsValid(outline)", name=op.f("ck_neighbourhood_outline_valid")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_neighbourhood_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_neighbourhood")),
        sa.UniqueConstraint("street_id", "name", name=op.f("uq_neighbourhood_street_id_name")),
    )
    op.create_geospatial_index(
        "ix_neighbourhood_outline",
        "neighbourhood",
        ["outline"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("street_id", sa.BigInteger(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("session_key", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="zh", nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(role = 'street') = (street_id IS NOT NULL)", name=op.f("ck_user_account_street_of_role")
        ),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_user_account_language")),
        sa.CheckConstraint(
            "role IN ('leader', 'inspector', 'street', 'clerk', 'regulator', 'administrator')",
            name=op.f("ck_user_account_role"),
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_user_account_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("request_id", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_audit_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_geospatial_table(
        "community",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.Text(), server_default="", nullable=False),
        sa.Column("pinyin_initials", sa.Text(), server_default="", nullable=False),
        sa.Column("street_id", sa.BigInteger(), nullable=True),
        sa.Column("street_how", sa.Text(), nullable=False),
        sa.Column("street_share", sa.Double(), nullable=True),
        sa.Column("neighbourhood_id", sa.BigInteger(), nullable=True),
        sa.Column("registered_street", sa.Text(), nullable=True),
        sa.Column("registered_district", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("built_year", sa.SmallInteger(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("floor_area_m2", sa.Double(), nullable=True),
        sa.Column("lifts", sa.SmallInteger(), nullable=True),
        sa.Column("reference_price_yuan_m2", sa.Double(), nullable=True),
        sa.Column(
            "outline",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "outline_3857",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            sa.Computed("ST_Transform(outline, 3857)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "pin",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "location",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            sa.Computed("COALESCE(pin, ST_PointOnSurface(outline))", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "location_3857",
            Geometry(
                geometry_type="POINT",
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            sa.Computed("ST_Transform(COALESCE(pin, ST_PointOnSurface(outline)), 3857)", persisted=True),
            nullable=True,
        ),
        sa.Column("raw_geometry", sa.LargeBinary(), nullable=True),
        sa.Column("source_datum", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status = 'merged') = (merged_into_id IS NOT NULL)", name=op.f("ck_community_merged_into")
        ),
        sa.CheckConstraint("status IN ('active', 'merged', 'split')", name=op.f("ck_community_status")),
        sa.CheckConstraint(
            "street_how IN ('coordinate', 'name', 'alias', 'address', 'neighbourhood', 'street', 'overlap', 'manual', 'outside', 'not_found')",
            name=op.f("ck_community_street_how"),
        ),
        sa.CheckConstraint("ST_IsValid(outline)", name=op.f("ck_community_outline_valid")),
        sa.CheckConstraint("built_year BETWEEN 1800 AND 2100", name=op.f("ck_community_built_year")),
        sa.CheckConstraint(
            "households >= 0 AND floor_area_m2 >= 0 AND lifts >= 0", name=op.f("ck_community_counts")
        ),
        sa.CheckConstraint(
            "name IS NOT NULL OR outline IS NOT NULL OR pin IS NOT NULL",
            name=op.f("ck_community_identifiable"),
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["community.id"], name=op.f("fk_community_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_community_neighbourhood_id")
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_community_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
    )
    op.create_geospatial_index(
        "ix_community_location",
        "community",
        ["location"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "ix_community_location_3857",
        "community",
        ["location_3857"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(
        "ix_community_location_geography",
        "community",
        [sa.literal_column("(location::geography)")],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        "ix_community_name_trgm",
        "community",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_geospatial_index(
        "ix_community_outline",
        "community",
        ["outline"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "ix_community_outline_3857",
        "community",
        ["outline_3857"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(
        "ix_community_pinyin_initials",
        "community",
        ["pinyin_initials"],
        unique=False,
        postgresql_ops={"pinyin_initials": "text_pattern_ops"},
    )
    op.create_index("ix_community_street_id", "community", ["street_id"], unique=False)
    op.create_table(
        "import_run",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("datum", sa.Text(), nullable=True),
        sa.Column("datum_confidence", sa.Double(), nullable=True),
        sa.Column("datum_message", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('done', 'unchanged')", name=op.f("ck_import_run_state")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_import_run_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index("ix_import_run_at", "import_run", ["at"], unique=False)
    op.create_geospatial_table(
        "route",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("start_name", sa.Text(), nullable=False),
        sa.Column(
            "start_point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("end_name", sa.Text(), nullable=True),
        sa.Column(
            "end_point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("departs_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finishes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column(
            "end_leg",
            Geometry(
                geometry_type="LINESTRING",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("end_seconds", sa.Double(), nullable=True),
        sa.Column("end_m", sa.Double(), nullable=True),
        sa.Column("end_via", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("pauses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("(end_name IS NULL) = (end_point IS NULL)", name=op.f("ck_route_end")),
        sa.CheckConstraint("finishes_at >= departs_at", name=op.f("ck_route_times")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_route_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
    )
    op.create_index("ix_route_user_id_day", "route", ["user_id", "day"], unique=False)
    op.create_geospatial_table(
        "stored_area",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "area",
            Geometry(
                geometry_type="POLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ST_IsValid(area)", name=op.f("ck_stored_area_area_valid")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_stored_area_user_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stored_area")),
    )
    op.create_table(
        "community_alias",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("pinyin_initials", sa.Text(), server_default="", nullable=False),
        sa.Column("former", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_community_alias_community_id")
        ),
        sa.PrimaryKeyConstraint("community_id", "alias", name=op.f("pk_community_alias")),
    )
    op.create_index("ix_community_alias_alias", "community_alias", ["alias"], unique=False)
    op.create_geospatial_table(
        "community_gate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("main", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_community_gate_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_gate")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_community_gate_community_id_name")),
    )
    op.create_table(
        "community_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('renamed', 'merged', 'split', 'linked', 'pinned', 'drawn')",
            name=op.f("ck_community_history_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_community_history_community_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_community_history_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_history")),
    )
    op.create_index("ix_community_history_community_id", "community_history", ["community_id"], unique=False)
    op.create_table(
        "community_identity",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("matched_by", sa.Text(), nullable=False),
        sa.Column("supplied", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "matched_by IN ('created', 'name_and_street', 'manual')",
            name=op.f("ck_community_identity_matched_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_community_identity_community_id")
        ),
        sa.PrimaryKeyConstraint("source", "source_key", name=op.f("pk_community_identity")),
    )
    op.create_index(
        "ix_community_identity_community_id", "community_identity", ["community_id"], unique=False
    )
    op.create_geospatial_table(
        "complaint",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("request_kind", sa.Text(), nullable=True),
        sa.Column("event_type", sa.Text(), nullable=True),
        sa.Column("main_type", sa.Text(), nullable=True),
        sa.Column("sub_type", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("property_related", sa.Boolean(), nullable=False),
        sa.Column("place_level", sa.Text(), nullable=False),
        sa.Column("place_how", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
        sa.Column("neighbourhood_id", sa.BigInteger(), nullable=True),
        sa.Column("street_id", sa.BigInteger(), nullable=True),
        sa.Column("reported_district", sa.Text(), nullable=True),
        sa.Column("reported_street", sa.Text(), nullable=True),
        sa.Column("reported_neighbourhood", sa.Text(), nullable=True),
        sa.Column("reported_community", sa.Text(), nullable=True),
        sa.Column("address_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("attributes_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("raw_lon", sa.Double(), nullable=True),
        sa.Column("raw_lat", sa.Double(), nullable=True),
        sa.Column("source_datum", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("repeat_of_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "place_how IN ('coordinate', 'name', 'alias', 'address', 'neighbourhood', 'street', 'overlap', 'manual', 'outside', 'not_found')",
            name=op.f("ck_complaint_place_how"),
        ),
        sa.CheckConstraint(
            "place_level <> 'community' OR community_id IS NOT NULL",
            name=op.f("ck_complaint_community_known"),
        ),
        sa.CheckConstraint(
            "place_level <> 'neighbourhood' OR neighbourhood_id IS NOT NULL",
            name=op.f("ck_complaint_neighbourhood_known"),
        ),
        sa.CheckConstraint(
            "place_level <> 'point' OR point IS NOT NULL", name=op.f("ck_complaint_point_has_coordinate")
        ),
        sa.CheckConstraint(
            "place_level <> 'street' OR street_id IS NOT NULL", name=op.f("ck_complaint_street_known")
        ),
        sa.CheckConstraint(
            "place_level IN ('point', 'community', 'neighbourhood', 'street', 'none')",
            name=op.f("ck_complaint_place_level"),
        ),
        sa.CheckConstraint("(category IS NOT NULL) = property_related", name=op.f("ck_complaint_category")),
        sa.CheckConstraint(
            "NOT ST_Equals(point, ST_SetSRID(ST_MakePoint(0, 0), 4326))",
            name=op.f("ck_complaint_not_null_island"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_complaint_community_id")),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_complaint_neighbourhood_id")
        ),
        sa.ForeignKeyConstraint(["repeat_of_id"], ["complaint.id"], name=op.f("fk_complaint_repeat_of_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_complaint_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("source", "source_key", name=op.f("uq_complaint_source_source_key")),
    )
    op.create_index(
        "ix_complaint_community_id_received_at", "complaint", ["community_id", "received_at"], unique=False
    )
    op.create_index(
        "ix_complaint_community_unknown",
        "complaint",
        ["place_level", "street_id"],
        unique=False,
        postgresql_where=sa.text("community_id IS NULL"),
    )
    op.create_index("ix_complaint_content_hash", "complaint", ["content_hash"], unique=False)
    op.create_geospatial_index(
        "ix_complaint_point", "complaint", ["point"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index("ix_complaint_received_at", "complaint", ["received_at"], unique=False)
    op.create_index("ix_complaint_repeat_of_id", "complaint", ["repeat_of_id"], unique=False)
    op.create_index(
        "ix_complaint_street_id_received_at", "complaint", ["street_id", "received_at"], unique=False
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        sa.Column("fee_yuan_m2_month", sa.Double(), nullable=True),
        sa.Column("posted_fee_yuan_m2_month", sa.Double(), nullable=True),
        sa.Column("grade", sa.SmallInteger(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("community_id"), "="),
            (sa.column("period"), "&&"),
            deferrable=True,
            initially="IMMEDIATE",
            using="gist",
            name="contract_periods_disjoint",
        ),
        sa.CheckConstraint("NOT isempty(period) AND NOT lower_inf(period)", name=op.f("ck_contract_period")),
        sa.CheckConstraint(
            "fee_yuan_m2_month >= 0 AND posted_fee_yuan_m2_month >= 0", name=op.f("ck_contract_fees")
        ),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name=op.f("ck_contract_grade")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_contract_community_id")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_contract_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("source", "source_key", name=op.f("uq_contract_source_source_key")),
    )
    op.create_index("ix_contract_firm_id", "contract", ["firm_id"], unique=False)
    op.create_table(
        "four_party_meeting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minuted", sa.Boolean(), nullable=False),
        sa.Column("issues_raised", sa.Integer(), nullable=False),
        sa.Column("issues_closed", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "issues_closed BETWEEN 0 AND issues_raised", name=op.f("ck_four_party_meeting_issues")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_four_party_meeting_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_four_party_meeting")),
        sa.UniqueConstraint(
            "community_id", "held_on", name=op.f("uq_four_party_meeting_community_id_held_on")
        ),
    )
    op.create_table(
        "import_reject",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_run_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remedy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "severity IN ('rejected', 'repaired', 'noted')", name=op.f("ck_import_reject_severity")
        ),
        sa.ForeignKeyConstraint(
            ["import_run_id"],
            ["import_run.id"],
            name=op.f("fk_import_reject_import_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_reject")),
    )
    op.create_index("ix_import_reject_import_run_id", "import_reject", ["import_run_id"], unique=False)
    op.create_table(
        "inspection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_inspection_community_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_inspection_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("source", "source_key", name=op.f("uq_inspection_source_source_key")),
    )
    op.create_index(
        "ix_inspection_community_id_inspected_at",
        "inspection",
        ["community_id", "inspected_at"],
        unique=False,
    )
    op.create_table(
        "owners_committee",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("term", sa.SmallInteger(), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        sa.CheckConstraint("term >= 1", name=op.f("ck_owners_committee_term")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_owners_committee_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owners_committee")),
        sa.UniqueConstraint("community_id", "term", name=op.f("uq_owners_committee_community_id_term")),
        sa.UniqueConstraint("source", "source_key", name=op.f("uq_owners_committee_source_source_key")),
    )
    op.create_table(
        "party_organisation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
        sa.Column("firm_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("acts_for_committee", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(community_id, firm_id) = 1", name=op.f("ck_party_organisation_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_party_organisation_community_id")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_party_organisation_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_organisation")),
        sa.UniqueConstraint("community_id", name=op.f("uq_party_organisation_community_id")),
        sa.UniqueConstraint("firm_id", name=op.f("uq_party_organisation_firm_id")),
    )
    op.create_table(
        "penalty",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
        sa.Column("firm_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('penalty', 'veto', 'commendation')", name=op.f("ck_penalty_kind")),
        sa.CheckConstraint("num_nonnulls(community_id, firm_id) = 1", name=op.f("ck_penalty_one_subject")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_penalty_points")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_penalty_community_id")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_penalty_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty")),
        sa.UniqueConstraint("source", "source_key", name=op.f("uq_penalty_source_source_key")),
    )
    op.create_geospatial_table(
        "route_dropped",
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("visit_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("limit_value", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_route_dropped_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["route_id"], ["route.id"], name=op.f("fk_route_dropped_route_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("route_id", "community_id", name=op.f("pk_route_dropped")),
    )
    op.create_table(
        "service_score",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("veto", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("dimensions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("missing", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("period ~ '^\\d{4}-Q[1-4]$'", name=op.f("ck_service_score_period_quarter")),
        sa.CheckConstraint("points BETWEEN 0 AND 105", name=op.f("ck_service_score_points")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_service_score_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_score")),
        sa.UniqueConstraint("community_id", "period", name=op.f("uq_service_score_community_id_period")),
    )
    op.create_index(
        "ix_service_score_period",
        "service_score",
        ["period", "community_id"],
        unique=False,
        postgresql_include=["points", "band"],
    )
    op.create_geospatial_table(
        "stop",
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("visit_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("wait_minutes", sa.Double(), nullable=False),
        sa.Column("arrives_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("departs_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("travel_seconds", sa.Double(), nullable=False),
        sa.Column("travel_m", sa.Double(), nullable=False),
        sa.Column(
            "leg",
            Geometry(
                geometry_type="LINESTRING",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("via", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("arrives_at <= begins_at AND begins_at <= departs_at", name=op.f("ck_stop_times")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_stop_community_id")),
        sa.ForeignKeyConstraint(
            ["route_id"], ["route.id"], name=op.f("fk_stop_route_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("route_id", "position", name=op.f("pk_stop")),
        sa.UniqueConstraint("route_id", "community_id", name=op.f("uq_stop_route_id_community_id")),
    )
    op.create_table(
        "street_evaluation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("cooperation", sa.Double(), nullable=True),
        sa.Column("meetings", sa.Double(), nullable=True),
        sa.Column("rectification", sa.Double(), nullable=True),
        sa.Column("disclosure", sa.Double(), nullable=True),
        sa.CheckConstraint("period ~ '^\\d{4}-Q[1-4]$'", name=op.f("ck_street_evaluation_period_quarter")),
        sa.CheckConstraint(
            "least(cooperation, meetings, rectification, disclosure) >= 0",
            name=op.f("ck_street_evaluation_range"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_street_evaluation_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street_evaluation")),
        sa.UniqueConstraint("community_id", "period", name=op.f("uq_street_evaluation_community_id_period")),
    )
    op.create_table(
        "survey",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("mean_share", sa.Double(), nullable=False),
        sa.CheckConstraint("period ~ '^\\d{4}-Q[1-4]$'", name=op.f("ck_survey_period_quarter")),
        sa.CheckConstraint("responses >= 0 AND mean_share BETWEEN 0 AND 1", name=op.f("ck_survey_range")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_survey_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("community_id", "period", name=op.f("uq_survey_community_id_period")),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("deduction", sa.Double(), nullable=False),
        sa.CheckConstraint("severity IN ('minor', 'serious', 'critical')", name=op.f("ck_finding_severity")),
        sa.CheckConstraint("deduction >= 0", name=op.f("ck_finding_deduction")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_finding_inspection_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("inspection_id", "number", name=op.f("uq_finding_inspection_id_number")),
    )
    op.create_index("ix_finding_source_key", "finding", ["source_key"], unique=False)
    op.create_table(
        "owners_committee_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owners_committee_id", sa.BigInteger(), nullable=False),
        sa.Column("seat", sa.SmallInteger(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("name_digest", sa.LargeBinary(), nullable=False),
        sa.Column("concurrent_post", sa.Boolean(), nullable=False),
        sa.CheckConstraint("office IN ('chair', 'member')", name=op.f("ck_owners_committee_member_office")),
        sa.ForeignKeyConstraint(
            ["owners_committee_id"],
            ["owners_committee.id"],
            name=op.f("fk_owners_committee_member_owners_committee_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owners_committee_member")),
        sa.UniqueConstraint(
            "owners_committee_id", "seat", name=op.f("uq_owners_committee_member_owners_committee_id_seat")
        ),
    )
    op.create_table(
        "work_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("responded_in_time", sa.Boolean(), nullable=True),
        sa.Column("called_back", sa.Boolean(), nullable=True),
        sa.Column("resolved", sa.Boolean(), nullable=True),
        sa.Column("satisfied", sa.Boolean(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_work_order_complaint_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_work_order_complaint_id")),
    )
    op.create_table(
        "rectification",
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'reported', 'passed', 'failed', 'escalated')",
            name=op.f("ck_rectification_state"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_rectification_finding_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_rectification")),
    )
    op.create_index("ix_rectification_state_due_at", "rectification", ["state", "due_at"], unique=False)
    _add_queue()
    _protect_audit()
    _grant(context.config.attributes["portal_role"])


def _add_queue() -> None:
    """The job queue's own schema, as its locked version ships it."""
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def _protect_audit() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'table % is insert-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER audit_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _grant(role: str) -> None:
    """The portal's role works on rows; the schema stays the owner's."""
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {quoted}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {quoted}",
        f"REVOKE UPDATE, DELETE ON audit, city_policy FROM {quoted}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}",
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the first storey has nothing below it: drop the database instead")
