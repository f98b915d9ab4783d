"""`read_table`: a user's file to a frame that keeps a contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from geo.frames import Contract
from portal.readers.child.packing import unpack_words
from portal.readers.child.wire import unpack_wkb
from portal.readers.columns_found import ColumnFound, Layout, Use
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.parse import parse_file
from portal.readers.problems import Reject
from portal.readers.schema import load_subject
from portal.readers.source import read_source


@dataclass(frozen=True)
class ReadResult:
    """What a file held.

    Parameters
    ----------
    frame
        The rows that can be taken: the contract's columns, ``row`` (see
        `Reject.row`) and ``attributes`` (dict of the filled cells that are no
        field). A subject with geometry gives a GeoDataFrame, in degrees of the
        source's datum and therefore without CRS; if it takes points, there are
        ``raw_lon`` and ``raw_lat`` too, NaN where there is no point.
    rejects
        What could not be taken, by row.
    kind
        ``csv``, ``xlsx``, ``geojson``, ``geopackage``, ``shapefile``, ``kml`` or ``kmz``.
    encoding
        Of the text.
    rows_read
        Rows under the header, taken or not.
    columns
        Field to the header it was read from.
    key
        Headers, or fields, that the key was made of.
    unmapped
        Headers that are no field.
    declared_crs
        Geographic system that the file names, "" when it names none. It says
        nothing certain: files in GCJ-02 call themselves EPSG:4326.
    stated_datum
        What the mapping says, "" when it says nothing.
    listing
        Every column of the file, in its order, with what became of it.
    layout
        Where in the file the table was found.
    """

    frame: pd.DataFrame
    rejects: tuple[Reject, ...]
    kind: str
    encoding: str
    rows_read: int
    columns: Mapping[str, str]
    key: tuple[str, ...]
    unmapped: tuple[str, ...]
    declared_crs: str
    stated_datum: str
    listing: tuple[ColumnFound, ...]
    layout: Layout

    @property
    def blocking(self) -> tuple[Reject, ...]:
        """Rejects that left their row out."""
        return tuple(item for item in self.rejects if item.blocking)

    @property
    def notes(self) -> tuple[Reject, ...]:
        """Rejects of single cells, whose rows were taken."""
        return tuple(item for item in self.rejects if not item.blocking)


def read_table(
    path: Path,
    contract: Contract,
    *,
    timezone: str,
    limits: ReadLimits,
    mapping: ReadMapping | None = None,
    with_attributes: bool = True,
) -> ReadResult:
    """Read a user's file in a limited child process.

    Parameters
    ----------
    path
        CSV, xlsx, GeoJSON, GeoPackage, zipped Shapefile, KML or KMZ, whatever its name.
    contract
        One of `geo.frames` that has a schema in ``data/schema``.
    timezone
        The city's, for times without an offset.
    limits
        What the file may cost.
    mapping
        For headers that the schema does not know.
    with_attributes
        Whether to keep the cells that are no field; without them, a large
        table takes half the memory.

    Raises
    ------
    FileRefused
        The file as a whole cannot be taken.
    """
    subject, mapping, zone = load_subject(contract), mapping or ReadMapping(), ZoneInfo(timezone)
    answer = read_source(parse_file, path, limits, subject, mapping, timezone, limits, with_attributes)
    document = orjson.loads(answer["table"])
    return ReadResult(
        frame=_frame(document, answer, contract, zone),
        rejects=tuple(Reject(*item) for item in document["rejects"]),
        kind=document["kind"],
        encoding=document["encoding"],
        rows_read=document["rows_read"],
        columns=document["headers"],
        key=tuple(document["key"]),
        unmapped=tuple(document["unmapped"]),
        declared_crs=document["crs"],
        stated_datum=mapping.datum,
        listing=tuple(
            ColumnFound(header, Use(use), name, tuple(examples))
            for header, use, name, examples in document["listing"]
        ),
        layout=_layout(*document["layout"]),
    )


def _layout(layer: str, others: list[str], header_rows: list[int], delimiter: str) -> Layout:
    return Layout(layer, tuple(others), tuple(header_rows), delimiter)


def _frame(document: Any, answer: Any, contract: Contract, zone: ZoneInfo) -> pd.DataFrame:
    rows = document["rows"]
    columns: dict[str, Any] = {
        column.name: _series(unpack_words(document["columns"][column.name]), column.kind, zone)
        for column in contract.columns
    }
    columns["row"] = np.array(rows, dtype=np.int64)
    columns["attributes"] = _series(_attributes(document["attributes"], len(rows)), "attributes", zone)
    if "Point" in contract.geometry_types:
        columns["raw_lon"] = np.array(document["lon"], dtype=float)
        columns["raw_lat"] = np.array(document["lat"], dtype=float)
    frame = pd.DataFrame(columns, index=range(len(rows)))
    if not contract.geometry_types:
        return frame
    shapes = unpack_wkb(answer["wkb"], answer["sizes"])
    if "Point" in contract.geometry_types:
        placed = shapely.is_missing(shapes) & frame["raw_lon"].notna().to_numpy()
        shapes[placed] = shapely.points(columns["raw_lon"][placed], columns["raw_lat"][placed])
    return gpd.GeoDataFrame(frame, geometry=shapes)


def _series(values: list[Any], kind: str, zone: ZoneInfo) -> pd.Series[Any]:
    if kind in ("number", "integer"):
        return pd.Series(values, dtype=float)
    if kind == "time":
        return pd.to_datetime(pd.Series(values, dtype="Int64"), unit="us", utc=True).dt.tz_convert(zone)
    if kind == "date":
        days = [None if value is None else date.fromisoformat(value) for value in values]
        return pd.Series(days, dtype=object)
    return pd.Series(values, dtype=object)


def _attributes(columns: Mapping[str, list[Any]], count: int) -> list[dict[str, Any]]:
    if not columns:
        return [{} for _ in range(count)]
    names = tuple(columns)
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*map(unpack_words, columns.values()), strict=True)
    ]
