"""Files that may be others than they are taken for: asked about, and imported only after a yes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.frames import COMMUNITIES, FIRMS, ROADS
from geo.policy.city import City
from portal.access import Viewer
from portal.actions.communities import register_import as communities
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.imports.preview import preview, wanted_import
from portal.actions.imports.questions import Question, ask_of_firms, ask_of_outlines
from portal.actions.places import road_import
from portal.errors import FileRefused
from portal.models import Community, Firm
from portal.privacy import Cipher
from portal.terms import Subject
from tests.portal.actions.conftest import box, frame_of

HERE, THERE = box(114.003, 22.503), box(114.303, 22.503)


def outlines(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    rows = [{"source_key": f"k{n}", "name": f"{n}苑", "geometry": shape} for n, shape in enumerate(shapes)]
    return frame_of(COMMUNITIES, rows)  # type: ignore[no-any-return]


def asked(questions: list[Question]) -> list[tuple[str, int, list[str]]]:
    return [(one.code, one.n, list(one.examples)) for one in questions]


@pytest.mark.parametrize(
    ("shapes", "found"),
    [
        ([HERE] * 3, []),
        ([THERE] * 2, [("far_off", 2, ["0苑", "1苑"])]),
        ([HERE, HERE, HERE, THERE], [("far_off", 1, ["3苑"])]),
        ([HERE] * 4 + [THERE], []),  # a slip of one row, said of that row
        ([shapely.Point(114.3, 22.5)] * 3, []),  # points are doubted one by one
        ([None] * 3, []),
    ],
)
def test_outlines_far_from_the_streets_are_asked_about(
    session: Session, town: dict[str, int], city: City, shapes: list[Any], found: list[Any]
) -> None:
    assert asked(ask_of_outlines(session, outlines(*shapes), city, None)) == found


def test_without_streets_the_roads_tell_where_the_city_is(session: Session, city: City) -> None:
    assert ask_of_outlines(session, outlines(THERE), city, None) == []
    road = {
        "source_key": "1-0",
        "way_id": 1,
        "from_node": 1,
        "to_node": 2,
        "highway": "primary",
        "oneway": "both",
        "speed_kmh": 45.0,
        "access": "open",
        "may_stop": True,
        "from_barred": False,
        "to_barred": False,
        "geometry": shapely.LineString([(114.0, 22.5), (114.02, 22.51)]),
    }
    road_import.load(session, frame_of(ROADS, [road]), source="osm")
    assert [one.code for one in ask_of_outlines(session, outlines(THERE, THERE), city, None)] == ["far_off"]
    # An extract seldom covers all of the city.
    assert ask_of_outlines(session, outlines(HERE, THERE), city, None) == []


@pytest.mark.parametrize(
    ("epsg", "found"),
    [(4547, []), (32650, []), (32652, ["projection"]), (4326, []), (4490, []), (3857, []), (None, [])],
)
def test_a_projection_that_is_not_true_here_is_asked_about(
    session: Session, city: City, epsg: int | None, found: list[str]
) -> None:
    crs = None if epsg is None else CRS.from_epsg(epsg)
    assert [one.code for one in ask_of_outlines(session, outlines(HERE), city, crs)] == found


def test_the_citys_own_projection_has_to_be_true_where_outlines_lie(session: Session, city: City) -> None:
    assert ask_of_outlines(session, outlines(box(128.0, 30.0)), city, None)[0].code == "projection"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["安居物业", "阳光花园物业服务中心", "安居", "长城公司"], []),
        (["阳光花园"], ["阳光花园"]),
        (["长城公司", "幸福小区", "幸福 家园"], ["幸福小区", "幸福 家园"]),
        (["月光"], ["月光"]),
    ],
)
def test_firms_called_like_communities_are_asked_about(
    session: Session, city: City, cipher: Cipher, names: list[str], found: list[str]
) -> None:
    known = frame_of(COMMUNITIES, [{"source_key": "1", "name": "月光"}])
    communities.load(session, known, source="register", cipher=cipher)
    frame = frame_of(FIRMS, [{"source_key": str(n), "name": name} for n, name in enumerate(names)])
    questions = ask_of_firms(session, frame, city, None)
    assert [list(one.examples) for one in questions] == ([found] if found else [])


def write(path: Path, *shapes: shapely.Polygon) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"小区编号": str(n), "小区名称": f"{n}苑"},
            "geometry": shapely.geometry.mapping(shape),
        }
        for n, shape in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def count(session: Session, model: type) -> int | None:
    return session.scalar(select(func.count()).select_from(model))


def test_nothing_is_written_without_a_yes(
    session: Session, town: dict[str, int], means: Means, tmp_path: Path
) -> None:
    session.commit()  # a dry run takes back what was not committed
    path = write(tmp_path / "outlines.geojson", THERE)
    wanted = FileImport(subject=Subject.COMMUNITIES, path=path, datum=Datum.WGS84)
    with pytest.raises(FileRefused, match="1 个轮廓离本市 2 公里以上.*0苑") as refused:
        import_file(session, wanted, means)
    assert "--accept far_off" in refused.value.remedy
    assert count(session, Community) == 0
    outcome, _ = import_file(session, replace(wanted, dry_run=True), means)
    assert [one.code for one in outcome.questions] == ["far_off"]
    with pytest.raises(FileRefused):
        import_file(session, replace(wanted, accept="projection"), means)
    assert import_file(session, replace(wanted, accept_datum=True, dry_run=True), means)[0].questions == []
    import_file(session, replace(wanted, accept="projection, far_off"), means)
    assert count(session, Community) == 1


def test_the_preview_asks_and_what_is_said_answers(
    session: Session, means: Means, clerk: Viewer, tmp_path: Path
) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("企业编号,企业名称\n1,幸福小区\n2,长城公司\n", "utf-8")
    shown = preview(session, path, path.name, {"subject": "firms"}, means, clerk.user_id)
    (question,) = shown["outcome"]["questions"]
    assert (question["code"], question["n"], question["examples"]) == ("firm_names", 1, ["幸福小区"])
    said = {"subject": "firms", "accept": ["firm_names"]}
    wanted = wanted_import(said, path, path.name, clerk.user_id)
    outcome, _ = import_file(session, wanted, means)
    assert (outcome.counts["new"], count(session, Firm)) == (2, 2)
