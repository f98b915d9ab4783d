"""GeoPackage (OGC 12-128): an SQLite file, opened in memory and allowed nothing but plain SELECTs.

The bytes are deserialised into a private in-memory database, so SQLite opens
no file, no journal and no attached database. An authoriser then refuses
everything but reading the tables we name; triggers cannot fire on reading, and
views and virtual tables are not read.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import numpy as np
import shapely

from portal.readers.formats.projections import name_crs, to_degrees
from portal.readers.formats.raw import Cell, RawTable, check_rows, name_columns
from portal.readers.formats.unusable import UNUSABLE
from portal.readers.limits import MEGABYTE, ReadLimits
from portal.readers.problems import (
    BAD_GEOPACKAGE,
    LAYER_NOT_PLAIN,
    MANY_LAYERS,
    NEEDS_GEOMETRY,
    NO_SUCH_LAYER,
    NOT_A_GEOPACKAGE,
    RING_CLOSED,
    UNKNOWN_CRS,
    Reject,
    refuse,
    repair,
)

_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_EMPTY_FLAG = 0x10
# Offsets 18 and 19 of the header: 2 means a write-ahead log beside the file, which memory has not.
_JOURNAL_MODE = slice(18, 20)
_GEOPACKAGE_TABLES = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")


def read_geopackage(data: bytes, layer: str, limits: ReadLimits) -> RawTable:
    """Read one layer of a GeoPackage into a table; a feature's number is its row.

    Raises
    ------
    FileRefused
        The database is damaged or no GeoPackage, the layer does not exist or is
        a view or virtual table, or it is not said which of several is meant.
    """
    content = bytearray(data)
    content[_JOURNAL_MODE] = b"\x01\x01"
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(bytes(content))
            restrict(database, limits)
            return _read_layer(database, layer, limits)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        raise refuse(BAD_GEOPACKAGE) from error


def restrict(database: sqlite3.Connection, limits: ReadLimits) -> None:
    """Allow ``database`` nothing from here on but to read its tables: no function, no file, no change."""
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.max_upload_mb * MEGABYTE)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.text_factory = str
    database.set_authorizer(_authorise)


def _authorise(action: int, *_: str | None) -> int:
    allowed = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ)
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _read_layer(database: sqlite3.Connection, layer: str, limits: ReadLimits) -> RawTable:
    schema = database.execute("SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')")
    tables = {str(name): f"{kind} {sql}" for name, kind, sql in schema}
    if not tables.keys() >= set(_GEOPACKAGE_TABLES):
        raise refuse(NOT_A_GEOPACKAGE)
    for table in _GEOPACKAGE_TABLES:
        _check_plain(table, tables)
    name = _choose_layer(database, layer)
    _check_plain(name, tables)
    geometry, crs = _geometry_column(database, name)
    cursor = database.execute(f"SELECT * FROM {_quote(name)}")  # noqa: S608 - quoted, and reading is all it can do
    names = [column[0] for column in cursor.description]
    if geometry not in names:
        raise refuse(BAD_GEOPACKAGE)
    rows = cursor.fetchmany(limits.max_rows + 1)
    check_rows(len(rows), limits)
    at = names.index(geometry)
    shapes, repairs = _shapes([row[at] for row in rows])
    shapes, crs = to_degrees(shapes, crs)
    headers = name_columns(names[:at] + names[at + 1 :], limits)
    cells = [[_cell(cell) for cell in row[:at] + row[at + 1 :]] for row in rows]
    return RawTable(headers, cells, list(range(1, len(rows) + 1)), shapes, crs, rejects=repairs)


def _choose_layer(database: sqlite3.Connection, layer: str) -> str:
    names = [name for (name,) in database.execute("SELECT table_name FROM gpkg_geometry_columns")]
    if not names:
        raise refuse(NEEDS_GEOMETRY)
    if layer and layer not in names:
        raise refuse(NO_SUCH_LAYER, name=layer, names=names)
    if not layer and len(names) > 1:
        raise refuse(MANY_LAYERS, names=names)
    return layer or str(names[0])


def _check_plain(name: str, tables: dict[str, str]) -> None:
    # SQLite itself writes the first words of a stored statement, so their form is fixed.
    if not tables.get(name, "").startswith("table CREATE TABLE "):
        raise refuse(LAYER_NOT_PLAIN, name=name)


def _geometry_column(database: sqlite3.Connection, layer: str) -> tuple[str, str]:
    """Return the name of the geometry column and its coordinate system."""
    column, number = database.execute(
        "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
    ).fetchone()
    found = database.execute(
        "SELECT organization, organization_coordsys_id, definition "
        "FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
        (number,),
    ).fetchone()
    if number in (0, -1):  # undefined, says the standard
        return column, ""
    if found is None:
        raise refuse(UNKNOWN_CRS, name=number)
    organisation, code, definition = found
    named = f"EPSG:{code}" if str(organisation).upper() == "EPSG" else str(definition)
    return column, name_crs(named)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cell(value: Cell) -> Cell:
    return None if isinstance(value, bytes) else value


def _shapes(blobs: Sequence[Any]) -> tuple[Any, list[Reject]]:
    """Return the geometries, and of which rings had to be closed."""
    texts = [_strip_header(blob) for blob in blobs]
    shapes = shapely.from_wkb(np.asarray(texts, dtype=object), on_invalid="ignore")
    repairs = []
    for at in np.flatnonzero(shapely.is_missing(shapes)).tolist():
        if texts[at] is None:
            continue
        # All that GEOS can mend is a ring that is not closed.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            closed = shapely.from_wkb(texts[at], on_invalid="fix")
        shapes[at] = UNUSABLE if closed is None else closed
        if closed is not None:
            repairs.append(repair(at + 1, "geometry", "", RING_CLOSED))
    return shapes, repairs


def _strip_header(blob: Any) -> bytes | None:
    """Return the well-known binary in a GeoPackage geometry; b"" when there is none to be read."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP" or blob[3] & _EMPTY_FLAG:
        return b""
    envelope = (blob[3] >> 1) & 0b111
    return b"" if envelope >= len(_ENVELOPE_BYTES) else blob[8 + _ENVELOPE_BYTES[envelope] :]
