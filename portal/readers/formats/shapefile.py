"""Zipped Shapefiles (ESRI, 1998): geometry from .shp by .shx, table from .dbf, coordinate system from .prj.

Read by hand: an adapter over pyshp 3.1.6 was no shorter, since polygons and every check of a hostile file
stayed ours, and it was worse. pyshp walks for ever over a record of negative length, follows a .shx with gaps
only when asked record by record, and took 1.5 to 3 times the time and up to 2.5 times the memory:
``python -m bench.shapefile_libraries``.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import shapely

from portal.readers.formats.archives import read_entry
from portal.readers.formats.dbf import read_dbf
from portal.readers.formats.projections import name_crs, to_degrees
from portal.readers.formats.raw import RawTable, check_rows, name_columns
from portal.readers.formats.rings import nest_rings
from portal.readers.formats.unusable import UNUSABLE
from portal.readers.limits import ReadLimits
from portal.readers.problems import (
    BAD_SHAPEFILE,
    INCOMPLETE_SHAPEFILE,
    MANY_LAYERS,
    NO_SUCH_LAYER,
    refuse,
)

_MAGIC = 9994
_HEADER_BYTES = 100
# Types 11-18 carry z, 21-28 carry m after x and y: the last digit tells the shape.
_POINT, _LINE, _POLYGON, _MULTIPOINT, _MULTIPATCH = 1, 3, 5, 8, 31


def read_shapefile(archive: zipfile.ZipFile, layer: str, limits: ReadLimits) -> RawTable:
    """Read one Shapefile of a checked archive into a table; a feature's number is its row.

    Raises
    ------
    FileRefused
        It is damaged or has no .dbf, there is no such layer, or it is not said
        which of several is meant.
    """
    parts = _choose_parts(archive, layer)
    if ".dbf" not in parts:
        raise refuse(INCOMPLETE_SHAPEFILE, name=parts[".shp"][:80])
    texts = {suffix: read_entry(archive, name) for suffix, name in parts.items()}
    fields = read_dbf(texts[".dbf"])
    try:
        shapes = list(iterate_shapes(texts[".shp"], texts.get(".shx")))
    except (struct.error, ValueError) as error:
        raise refuse(BAD_SHAPEFILE, part=".shp") from error
    if len(shapes) != len(fields.rows):
        raise refuse(BAD_SHAPEFILE, part=f".shp {len(shapes)} ≠ .dbf {len(fields.rows)}")
    kept = [at for at, row in enumerate(fields.rows) if row is not None]
    check_rows(len(kept), limits)
    crs = name_crs(texts.get(".prj", b"").decode("utf-8", "replace"))
    degrees, crs = to_degrees([shapes[at] for at in kept], crs)
    headers = name_columns(fields.names, limits)
    rows = [row for row in fields.rows if row is not None]
    numbers = [at + 1 for at in kept]
    return RawTable(headers, rows, numbers, degrees, crs, fields.encoding, cut_headers=fields.cut)


def iterate_shapes(data: bytes, index: bytes | None = None) -> Iterator[Any]:
    """Yield the geometry of each record of a .shp file: None, a point, lines or polygons.

    The records are those that the .shx file ``index`` names, in its order: editors
    leave old ones in between. Without it they are those that stand in the file.

    Raises
    ------
    FileRefused
        One of the two does not begin as it should, or a record does not lie within the file.
    ValueError, struct.error
        A record is too short for what it says it holds.
    """
    if len(data) < _HEADER_BYTES or struct.unpack_from(">i", data)[0] != _MAGIC:
        raise refuse(BAD_SHAPEFILE, part=".shp")
    places = _in_sequence(data) if index is None else _by_index(index)
    left = len(data)
    for at in places:
        if at == 0:
            yield None
            continue
        if not _HEADER_BYTES <= at <= len(data) - 8:
            raise refuse(BAD_SHAPEFILE, part=".shp")
        size = _size_at(data, at)
        left -= size
        # An index that names one large record many times over would be a bomb.
        if size < 4 or at + 8 + size > len(data) or left < 0:
            raise refuse(BAD_SHAPEFILE, part=".shp")
        yield _shape(data[at + 8 : at + 8 + size])


def _in_sequence(data: bytes) -> Iterator[int]:
    at = _HEADER_BYTES
    while at + 8 <= len(data):
        yield at
        at += 8 + _size_at(data, at)


def _by_index(index: bytes) -> list[int]:
    """Return where each record begins, 0 for one without geometry."""
    if len(index) < _HEADER_BYTES or struct.unpack_from(">i", index)[0] != _MAGIC:
        raise refuse(BAD_SHAPEFILE, part=".shx")
    entries = np.frombuffer(index, ">i4", (len(index) - _HEADER_BYTES) // 8 * 2, _HEADER_BYTES)
    offsets: list[int] = (2 * entries[::2].astype(np.int64)).tolist()
    return offsets


def _size_at(data: bytes, at: int) -> int:
    return 2 * int(struct.unpack_from(">i", data, at + 4)[0])


def _choose_parts(archive: zipfile.ZipFile, layer: str) -> dict[str, str]:
    """Return the file of each suffix of the chosen Shapefile."""
    layers: dict[str, dict[str, str]] = {}
    for name in archive.namelist():
        path = PurePosixPath(name)
        # macOS packs a shadow "._x.shp" beside every file.
        if "__MACOSX" not in path.parts and not path.name.startswith("._"):
            layers.setdefault(str(path.with_suffix("")).lower(), {})[path.suffix.lower()] = name
    shapefiles = {PurePosixPath(parts[".shp"]).stem: parts for parts in layers.values() if ".shp" in parts}
    names = [name[:60] for name in shapefiles][:10]
    if layer and layer not in shapefiles:
        raise refuse(NO_SUCH_LAYER, name=layer, names=names)
    if not layer and len(shapefiles) > 1:
        raise refuse(MANY_LAYERS, names=names)
    if not shapefiles:
        raise refuse(BAD_SHAPEFILE, part=".shp")
    return shapefiles[layer] if layer else next(iter(shapefiles.values()))


def _shape(record: bytes) -> Any:
    kind = struct.unpack_from("<i", record)[0]
    if kind == 0:
        return None
    if kind >= _MULTIPATCH:
        return UNUSABLE
    match kind % 10:
        case 1:
            return shapely.Point(struct.unpack_from("<dd", record, 4))
        case 8:
            count = struct.unpack_from("<i", record, 36)[0]
            return shapely.MultiPoint(_points(record, 40, count))
        case 3:
            return _build(shapely.MultiLineString, _rings(record))
        case 5:
            return nest_rings(_rings(record))
    return UNUSABLE


def _points(record: bytes, at: int, count: int) -> Any:
    if count < 0:
        raise ValueError("a negative number of points")
    return np.frombuffer(record, "<f8", 2 * count, at).reshape(-1, 2)


def _rings(record: bytes) -> list[Any]:
    parts, count = struct.unpack_from("<ii", record, 36)
    if parts < 0:
        raise ValueError("a negative number of parts")
    starts = np.frombuffer(record, "<i4", parts, 44)
    points = _points(record, 44 + 4 * parts, count)
    if parts and (starts[0] != 0 or (np.diff(starts) < 0).any() or starts[-1] > count):
        raise ValueError("the parts are out of order")
    return np.split(points, starts[1:])


def _build(make: Callable[[list[Any]], Any], rings: list[Any]) -> Any:
    """Return what ``make`` makes of the rings, or `UNUSABLE` when GEOS will not have them."""
    try:
        return make(rings)
    except (shapely.errors.GEOSException, ValueError):
        return UNUSABLE
