"""Points of registers that contradict what is known: kept aside, told, and ruled on by a clerk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES
from portal.access import Viewer
from portal.actions.communities import records
from portal.actions.communities import register_import as communities
from portal.actions.communities.undo import undo_change
from portal.actions.transactions.import_run import Loaded
from portal.errors import Conflict
from portal.models import Community
from portal.privacy import Cipher
from portal.store.communities import records as community_records
from portal.store.communities import unlocated
from portal.terms import Role
from tests.portal.actions.conftest import box, frame_of

Load = Callable[..., Loaded]
EAST, FAR = shapely.Point(114.03, 22.51), shapely.Point(114.2, 22.5)
ASTRAY = {"source_key": "1", "name": "阳光花园", "street": "西街", "geometry": EAST}


@pytest.fixture
def load(session: Session, town: dict[str, int], cipher: Cipher) -> Load:
    def load(*rows: dict[str, Any], source: str = "register") -> Loaded:
        return communities.load(session, frame_of(COMMUNITIES, rows), source=source, cipher=cipher)

    return load


def only(session: Session) -> Community:
    session.expire_all()
    return session.scalars(select(Community)).one()


@pytest.mark.parametrize(
    ("row", "doubt", "street", "reason"),
    [
        (ASTRAY, "other_street", "西街", "登记在西街，坐标却在东街街道"),
        (
            ASTRAY | {"street": None, "district": "福田区"},
            "other_district",
            None,
            "登记在福田区，坐标却在南山区东街街道",
        ),
        (ASTRAY | {"geometry": FAR}, "far_off", "西街", "坐标离本市街道过远"),
    ],
)
def test_a_point_that_contradicts_is_not_on_the_map(
    session: Session,
    town: dict[str, int],
    load: Load,
    row: dict[str, Any],
    doubt: str,
    street: str | None,
    reason: str,
) -> None:
    loaded = load(row)
    found = only(session)
    assert (found.location, found.doubt, found.street_id) == (None, doubt, town.get(street or ""))
    assert (loaded.found[f"doubt_{doubt}"], loaded.found["points"]) == (1, 1)
    assert [(item.severity, item.reason) for item in loaded.remarks if item.severity == "doubted"] == [
        ("doubted", reason)
    ]
    assert unlocated.waits(session, unlocated.Lack.LOCATION, found.id)
    assert unlocated.find(session, unlocated.Wanted(), 1, 9).rows[0].doubt == doubt
    again = load(row)
    assert (again.unchanged, again.touched) == (1, set())


@pytest.mark.parametrize(
    "row",
    [
        ASTRAY | {"street": "东街"},
        ASTRAY | {"street": None},
        ASTRAY | {"geometry": box(114.025, 22.505)},  # an outline lies where it is drawn
        ASTRAY | {"name": None},  # nothing else would tell the community
    ],
)
def test_what_does_not_contradict_is(session: Session, load: Load, row: dict[str, Any]) -> None:
    loaded = load(row)
    assert only(session).location is not None
    assert not any(key.startswith("doubt_") for key in loaded.found)


def test_a_point_of_many_names_is_none(session: Session, load: Load) -> None:
    rows = [{"source_key": str(n), "name": f"{n}号苑", "geometry": EAST} for n in range(6)]
    load(*rows)
    assert session.scalar(select(func.count(Community.pin))) == 6
    more = [{"source_key": f"b{n}", "name": f"别{n}号苑", "geometry": EAST} for n in range(4)]
    assert load(*more, source="b").found["doubt_shared"] == 4
    assert session.scalar(select(func.count(Community.pin))) == 6


def test_the_same_names_again_share_nothing(session: Session, load: Load) -> None:
    rows = [{"source_key": str(n), "name": f"{n}号苑", "geometry": EAST} for n in range(9)]
    for source in ("a", "b"):
        assert "doubt_shared" not in load(*rows, source=source).found


def test_a_corrected_point_is_taken(session: Session, load: Load) -> None:
    load(ASTRAY)
    load(ASTRAY | {"geometry": shapely.Point(114.005, 22.505)})
    found = only(session)
    assert (found.location is not None, found.doubt, found.doubtful_pin) == (True, None, None)
    load(ASTRAY)
    found = only(session)
    assert (found.location, found.doubt) == (None, "other_street")


def test_a_clerk_takes_the_point(
    session: Session, town: dict[str, int], load: Load, clerk: Viewer, cipher: Cipher
) -> None:
    load(ASTRAY)
    session.commit()
    record = community_records.one(session, only(session).id)
    assert (record.doubt, record.doubtful_lon, record.doubtful_lat) == ("other_street", 114.03, 22.51)
    done = records.pin(session, clerk, record.id, 114.03, 22.51, cipher=cipher, version=record.version)
    assert done.street_id == town["东街"]
    load(ASTRAY)
    assert only(session).street_id == town["东街"]
    assert community_records.one(session, record.id).doubt is None


def test_a_clerk_dismisses_it_and_takes_that_back(
    session: Session, load: Load, clerk: Viewer, cipher: Cipher
) -> None:
    load(ASTRAY)
    session.commit()
    number = only(session).id
    done = records.dismiss_pin(session, clerk, number, cipher=cipher)
    load(ASTRAY)
    assert community_records.one(session, number).doubt is None
    with pytest.raises(Conflict, match="没有待核定的点位"):
        records.dismiss_pin(session, clerk, number, cipher=cipher)
    load(ASTRAY | {"geometry": shapely.Point(114.031, 22.51)})
    assert community_records.one(session, number).doubt == "other_street"
    load(ASTRAY)
    session.commit()
    administrator = Viewer(clerk.user_id, clerk.username, Role.ADMINISTRATOR)
    done = records.dismiss_pin(session, clerk, number, cipher=cipher)
    undo_change(session, administrator, done.deed_id, cipher=cipher)
    assert community_records.one(session, number).doubt == "other_street"
