"""Checking a frame against its contract."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, Polygon, box

from geo.errors import FrameError
from geo.frames import POLYGONS, Column, Contract, check

PLAIN = Contract(
    "things", "key", (Column("key", required=True), Column("name", required=True), Column("note"))
)
PLACED = Contract("areas", "key", (Column("key", required=True),), POLYGONS, geometry_required=True)


def things(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"key": ["a", "b"], "name": ["x", "y"], "note": [None, "z"], **columns})


def areas(*shapes: object, epsg: int | None = 4326) -> gpd.GeoDataFrame:
    keys = [str(k) for k in range(len(shapes))]
    return gpd.GeoDataFrame({"key": keys}, geometry=list(shapes), crs=epsg)


def test_frames_that_keep_their_contract_pass() -> None:
    check(things(more=[1, 2]), PLAIN)
    check(areas(box(0, 0, 1, 1)), PLACED)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (things().drop(columns=["name", "note"]), "缺少列 name、note"),
        (things(name=["x", None]), "第 1 行的 name 为空"),
        (things(name=[None, None]), "第 0 行的 name 为空"),
        (things(key=["a", "a"]), "主键“a”重复"),
    ],
)
def test_faulty_plain_frames_are_refused(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(FrameError, match=message):
        check(frame, PLAIN)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"key": ["a"]}), "没有几何列"),
        (areas(box(0, 0, 1, 1), epsg=None), "EPSG:4326"),
        (areas(box(0, 0, 1, 1), epsg=32650), "EPSG:4326"),
        (areas(box(0, 0, 1, 1), None), "第 1 行没有几何"),
        (areas(box(0, 0, 1, 1), Polygon()), "第 1 行没有几何"),
        (areas(box(0, 0, 1, 1), Point(0, 0)), "不接受几何类型 Point"),
    ],
)
def test_faulty_geometry_is_refused(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(FrameError, match=message):
        check(frame, PLACED)


def test_column_by_name() -> None:
    assert PLAIN.column("name").required
    with pytest.raises(KeyError):
        PLAIN.column("colour")
