"""Contracts of what backs scores and governance: inspections, surveys, committees, meetings …"""

from __future__ import annotations

from geo.frames.contract import POINTS, Column, Contract

# Evidence of the service score. `community`, `firm`, `inspection` … hold source keys, or names where only
# one is called so (`street` tells namesakes apart); a period is a quarter, "2025-Q4", and where a row has a
# day as well, need not be said.
GATES = Contract(
    "gates",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community", required=True),
        Column("street"),
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
        Column("street"),
        Column("term", "integer", required=True),  # 1 is the first committee
        Column("starts_on", "date", required=True),
        Column("ends_on", "date", required=True),  # its last day
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
        Column("concurrent_post", "flag"),  # also the neighbourhood's party secretary
    ),
)
PARTY_ORGANISATIONS = Contract(
    "party_organisations",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community"),  # of a community or of a firm: one of the two is filled
        Column("street"),
        Column("firm"),
        Column("name", required=True),
        Column("founded_on", "date"),
        Column("acts_for_committee", "flag"),
    ),
)
MEETINGS = Contract(
    "meetings",
    "source_key",
    (
        Column("source_key", required=True),
        Column("community", required=True),
        Column("street"),
        Column("period"),
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
        Column("street"),
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
        Column("street"),
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
        Column("street"),
        Column("period"),
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
    "source_key",
    (
        Column("source_key", required=True),
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
        Column("street"),
        Column("firm"),
        Column("period"),
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
