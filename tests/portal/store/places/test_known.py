from __future__ import annotations

from datetime import date

from psycopg.types.range import DateRange
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import (
    Community,
    CommunityAlias,
    CommunityIdentity,
    Complaint,
    Contract,
    Firm,
    Neighbourhood,
    Street,
)
from portal.store.places import known as store
from portal.terms import CommunityStatus, PlaceHow, PlaceLevel

SQUARE = "SRID=4326;MULTIPOLYGON(((114 22.5,114.01 22.5,114.01 22.51,114 22.51,114 22.5)))"


def add_street(session: Session) -> Street:
    street = Street(
        source_key="南山/西街",
        name="西街",
        district="南山区",
        outline=SQUARE,
        area_m2=1.0,
        source_datum="wgs84",
    )
    session.add(street)
    session.flush()
    return street


def add_community(session: Session, **values: object) -> Community:
    community = Community(**{"street_how": PlaceHow.NOT_FOUND, **values})
    session.add(community)
    session.flush()
    return community


def add_complaint(session: Session, key: str, **values: object) -> Complaint:
    filled = {
        "source": "s",
        "source_key": key,
        "received_at": "2025-03-01",
        "property_related": False,
        "place_level": PlaceLevel.NONE,
        "place_how": PlaceHow.NOT_FOUND,
        "content_hash": b"x",
    }
    complaint = Complaint(**filled | values)
    session.add(complaint)
    session.flush()
    return complaint


def test_an_empty_city_knows_nothing(session: Session) -> None:
    assert store.outlines(session) is None
    assert len(store.street_outlines(session)) == 0
    assert list(store.streets(session)) == list(store.neighbourhoods(session)) == []
    assert store.community_names(session) == []
    assert store.placed_complaints(session, select(Complaint.id)).empty


def test_outlines_of_active_communities_are_known(session: Session) -> None:
    kept = add_community(session, outline=SQUARE)
    add_community(session, outline=SQUARE, status=CommunityStatus.MERGED, merged_into_id=kept.id)
    add_community(session, name="甲")
    found = store.outlines(session)
    assert found is not None and len(found) == 1
    assert found.crs.to_epsg() == 4326
    assert found.total_bounds.tolist() == [114, 22.5, 114.01, 22.51]


def test_streets_and_neighbourhoods_are_listed(session: Session) -> None:
    street = add_street(session)
    session.add(Neighbourhood(street_id=street.id, name="南布社区"))
    session.flush()
    assert [tuple(row) for row in store.streets(session)] == [(street.id, "西街", "南山区")]
    assert [tuple(row)[1:] for row in store.neighbourhoods(session)] == [(street.id, "南布社区")]
    outlines = store.street_outlines(session)
    assert outlines[["source_key", "name"]].to_numpy().tolist() == [["南山/西街", "西街"]]


def test_every_name_of_active_communities_is_listed(session: Session) -> None:
    street = add_street(session)
    one = add_community(session, name="阳光花园", street_id=street.id)
    add_community(session, name="旧名", status=CommunityStatus.SPLIT)
    add_community(session, outline=SQUARE)
    session.add(CommunityAlias(community_id=one.id, alias="阳光里"))
    session.flush()
    assert store.community_names(session) == [
        (one.id, street.id, "阳光花园", False),
        (one.id, street.id, "阳光里", True),
    ]


def test_identities_of_active_communities_are_found_by_key(session: Session) -> None:
    one, gone = add_community(session, name="甲"), add_community(session, name="乙", status="split")
    for source, key, community in (("a", "1", one), ("b", "1", gone), ("a", "2", one)):
        session.add(
            CommunityIdentity(source=source, source_key=key, community_id=community.id, matched_by="created")
        )
    session.flush()
    assert [tuple(row) for row in store.identities(session, ["1", "9"])] == [("a", "1", one.id)]


def test_contract_terms_end_with_their_last_day(session: Session) -> None:
    community, firm = add_community(session, name="甲"), Firm(source="s", source_key="1", name="安居")
    session.add(firm)
    session.flush()
    for key, period in (
        ("1", DateRange(date(2023, 1, 1), date(2024, 1, 1))),
        ("2", DateRange(date(2024, 1, 1), None)),
    ):
        session.add(
            Contract(source="s", source_key=key, firm_id=firm.id, community_id=community.id, period=period)
        )
    session.flush()
    assert [tuple(row) for row in store.contract_terms(session, [community.id])] == [
        (community.id, "s", "1", date(2023, 1, 1), date(2023, 12, 31)),
        (community.id, "s", "2", date(2024, 1, 1), None),
    ]
    assert [tuple(row) for row in store.firms(session)] == [(firm.id, "安居", None)]


def test_what_a_clerk_placed_is_not_placed_again(session: Session) -> None:
    add_complaint(session, "1", place_how=PlaceHow.MANUAL)
    two = add_complaint(
        session, "2", raw_lon=114.0, raw_lat=22.5, source_datum="bd09", reported_street="西街"
    )
    found = store.placed_complaints(session, select(Complaint.id))
    assert found["id"].tolist() == [two.id]
    row = found.iloc[0]
    assert (row["raw_lon"], row["source_datum"], row["street"], row["community"]) == (
        114.0,
        "bd09",
        "西街",
        None,
    )
