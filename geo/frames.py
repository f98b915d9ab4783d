"""The column contract of each frame that passes between readers, `geo` and the store.

A frame has exactly these columns (more are allowed, and ignored); text is
``str`` or None, numbers are floats with NaN for missing, times are aware, dates
are ``datetime.date`` or None, flags are True, False or None.
Geometry is WGS 84 (EPSG:4326) once it has passed `geo.crs`.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.errors import FrameError

POLYGONS = frozenset({"Polygon", "MultiPolygon"})
POINTS = frozenset({"Point"})
LINES = frozenset({"LineString", "MultiLineString"})


@dataclass(frozen=True)
class Column:
    """One column: its name, kind (text, number, integer, date, time, flag) and whether it must be filled."""

    name: str
    kind: str = "text"
    required: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Contract:
    """What a frame of one subject holds.

    Parameters
    ----------
    name
        Subject, plural: ``streets``.
    key
        Column that identifies a row within its source, for idempotent imports.
    columns
        Columns beside ``geometry``.
    geometry_types
        Allowed geometry types; empty for a frame without geometry. Geometry may
        be missing in a row unless ``geometry_required``.
    """

    name: str
    key: str
    columns: tuple[Column, ...]
    geometry_types: frozenset[str] = frozenset()
    geometry_required: bool = False

    def column(self, name: str) -> Column:
        """Return the column called ``name``; KeyError if there is none."""
        return next(c for c in self.columns if c.name == name)


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
# Evidence of the service score. `community`, `firm`, `inspection` … hold source keys; a period is a
# quarter, "2025-Q4".
GATES = Contract(
    "gates",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community", required=True),
        Column("name", required=True),
        Column("main", "flag"),
    ),
    POINTS,
    geometry_required=True,
)
OWNERS_COMMITTEES = Contract(
    "owners_committees",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community", required=True),
        Column("term", "integer", required=True),  # 1 is the first committee
        Column("starts_on", "date", required=True),
        Column("ends_on", "date", required=True),
    ),
)
OWNERS_COMMITTEE_MEMBERS = Contract(
    "owners_committee_members",
    "source_key",
    (
        Column("source_key", required=True),
        Column("owners_committee", required=True),
        Column("seat", "integer", required=True),
        Column("office", required=True),  # chair | member
        Column("name", required=True),
        Column("concurrent_post", "flag", required=True),  # also the neighbourhood's party secretary
    ),
)
PARTY_ORGANISATIONS = Contract(
    "party_organisations",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community"),  # of a community or of a firm: one of the two is filled
        Column("firm"),
        Column("name", required=True),
        Column("founded_on", "date"),
        Column("acts_for_committee", "flag", required=True),
    ),
)
MEETINGS = Contract(
    "meetings",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community", required=True),
        Column("period", required=True),
        Column("held_on", "date", required=True),
        Column("minuted", "flag", required=True),
        Column("issues_raised", "integer", required=True),
        Column("issues_closed", "integer", required=True),
    ),
)
SURVEYS = Contract(
    "surveys",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community", required=True),
        Column("period", required=True),
        Column("responses", "integer", required=True),
        Column("mean_share", "number", required=True, unit="share of 1"),
    ),
)
STREET_EVALUATIONS = Contract(
    "street_evaluations",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community", required=True),
        Column("period", required=True),
        Column("cooperation", "number", unit="points"),
        Column("meetings", "number", unit="points"),
        Column("rectification", "number", unit="points"),
        Column("disclosure", "number", unit="points"),
    ),
)
INSPECTIONS = Contract(
    "inspections",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community", required=True),
        Column("period", required=True),
        Column("inspected_at", "time", required=True),
    ),
)
FINDINGS = Contract(
    "findings",
    "source_key",
    (
        Column("source_key", required=True),
        Column("inspection", required=True),
        Column("number", "integer", required=True),
        Column("indicator", required=True),  # a key of the policy's inspection indicators
        Column("clause", required=True),
        Column("severity", required=True),  # minor | serious | critical
        Column("deduction", "number", required=True, unit="points"),
    ),
)
RECTIFICATIONS = Contract(
    "rectifications",
    "finding",
    (
        Column("finding", required=True),
        Column("state", required=True),  # open | reported | passed | failed | escalated
        Column("due_at", "time", required=True),
        Column("reported_at", "time"),
        Column("closed_at", "time"),
    ),
)
PENALTIES = Contract(
    "penalties",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community"),  # of a community or of a firm: one of the two is filled
        Column("firm"),
        Column("period", required=True),
        Column("kind", required=True),  # penalty | veto | commendation
        Column("points", "number", required=True, unit="points"),
        Column("clause", required=True),
        Column("evidence", required=True),
        Column("occurred_on", "date", required=True),
    ),
)
EVIDENCE_BY_SUBJECT = {
    c.name: c
    for c in (
        GATES,
        OWNERS_COMMITTEES,
        OWNERS_COMMITTEE_MEMBERS,
        PARTY_ORGANISATIONS,
        MEETINGS,
        SURVEYS,
        STREET_EVALUATIONS,
        INSPECTIONS,
        FINDINGS,
        RECTIFICATIONS,
        PENALTIES,
    )
}
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
    ),
    frozenset({"LineString"}),
    geometry_required=True,
)
CONTRACTS_BY_SUBJECT = {
    c.name: c for c in (STREETS, NEIGHBOURHOODS, COMMUNITIES, FIRMS, CONTRACTS, COMPLAINTS, ROADS)
}


def check(frame: pd.DataFrame, contract: Contract) -> None:
    """Raise unless ``frame`` keeps ``contract``.

    Raises
    ------
    FrameError
        Naming the column or the first offending row: a column is missing, a
        required cell is empty, a key repeats, a geometry has a type that is not
        allowed, or the CRS is not EPSG:4326.
    """
    missing = [c.name for c in contract.columns if c.name not in frame.columns]
    if missing:
        raise FrameError(f"{contract.name}: columns missing: {', '.join(missing)}")
    for column in contract.columns:
        if column.required and bool(frame[column.name].isna().any()):
            row = frame.index[frame[column.name].isna()][0]
            raise FrameError(f"{contract.name}: {column.name} is empty in row {row}")
    repeated = frame[contract.key].duplicated()
    if bool(repeated.any()):
        key = frame.loc[repeated, contract.key].iloc[0]
        raise FrameError(f"{contract.name}: the key {key!r} repeats")
    if contract.geometry_types:
        _check_geometry(frame, contract)


def _check_geometry(frame: pd.DataFrame, contract: Contract) -> None:
    if not isinstance(frame, gpd.GeoDataFrame):
        raise FrameError(f"{contract.name}: geometry is missing")
    if frame.crs is None or frame.crs.to_epsg() != 4326:
        raise FrameError(f"{contract.name}: geometry must be in EPSG:4326")
    empty = frame.geometry.isna() | frame.geometry.is_empty
    if contract.geometry_required and bool(empty.any()):
        raise FrameError(f"{contract.name}: row {frame.index[empty][0]} has no geometry")
    kinds = set(frame.loc[~empty].geom_type.unique())
    if kinds - contract.geometry_types:
        wrong = ", ".join(sorted(kinds - contract.geometry_types))
        raise FrameError(f"{contract.name}: geometry of type {wrong}")
