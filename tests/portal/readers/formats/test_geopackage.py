from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.formats.geopackage import read_geopackage, restrict
from portal.readers.formats.unusable import UNUSABLE
from portal.readers.limits import ReadLimits

SMALL, LARGE = shapely.box(114, 22, 114.1, 22.1), shapely.box(114, 22, 114.2, 22.2)
FRAME = gpd.GeoDataFrame(
    {"name": ["黄贝", "南湖", "无形"], "area": [1.5, 2.5, None], "n": [1, 2, 3]},
    geometry=[
        shapely.box(114, 22, 114.1, 22.1),
        shapely.MultiPolygon([shapely.box(114, 22, 114.2, 22.2)]),
        None,
    ],
    crs="EPSG:4490",
)
Change = Callable[[sqlite3.Connection], object]


def geopackage(tmp_path: Path, change: Change | None = None, frame: gpd.GeoDataFrame = FRAME) -> bytes:
    path = tmp_path / "made.gpkg"
    frame.to_file(path, layer="streets", driver="GPKG")
    if change is not None:
        with sqlite3.connect(path) as database:
            # Triggers of the spatial index call functions that plain SQLite has not.
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                database.execute(f'DROP TRIGGER "{name}"')
            change(database)
        database.close()
    return path.read_bytes()


def test_reads_what_gdal_wrote(tmp_path: Path, limits: ReadLimits) -> None:
    table = read_geopackage(geopackage(tmp_path), "", limits)
    assert table.headers == ["fid", "name", "area", "n"]
    assert table.rows == [[1, "黄贝", 1.5, 1], [2, "南湖", 2.5, 2], [3, "无形", None, 3]]
    assert table.crs == "EPSG:4490"
    assert table.shapes is not None
    parts = [shape if shape is None else shapely.get_parts(shape)[0] for shape in table.shapes]
    assert parts == [SMALL, LARGE, None]


def test_open_rings_are_closed_and_said(tmp_path: Path, limits: ReadLimits) -> None:
    corners = [(114.0, 22.0), (114.1, 22.0), (114.1, 22.1), (114.0, 22.1)]
    wkb = struct.pack("<BIII", 1, 3, 1, 4) + b"".join(struct.pack("<dd", *corner) for corner in corners)
    blob = b"GP\0\1" + struct.pack("<i", 4490) + wkb
    data = geopackage(tmp_path, lambda at: at.execute("UPDATE streets SET geom = ? WHERE fid = 2", (blob,)))
    table = read_geopackage(data, "", limits)
    assert table.shapes is not None
    assert table.shapes[1].equals(SMALL)
    assert [(item.row, item.repaired) for item in table.rejects] == [(2, True)]


def test_metres_become_degrees(tmp_path: Path, limits: ReadLimits) -> None:
    table = read_geopackage(geopackage(tmp_path, frame=FRAME.to_crs(4547)), "", limits)
    assert table.crs == "EPSG:4490"
    assert table.shapes is not None
    assert shapely.hausdorff_distance(shapely.get_parts(table.shapes[0])[0], FRAME.geometry[0]) < 1e-9


def test_a_write_ahead_log_is_not_looked_for(tmp_path: Path, limits: ReadLimits) -> None:
    data = bytearray(geopackage(tmp_path))
    data[18:20] = b"\x02\x02"
    assert len(read_geopackage(bytes(data), "", limits).rows) == 3


def test_one_layer_of_several_must_be_named(tmp_path: Path, limits: ReadLimits) -> None:
    geopackage(tmp_path)
    FRAME.head(1).to_file(tmp_path / "made.gpkg", layer="other", driver="GPKG")
    data = (tmp_path / "made.gpkg").read_bytes()
    assert len(read_geopackage(data, "other", limits).rows) == 1
    for layer, problem in (("", problems.MANY_LAYERS), ("none", problems.NO_SUCH_LAYER)):
        with pytest.raises(FileRefused) as refused:
            read_geopackage(data, layer, limits)
        assert refused.value.msgid == problem.reason


def _replace_by_view(database: sqlite3.Connection) -> None:
    database.executescript("""
        ALTER TABLE streets RENAME TO hidden;
        CREATE VIEW streets AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r)
            SELECT hidden.* FROM hidden, r;
    """)


def _replace_by_virtual_table(database: sqlite3.Connection) -> None:
    database.executescript("DROP TABLE streets; CREATE VIRTUAL TABLE streets USING rtree(id, geom, b);")


def _system_table_by_view(database: sqlite3.Connection) -> None:
    database.executescript("""
        ALTER TABLE gpkg_geometry_columns RENAME TO hidden;
        CREATE VIEW gpkg_geometry_columns AS SELECT * FROM hidden;
    """)


@pytest.mark.parametrize("change", [_replace_by_view, _replace_by_virtual_table, _system_table_by_view])
def test_views_and_virtual_tables_are_refused(change: Change, tmp_path: Path, limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        read_geopackage(geopackage(tmp_path, change), "", limits)
    assert refused.value.msgid == problems.LAYER_NOT_PLAIN.reason


def test_triggers_do_not_fire(tmp_path: Path, limits: ReadLimits) -> None:
    def change(database: sqlite3.Connection) -> None:
        database.executescript("""
            CREATE TRIGGER t AFTER INSERT ON streets BEGIN DELETE FROM streets; END;
            CREATE TRIGGER u AFTER UPDATE ON streets BEGIN DELETE FROM streets; END;
        """)

    data = geopackage(tmp_path, change)
    assert len(read_geopackage(data, "", limits).rows) == 3
    assert (tmp_path / "made.gpkg").read_bytes() == data


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH '/etc/passwd' AS other",
        "PRAGMA writable_schema = ON",
        "CREATE TABLE a (b)",
        "SELECT load_extension('x')",
        "SELECT hex('a')",
    ],
)
def test_nothing_but_reading_is_allowed(statement: str, limits: ReadLimits) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        restrict(database, limits)
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == []
        with pytest.raises(sqlite3.DatabaseError):
            database.execute(statement)


def test_functions_in_generated_columns_do_not_run(tmp_path: Path, limits: ReadLimits) -> None:
    def change(database: sqlite3.Connection) -> None:
        database.execute("ALTER TABLE streets ADD COLUMN bomb TEXT AS (hex(zeroblob(900000000))) VIRTUAL")

    with pytest.raises(FileRefused) as refused:
        read_geopackage(geopackage(tmp_path, change), "", limits)
    assert refused.value.msgid == problems.BAD_GEOPACKAGE.reason


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM gpkg_geometry_columns", problems.NEEDS_GEOMETRY),
        ("UPDATE gpkg_geometry_columns SET table_name = 'absent'", problems.LAYER_NOT_PLAIN),
        ("UPDATE gpkg_geometry_columns SET column_name = 'absent'", problems.BAD_GEOPACKAGE),
        ("UPDATE gpkg_geometry_columns SET srs_id = 777", problems.UNKNOWN_CRS),
        ("DROP TABLE gpkg_contents", problems.NOT_A_GEOPACKAGE),
        ("DELETE FROM streets", problems.NO_ROWS),
        ("UPDATE streets SET name = CAST(x'ffff' AS TEXT)", problems.BAD_GEOPACKAGE),
    ],
)
def test_contradictions_are_refused(
    statement: str, problem: problems.Problem, tmp_path: Path, limits: ReadLimits
) -> None:
    def change(database: sqlite3.Connection) -> None:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute(statement)

    with pytest.raises(FileRefused) as refused:
        read_geopackage(geopackage(tmp_path, change), "", limits)
    assert refused.value.msgid == problem.reason


@pytest.mark.parametrize(
    "blob", ["x'47'", "'text'", "x'4750000FE6100000'", "x'4750000100000000ffffffff'", "7"]
)
def test_broken_geometries_are_unusable(blob: str, tmp_path: Path, limits: ReadLimits) -> None:
    def change(database: sqlite3.Connection) -> None:
        database.execute(f"UPDATE streets SET geom = {blob} WHERE fid = 1")

    table = read_geopackage(geopackage(tmp_path, change), "", limits)
    assert table.shapes is not None
    assert table.shapes[0] == UNUSABLE


@pytest.mark.parametrize("keep", [100, 5_000, 60_000])
def test_cut_files_are_refused(keep: int, tmp_path: Path, limits: ReadLimits) -> None:
    with pytest.raises(FileRefused):
        read_geopackage(geopackage(tmp_path)[:keep], "", limits)


def test_other_databases_are_refused(tmp_path: Path, limits: ReadLimits) -> None:
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("CREATE TABLE a (b)")
    database.close()
    with pytest.raises(FileRefused) as refused:
        read_geopackage((tmp_path / "a.db").read_bytes(), "", limits)
    assert refused.value.msgid == problems.NOT_A_GEOPACKAGE.reason
