from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.formats.archives import open_archive
from portal.readers.formats.raw import RawTable
from portal.readers.formats.shapefile import iterate_shapes, read_shapefile
from portal.readers.formats.unusable import UNUSABLE
from portal.readers.limits import ReadLimits

OUTER, OTHER = shapely.box(114, 22, 115, 23), shapely.box(116, 22, 117, 23)
HOLE = shapely.box(114.2, 22.2, 114.4, 22.4)
ISLAND = shapely.box(114.25, 22.25, 114.3, 22.3)
SHAPES = [
    OUTER,
    OUTER.difference(HOLE),
    shapely.union_all([OUTER.difference(HOLE), OTHER]),
    shapely.union_all([OUTER.difference(HOLE), ISLAND]),
    None,
]


def write(folder: Path, frame: gpd.GeoDataFrame, name: str = "街道", **options: str) -> dict[str, bytes]:
    frame.to_file(folder / f"{name}.shp", **options)
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.stem == name}


def pack(files: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read(files: dict[str, bytes], limits: ReadLimits, layer: str = "") -> RawTable:
    return read_shapefile(open_archive(pack(files), limits), layer, limits)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    frame = gpd.GeoDataFrame(
        {"名称": ["甲", "乙", "丙", "丁", None], "area": [1.5, 2, 3, 4, 5], "n": [1, 2, 3, 4, 5]},
        geometry=SHAPES,
        crs="EPSG:4326",
    )
    return write(tmp_path, frame, encoding="UTF-8")


def test_reads_what_gdal_wrote(files: dict[str, bytes], limits: ReadLimits) -> None:
    table = read(files, limits)
    assert table.headers == ["名称", "area", "n"]
    assert table.column("名称") == ["甲", "乙", "丙", "丁", None]
    assert table.column("n") == [1, 2, 3, 4, 5]
    assert table.numbers == [1, 2, 3, 4, 5]
    assert table.crs == "EPSG:4326"
    assert table.shapes is not None
    for shape, expected in zip(table.shapes, SHAPES, strict=True):
        assert shape is expected or shapely.equals(shape, expected)


@pytest.mark.parametrize(
    "shapes",
    [
        [shapely.Point(114, 22), None],
        [shapely.Point(114, 22, 30)],
        [shapely.LineString([(114, 22), (115, 23)])],
        [shapely.MultiPoint([(114, 22), (115, 23)])],
        [shapely.force_3d(OUTER.difference(HOLE), 5)],
    ],
)
def test_every_type_is_read(shapes: list[shapely.Geometry], tmp_path: Path, limits: ReadLimits) -> None:
    table = read(
        write(tmp_path, gpd.GeoDataFrame({"a": 1}, geometry=shapes, crs=4326, index=range(len(shapes)))),
        limits,
    )
    assert table.shapes is not None
    for shape, expected in zip(table.shapes, shapes, strict=True):
        assert shape is expected or shapely.equals(shape, shapely.force_2d(expected))


def test_chinese_tables_without_a_code_page_are_read(tmp_path: Path, limits: ReadLimits) -> None:
    frame = gpd.GeoDataFrame({"名称": ["黄贝街道"]}, geometry=[OUTER], crs=4326)
    files = write(tmp_path, frame, encoding="GBK")
    del files["街道.cpg"]
    table = read(files, limits)
    assert (table.headers, table.rows, table.encoding) == (["名称"], [["黄贝街道"]], "gb18030")


def test_names_cut_by_the_format_are_told(files: dict[str, bytes], limits: ReadLimits) -> None:
    """GDAL cuts a long name after ten bytes, within a character if need be."""
    whole, cut = "名称".encode().ljust(10, b"\0"), "小区名称".encode()[:10]
    files["街道.dbf"] = files["街道.dbf"].replace(whole, cut)
    table = read(files, limits)
    assert (table.headers, table.cut_headers) == (["小区名", "area", "n"], frozenset(["小区名"]))


def test_metres_become_degrees(tmp_path: Path, limits: ReadLimits) -> None:
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[OUTER], crs=4490).to_crs(4547)
    table = read(write(tmp_path, frame), limits)
    assert table.crs == "EPSG:4490"
    assert table.shapes is not None
    assert shapely.hausdorff_distance(table.shapes[0], OUTER) < 1e-9


def test_rings_drawn_the_wrong_way_round_are_still_outlines(limits: ReadLimits) -> None:
    rings = [shapely.get_coordinates(shape) for shape in (shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6))]
    shape = next(iterate_shapes(shp(5, rings)))
    assert shapely.area(shape) == 2


def test_folders_and_shadow_files_do_not_disturb(files: dict[str, bytes], limits: ReadLimits) -> None:
    moved = {f"数据/{name}": content for name, content in files.items()}
    moved |= {"__MACOSX/数据/._街道.shp": b"", "数据/._街道.shp": b"", "readme.txt": b""}
    assert len(read(moved, limits).rows) == 5


def test_one_of_several_must_be_named(files: dict[str, bytes], limits: ReadLimits) -> None:
    both = files | {name.replace("街道", "b"): content for name, content in files.items()}
    assert len(read(both, limits, layer="b").rows) == 5
    for layer, problem in (("", problems.MANY_LAYERS), ("c", problems.NO_SUCH_LAYER)):
        with pytest.raises(FileRefused) as refused:
            read(both, limits, layer)
        assert refused.value.msgid == problem.reason


def test_parts_must_be_complete_and_agree(
    files: dict[str, bytes], tmp_path: Path, limits: ReadLimits
) -> None:
    with pytest.raises(FileRefused) as refused:
        read({name: content for name, content in files.items() if not name.endswith(".dbf")}, limits)
    assert refused.value.msgid == problems.INCOMPLETE_SHAPEFILE.reason
    shorter = write(tmp_path, gpd.GeoDataFrame({"a": [1]}, geometry=[OUTER], crs=4326), "短")
    with pytest.raises(FileRefused) as refused:
        read(files | {"街道.dbf": shorter["短.dbf"]}, limits)
    assert refused.value.msgid == problems.BAD_SHAPEFILE.reason


def test_without_prj_the_numbers_must_be_degrees(
    files: dict[str, bytes], tmp_path: Path, limits: ReadLimits
) -> None:
    del files["街道.prj"]
    assert read(files, limits).crs == ""
    metres = write(
        tmp_path, gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.box(5e5, 2e6, 6e5, 3e6)], crs=4547), "米"
    )
    del metres["米.prj"]
    with pytest.raises(FileRefused) as refused:
        read(metres, limits)
    assert refused.value.msgid == problems.NOT_DEGREES.reason


def shp(kind: int, rings: list[object], *, parts: list[int] | None = None, count: int | None = None) -> bytes:
    """Return a .shp file of one record of rings or lines."""
    points = [point for ring in rings for point in ring]  # type: ignore[attr-defined]
    starts = parts if parts is not None else [sum(map(len, rings[:at])) for at in range(len(rings))]  # type: ignore[arg-type]
    record = struct.pack("<i4dii", kind, 0, 0, 0, 0, len(starts), len(points) if count is None else count)
    record += struct.pack(f"<{len(starts)}i", *starts)
    record += b"".join(struct.pack("<dd", *point) for point in points)
    head = struct.pack(">i20xi", 9994, (108 + len(record)) // 2) + struct.pack("<ii64x", 1000, kind)
    return head + struct.pack(">ii", 1, len(record) // 2) + record


def shx(offsets: list[int]) -> bytes:
    """Return the index of records that begin at these offsets."""
    head = struct.pack(">i20xi", 9994, 50 + 4 * len(offsets)) + struct.pack("<ii64x", 1000, 5)
    return head + b"".join(struct.pack(">ii", at // 2, 68) for at in offsets)


SQUARE = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 200,
        shp(5, [SQUARE])[:-8],
        shp(5, [SQUARE], count=2_000_000_000),
        shp(5, [SQUARE], count=-1),
        shp(5, [SQUARE], parts=[3]),
        shp(5, [SQUARE, SQUARE], parts=[0, 99]),
        shp(5, [SQUARE], parts=[0, 4, 2]),
    ],
)
def test_damaged_geometry_files_are_refused(data: bytes, files: dict[str, bytes], limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        read(files | {"街道.shp": data}, limits)
    assert refused.value.msgid == problems.BAD_SHAPEFILE.reason


def test_records_are_those_of_the_index() -> None:
    """Editors append what they change, and leave the old record where it was."""
    old, new = ([(x + at, y) for x, y in SQUARE] for at in (0, 10))
    first = shp(5, [old])
    data = first + shp(5, [new])[100:]
    assert len(list(iterate_shapes(data))) == 2
    assert [shape.bounds for shape in iterate_shapes(data, shx([len(first)]))] == [(10, 0, 11, 1)]
    both = [shape and shape.bounds[0] for shape in iterate_shapes(data, shx([len(first), 0, 100]))]
    assert both == [10, None, 0]


def test_a_table_keeps_to_its_geometry_where_the_index_skips(
    files: dict[str, bytes], limits: ReadLimits
) -> None:
    stale = shp(5, [SQUARE])[100:]
    shape, index = files["街道.shp"], files["街道.shx"]
    offsets = np.frombuffer(index[100:], ">i4").reshape(-1, 2) + [len(stale) // 2, 0]
    files["街道.shp"] = shape[:100] + stale + shape[100:]
    files["街道.shx"] = index[:100] + offsets.astype(">i4").tobytes()
    table = read(files, limits)
    assert table.shapes is not None
    assert [shape and shape.bounds for shape in table.shapes] == [shape and shape.bounds for shape in SHAPES]


@pytest.mark.parametrize(
    "index",
    [b"", b"\0" * 108, shx([102]), shx([4]), shx([-100]), shx([10_000]), shx([100] * 3)],
    ids=["empty", "no magic", "amid", "in the head", "negative", "behind the end", "a bomb"],
)
def test_damaged_indexes_are_refused(index: bytes) -> None:
    with pytest.raises((FileRefused, ValueError, struct.error)):
        list(iterate_shapes(shp(5, [SQUARE]), index))


@pytest.mark.parametrize("data", [shp(5, [SQUARE[:2]]), shp(5, []), shp(31, [SQUARE]), shp(3, [SQUARE[:1]])])
def test_shapes_that_cannot_be_built_are_unusable(data: bytes) -> None:
    shape = next(iterate_shapes(data))
    assert shape == UNUSABLE or shapely.is_empty(shape)
