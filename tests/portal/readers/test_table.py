"""Whole files, through the child, to frames; the real city data among them."""

from __future__ import annotations

import io
import json
import math
import sqlite3
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from geo import frames
from geo.frames import COMMUNITIES, COMPLAINTS, CONTRACTS, FIRMS, NEIGHBOURHOODS, STREETS
from portal.readers import problems
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.table import ReadResult, read_table

Read = Callable[..., ReadResult]
CHINA = "Asia/Shanghai"


def test_frame_keeps_its_contract(read: Read) -> None:
    result = read("编号,小区名称,户数,建成年份,经度,纬度,备注\n7,甲,120,1998年,114.05,22.54,好\n8,乙,,,,,\n")
    frame = result.frame
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.crs is None
    frames.check(frame.set_crs(4326), COMMUNITIES)
    assert frame["row"].tolist() == [2, 3]
    assert frame["raw_lon"].tolist()[0] == 114.05
    assert math.isnan(frame["raw_lat"][1])
    assert frame.geometry.tolist() == [shapely.Point(114.05, 22.54), None]
    assert frame["attributes"].tolist() == [{"备注": "好"}, {}]
    assert frame["households"].tolist()[0] == 120.0
    assert (result.kind, result.encoding, result.rows_read) == ("csv", "utf-8", 2)
    assert (result.key, result.unmapped, result.rejects) == (("编号",), ("备注",), ())


def test_times_are_aware_and_dates_are_dates(read: Read) -> None:
    text = "编号,受理时间,是否满意\n1,2018-07-04 12:00:00,满意\n2,2018-07-04T12:00:00Z,不满意\n3,2018/7/4,\n"
    frame = read(text, COMPLAINTS).frame
    assert [str(moment) for moment in frame["received_at"]] == [
        "2018-07-04 12:00:00+08:00",
        "2018-07-04 20:00:00+08:00",
        "2018-07-04 00:00:00+08:00",
    ]
    assert frame["satisfied"].tolist() == [True, False, None]
    assert frame["closed_at"].isna().all()
    frame = read("物业服务企业,小区名称,合同开始日期,物业费\n甲公司,甲,2024年1月1日,2.8\n", CONTRACTS).frame
    assert (frame["starts_on"][0], frame["ends_on"][0]) == (date(2024, 1, 1), None)
    assert frame["source_key"].tolist() == ["甲公司/甲/2024-01-01"]
    frames.check(frame, CONTRACTS)


def test_subjects_without_geometry_give_plain_frames(read: Read) -> None:
    result = read("企业名称,统一社会信用代码,成立日期\n甲公司,91440300MA5DA1234X,2001-02-03\n", FIRMS)
    assert type(result.frame) is pd.DataFrame
    assert result.frame.columns.tolist() == [c.name for c in FIRMS.columns] + ["row", "attributes"]
    assert result.key == ("credit_code",)


def test_rejects_are_blocking_or_notes(read: Read) -> None:
    result = read("编号,小区名称,户数\n1,甲,很多\n1,乙,5\n3,丙,6\n")
    assert result.frame["source_key"].tolist() == ["1", "3"]
    assert [(item.row, item.field, item.value) for item in result.notes] == [(2, "households", "很多")]
    assert [(item.row, item.reason) for item in result.blocking] == [(3, problems.KEY_REPEATS.reason)]
    assert result.rows_read == 3


def test_attributes_can_be_left_out(read: Read) -> None:
    result = read("编号,备注\n1,好\n2,\n", with_attributes=False)
    assert (result.unmapped, result.frame["attributes"].tolist()) == (("备注",), [{}, {}])


def test_an_unknown_time_zone_is_the_callers_fault(read: Read) -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        read("编号\n1\n", timezone="Asia/Nowhere")


def test_mapping_states_the_datum(read: Read) -> None:
    result = read("编号,小区\n1,甲\n", mapping=ReadMapping(datum="BD-09"))
    assert (result.stated_datum, result.declared_crs) == ("BD-09", "")


@pytest.fixture
def areas() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"社区": ["甲", "乙"], "街道": ["黄贝", "黄贝"], "编号": [1, 2]},
        geometry=[shapely.box(114, 22, 114.1, 22.1), shapely.box(114.1, 22, 114.2, 22.1)],
        crs="EPSG:4490",
    )


def as_geojson(frame: gpd.GeoDataFrame, folder: Path) -> bytes:
    return frame.to_crs(4326).to_json().encode()


def as_geopackage(frame: gpd.GeoDataFrame, folder: Path) -> bytes:
    frame.to_file(folder / "a.gpkg", driver="GPKG")
    with sqlite3.connect(folder / "a.gpkg") as database:
        assert database.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0] > 0
    database.close()
    return (folder / "a.gpkg").read_bytes()


def as_shapefile(frame: gpd.GeoDataFrame, folder: Path) -> bytes:
    frame.to_file(folder / "a.shp", encoding="UTF-8")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in folder.glob("a.*"):
            archive.write(path, path.name)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("write", "kind"), [(as_geojson, "geojson"), (as_geopackage, "geopackage"), (as_shapefile, "shapefile")]
)
def test_every_gis_format_gives_the_same_frame(
    write: Callable[..., bytes], kind: str, areas: gpd.GeoDataFrame, tmp_path: Path, read: Read
) -> None:
    (tmp_path / "made").mkdir()
    result = read(write(areas, tmp_path / "made"), NEIGHBOURHOODS)
    assert result.kind == kind
    assert result.frame["name"].tolist() == ["甲", "乙"]
    assert result.frame["source_key"].tolist() == ["1", "2"]
    assert result.frame["row"].tolist() == [1, 2]
    parts = [shapely.get_parts(shape)[0].normalize() for shape in result.frame.geometry]
    assert all(
        shapely.equals_exact(part, area.normalize(), 1e-9)
        for part, area in zip(parts, areas.geometry, strict=True)
    )
    assert "raw_lon" not in result.frame


def test_workbooks_are_read_too(tmp_path: Path, read: Read) -> None:
    book = openpyxl.Workbook()
    for row in (["某区小区台账"], ["编号", "小区名称", "经度", "纬度"], [7, "甲", 114.05, 22.54]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    result = read((tmp_path / "a.xlsx").read_bytes())
    assert (result.kind, result.frame["row"].tolist()) == ("xlsx", [3])
    assert (result.frame["source_key"][0], result.frame["raw_lat"][0]) == ("7", 22.54)


def test_points_of_a_layer_are_raw_coordinates(read: Read) -> None:
    point = {
        "type": "Feature",
        "properties": {"id": 1},
        "geometry": {"type": "Point", "coordinates": [114.05, 22.54]},
    }
    frame = read(json.dumps(point)).frame
    assert (frame["raw_lon"][0], frame["raw_lat"][0]) == (114.05, 22.54)
    assert frame.geometry[0] == shapely.Point(114.05, 22.54)


def test_ten_thousand_rows_take_little_time(read: Read) -> None:
    rows = "".join(
        f"{at},2025-01-{at % 28 + 1:02d} 08:00:00,12345,甲街道,路灯不亮{at}\n" for at in range(10_000)
    )
    start = time.perf_counter()
    result = read("编号,受理时间,来源,街道,内容\n" + rows, COMPLAINTS)
    assert len(result.frame) == 10_000
    assert time.perf_counter() - start < 6  # 0.3 s when the machine is idle


@pytest.mark.realdata
def test_shenzhen_streets(real_data: Path, limits: ReadLimits) -> None:
    result = read_table(real_data / "shenzhen/streets_gcj02.geojson", STREETS, timezone=CHINA, limits=limits)
    assert (len(result.frame), result.rejects) == (74, ())
    assert result.columns == {"name": "NAME", "district": "DISTRICT"}
    assert result.key == ("ID",)
    assert {"南澳", "园山"} <= set(result.frame["name"])
    frames.check(result.frame.set_crs(4326), STREETS)


@pytest.mark.realdata
def test_shenzhen_outlines(real_data: Path, limits: ReadLimits) -> None:
    path = real_data / "shenzhen/community_outlines_bd09.geojson"
    result = read_table(path, COMMUNITIES, timezone=CHINA, limits=limits)
    assert (len(result.frame), result.rejects) == (1548, ())
    assert (result.key, result.declared_crs) == (("src_index",), "EPSG:4326")
    assert "8466" in set(result.frame["source_key"])
    assert result.frame["name"].isna().all()
    assert (~result.frame.geometry.is_valid).sum() == 4
    expected = gpd.read_file(path)
    assert shapely.equals_exact(result.frame.geometry.to_numpy(), expected.geometry.to_numpy(), 0).all()


@pytest.mark.realdata
def test_shenzhen_official_list(real_data: Path, limits: ReadLimits) -> None:
    path = real_data / "shenzhen/communities_official_2021.csv"
    result = read_table(path, COMMUNITIES, timezone=CHINA, limits=limits)
    assert (len(result.frame), result.rejects) == (3595, ())
    assert result.key == ("district", "street", "name")
    assert result.frame["source_key"][0] == "罗湖/黄贝/安业花园"
    assert result.frame["reference_price_yuan_m2"][0] == 45000
    assert result.unmapped == ("seq",)
    assert result.frame.geometry.isna().all()


@pytest.mark.realdata
def test_futian_communities(real_data: Path, limits: ReadLimits) -> None:
    path = real_data / "shenzhen/futian_communities_bd09.csv"
    frame = read_table(path, COMMUNITIES, timezone=CHINA, limits=limits).frame
    assert len(frame) == 42
    first = frame.iloc[0]
    assert (first["source_key"], first["name"], first["built_year"]) == ("125735", "沙尾机楼", 1998)
    assert (first["raw_lon"], first["raw_lat"]) == (114.046007, 22.531575)
    assert first["attributes"] == {"prop_num": "48"}
    assert frame["households"].isna().all()


@pytest.mark.realdata
def test_pingshan_hotline(real_data: Path, limits: ReadLimits) -> None:
    path = real_data / "shenzhen/hotline_pingshan_2018.csv"
    result = read_table(path, COMPLAINTS, timezone=CHINA, limits=limits)
    frame = result.frame
    assert (len(frame), result.rejects, result.key) == (10_000, (), ("REC_ID",))
    assert frame["in_time"].value_counts(dropna=False).to_dict() == {True: 9071, False: 924, None: 5}
    assert frame["address"].isna().all()
    assert (frame["street"].isna().sum(), frame["district"].isna().sum()) == (10, 10)
    assert frame["request_kind"].value_counts()["投诉"] == 9341
    assert str(frame["received_at"][0]) == "2018-07-04 17:24:41+08:00"
    assert frame["neighbourhood"][0] == "南布社区"
    assert frame["community"].isna().all()
    frames.check(frame.set_crs(4326), COMPLAINTS)


@pytest.mark.realdata
def test_san_francisco(real_data: Path, limits: ReadLimits) -> None:
    path = real_data / "sanfrancisco/sf_311_10000.csv"
    result = read_table(path, COMPLAINTS, timezone="America/Los_Angeles", limits=limits)
    frame = result.frame
    assert (len(frame), result.rejects, result.key) == (10_000, (), ("unique_key",))
    assert (frame["raw_lon"].notna().sum(), frame.geometry.isna().sum()) == (5736, 4264)
    assert frame["received_at"][0] == pd.Timestamp("2016-07-13 15:11:07+00:00")
    assert frame["attributes"].map(lambda one: "\n" in one.get("status_notes", "")).sum() > 0
    assert {
        "event_type": "category",
        "main_type": "complaint_type",
        "sub_type": "descriptor",
    }.items() <= result.columns.items()
    assert frame["row"].tolist() == list(range(2, 10_002))
