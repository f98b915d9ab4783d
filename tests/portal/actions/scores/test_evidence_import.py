"""Evidence into the tables: resolved by source key, changed where it differs, counted where it is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.actions.scores import evidence_import as evidence
from portal.models import (
    Community,
    CommunityGate,
    CommunityIdentity,
    OwnersCommittee,
    OwnersCommitteeMember,
    Survey,
)
from portal.privacy import Cipher

CIPHER = Cipher.from_secret("s" * 48)


@pytest.fixture
def community(session: Session) -> int:
    found = Community(name="甲", street_how="not_found")
    session.add(found)
    session.flush()
    session.add(CommunityIdentity(source="t", source_key="c1", community_id=found.id, matched_by="created"))
    session.flush()
    return found.id


def surveys(share: float = 0.8, community: str = "c1") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source_key": ["s1"],
            "community": [community],
            "period": ["2025-Q1"],
            "responses": [40],
            "mean_share": [share],
        }
    )


def committee(name: str = "张三") -> dict[str, Any]:
    return {
        "owners_committees": pd.DataFrame(
            {
                "source_key": ["o1"],
                "community": ["c1"],
                "term": [1],
                "starts_on": [date(2024, 1, 1)],
                "ends_on": [date(2027, 1, 1)],
            }
        ),
        "owners_committee_members": pd.DataFrame(
            {
                "source_key": ["m1"],
                "owners_committee": ["o1"],
                "seat": [1],
                "office": ["chair"],
                "name": [name],
                "concurrent_post": [True],
            }
        ),
    }


def load(session: Session, frames: dict[str, Any]) -> evidence.Loaded:
    return evidence.load(session, frames, source="t", cipher=CIPHER)


def test_new_changed_unchanged(session: Session, community: int) -> None:
    assert load(session, {"surveys": surveys()}).new == 1
    again = load(session, {"surveys": surveys()})
    assert (again.unchanged, again.touched) == (1, set())
    assert load(session, {"surveys": surveys(0.9)}).changed == 1
    (row,) = session.scalars(select(Survey))
    assert (row.community_id, row.mean_share) == (community, 0.9)


def test_row_about_an_unknown_community_is_counted_not_guessed(session: Session, community: int) -> None:
    loaded = load(session, {"surveys": surveys(community="c9")})
    assert loaded.found == {"surveys": 0, "surveys_unresolved": 1}
    assert session.scalars(select(Survey)).all() == []


def test_member_keeps_the_same_ciphertext_until_the_name_changes(session: Session, community: int) -> None:
    load(session, committee())
    (before,) = session.scalars(select(OwnersCommitteeMember.name_encrypted))
    assert CIPHER.decrypt(before) == "张三"
    assert load(session, committee()).touched == set()
    load(session, committee("李四"))
    (after,) = session.scalars(select(OwnersCommitteeMember.name_encrypted))
    assert CIPHER.decrypt(after) == "李四"


def test_term_of_a_committee_ends_with_its_last_day(session: Session, community: int) -> None:
    load(session, committee())
    (period,) = session.scalars(select(OwnersCommittee.period))
    assert (period.lower, period.upper) == (date(2024, 1, 1), date(2027, 1, 2))


def test_gate_is_a_point_of_its_community(session: Session, community: int) -> None:
    gates = gpd.GeoDataFrame(
        {"source_key": ["g1"], "community": ["c1"], "name": ["南门"], "main": [None]},
        geometry=[Point(118.1, 26.1)],
        crs="EPSG:4326",
    )
    load(session, {"gates": gates})
    (gate,) = session.scalars(select(CommunityGate))
    assert (gate.name, gate.main) == ("南门", False)
    assert session.scalar(select(CommunityGate.point.ST_AsText())) == "POINT(118.1 26.1)"
