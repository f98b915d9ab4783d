from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import FrameError
from geo.frames import ROADS
from geo.roads.osm import LeftOut, WhyLeftOut
from geo.roads.restrictions import ReadTurns, TurnNote
from portal.actions.places import road_import as roads
from portal.models import Road
from portal.terms import Subject
from tests.portal.actions.conftest import frame_of


def pieces(keys: Sequence[str], **values: object) -> gpd.GeoDataFrame:
    rows = [
        {
            "source_key": key,
            "way_id": 1,
            "from_node": n,
            "to_node": n + 1,
            "highway": "primary",
            "oneway": "both",
            "speed_kmh": 45.0,
            "name": "深南大道",
            "access": "open",
            "may_stop": True,
            "from_barred": False,
            "to_barred": False,
            "geometry": shapely.LineString([(114 + n / 100, 22.5), (114.01 + n / 100, 22.5)]),
            **values,
        }
        for n, key in enumerate(keys)
    ]
    frame: gpd.GeoDataFrame = frame_of(ROADS, rows)
    return frame


def keys(session: Session, source: str) -> set[str]:
    return set(session.scalars(select(Road.source_key).where(Road.source == source)))


def test_pieces_come_change_and_go_with_their_source(session: Session) -> None:
    first = roads.load(session, pieces(["1-1", "1-2", "1-3"]), source="osm")
    assert (first.new, first.touched) == (3, {Subject.ROADS})
    roads.load(session, pieces(["1-1"]), source="other")
    again = roads.load(session, pieces(["1-1", "1-2", "1-3"]), source="osm")
    assert (again.unchanged, again.touched) == (3, set())
    third = roads.load(session, pieces(["1-2", "1-4"], name="滨河大道"), source="osm")
    assert (third.new, third.changed, third.removed) == (1, 1, 2)
    assert keys(session, "osm") == {"1-2", "1-4"}
    assert keys(session, "other") == {"1-1"}


def test_a_piece_that_vanishes_is_a_change_too(session: Session) -> None:
    roads.load(session, pieces(["1-1", "1-2"]), source="osm")
    loaded = roads.load(session, pieces(["1-1"]), source="osm")
    assert (loaded.unchanged, loaded.removed, loaded.touched) == (1, 1, {Subject.ROADS})


def test_a_frame_that_breaks_its_contract_is_refused(session: Session) -> None:
    with pytest.raises(FrameError, match="1-1"):
        roads.load(session, pieces(["1-1", "1-1"]), source="osm")


def test_each_reason_for_leaving_ways_out_is_one_remark_on_the_file() -> None:
    classes = [LeftOut("class", f"path{n}", 1) for n in range(9)]
    said = roads.tell_left_out([LeftOut("class", "busway", 1200), LeftOut("closed", "service", 3), *classes])
    assert [(item.row, item.severity) for item in said] == [(None, "noted")] * 2
    shown = "、".join(f"path{n} 1" for n in range(7))
    assert said[0].reason == f"1,209 条道路没有导入：类别不在行车道路之列（busway 1,200、{shown}、…）"
    assert said[1].reason == "3 条道路没有导入：标注为机动车不能通行（service 3）"
    assert all(item.remedy for item in said)
    assert roads.tell_left_out([]) == []


def test_rules_change_with_their_source(session: Session) -> None:
    roads.load(session, pieces(["1-1", "1-2"]), source="osm")
    rules = {"access": "limited", "may_stop": False, "to_barred": True, "turns": "no 1 1 2 1 3"}
    loaded = roads.load(session, pieces(["1-1", "1-2"], **rules), source="osm")
    assert loaded.changed == 2
    [stored] = session.scalars(select(Road).where(Road.source_key == "1-1"))
    assert {name: getattr(stored, name) for name in rules} == rules
    assert not stored.from_barred


@pytest.mark.parametrize("note", TurnNote)
def test_everything_to_be_said_of_turns_has_its_words(note: TurnNote) -> None:
    [said] = roads.tell_turns(ReadTurns(7, {note: 1200}))
    assert "1,200" in said.reason
    assert said.remedy
    assert roads.tell_turns(ReadTurns(7, {})) == []


def test_roads_that_are_cut_off_are_said_by_name() -> None:
    frame = pieces(["1-1", "1-2", "1-3", "1-4"])
    frame.loc[1, ["oneway", "name"]] = ["forward", "单行街"]
    frame.loc[3, "from_node"], frame.loc[3, "name"] = 9, None
    said = roads.tell_cut_off(frame.iloc[[0, 1, 3]].reset_index(drop=True))
    assert [item.reason for item in said] == [
        "1 段道路只能驶入，不能驶回路网，路线不到达（单行街）",
        "1 段道路与路网不连通，路线不经过、也不到达（…）",
    ]
    assert all(item.remedy and item.row is None for item in said)
    assert roads.tell_cut_off(frame.iloc[:1]) == []


@pytest.mark.parametrize("why", WhyLeftOut)
def test_every_reason_has_its_words(why: WhyLeftOut) -> None:
    [said] = roads.tell_left_out([LeftOut(why, "primary", 1)])
    assert "primary 1" in said.reason
