from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.city import City
from geo.frames import COMPLAINTS
from portal.actions.ingest import complaints
from portal.actions.ingest.common import Loaded
from portal.models import Complaint
from portal.privacy import Cipher
from tests.portal.actions.conftest import frame_of

FAR = shapely.Point(-122.4, 37.8)


def load(session: Session, city: City, cipher: Cipher, *rows: dict[str, Any]) -> Loaded:
    filled = [{"source_key": str(n), "received_at": f"2025-03-0{n + 1}", **row} for n, row in enumerate(rows)]
    frame = frame_of(COMPLAINTS, filled).assign(row=range(2, len(rows) + 2))
    return complaints.load(session, frame, source="s", city=city, cipher=cipher)


def hows(session: Session) -> list[str]:
    return list(session.scalars(select(Complaint.place_how).order_by(Complaint.source_key)))


def test_a_file_of_which_nothing_is_here_is_reported_as_a_whole(
    session: Session, town: dict[str, int], city: City, cipher: Cipher
) -> None:
    loaded = load(session, city, cipher, {"geometry": FAR}, {"geometry": FAR}, {"address": "Market St"})
    assert hows(session) == ["outside"] * 3
    assert (loaded.found["outside"], loaded.found["outside_without_coordinate"]) == (3, 1)
    [said] = loaded.remarks
    assert (said.row, said.reason) == (None, "全部 3 行在本市范围之外，其中 1 行没有坐标")


def test_one_row_that_is_here_makes_the_others_speak_for_themselves(
    session: Session, town: dict[str, int], city: City, cipher: Cipher
) -> None:
    rows = [{"geometry": FAR}, {"street": "西街"}, {"street": "北街"}, {}]
    loaded = load(session, city, cipher, *rows)
    assert hows(session) == ["outside", "street", "not_found", "not_found"]
    assert [(item.row, item.reason) for item in loaded.remarks] == [
        (2, "坐标在本市街道范围之外"),
        (4, "街道名称不在本市街道名录中"),
        (5, "没有坐标，也没有可识别的小区、社区或街道"),
    ]
    assert loaded.counts()["rejected"] == 0


def test_counts_add_up(session: Session, town: dict[str, int], city: City, cipher: Cipher) -> None:
    inside = shapely.Point(114.005, 22.505)
    rows = [{"geometry": inside}, {"geometry": inside, "sub_type": "电梯"}, {"street": "西街"}, {}]
    loaded = load(session, city, cipher, *rows)
    assert loaded.found == {
        "point_by_coordinate": 2,
        "street_by_street": 1,
        "none_by_not_found": 1,
        "matched_to_a_street": 3,
        "property_related": 1,
        "repeats": 0,
        "outside": 0,
        "outside_without_coordinate": 0,
    }


def test_without_streets_nothing_is_outside(session: Session, city: City, cipher: Cipher) -> None:
    loaded = load(session, city, cipher, {"geometry": FAR}, {})
    assert hows(session) == ["coordinate", "not_found"]
    assert loaded.found["outside"] == 0
