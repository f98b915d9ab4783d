"""The column contract of each frame that passes between readers, `geo` and the store.

A frame has exactly these columns (more are allowed, and ignored); text is
``str`` or None, numbers are floats with NaN for missing, times are aware, dates
are ``datetime.date`` or None, flags are True, False or None.
Geometry is WGS 84 (EPSG:4326) once it has passed `geo.datums.crs`.
"""

from geo.frames.contract import POINTS, POLYGONS, Column, Contract, check
from geo.frames.evidence import (
    EVIDENCE_BY_SUBJECT,
    FINDINGS,
    GATES,
    INSPECTIONS,
    MEETINGS,
    OWNERS_COMMITTEE_MEMBERS,
    OWNERS_COMMITTEES,
    PARTY_ORGANISATIONS,
    PENALTIES,
    RECTIFICATIONS,
    STREET_EVALUATIONS,
    SURVEYS,
)
from geo.frames.registers import (
    COMMUNITIES,
    COMPLAINTS,
    CONTRACTS,
    CONTRACTS_BY_SUBJECT,
    FIRMS,
    NEIGHBOURHOODS,
    ROADS,
    STREETS,
)

__all__ = [
    "COMMUNITIES",
    "COMPLAINTS",
    "CONTRACTS",
    "CONTRACTS_BY_SUBJECT",
    "Column",
    "Contract",
    "EVIDENCE_BY_SUBJECT",
    "FINDINGS",
    "FIRMS",
    "GATES",
    "INSPECTIONS",
    "MEETINGS",
    "NEIGHBOURHOODS",
    "OWNERS_COMMITTEES",
    "OWNERS_COMMITTEE_MEMBERS",
    "PARTY_ORGANISATIONS",
    "PENALTIES",
    "POINTS",
    "POLYGONS",
    "RECTIFICATIONS",
    "ROADS",
    "STREETS",
    "STREET_EVALUATIONS",
    "SURVEYS",
    "check",
]
