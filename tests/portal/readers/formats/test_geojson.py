from __future__ import annotations

import json
from typing import Any

import pytest
import shapely

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.formats.geojson import read_geojson
from portal.readers.formats.unusable import UNUSABLE
from portal.readers.limits import ReadLimits

POINT = {"type": "Point", "coordinates": [114.05, 22.54]}


def feature(properties: Any = None, geometry: Any = POINT) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any, **members: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features} | members).encode()


def test_features_become_rows(limits: ReadLimits) -> None:
    data = collection(feature({"a": 1, "b": "甲"}), feature({"c": [1, {"d": None}], "a": 2.5}), feature())
    table = read_geojson(data, limits)
    assert table.headers == ["a", "b", "c"]
    assert table.rows == [[1, "甲", None], [2.5, None, '[1,{"d":null}]'], [None, None, None]]
    assert table.numbers == [1, 2, 3]
    assert table.shapes is not None
    assert list(table.shapes) == [shapely.Point(114.05, 22.54)] * 3


def test_names_with_spaces_keep_their_values(limits: ReadLimits) -> None:
    table = read_geojson(collection(feature({" a ": 1, "": 2, "b\nc": 3})), limits)
    assert (table.headers, table.rows) == (["a", "#2", "b c"], [[1, 2, 3]])


@pytest.mark.parametrize("codec", ["utf-8-sig", "gb18030", "utf-16"])
def test_other_encodings_are_read(codec: str, limits: ReadLimits) -> None:
    text = json.dumps(
        {"type": "FeatureCollection", "features": [feature({"小区": "碧波花园"})]}, ensure_ascii=False
    )
    assert read_geojson(text.encode(codec), limits).rows == [["碧波花园"]]


def test_one_feature_is_a_collection_of_one(limits: ReadLimits) -> None:
    assert read_geojson(json.dumps(feature({"a": 1})).encode(), limits).rows == [[1]]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Point", "coordinates": ["114", 22]},
        {"type": "Point", "coordinates": [None, 22]},
        {"type": "Triangle"},
        {},
        "POINT (1 2)",
        [],
    ],
)
def test_broken_geometries_are_unusable_and_not_missing(geometry: Any, limits: ReadLimits) -> None:
    table = read_geojson(collection(feature({"a": 1}, geometry), feature({"a": 2}, None)), limits)
    assert table.shapes is not None
    assert list(table.shapes) == [UNUSABLE, None]


@pytest.mark.parametrize(
    ("crs", "name"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, "EPSG:4326"),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}, "EPSG:4490"),
        (None, ""),
    ],
)
def test_a_named_system_is_declared(crs: Any, name: str, limits: ReadLimits) -> None:
    assert read_geojson(collection(feature({"a": 1}), crs=crs), limits).crs == name


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://127.0.0.1/crs", "type": "proj4"}},
        {"type": "link", "properties": {"href": "file:///etc/passwd"}},
        {"type": "name", "properties": None},
        "EPSG:4326",
        [],
    ],
)
def test_a_linked_system_is_refused(crs: Any, limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        read_geojson(collection(feature({"a": 1}), crs=crs), limits)
    assert refused.value.msgid == problems.CRS_LINK.reason


@pytest.mark.parametrize(
    "document",
    [
        {"type": "Topology", "objects": {}},
        {"type": "FeatureCollection"},
        {"type": "FeatureCollection", "features": {}},
        {"type": "FeatureCollection", "features": [1]},
        {"type": "Polygon", "coordinates": []},
        [1, 2],
    ],
)
def test_other_json_is_refused(document: Any, limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        read_geojson(json.dumps(document).encode(), limits)
    assert refused.value.msgid == problems.NOT_GEOJSON.reason


@pytest.mark.parametrize(
    "data",
    [
        collection(feature({"a": 1}))[:-5],
        b'{"type": "FeatureCollection", "features": ' + b"[" * 100_000,
        b'{"a": Nope}',
        b'{"a": "\\ud800"}',
    ],
)
def test_damaged_json_is_refused(data: bytes, limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        read_geojson(data, limits)
    assert refused.value.msgid == problems.BAD_JSON.reason


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "Infinity", "nan", "inf", "1e999"])
def test_what_is_no_number_is_named_with_its_feature(text: str, limits: ReadLimits) -> None:
    tricky = feature({"NaN": '"NaN" {[{', "nested": [{"a": {"b": 1}}]})
    here = feature({"a": 1}, {"type": "Point", "coordinates": [114, 99_999]})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    document = {"type": "FeatureCollection", "crs": crs, "features": [tricky, tricky, here, tricky]}
    data = json.dumps(document, ensure_ascii=False).replace("99999", text).encode()
    with pytest.raises(FileRefused) as refused:
        read_geojson(data, limits)
    assert refused.value.message == f"第 3 个要素中有 {text.lstrip('-')}，GeoJSON 里不能写这样的数"
    assert "null" in refused.value.remedy


def test_the_only_feature_is_the_first(limits: ReadLimits) -> None:
    with pytest.raises(FileRefused, match="第 1 个要素中有 NaN"):
        read_geojson(json.dumps(feature({"a": float("nan")})).encode(), limits)


def test_open_rings_are_closed_and_said(limits: ReadLimits) -> None:
    ring = [[114.0, 22.5], [114.1, 22.5], [114.1, 22.6], [114.0, 22.6]]
    table = read_geojson(
        collection(feature(geometry={"type": "Polygon", "coordinates": [ring]}), feature()), limits
    )
    assert table.shapes is not None
    assert table.shapes[0].area == pytest.approx(0.01)
    assert [(item.row, item.reason, item.repaired) for item in table.rejects] == [
        (1, problems.RING_CLOSED.reason, True)
    ]


def test_features_have_names_of_their_own(limits: ReadLimits) -> None:
    data = collection(
        {**feature({"a": 1}), "id": "way/7"}, {**feature(), "id": 8}, {**feature(), "id": [9]}, feature()
    )
    table = read_geojson(data, limits)
    assert (table.headers, table.feature_ids) == (["a"], ["way/7", 8, None, None])
