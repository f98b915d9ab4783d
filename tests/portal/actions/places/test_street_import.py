from __future__ import annotations

from collections.abc import Callable

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.frames import COMMUNITIES, COMPLAINTS, STREETS
from geo.policy.city import City
from portal.actions.communities import register_import as communities
from portal.actions.complaints import complaint_import as complaints
from portal.actions.places import street_import as streets
from portal.actions.transactions.import_run import Loaded
from portal.models import Community, Complaint, Street
from portal.privacy import Cipher
from portal.terms import Subject
from tests.portal.actions.conftest import box, frame_of

Load = Callable[..., Loaded]
WEST = {"source_key": "w", "name": "西街街道", "district": "南山区", "geometry": box(114.00, 22.5, 0.02)}
EAST = {"source_key": "e", "name": "东街街道", "district": "南山区", "geometry": box(114.02, 22.5, 0.02)}


@pytest.fixture
def load(session: Session, city: City, cipher: Cipher) -> Load:
    def load(*rows: dict[str, object]) -> Loaded:
        return streets.load(session, frame_of(STREETS, rows), city=city, cipher=cipher)

    return load


def test_a_street_is_stored_with_its_size_and_initials(session: Session, load: Load) -> None:
    loaded = load(WEST)
    assert (loaded.new, loaded.touched) == (1, {Subject.STREETS})
    street = session.scalars(select(Street)).one()
    assert (street.name, street.district, street.pinyin_initials) == ("西街", "南山区", "xj")
    # 0.02° × 0.02° at 22.5° N.
    assert street.area_m2 == pytest.approx(2057 * 2215, rel=0.002)
    assert (street.source_datum, shapely.from_wkb(street.raw_outline)) == (
        Datum.WGS84,
        WEST["geometry"],
    )


def test_another_spelling_is_the_same_street(session: Session, load: Load) -> None:
    load(WEST)
    loaded = load({**WEST, "source_key": "77", "name": "西街", "district": "南山"})
    assert (loaded.new, loaded.changed) == (0, 1)
    assert session.scalars(select(Street.district)).all() == ["南山"]


def test_the_same_again_changes_nothing(load: Load) -> None:
    load(WEST, EAST)
    loaded = load(WEST, EAST)
    assert (loaded.unchanged, loaded.touched) == (2, set())


def test_one_name_in_two_districts_is_two_streets(load: Load) -> None:
    loaded = load(WEST, {**EAST, "name": "西街", "district": "福田区"})
    assert (loaded.new, loaded.remarks) == (2, [])


def test_a_street_that_repeats_is_rejected(load: Load) -> None:
    loaded = load(WEST, {**EAST, "name": "西街"})
    assert (loaded.new, loaded.counts()["rejected"]) == (1, 1)
    assert loaded.remarks[0].row == 2


def test_gaps_and_overlaps_are_reported_with_their_size(load: Load) -> None:
    shifted = {**EAST, "geometry": shapely.box(114.0198, 22.5, 114.04, 22.52)}
    loaded = load(WEST, shifted)
    assert (loaded.found["overlaps"], loaded.found["gaps"]) == (1, 0)
    assert loaded.found["overlaps_area_m2"] == pytest.approx(20.57 * 2215, rel=0.01)
    [told] = [item for item in loaded.remarks if "重叠" in item.reason]
    assert "西街" in told.reason and "东街" in told.reason and told.row is None


def test_communities_and_complaints_follow_their_streets(
    session: Session, city: City, cipher: Cipher, load: Load
) -> None:
    places = [{"source_key": "1", "name": "甲", "geometry": box(114.015, 22.505, 0.004)}]
    communities.load(session, frame_of(COMMUNITIES, places), source="s", cipher=cipher)
    row = {"source_key": "1", "received_at": "2025-03-01 08:00", "street": "东街"}
    complaints.load(session, frame_of(COMPLAINTS, [row]), source="s", city=city, cipher=cipher)
    loaded = load(WEST, EAST)
    assert loaded.touched == {Subject.STREETS, Subject.COMMUNITIES, Subject.COMPLAINTS}
    ids = dict(session.execute(select(Street.name, Street.id)).tuples().all())
    assert session.scalars(select(Community.street_id)).all() == [ids["西街"]]
    assert session.scalars(select(Complaint.street_id)).all() == [ids["东街"]]
    moved = load(
        {**WEST, "geometry": shapely.box(114, 22.5, 114.015, 22.52)},
        {**EAST, "geometry": shapely.box(114.015, 22.5, 114.04, 22.52)},
    )
    assert moved.touched == {Subject.STREETS, Subject.COMMUNITIES}
    assert session.scalars(select(Community.street_id)).all() == [ids["东街"]]
