"""Any table that we write, in whatever format, reads back equal."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.frames import COMMUNITIES
from portal.readers.limits import ReadLimits
from portal.readers.table import ReadResult, read_table

LIMITS = ReadLimits(max_upload_mb=50, reader_memory_mb=2048, reader_cpu_seconds=60)
HEADERS = {
    "source_key": "编号",
    "name": "小区名称",
    "street": "街道",
    "households": "户数",
    "floor_area_m2": "建筑面积",
}
# A .dbf cuts names of more than ten bytes.
SHORT = {
    "source_key": "id",
    "name": "name",
    "street": "street",
    "households": "户数",
    "floor_area_m2": "floor_area",
}
# Common characters, as in names; among them what delimits, quotes and wraps cells.
LETTERS = "安居花园东西南北苑里小区一二三期甲乙丙，。（）·#&;|,\t\"' abcXYZ019-_/\\^~"
TEXT = st.text(LETTERS, min_size=1, max_size=12).filter(
    lambda text: any(one in "安居花园苑里" for one in text)
)
ROW = st.fixed_dictionaries(
    {
        "name": TEXT.map(lambda text: " ".join(text.split())).filter(bool),
        "street": st.sampled_from(["北街街道", "南街街道", None]),
        "households": st.one_of(st.none(), st.integers(0, 200_000)),
        "floor_area_m2": st.one_of(st.none(), st.integers(0, 10**9).map(lambda n: n / 16)),
    }
)
TABLES = st.lists(ROW, min_size=1, max_size=20).map(
    lambda rows: [{"source_key": f"K{at}", **row} for at, row in enumerate(rows)]
)
Rows = list[dict[str, Any]]
Write = Callable[[Rows], bytes]


def as_csv(codec: str, delimiter: str) -> Write:
    def write(rows: Rows) -> bytes:
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(HEADERS.values())
        writer.writerows([["" if row[name] is None else row[name] for name in HEADERS] for row in rows])
        return stream.getvalue().encode(codec)

    return write


def as_xlsx(rows: Rows) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(HEADERS.values()))
    for row in rows:
        book.active.append([row[name] for name in HEADERS])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_layer(driver: str) -> Write:
    headers = SHORT if driver == "ESRI Shapefile" else HEADERS

    def write(rows: Rows) -> bytes:
        frame = gpd.GeoDataFrame(
            {header: [row[name] for row in rows] for name, header in headers.items()},
            geometry=[shapely.Point(113 + at / 128, 23) for at in range(len(rows))],
            crs=4326,
        )
        with tempfile.TemporaryDirectory() as folder:
            if driver != "ESRI Shapefile":
                path = Path(folder) / ("made.gpkg" if driver == "GPKG" else "made.geojson")
                frame.to_file(path, driver=driver, layer="made")
                return path.read_bytes()
            frame = frame.astype({"户数": float, "floor_area": float})
            frame.to_file(Path(folder) / "made.shp", driver=driver, encoding="utf-8")
            stream = io.BytesIO()
            with zipfile.ZipFile(stream, "w") as archive:
                for part in Path(folder).iterdir():
                    archive.write(part, part.name)
            return stream.getvalue()

    return write


FORMATS: dict[str, Write] = {
    "xlsx": as_xlsx,
    "geojson": as_layer("GeoJSON"),
    "geopackage": as_layer("GPKG"),
    "shapefile": as_layer("ESRI Shapefile"),
} | {
    f"csv {codec} {delimiter!r}": as_csv(codec, delimiter)
    for codec in ("utf-8", "utf-8-sig", "utf-16", "gb18030")
    for delimiter in (",", ";", "\t")
}


def read(content: bytes) -> ReadResult:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return read_table(Path(file.name), COMMUNITIES, timezone="Asia/Shanghai", limits=LIMITS)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(rows=TABLES)
def test_a_table_reads_back_equal(name: str, rows: Rows) -> None:
    result = read(FORMATS[name](rows))
    frame = result.frame.astype(object).where(result.frame.notna(), None)
    assert frame[list(HEADERS)].to_dict("records") == rows
    assert result.rejects == ()
    if name in ("geojson", "geopackage", "shapefile"):
        assert result.frame.geometry.x.tolist() == [113 + at / 128 for at in range(len(rows))]
