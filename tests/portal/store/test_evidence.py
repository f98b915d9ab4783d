"""Frames of evidence: local quarters, and tallies as geo counts them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
from sqlalchemy.orm import Session

from geo.scores import TALLY_COLUMNS, tally_complaints
from portal.models import Community, Complaint, WorkOrder
from portal.store import evidence

ZONE = "Asia/Shanghai"


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
    counted = tally_complaints(pd.DataFrame(rows), ZONE).set_index(key).sort_index()
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
