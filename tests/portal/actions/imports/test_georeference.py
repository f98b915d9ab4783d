from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from sqlalchemy.orm import Session

from geo.datums.crs import Datum, convert_geometries
from geo.datums.detection import DatumVerdict
from geo.datums.detection import Subject as Compared
from geo.frames import COMMUNITIES, COMPLAINTS, STREETS, Contract
from geo.policy.city import City
from geo.texts import Phrase
from portal.actions.imports import georeference
from portal.errors import FileRefused
from tests.portal.actions.conftest import box, frame_of


def verdict(best: Datum | None, subject: Compared = "outlines") -> DatumVerdict:
    return DatumVerdict(subject, best, 0.97 if best else 0.4, (), Phrase("看起来如此。"))


def as_read(contract: Contract, *shapes: shapely.Geometry | None) -> gpd.GeoDataFrame:
    rows = [{"source_key": str(n), "name": "x", "geometry": shape} for n, shape in enumerate(shapes)]
    frame = frame_of(contract, rows)
    return frame.assign(row=range(2, len(rows) + 2))


def test_what_is_detected_holds_where_nothing_is_stated() -> None:
    settled = georeference.settle(verdict(Datum.BD09), None)
    assert (settled.datum, settled.message) == (Datum.BD09, "看起来如此。")


def test_what_cannot_be_told_must_be_stated() -> None:
    with pytest.raises(FileRefused, match="看起来如此。") as refused:
        georeference.settle(verdict(None), None)
    assert "--datum" in refused.value.remedy
    settled = georeference.settle(verdict(None), Datum.GCJ02)
    assert settled.datum is Datum.GCJ02
    assert settled.message == "按注明的 GCJ-02（高德、腾讯） 读取。看起来如此。"


@pytest.mark.parametrize(
    ("subject", "compared_with", "not_with"),
    [("outlines", "道路", "轮廓"), ("boundaries", "道路", "轮廓"), ("points", "小区轮廓", "道路")],
)
def test_the_remedy_names_what_the_subject_is_compared_with(
    subject: Compared, compared_with: str, not_with: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        georeference.settle(verdict(None, subject), None)
    assert "--datum" in refused.value.remedy
    assert compared_with in refused.value.remedy and not_with not in refused.value.remedy


def test_a_stated_datum_that_looks_wrong_is_refused_unless_accepted() -> None:
    with pytest.raises(FileRefused, match="GCJ-02") as refused:
        georeference.settle(verdict(Datum.BD09), Datum.GCJ02)
    assert "--accept-datum" in refused.value.remedy
    settled = georeference.settle(verdict(Datum.BD09), Datum.GCJ02, accept=True)
    assert settled.datum is Datum.GCJ02
    assert "注明的坐标基准" in settled.message


def test_cgcs2000_is_as_good_as_wgs84() -> None:
    settled = georeference.settle(verdict(Datum.WGS84), Datum.CGCS2000)
    assert (settled.datum, settled.message) == (Datum.CGCS2000, "看起来如此。")


@pytest.mark.parametrize(
    ("contract", "shapes", "compared"),
    [
        (STREETS, [box(114, 22.5)], "boundaries"),
        (COMMUNITIES, [box(114, 22.5), None], "outlines"),
        (COMMUNITIES, [shapely.Point(114, 22.5)], "points"),
        (COMPLAINTS, [shapely.Point(114, 22.5), None], "points"),
    ],
)
def test_each_subject_is_compared_with_what_can_tell(
    session: Session,
    city: City,
    contract: Contract,
    shapes: list[shapely.Geometry | None],
    compared: str,
) -> None:
    found = georeference.judge(session, as_read(contract, *shapes), contract, city)
    assert found is not None
    assert (found.subject, found.best) == (compared, None)
    assert found.message.startswith("无法判断")


def test_a_table_without_places_needs_no_datum(session: Session, city: City) -> None:
    assert georeference.judge(session, as_read(COMMUNITIES, None), COMMUNITIES, city) is None


def test_geometry_is_converted_and_kept_as_it_was_read(city: City) -> None:
    [moved] = convert_geometries([box(114, 22.5)], Datum.WGS84, Datum.BD09)
    frame, said = georeference.bring_to_wgs84(as_read(COMMUNITIES, moved, None), Datum.BD09, city)
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry[0].equals_exact(box(114, 22.5), 1e-9)
    assert shapely.from_wkb(frame["raw_geometry"][0]).equals_exact(moved, 0)
    assert frame.geometry[1] is None
    assert said == []


def test_a_tangled_outline_is_repaired_and_a_line_is_left_out(city: City) -> None:
    bow_tie = shapely.Polygon([(114, 22), (114.01, 22.01), (114.01, 22), (114, 22.01)])
    line = shapely.Polygon([(114, 22), (114.01, 22), (114.02, 22)])
    frame, said = georeference.bring_to_wgs84(
        as_read(COMMUNITIES, bow_tie, box(114, 22), line), Datum.WGS84, city
    )
    assert [(item.row, item.severity, item.field) for item in said] == [
        (2, "repaired", "geometry"),
        (4, "rejected", "geometry"),
    ]
    assert "已修复" in said[0].reason and said[1].remedy
    assert frame["source_key"].tolist() == ["0", "1"]
    assert bool(frame.is_valid.all())
    assert not shapely.from_wkb(frame["raw_geometry"][0]).is_valid


def test_an_outline_larger_than_any_community_is_left_out(city: City) -> None:
    globe = shapely.box(-179, -89, 179, 89)
    frame = as_read(COMMUNITIES, box(114.0, 22.5, 0.001), globe, box(114.0, 22.0, 0.1), None)
    kept, said = georeference.leave_out_vast(frame, city)
    assert kept["source_key"].tolist() == ["0", "3"]
    assert [(item.row, item.field, item.severity.value) for item in said] == [
        (3, "geometry", "rejected"),
        (4, "geometry", "rejected"),
    ]
    assert "超过 20 km²" in str(said[0].reason)
