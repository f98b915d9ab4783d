from __future__ import annotations

from typing import Any

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.frames import COMPLAINTS
from geo.policy.city import City
from portal.actions.complaints import complaint_import as complaints
from portal.actions.transactions.import_run import Loaded
from portal.models import Community, Complaint
from portal.privacy import Cipher
from portal.store.complaints import unplaced
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
    rows = [{"geometry": FAR}, {"street": "西街"}, {"street": "北街", "community": "甲"}, {}]
    loaded = load(session, city, cipher, *rows)
    assert hows(session) == ["outside", "street", "not_found", "not_found"]
    assert [(item.row, item.field, item.value, item.reason) for item in loaded.remarks] == [
        (2, "lon, lat", "-122.400000, 37.800000", "坐标离本市街道超过 2 公里"),
        (4, "street", "北街", "街道名称不在本市街道名录中"),
        (5, "street", "", "坐标、街道、社区、小区和地址都没有填写"),
    ]
    assert loaded.counts()["rejected"] == 0


def test_what_contradicts_is_counted_and_told_with_both_places(
    session: Session, town: dict[str, int], city: City, cipher: Cipher
) -> None:
    here = shapely.Point(114.005, 22.505)
    rows = [
        {"geometry": here, "street": "西街"},
        {"geometry": here, "street": "东街街道"},
        {"geometry": here, "district": "福田区"},
        {"geometry": FAR, "street": "东街"},
        {"street": "东街", "district": "福田区"},
    ]
    loaded = load(session, city, cipher, *rows)
    assert {key: n for key, n in loaded.found.items() if key.startswith("doubt")} == {
        "doubt_far_off": 1,
        "doubt_other_street": 1,
        "doubt_other_district": 2,
    }
    assert [(item.row, item.severity, item.value, item.reason) for item in loaded.remarks] == [
        (3, "doubted", "东街街道", "登记在东街街道，坐标却在西街街道"),
        (4, "doubted", "福田区", "登记在福田区，坐标却在南山区西街街道"),
        (5, "doubted", "-122.400000, 37.800000", "坐标离本市街道超过 2 公里"),
        (6, "doubted", "福田区", "登记在福田区，但东街不在这个区"),
    ]


def test_far_off_and_outside_are_different_things_and_are_told_so(
    session: Session, town: dict[str, int], city: City, cipher: Cipher
) -> None:
    beside = shapely.Point(113.999, 22.505)
    loaded = load(session, city, cipher, {"geometry": beside}, {"geometry": FAR, "street": "东街"})
    assert (loaded.found["outside"], loaded.found["doubt_far_off"]) == (1, 1)
    assert [(item.row, item.reason) for item in loaded.remarks] == [
        (2, "坐标在本市街道范围之外"),
        (3, "坐标离本市街道超过 2 公里"),
    ]


def test_many_places_at_one_coordinate_are_counted(
    session: Session, town: dict[str, int], city: City, cipher: Cipher
) -> None:
    here = shapely.Point(114.03, 22.51)
    rows = [{"geometry": here, "received_at": f"2025-03-05 10:{n:02}"} for n in range(20)]
    loaded = load(
        session,
        city,
        cipher,
        *rows,
        {"geometry": shapely.Point(114.031, 22.51), "received_at": "2025-03-06 09:00"},
    )
    assert (loaded.found["doubt_shared"], loaded.found["point_by_coordinate"]) == (20, 1)
    assert loaded.remarks[1].reason == "不同地点的多件投诉用同一个坐标，本文件中有 20 件"
    assert len(loaded.remarks) == 21


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"community": "无名园", "neighbourhood": "无名", "address": "无名路"}, "community"),
        ({"neighbourhood": "无名", "address": "无名路"}, "neighbourhood"),
        ({"address": "无名路1号", "district": "中区"}, "address"),
        ({"district": "中区"}, "district"),
    ],
)
def test_a_row_without_a_street_names_the_best_of_what_it_says(
    session: Session, town: dict[str, int], city: City, cipher: Cipher, said: dict[str, str], field: str
) -> None:
    [told] = load(session, city, cipher, said).remarks
    assert (told.field, told.value) == (field, said[field])
    assert told.reason == "没有坐标和街道，按登记的小区、社区或地址也找不到位置"


def test_only_what_waits_in_the_queue_is_said_to_wait_there(
    session: Session, town: dict[str, int], city: City, cipher: Cipher
) -> None:
    about_property, other = load(session, city, cipher, {"sub_type": "电梯"}, {"sub_type": "公交"}).remarks
    assert "投诉小区未知" in about_property.remedy
    assert "投诉小区未知" not in other.remedy and "不是物业事项" in other.remedy
    queue = unplaced.find(session, unplaced.Wanted(), 1, 10)
    assert [row.source_key for row in queue.rows] == ["0"]


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
    }


def test_without_streets_nothing_is_outside(session: Session, city: City, cipher: Cipher) -> None:
    loaded = load(session, city, cipher, {"geometry": FAR}, {})
    assert hows(session) == ["coordinate", "not_found"]
    assert loaded.found["outside"] == 0


def test_names_nearly_a_communitys_place_nothing_and_are_listed(
    session: Session, town: dict[str, int], city: City, cipher: Cipher
) -> None:
    for name, street in (("翠湖花园一期", "东街"), ("翠湖2期", "东街"), ("长青苑", "西街")):
        session.add(Community(name=name, street_id=town[street], street_how="street"))
    session.flush()
    loaded = load(
        session,
        city,
        cipher,
        {"community": "翠湖1期", "street": "东街"},
        {"community": "翠湖1期", "street": "东街"},
        {"community": "翠湖（二期）", "street": "东街"},
        {"community": "翠湖1期", "street": "西街"},  # none of this street
        {"community": "\u2ed3青苑", "street": "西街"},  # the same name, in other code points
        {"community": "翠湖小区1期 3栋1205", "geometry": shapely.Point(114.03, 22.51)},
    )
    assert hows(session) == ["street", "street", "street", "street", "name", "coordinate"]
    assert [(item.row, item.field, item.reason) for item in loaded.remarks] == [
        (2, "community", "2 件投诉登记的“翠湖1期”与翠湖花园一期（东街）名称相同或相近，没有归入"),
        (4, "community", "1 件投诉登记的“翠湖（二期）”与翠湖2期（东街）名称相同或相近，没有归入"),
    ]
    assert loaded.found["near_names"] == 2 and loaded.counts()["rejected"] == 0


def test_a_file_without_one_complaint_about_property_says_so(
    session: Session, town: dict[str, int], city: City, cipher: Cipher
) -> None:
    rows = [{"street": "西街", "request_kind": "电梯故障"} for _ in range(8)]
    [said] = load(session, city, cipher, *rows).remarks
    assert (said.row, said.reason) == (None, "全部 8 行都没有识别为物业投诉，不计入物业投诉的任何数字")
    told = load(session, city, cipher, *rows[:-1], {"street": "西街", "main_type": "物业服务"}).remarks
    assert told == []


def test_a_complaint_that_is_still_to_come_is_noted(
    session: Session, town: dict[str, int], city: City, cipher: Cipher
) -> None:
    rows = [{"street": "西街"}, {"street": "西街", "received_at": "2099-12-31"}]
    [said] = load(session, city, cipher, *rows).remarks
    assert (said.row, said.field, said.reason) == (3, "received_at", "受理时间还没有到")


def test_a_street_that_the_city_has_not_is_noted_where_the_community_was_found(
    session: Session, town: dict[str, int], city: City, cipher: Cipher
) -> None:
    session.add(Community(name="甲苑", street_id=town["西街"], street_how="street"))
    session.flush()
    rows = [{"street": "无此街道", "community": "甲苑"}, {"street": "西街", "community": "甲苑"}]
    loaded = load(session, city, cipher, *rows)
    assert None not in session.scalars(select(Complaint.community_id)).all()
    assert [item.reason for item in loaded.remarks] == [
        "1 件投诉登记在“无此街道”，本市街道名录中没有它；已按小区名称或坐标归入小区"
    ]
