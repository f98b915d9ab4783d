from __future__ import annotations

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum, convert
from geo.errors import DatumError
from geo.frames import COMMUNITIES, COMPLAINTS
from geo.policy.city import City
from portal.access import Viewer
from portal.actions.communities import records as actions
from portal.actions.communities import register_import as communities
from portal.actions.complaints import complaint_import as complaints
from portal.errors import BadRequest, Conflict, NotAllowed, NotFound
from portal.models import Audit, Community, CommunityAlias, CommunityHistory, Complaint, DataVersion
from portal.privacy import Cipher
from portal.store.communities import records as community_records
from portal.terms import Role
from tests.portal.actions.conftest import box, frame_of

REGISTER = [
    {"source_key": "1", "name": "阳光花园", "street": "西街"},
    {"source_key": "2", "name": "月光花园", "street": "西街"},
]


@pytest.fixture
def ids(session: Session, town: dict[str, int], cipher: Cipher) -> dict[str, int]:
    """Two named communities of 西街 and complaints that name them, by name."""
    communities.load(session, frame_of(COMMUNITIES, REGISTER), source="register", cipher=cipher)
    session.commit()  # what a refused change undoes begins here
    rows = session.execute(select(Community.name, Community.id)).tuples()
    return {name or "": number for name, number in rows}


def complain(session: Session, city: City, cipher: Cipher, **values: object) -> None:
    row = {"source_key": "1", "received_at": "2025-03-01 08:00", **values}
    complaints.load(session, frame_of(COMPLAINTS, [row]), source="hotline", city=city, cipher=cipher)


def place(session: Session) -> tuple[str, int | None]:
    row = session.execute(select(Complaint.place_level, Complaint.community_id)).one()
    return row[0], row[1]


def test_a_renamed_community_is_found_by_both_names(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    complain(session, city, cipher, street="西街", community="晨光花园")
    assert place(session) == ("street", None)
    changed = actions.rename(session, clerk, ids["阳光花园"], " 晨光花园 ", cipher=cipher)
    assert (changed.street_how, changed.complaints) == ("street", 1)
    assert place(session) == ("community", ids["阳光花园"])
    row = session.execute(
        select(Community.name, Community.pinyin_initials).where(Community.id == ids["阳光花园"])
    ).one()
    assert tuple(row) == ("晨光花园", "cghy")
    alias = session.execute(select(CommunityAlias.alias, CommunityAlias.former)).one()
    assert tuple(alias) == ("阳光花园", True)
    history = session.execute(select(CommunityHistory.kind, CommunityHistory.detail)).one()
    assert tuple(history) == ("renamed", {"from": "阳光花园", "to": "晨光花园"})
    audit = session.execute(select(Audit.action, Audit.user_id, Audit.subject_id)).all()
    assert audit == [("rename", clerk.user_id, str(ids["阳光花园"]))]
    assert {"communities", "complaints"} <= set(session.scalars(select(DataVersion.subject)))


def test_the_register_does_not_take_a_clerks_name_back(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    actions.rename(session, clerk, ids["阳光花园"], "晨光花园", cipher=cipher)
    loaded = communities.load(session, frame_of(COMMUNITIES, REGISTER), source="register", cipher=cipher)
    assert (loaded.new, loaded.changed) == (0, 0)
    assert session.get_one(Community, ids["阳光花园"]).name == "晨光花园"


def test_back_to_the_former_name(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    actions.rename(session, clerk, ids["阳光花园"], "晨光花园", cipher=cipher)
    actions.rename(session, clerk, ids["阳光花园"], "阳光花园", cipher=cipher)
    assert session.scalars(select(CommunityAlias.alias)).all() == ["晨光花园"]


@pytest.mark.parametrize(
    "name", ["", "  ", "阳光花园", "名" * 101, "阳光\0园", "\u202e园花光阳", "阳光花园１３８００１３８０００"]
)
def test_a_name_that_cannot_be(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher, name: str
) -> None:
    with pytest.raises(BadRequest, match="name"):
        actions.rename(session, clerk, ids["阳光花园"], name, cipher=cipher)


def test_a_name_that_another_of_the_street_has(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    with pytest.raises(Conflict, match="月光花园"):
        actions.rename(session, clerk, ids["阳光花园"], "月光花园", cipher=cipher)


def test_a_pin_puts_a_community_on_the_map_and_under_its_street(
    session: Session, ids: dict[str, int], town: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    lon, lat = (float(x) for x in convert(114.03, 22.51, Datum.WGS84, Datum.GCJ02))
    changed = actions.pin(session, clerk, ids["阳光花园"], lon, lat, cipher=cipher, datum=Datum.GCJ02)
    assert (changed.street_id, changed.street_how) == (town["东街"], "coordinate")
    pinned = Community.id == ids["阳光花园"]
    point = session.execute(
        select(func.ST_X(Community.location), func.ST_Y(Community.location)).where(pinned)
    ).one()
    assert tuple(point) == pytest.approx((114.03, 22.51), abs=1e-8)
    raw, datum = session.execute(select(Community.raw_geometry, Community.source_datum).where(pinned)).one()
    assert datum == "gcj02"
    assert shapely.from_wkb(raw).x == pytest.approx(lon)
    assert session.scalars(select(CommunityHistory.kind)).all() == ["pinned"]


def test_a_pin_is_not_moved_by_the_register(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    actions.pin(session, clerk, ids["阳光花园"], 114.005, 22.505, cipher=cipher)
    rows = [{**REGISTER[0], "geometry": shapely.Point(114.01, 22.51)}, REGISTER[1]]
    loaded = communities.load(session, frame_of(COMMUNITIES, rows), source="register", cipher=cipher)
    assert loaded.changed == 0
    lon = select(func.ST_X(Community.pin)).where(Community.id == ids["阳光花园"])
    assert session.scalar(lon) == pytest.approx(114.005)


def test_a_pin_off_the_earth(session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher) -> None:
    with pytest.raises(DatumError):
        actions.pin(session, clerk, ids["阳光花园"], 22.5, 114.0, cipher=cipher)


def test_a_drawn_outline_takes_the_complaints_inside(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    complain(session, city, cipher, geometry=shapely.Point(114.005, 22.505))
    assert place(session) == ("point", None)
    changed = actions.draw(session, clerk, ids["阳光花园"], box(114.003, 22.503), cipher=cipher)
    assert (changed.street_how, changed.complaints) == ("overlap", 1)
    assert place(session) == ("point", ids["阳光花园"])
    assert session.scalars(select(CommunityHistory.kind)).all() == ["drawn"]


@pytest.mark.parametrize(
    "outline",
    [
        shapely.Polygon([(114, 22), (114.01, 22.01), (114.01, 22), (114, 22.01)]),
        shapely.Polygon(),
        shapely.Point(114, 22),
        shapely.Polygon([(114, 22), (114.01, 22), (114.02, 22)]),
        shapely.box(190, 22, 191, 23),
    ],
)
def test_an_outline_that_is_no_area(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher, outline: shapely.Polygon
) -> None:
    with pytest.raises(BadRequest, match="outline"):
        actions.draw(session, clerk, ids["阳光花园"], outline, cipher=cipher)


def test_what_changed_meanwhile_is_not_overwritten(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    seen = community_records.one(session, ids["阳光花园"]).version
    actions.rename(session, clerk, ids["阳光花园"], "晨光花园", cipher=cipher, version=seen)
    with pytest.raises(Conflict, match="修改过"):
        actions.rename(session, clerk, ids["阳光花园"], "夕阳花园", cipher=cipher, version=seen)


def test_only_who_may_edit_communities_does(session: Session, ids: dict[str, int], cipher: Cipher) -> None:
    with pytest.raises(NotAllowed):
        actions.rename(session, Viewer(1, "x", Role.LEADER), ids["阳光花园"], "新", cipher=cipher)


def test_a_community_that_is_not_there(session: Session, clerk: Viewer, cipher: Cipher) -> None:
    with pytest.raises(NotFound):
        actions.pin(session, clerk, 999_999, 114.0, 22.5, cipher=cipher)
