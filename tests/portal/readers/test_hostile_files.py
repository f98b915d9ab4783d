"""Hostile and broken files, listed in `CASES`: each ends in a clear error, soon, and costs little."""

from __future__ import annotations

import io
import json
import os
import resource
import sqlite3
import stat
import struct
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

from geo.frames import COMMUNITIES, COMPLAINTS, STREETS, Contract
from portal.errors import FileRefused, status_of
from portal.readers import problems
from portal.readers.limits import ReadLimits
from portal.readers.problems import Problem
from portal.readers.table import read_table

SECRET = "the-secret-of-another-file"
POINT = {"type": "Point", "coordinates": [114.05, 22.54]}
HEADER = "编号,小区名称\n"
GROWTH_MB = 150


@dataclass(frozen=True)
class Case:
    """A hostile file: how it is made, and what must be said of it."""

    name: str
    make: Callable[[Path], object]
    problem: Problem
    contract: Contract = COMMUNITIES

    def __str__(self) -> str:
        return self.name


def text(content: str, codec: str = "utf-8") -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content.encode(codec))


def raw(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def geojson(*features: object, **members: object) -> Callable[[Path], object]:
    return text(json.dumps({"type": "FeatureCollection", "features": list(features)} | members))


def feature(geometry: object = POINT, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"id": 1} | properties, "geometry": geometry}


def archive(
    files: dict[str, bytes], change: Callable[[zipfile.ZipInfo], object] = id
) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name, content in files.items():
                entry = zipfile.ZipInfo(name)
                entry.compress_type = zipfile.ZIP_DEFLATED
                change(entry)
                target.writestr(entry, content)

    return make


def vrt(path: Path) -> None:
    """A virtual dataset that points to another file; GDAL follows it whatever the file is called."""
    other = path.with_name("other.csv")
    other.write_text(f"id,name\n1,{SECRET}\n", "utf-8")
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="other"><SrcDataSource>{other}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )


def vrt_after_bom(path: Path) -> None:
    vrt(path)
    path.write_text("\ufeff \n" + path.read_text(), "utf-16")


def remote_vrt(path: Path) -> None:
    path.write_text(
        "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/vsicurl/http://127.0.0.1:9/x.csv"
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )


def geopackage(path: Path, *statements: str) -> None:
    frame = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.Point(114, 22)], crs=4326)
    made = path.with_name("made.gpkg")
    frame.to_file(made, layer="places", driver="GPKG")
    with sqlite3.connect(made) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for statement in (*(f'DROP TRIGGER "{name}"' for (name,) in names), *statements):
            database.execute(statement)
    database.close()
    made.rename(path)


def gpkg(*statements: str) -> Callable[[Path], object]:
    return lambda path: geopackage(path, *statements)


def cut_geopackage(path: Path) -> None:
    geopackage(path)
    os.truncate(path, 40_000)


def plain_sqlite(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE places (id, name)")
    database.close()


def shapefile(path: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    frame = gpd.GeoDataFrame(
        {"id": [1, 2]}, geometry=[shapely.Point(114, 22), shapely.Point(114, 23)], crs=4326
    )
    folder = path.with_name("parts")
    folder.mkdir()
    frame.to_file(folder / "a.shp")
    files = {part.name: part.read_bytes() for part in folder.iterdir()}
    change(files)
    archive(files)(path)


def shp(change: Callable[[dict[str, bytes]], object]) -> Callable[[Path], object]:
    return lambda path: shapefile(path, change)


def set_grid_file(files: dict[str, bytes]) -> None:
    files["a.prj"] = (
        b'GEOGCS["x",DATUM["x",SPHEROID["x",6378137,298.25],EXTENSION["PROJ4_GRIDS","/etc/passwd"]],'
        b'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
    )


def set_negative_length(files: dict[str, bytes]) -> None:
    del files["a.shx"]
    files["a.shp"] = files["a.shp"][:104] + struct.pack(">i", -4) + files["a.shp"][108:]


def symlink_entry(entry: zipfile.ZipInfo) -> None:
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16


def overlapping_archive(path: Path) -> None:
    """Many entries that share one body, so that little unpacks to much (Fifield 2019)."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("a.shp", bytes(500_000))
    data = body.getvalue()
    start = data.rindex(b"PK\x01\x02")
    entry, end = data[start : data.rindex(b"PK\x05\x06")], data[data.rindex(b"PK\x05\x06") :]
    directory = entry * 100
    counts = struct.pack("<HHII", 100, 100, len(directory), start)
    path.write_bytes(data[:start] + directory + end[:8] + counts + end[20:])


def encrypted_archive(path: Path) -> None:
    archive({"a.shp": b"x"})(path)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))


def workbook(path: Path, change: Callable[[bytes], bytes], name: str = "xl/worksheets/sheet1.xml") -> None:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["编号", "小区名称"])
    book.active.append([1, "甲"])
    book.save(stream)
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            content = source.read(entry)
            target.writestr(entry, change(content) if entry == name else content)


def xlsx(
    change: Callable[[bytes], bytes], name: str = "xl/worksheets/sheet1.xml"
) -> Callable[[Path], object]:
    return lambda path: workbook(path, change, name)


def entities(body: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: b"<!DOCTYPE x [" + body + b"]>" + xml


LAUGHS = b'<!ENTITY a0 "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (at, b"&a%d;" % (at - 1) * 10) for at in range(1, 10)
)


def sparse(path: Path) -> None:
    """Two gigabytes that take no room on the disk."""
    path.write_text(HEADER, "utf-8")
    os.truncate(path, 2_000_000_000)


def one_long_line(path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(HEADER.encode() + b"1,")
        for _ in range(100):
            stream.write(b"x" * 1_000_000)


def one_long_cell(path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(HEADER.encode() + b'1,"')
        for _ in range(100):
            stream.write(b"xxxxxxxxx\n" * 1_000)
        stream.write(b'"\n')
        stream.write(b'2,"' + b"x\n" * 600_000 + b'"\n')


def directory(path: Path) -> None:
    path.mkdir()


def link(path: Path) -> None:
    other = path.with_name("other.csv")
    other.write_text(f"{HEADER}1,{SECRET}\n", "utf-8")
    path.symlink_to(other)


CASES = [
    Case("VRT named .geojson", vrt, problems.IS_VRT),
    Case("VRT in UTF-16 after a BOM", vrt_after_bom, problems.IS_VRT),
    Case("VRT that points to a URL", remote_vrt, problems.IS_VRT),
    Case(
        "GDAL's name of a remote file as content",
        text("/vsicurl/http://127.0.0.1:9/x.geojson\n"),
        problems.NO_ROWS,
    ),
    Case("web page named .xls", text("<html><table><tr><td>编号</td></tr></table></html>"), problems.IS_XML),
    Case(
        "GeoJSON with a linked coordinate system",
        geojson(
            feature(), crs={"type": "link", "properties": {"href": "http://127.0.0.1:9/", "type": "esriwkt"}}
        ),
        problems.CRS_LINK,
    ),
    Case(
        "GeoJSON nested a million deep",
        raw(b'{"type":"FeatureCollection","features":' + b"[" * 1_000_000),
        problems.BAD_JSON,
    ),
    Case(
        "GeoJSON cut off",
        text(json.dumps({"type": "FeatureCollection", "features": [feature()] * 9})[:-7]),
        problems.BAD_JSON,
    ),
    Case(
        "GeoJSON with NaN coordinates",
        geojson(feature({"type": "Point", "coordinates": [float("nan"), 1]})),
        problems.JSON_NOT_FINITE,
    ),
    Case(
        "GeoJSON in metres without saying so",
        geojson(*[feature({"type": "Point", "coordinates": [5e5, 2.5e6]})] * 3),
        problems.NOT_DEGREES,
    ),
    Case("GeoJSON without features", geojson(), problems.NO_ROWS),
    Case("TopoJSON", text('{"type": "Topology", "objects": {}, "arcs": []}'), problems.NOT_GEOJSON),
    Case(
        "GeoPackage whose layer is an endless view",
        gpkg(
            "ALTER TABLE places RENAME TO hidden",
            "CREATE VIEW places AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x FROM r) "
            "SELECT * FROM hidden, r",
        ),
        problems.LAYER_NOT_PLAIN,
    ),
    Case(
        "GeoPackage whose layer is a virtual table",
        gpkg("DROP TABLE places", "CREATE VIRTUAL TABLE places USING rtree(fid, geom, b)"),
        problems.LAYER_NOT_PLAIN,
    ),
    Case(
        "GeoPackage whose column computes a gigabyte",
        gpkg("ALTER TABLE places ADD COLUMN bomb TEXT AS (hex(zeroblob(900000000))) VIRTUAL"),
        problems.BAD_GEOPACKAGE,
    ),
    Case("GeoPackage cut off", cut_geopackage, problems.BAD_GEOPACKAGE),
    Case("SQLite database that is no GeoPackage", plain_sqlite, problems.NOT_A_GEOPACKAGE),
    Case(
        "Shapefile with a path that leads outside",
        archive({"../../etc/a.shp": b"", "a.dbf": b""}),
        problems.ARCHIVE_NAMES,
    ),
    Case(
        "Shapefile that is a symbolic link",
        archive({"a.shp": b"/etc/passwd"}, symlink_entry),
        problems.ARCHIVE_LINK,
    ),
    Case(
        "Shapefile cut off",
        shp(lambda files: files.update({"a.shp": files["a.shp"][:-10]})),
        problems.BAD_SHAPEFILE,
    ),
    Case(
        "Shapefile whose index leads outside",
        shp(lambda files: files.update({"a.shx": files["a.shx"][:-8] + struct.pack(">ii", 2**30, 10)})),
        problems.BAD_SHAPEFILE,
    ),
    Case(
        "Shapefile with a record of negative length",
        shp(set_negative_length),
        problems.BAD_SHAPEFILE,
    ),
    Case("Shapefile without a table", shp(lambda files: files.pop("a.dbf")), problems.INCOMPLETE_SHAPEFILE),
    Case(
        "Shapefile whose table is of another",
        shp(lambda files: files.update({"a.dbf": files["a.dbf"][:-30]})),
        problems.BAD_SHAPEFILE,
    ),
    Case("Shapefile whose datum names a grid file", shp(set_grid_file), problems.UNKNOWN_CRS),
    Case("zip in a zip", archive({"inner.zip": b"PK\x03\x04"}), problems.ARCHIVE_NESTED),
    Case("zip bomb", archive({"a.shp": bytes(100_000_000), "a.dbf": b""}), problems.ARCHIVE_BOMB),
    Case("zip bomb of overlapping entries", overlapping_archive, problems.ARCHIVE_BOMB),
    Case(
        "zip of ten thousand files",
        archive({f"{at}.shp": b"" for at in range(10_000)}),
        problems.ARCHIVE_ENTRIES,
    ),
    Case("zip with a password", encrypted_archive, problems.ARCHIVE_SECRET),
    Case("zip cut off", raw(b"PK\x03\x04" + bytes(500)), problems.BAD_ARCHIVE),
    Case("zip of photos", archive({"a.jpg": b"\xff\xd8"}), problems.ARCHIVE_UNKNOWN),
    Case("xlsx bomb", xlsx(lambda xml: xml + b" " * 60_000_000), problems.ARCHIVE_BOMB),
    Case("xlsx with a billion laughs", xlsx(entities(LAUGHS)), problems.XML_ENTITIES),
    Case(
        "xlsx with an external entity",
        xlsx(entities(b'<!ENTITY a SYSTEM "file:///etc/passwd">')),
        problems.XML_ENTITIES,
    ),
    Case("xlsx with a cut sheet", xlsx(lambda xml: xml[:-40]), problems.BAD_WORKBOOK),
    Case(
        "xlsx whose only row is the ten thousand millionth",
        xlsx(lambda xml: xml.replace(b'<row r="1"', b'<row r="9999999999"')),
        problems.TOOK_TOO_LONG,
    ),
    Case(
        "xlsx without cells but a header",
        xlsx(lambda xml: xml.split(b'<row r="2"')[0] + b"</sheetData></worksheet>"),
        problems.NO_ROWS,
    ),
    Case(
        "old or protected Excel file",
        raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        problems.IS_OLD_EXCEL,
    ),
    Case("CSV of two gigabytes", sparse, problems.IS_TOO_LARGE),
    Case("CSV with a line of 100 MB", one_long_line, problems.LONG_LINE),
    Case("CSV with a cell of a million lines", one_long_cell, problems.LONG_LINE),
    Case("CSV in Big5", text("編號,社區名稱\n1,碧波花園\n2,黃貝嶺\n" * 20, "big5"), problems.BAD_ENCODING),
    Case("CSV in Latin-1", text("id,name\n1,Größe\n2,naïve é,\n", "latin-1"), problems.BAD_ENCODING),
    Case("CSV in UTF-16 without BOM", text(HEADER + "1,甲\n", "utf-16-le"), problems.HAS_NUL),
    Case("CSV with NUL bytes", raw(HEADER.encode() + b"1,a\0b\n"), problems.HAS_NUL),
    Case(
        "CSV with the same header twice", text("编号,小区名称,小区名称\n1,甲,乙\n"), problems.REPEATED_HEADERS
    ),
    Case(
        "CSV with a thousand columns",
        text(",".join(map(str, range(1000))) + "\n" + "1," * 999 + "1\n"),
        problems.TOO_MANY_COLUMNS,
    ),
    Case("CSV with a header only", text(HEADER), problems.NO_ROWS),
    Case("CSV cut off within quotes", text(HEADER + '1,"甲\n2,乙\n'), problems.BAD_QUOTES),
    Case("CSV without a key", text("小区备注,户数\n无,1\n无,2\n"), problems.NO_KEY),
    Case(
        "CSV without a required column", text("编号,内容\n1,灯不亮\n"), problems.MISSING_COLUMNS, COMPLAINTS
    ),
    Case("CSV where outlines are needed", text("编号,街道\n1,黄贝\n"), problems.NEEDS_GEOMETRY, STREETS),
    Case("white space only", text(" \n\t\n \n"), problems.NO_ROWS),
    Case("empty file", raw(b""), problems.IS_EMPTY),
    Case("road extract as a table", raw(b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x7c"), problems.IS_ROADS),
    Case("program", raw(b"\x7fELF" + bytes(100)), problems.UNKNOWN_KIND),
    Case("picture", raw(b"\x89PNG\r\n\x1a\n" + bytes(100)), problems.UNKNOWN_KIND),
    Case("PDF", raw(b"%PDF-1.7\n"), problems.UNKNOWN_KIND),
    Case("folder", directory, problems.NOT_A_FILE),
    Case("pipe", os.mkfifo, problems.NOT_A_FILE),
    Case("symbolic link", link, problems.IS_A_LINK),
    Case("broken symbolic link", lambda path: path.symlink_to("absent"), problems.IS_A_LINK),
    Case("no file at all", lambda path: None, problems.NOT_FOUND),
]


@pytest.fixture
def limits() -> ReadLimits:
    return ReadLimits(max_upload_mb=200, reader_memory_mb=1024, reader_cpu_seconds=2)


def refusal(path: Path, contract: Contract, limits: ReadLimits) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read_table(path, contract, timezone="Asia/Shanghai", limits=limits)
    return refused.value


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 20
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_ends_in_a_clear_error(case: Case, tmp_path: Path, limits: ReadLimits) -> None:
    path = tmp_path / "upload.geojson"
    case.make(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.monotonic()
    error = refusal(path, case.contract, limits)
    assert error.msgid == case.problem.reason
    assert error.remedy
    assert "{" not in error.message + error.remedy
    assert SECRET not in error.message
    assert status_of(error) in (413, 422)
    assert time.monotonic() - start < limits.wall_seconds + 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH_MB * 1024


@pytest.mark.parametrize(
    "path",
    [
        "/vsicurl/http://127.0.0.1:9/x.geojson",
        "/vsizip//tmp/x.zip/a.shp",
        "http://127.0.0.1:9/x",
        "/dev/zero",
        "/proc/self/mem/x",
        "a\0b",
        "/dev/null",
    ],
)
def test_names_that_gdal_or_the_system_would_follow(path: str, limits: ReadLimits) -> None:
    error = refusal(Path(path), COMMUNITIES, limits)
    assert error.msgid in (problems.NOT_FOUND.reason, problems.NOT_A_FILE.reason)


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, limits: ReadLimits) -> None:
    path = tmp_path / "growing.csv"
    path.write_text(HEADER + "".join(f"{at},小区{at}\n" for at in range(50_000)), "utf-8")
    done = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as stream:
            while not done.wait(0.005):
                stream.write("9999999,后来\n".encode())

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        error = refusal(path, COMMUNITIES, limits)
    finally:
        done.set()
        writer.join()
    assert error.msgid == problems.HAS_CHANGED.reason


def test_more_memory_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "large.geojson"
    ring = [[114 + at / 1e6, 22 + at % 7] for at in range(1000)]
    polygon = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    one = json.dumps(feature(polygon))
    path.write_text('{"type": "FeatureCollection", "features": [' + ",".join([one] * 1500) + "]}")
    small = ReadLimits(max_upload_mb=200, reader_memory_mb=256, reader_cpu_seconds=20)
    error = refusal(path, COMMUNITIES, small)
    assert error.msgid == problems.OUT_OF_MEMORY.reason
    assert status_of(error) == 413


def test_wild_coordinates_are_rejected_and_not_stored(tmp_path: Path, limits: ReadLimits) -> None:
    path = tmp_path / "wild.csv"
    rows = [
        "NaN,22",
        "inf,22",
        "1e999,22",
        "114,-inf",
        "500000,2500000",
        "22.5,114.1",
        "114,",
        "0,0",
        "114,22.5",
    ]
    path.write_text("编号,经度,纬度\n" + "".join(f"{at},{row}\n" for at, row in enumerate(rows)), "utf-8")
    result = read_table(path, COMMUNITIES, timezone="Asia/Shanghai", limits=limits)
    assert result.frame.geometry.tolist() == [None] * 8 + [shapely.Point(114, 22.5)]
    assert [item.row for item in result.rejects] == [2, 3, 4, 5, 6, 7, 8]
    assert not result.blocking


def test_formulas_and_markup_stay_text(tmp_path: Path, limits: ReadLimits) -> None:
    path = tmp_path / "formulas.csv"
    names = ['=WEBSERVICE(""http://127.0.0.1:9"")', "<script>alert(1)</script>", "@SUM(A1)"]
    path.write_text(HEADER + "".join(f'{at},"{name}"\n' for at, name in enumerate(names)), "utf-8")
    frame = read_table(path, COMMUNITIES, timezone="Asia/Shanghai", limits=limits).frame
    assert frame["name"].tolist() == [
        '=WEBSERVICE("http://127.0.0.1:9")',
        "<script>alert(1)</script>",
        "@SUM(A1)",
    ]


@pytest.fixture(scope="module")
def gdal_is_awake(tmp_path_factory: pytest.TempPathFactory) -> None:
    """GDAL makes some of the cases: with the first it opens its table of projections, and keeps it."""
    geopackage(tmp_path_factory.mktemp("first") / "first.gpkg")


@pytest.fixture(autouse=True)
def nothing_is_left_behind(gdal_is_awake: None, tmp_path: Path) -> Iterator[None]:
    """No case may leave a file open."""
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    yield
    assert len(list(descriptors.iterdir())) <= before
