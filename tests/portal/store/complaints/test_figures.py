"""Which complaints count, and where."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Community, Complaint
from portal.scope import Scope
from portal.store.communities.card import Seen
from portal.store.complaints import figures as complaints
from tests.conftest import make_street
from tests.portal import map_city
from tests.portal.small_city import PERIOD, ZONE, SmallCity

SCOPE = Scope(PERIOD)
EPSG = 32650


@pytest.fixture
def town(session: Session) -> SmallCity:
    return map_city.build(session)


def by_name(session: Session, scope: Scope = SCOPE) -> dict[str, complaints.StreetFigures]:
    return {street.name: street for street in complaints.by_street(session, scope, ZONE)}


def test_every_place_level_counts_for_its_street(session: Session, town: SmallCity) -> None:
    found = by_name(session)
    assert (found["东"].complaints, found["东"].households) == (9, 1_500)
    assert (found["西"].complaints, found["西"].households) == (1, 80)


def test_a_street_says_how_many_of_its_communities_state_their_size(
    session: Session, town: SmallCity
) -> None:
    east = by_name(session)["东"]
    assert (east.communities, east.state_households, east.state_floor_area) == (3, 2, 0)
    merged = session.get_one(Community, town.communities["未定位园"])
    merged.status, merged.merged_into_id = "merged", town.communities["百花里"]
    session.flush()
    east = by_name(session)["东"]
    assert (east.communities, east.state_households) == (2, 2)


def test_a_street_without_communities_has_figures_of_nothing(session: Session, town: SmallCity) -> None:
    make_street(session, "空")
    empty = by_name(session)["空"]
    assert (empty.complaints, empty.recorded, empty.communities, empty.households) == (0, False, 0, 0)
    assert (empty.state_households, empty.floor_area_m2, empty.state_floor_area) == (0, 0.0, 0)


def test_a_month_is_known_where_a_source_speaks_of_this_street(session: Session, town: SmallCity) -> None:
    map_city.add_complaint(session, date(2025, 8, 5), street_id=town.streets["东"], number=80)
    span = (date(2025, 8, 1), date(2025, 9, 1), ZONE)
    assert complaints.by_month(session, *span, Seen(town.communities["春晖园"], None)) == {}
    assert complaints.by_month(session, *span, Seen(town.communities["百花里"], None)) == {
        date(2025, 8, 1): 0
    }


def test_repeats_enquiries_and_other_quarters_do_not_count(session: Session, town: SmallCity) -> None:
    assert by_name(session, Scope(PERIOD.next))["西"].complaints == 0
    assert by_name(session, Scope(PERIOD.previous))["东"].complaints == 0


def test_a_quarter_begins_and_ends_at_midnight_in_the_city(session: Session, town: SmallCity) -> None:
    # 30 September, 23:30 in the city is counted already; a day later it belongs to the next quarter.
    before = by_name(session)["西"].complaints
    map_city.add_complaint(session, PERIOD.last_day, street_id=town.streets["西"], number=50)
    map_city.add_complaint(session, PERIOD.next.first_day, street_id=town.streets["西"], number=51)
    assert by_name(session)["西"].complaints == before + 1


def test_points_lie_where_the_complaint_or_its_community_does(session: Session, town: SmallCity) -> None:
    points = complaints.located_points(session, SCOPE, ZONE, None, EPSG)
    assert points.shape == (3, 3)
    assert sorted(points[:, 2]) == [1, 1, 2]
    assert np.ptp(points[:, 0]) == pytest.approx(7_196, rel=0.01)  # 0.07° at 22.5° north


def test_points_of_one_street_only(session: Session, town: SmallCity) -> None:
    points = complaints.located_points(session, SCOPE, ZONE, town.streets["西"], EPSG)
    assert points[:, 2].tolist() == [1]
    nothing = complaints.located_points(session, Scope(PERIOD, "greening"), ZONE, None, EPSG)
    assert nothing.shape == (0, 3)


def test_what_is_placed_in_no_community_is_counted_by_street_and_kept_to_it(
    session: Session, town: SmallCity
) -> None:
    number, west = town.communities["安华苑"], town.streets["西"]

    def elsewhere(seen: Seen, scope: Scope = SCOPE) -> int:
        return complaints.tally(session, scope, ZONE, seen).elsewhere

    assert complaints.tally(session, SCOPE, ZONE, Seen(number, None)) == complaints.Tally(2, 7)
    assert elsewhere(Seen(number, west)) == 0
    map_city.add_complaint(session, PERIOD.first_day, street_id=west, number=60, category="lift")
    repeat = session.query(Complaint).filter_by(source="map", street_id=west).one()
    mine = Seen(town.communities["德政楼"], west)
    assert elsewhere(mine) == 1
    assert elsewhere(mine, Scope(PERIOD, "noise")) == 0
    assert elsewhere(mine, Scope(PERIOD.next)) == 0
    repeat.repeat_of_id = session.scalars(select(Complaint.id).where(Complaint.id != repeat.id)).first()
    session.flush()
    assert elsewhere(mine) == 0


def test_no_complaint_is_known_only_where_a_source_speaks_of_the_street(
    session: Session, town: SmallCity
) -> None:
    quiet = Seen(town.communities["春晖园"], None)  # on 西, where 德政楼 has one
    assert complaints.tally(session, SCOPE, ZONE, quiet).n == 0
    assert complaints.tally(session, Scope(PERIOD.previous), ZONE, quiet).n is None
    nowhere = Seen(town.communities["None"], None)  # under no street
    assert complaints.tally(session, SCOPE, ZONE, nowhere).n is None
    mine = {"place_level": "community", "community_id": nowhere.community_id}
    map_city.add_complaint(session, PERIOD.first_day, **mine)
    assert complaints.tally(session, SCOPE, ZONE, nowhere).n == 1
    assert {street.name: street.recorded for street in by_name(session).values()} == {"东": True, "西": True}
    assert not by_name(session, Scope(PERIOD.previous))["西"].recorded


def test_an_enquiry_is_no_complaint(session: Session, town: SmallCity) -> None:
    number = town.communities["安华苑"]
    first = session.scalars(
        select(Complaint).where(Complaint.community_id == number, Complaint.category == "repair")
    ).one()
    first.request_kind = "咨询"
    session.flush()
    assert complaints.tally(session, SCOPE, ZONE, Seen(number, None)).n == 1
    assert by_name(session)["东"].complaints == 8
    assert complaints.total(session, SCOPE, ZONE, None) == 9


def test_the_total_counts_every_place_level(session: Session, town: SmallCity) -> None:
    assert complaints.total(session, SCOPE, ZONE, None) == 10
    assert complaints.total(session, SCOPE, ZONE, town.streets["西"]) == 1
    parts = complaints.by_street_and_category(session, Scope(PERIOD, "lift"), ZONE)
    assert parts == {
        town.streets["东"]: {"lift": 1, "noise": 7, "repair": 1},
        town.streets["西"]: {"repair": 1},
    }


def test_a_communitys_complaints_by_category_and_month(session: Session, town: SmallCity) -> None:
    seen = Seen(town.communities["安华苑"], None)
    rows = complaints.by_category(session, SCOPE, ZONE, seen)
    assert [(row[0], row[1]) for row in rows] == [("lift", 1), ("repair", 1)]
    mine = {"place_level": "community", "community_id": seen.community_id, "number": 70}
    map_city.add_complaint(session, PERIOD.first_day, category="repair", **mine)
    rows = complaints.by_category(session, SCOPE, ZONE, seen)
    assert [(row[0], row[1]) for row in rows] == [("repair", 2), ("lift", 1)]
    months = complaints.by_month(session, date(2025, 8, 1), date(2025, 11, 1), ZONE, seen)
    assert months == {date(2025, 9, 1): 2, date(2025, 10, 1): 1}
    quiet = Seen(town.communities["春晖园"], None)
    assert complaints.by_month(session, date(2025, 8, 1), date(2025, 11, 1), ZONE, quiet) == {
        date(2025, 9, 1): 0,
        date(2025, 10, 1): 0,
    }
