"""Contracts of what a city's registers and exports hold: places, firms, contracts, complaints, roads."""

from __future__ import annotations

from geo.frames.contract import POINTS, POLYGONS, Column, Contract

STREETS = Contract(
    "streets",
    "source_key",
    (
        Column("source_key", required=True),
        Column("name", required=True),
        Column("district"),
        Column("code"),
    ),
    POLYGONS,
    geometry_required=True,
)
NEIGHBOURHOODS = Contract(
    "neighbourhoods",
    "source_key",
    (
        Column("source_key", required=True),
        Column("name", required=True),
        Column("street", required=True),
        Column("district"),
    ),
    POLYGONS,
)
COMMUNITIES = Contract(
    "communities",
    "source_key",
    (
        Column("source_key", required=True),
        Column("name"),
        Column("aliases"),  # separated by "|"
        Column("district"),
        Column("street"),
        Column("neighbourhood"),
        Column("address"),
        Column("kind"),  # commodity | affordable | reform | old | mixed
        Column("built_year", "integer"),
        Column("households", "integer"),
        Column("floor_area_m2", "number", unit="m²"),
        Column("lifts", "integer"),
        Column("reference_price_yuan_m2", "number", unit="yuan/m²"),
    ),
    POLYGONS | POINTS,
)
FIRMS = Contract(
    "firms",
    "source_key",
    (
        Column("source_key", required=True),
        Column("name", required=True),
        Column("credit_code"),
        Column("registered_on", "date"),
    ),
)
CONTRACTS = Contract(
    "contracts",
    "source_key",
    (
        Column("source_key", required=True),
        Column("firm", required=True),  # credit code or name
        Column("community", required=True),  # source key or name
        Column("street"),
        Column("starts_on", "date", required=True),
        Column("ends_on", "date"),
        Column("fee_yuan_m2_month", "number", unit="yuan/(m²·month)"),
        Column("posted_fee_yuan_m2_month", "number", unit="yuan/(m²·month)"),
        # Where a fee is a range these are its upper ends, and the former two its lower ones.
        Column("fee_high_yuan_m2_month", "number", unit="yuan/(m²·month)"),
        Column("posted_fee_high_yuan_m2_month", "number", unit="yuan/(m²·month)"),
        Column("grade", "integer"),
    ),
)
COMPLAINTS = Contract(
    "complaints",
    "source_key",
    (
        Column("source_key", required=True),
        Column("received_at", "time", required=True),
        Column("channel"),
        Column("request_kind"),  # 投诉, 咨询 …
        Column("event_type"),
        Column("main_type"),
        Column("sub_type"),
        Column("unit"),
        Column("in_time", "flag"),
        Column("responded_in_time", "flag"),
        Column("called_back", "flag"),
        Column("resolved", "flag"),
        Column("satisfied", "flag"),
        Column("closed_at", "time"),
        Column("district"),
        Column("street"),
        Column("neighbourhood"),
        Column("community"),
        Column("address"),
    ),
    POINTS,
)
ROADS = Contract(
    "roads",
    "source_key",
    (
        Column("source_key", required=True),  # way id, "-", number of the piece within the way
        Column("way_id", "integer", required=True),
        Column("from_node", "integer", required=True),  # pieces that share a node id meet there
        Column("to_node", "integer", required=True),
        Column("name"),
        Column("highway", required=True),  # OpenStreetMap's class
        Column("oneway", required=True),  # both | forward | backward, along the geometry
        Column("speed_kmh", "number", required=True, unit="km/h"),
        Column("access", required=True),  # open | limited: a drive may begin or end there, not lead through
        Column("may_stop", "flag", required=True),  # a drive may end beside it
        Column("from_barred", "flag", required=True),  # no car passes the end: it meets no other piece there
        Column("to_barred", "flag", required=True),
        Column("turns"),  # restrictions that begin on the piece, as `geo.roads.turns` writes them
    ),
    frozenset({"LineString"}),
    geometry_required=True,
)
CONTRACTS_BY_SUBJECT = {
    c.name: c for c in (STREETS, NEIGHBOURHOODS, COMMUNITIES, FIRMS, CONTRACTS, COMPLAINTS, ROADS)
}
