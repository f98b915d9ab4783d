"""Frames of evidence: local quarters, and tallies as geo counts them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy.orm import Session

from geo.scores import TALLY_COLUMNS
from portal.models import Community, Complaint, WorkOrder
from portal.store.scores import evidence
from tests.conftest import make_street
from tests.geo.complaints.tally_reference import list_spoken_of, tally_complaints

ZONE = ZoneInfo("Asia/Shanghai")


def test_tallies_in_the_database_agree_with_those_in_geo(session: Session) -> None:
    communities = [Community(name=name, street_how="not_found") for name in "甲乙"]
    session.add_all(communities)
    session.flush()
    rows = []
    start = datetime(2025, 3, 31, 10, 0, tzinfo=UTC)
    for n in range(60):
        flags = {
            "responded_in_time": [True, False, None][n % 3],
            "called_back": [True, None, False, True][n % 4],
            "resolved": n % 5 == 0,
            "satisfied": n % 7 == 0,
        }
        complaint = Complaint(
            source="t",
            source_key=str(n),
            received_at=start + timedelta(hours=n),
            property_related=True,
            category="lift",
            place_level="community",
            place_how="name",
            community_id=communities[n % 2].id,
            content_hash=b"x",
        )
        session.add(complaint)
        session.flush()
        session.add(WorkOrder(complaint_id=complaint.id, **flags))
        rows.append({"community": communities[n % 2].id, "received_at": complaint.received_at, **flags})
    session.flush()

    key = ["community", "period"]
    stored = evidence.load(session, ZONE).complaint_tallies.set_index(key).sort_index()
    counted = tally_complaints(pd.DataFrame(rows), ZONE.key).set_index(key).sort_index()
    columns = list(TALLY_COLUMNS)
    pd.testing.assert_frame_equal(
        stored[columns].astype(int), counted[columns].astype(int), check_index_type=False
    )
    assert len(stored) == 4  # the night of 31 March in UTC is April in the city


def test_a_date_to_come_makes_no_quarter(session: Session) -> None:
    community = Community(name="甲", street_how="not_found")
    session.add(community)
    session.flush()
    for key, at in (
        ("past", datetime(2025, 1, 2, tzinfo=UTC)),
        ("mistaken", datetime(2062, 1, 2, tzinfo=UTC)),
    ):
        session.add(
            Complaint(
                source="t",
                source_key=key,
                received_at=at,
                property_related=True,
                category="lift",
                place_level="community",
                place_how="name",
                community_id=community.id,
                content_hash=b"x",
            )
        )
    session.flush()
    assert evidence.load(session, ZONE).complaint_tallies["period"].tolist() == ["2025-Q1"]


def test_streets_spoken_of_in_the_database_agree_with_those_in_geo(session: Session) -> None:
    """Any record speaks of its street, also an enquiry, a repeat, or one about no property matter."""
    streets = [make_street(session, name, west=west) for name, west in (("东", 118.0), ("西", 118.1))]
    communities = [
        Community(name=name, street_id=street_id, street_how="overlap")
        for name, street_id in (
            ("甲", streets[0].id),
            ("乙", streets[0].id),
            ("丙", streets[1].id),
            ("丁", None),
        )
    ]
    session.add_all(communities)
    session.flush()
    start = datetime(2025, 3, 30, 15, 0, tzinfo=UTC)
    rows = []
    for n in range(40):
        related = n % 3 == 0
        complaint = Complaint(
            source="t",
            source_key=str(n),
            received_at=start + timedelta(hours=n),
            request_kind="咨询" if n % 2 else "投诉",
            property_related=related,
            category="lift" if related else None,
            place_level="street" if n < 20 else "none",
            place_how="street" if n < 20 else "not_found",
            street_id=streets[0].id if n < 20 else None,
            content_hash=b"x",
        )
        session.add(complaint)
        rows.append({"street": complaint.street_id, "received_at": complaint.received_at})
    mistaken = {"place_level": "street", "place_how": "street", "street_id": streets[1].id}
    session.add(
        Complaint(
            source="t",
            source_key="mistaken",
            received_at=datetime(2062, 1, 2, tzinfo=UTC),
            property_related=False,
            content_hash=b"x",
            **mistaken,
        )
    )
    session.flush()

    stored = evidence.load(session, ZONE).spoken_of
    known = pd.DataFrame([{"source_key": row.id, "street": row.street_id} for row in communities])
    listed = list_spoken_of(pd.DataFrame(rows), known, ZONE.key)
    key = ["community", "period"]
    pd.testing.assert_frame_equal(
        stored.sort_values(key, ignore_index=True),
        listed.sort_values(key, ignore_index=True),
        check_dtype=False,
    )
    assert len(stored) == 2  # 东's two communities, in the one quarter of its records
