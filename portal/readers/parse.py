"""The child's work: the bytes of a file to typed columns, attributes and rejects."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from portal.readers.child.packing import pack_words
from portal.readers.child.wire import pack_wkb
from portal.readers.formats.kinds import HEAD_BYTES, Kind, expect_table, guess_kind
from portal.readers.formats.raw import Layout, RawTable
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.problems import (
    HAS_CHANGED,
    MERGED_NUMBER,
    NEEDS_GEOMETRY,
    Reject,
    refuse,
    reject,
    say_once,
)
from portal.readers.rows.columns import clean_attributes, parse_column
from portal.readers.rows.damage import find_damaged
from portal.readers.rows.headers import Assignment, assign, is_known_header
from portal.readers.rows.keys import check_keys, choose_key, join_key, tell_apart
from portal.readers.rows.places import check_places
from portal.readers.rows.records import NAMING, drop_leftovers
from portal.readers.rows.values import make_parser
from portal.readers.schema import KEY, LAT, LON, Field, Subject


def parse_file(
    handle: int,
    size: int,
    subject: Subject,
    mapping: ReadMapping,
    timezone: str,
    limits: ReadLimits,
    with_attributes: bool = True,
) -> dict[str, Any]:
    """Read an open file into columns; this is what the child runs.

    Parameters
    ----------
    handle, size
        Open file and how many bytes of it to read.
    subject, mapping
        What the columns mean.
    timezone
        Of times without offset.
    limits
        Of rows, columns and archives; those on memory and time are the process's.
    with_attributes
        Whether to hand over the columns that are no field.

    Returns
    -------
    dict
        ``table``: JSON of columns, attributes, rows, rejects and what was found
        out; ``wkb`` and ``sizes``: geometries of the rows, see `pack_wkb`.

    Raises
    ------
    FileRefused
        With the reason that the file, as a whole, cannot be taken.
    """
    data = _read(handle, size)
    kind, raw = _read_table(data, subject, mapping, limits)
    del data
    return TableParser(raw, subject, mapping, timezone).pack(kind, with_attributes=with_attributes)


class TableParser:
    """A raw table on its way to typed columns; collects the rejects on the way."""

    def __init__(self, raw: RawTable, subject: Subject, mapping: ReadMapping, timezone: str) -> None:
        self.raw, self.subject, self.mapping = raw, subject, mapping
        self.zone = ZoneInfo(timezone)
        self.missing = frozenset(mapping.missing)
        self.rejects: list[Reject] = list(raw.rejects)
        self.found: Assignment = assign(
            raw.headers, subject, mapping, has_shapes=raw.shapes is not None, cut=raw.cut_headers
        )

        self.rows_read = len(raw.rows) + sum(item.blocking for item in raw.rejects)
        naming = {header for name, header in self.found.columns.items() if name in NAMING}
        self.rejects += drop_leftovers(raw, naming.union(self.found.key_candidates))

    def pack(self, kind: Kind, *, with_attributes: bool) -> dict[str, Any]:
        """Parse everything and return what `parse_file` returns."""
        columns = {
            field.name: self._column(field)
            for field in self.subject.fields
            if field.name not in (KEY, LON, LAT)
        }
        key_columns, columns[KEY] = self._key(columns)
        lon, lat, shapes = self._geometry()
        unmapped = [header for header in self.found.unmapped if header not in key_columns]
        attributes = {
            header: clean_attributes(self.raw.column(header), self.missing)
            for header in unmapped
            if with_attributes
        }
        kept = self._kept_rows()
        document = {
            "kind": kind,
            "encoding": self.raw.encoding,
            "crs": self.raw.crs,
            "rows_read": self.rows_read,
            "headers": self.found.columns,
            "key": key_columns,
            "unmapped": unmapped,
            "columns": {name: pack_words(_take(values, kept)) for name, values in columns.items()},
            "attributes": {name: pack_words(_take(values, kept)) for name, values in attributes.items()},
            "rows": _take(self.raw.numbers, kept),
            "lon": _take(lon, kept),
            "lat": _take(lat, kept),
            "rejects": [dataclasses.astuple(item) for item in self._said()],
        }
        wkb, sizes = pack_wkb(_take(shapes, kept))
        return {"table": orjson.dumps(document), "wkb": wkb, "sizes": sizes}

    def _said(self) -> list[Reject]:
        return sorted(say_once(self.rejects, len(self.raw.rows)), key=lambda item: item.row or 0)

    def _kept_rows(self) -> list[int]:
        blocked = {item.row for item in self.rejects if item.blocking}
        return [at for at, number in enumerate(self.raw.numbers) if number not in blocked]

    def _cells(self, field: Field) -> Sequence[Any]:
        if field.name in self.mapping.constants:
            return [self.mapping.constants[field.name]] * len(self.raw.rows)
        header = self.found.columns[field.name]
        cells = self.raw.column(header)
        merged = self.raw.merged.get(header)
        return self._not_shared(field, cells, merged) if field.adds_up and merged else cells

    def _not_shared(self, field: Field, cells: list[Any], merged: dict[int, int]) -> list[Any]:
        """Leave out numbers that several rows share, as one cell merged over them, and say so."""
        for at, number in enumerate(self.raw.numbers):
            if number in merged:
                if merged[number] == number and cells[at] is not None:
                    self.rejects.append(reject(number, field.name, cells[at], MERGED_NUMBER, blocking=False))
                cells[at] = None
        return cells

    def _column(self, field: Field) -> list[Any]:
        if field.name not in self.found.columns and field.name not in self.mapping.constants:
            return [None] * len(self.raw.rows)
        stated = self.mapping.values.get(field.name, {})
        field = dataclasses.replace(field, values={**field.values, **stated})
        parse = make_parser(field, self.zone, self.mapping.time_format)
        values, rejects = parse_column(self._cells(field), self.raw.numbers, field, parse, self.missing)
        self.rejects += rejects
        return values

    def _key(self, columns: dict[str, list[Any]]) -> tuple[tuple[str, ...], list[str | None]]:
        cells = {
            header: clean_attributes(self.raw.column(header), self.missing)
            for header in self.found.key_candidates
        }
        damaged = {header: find_damaged(values) for header, values in cells.items()}
        texts = {
            header: tell_apart([_as_text(value) for value in values], damaged[header])
            for header, values in cells.items()
        }
        if self.mapping.key:
            names, keys = tuple(texts), join_key(list(texts.values()))
        else:
            groups = [
                {name: columns[name] for name in group}
                for group in self.subject.keys
                if all(name in self.found.columns or name in self.mapping.constants for name in group)
            ]
            blocked = {item.row for item in self.rejects if item.blocking}
            left_out = {at for at, number in enumerate(self.raw.numbers) if number in blocked}
            names, keys = choose_key(texts, groups, left_out)
        lost = [any(row) for row in zip(*(damaged[name] for name in names if name in damaged), strict=True)]
        self.rejects += check_keys(keys, self.raw.numbers, lost)
        return names, keys

    def _geometry(self) -> tuple[list[float | None], list[float | None], list[bytes | None]]:
        count, required = len(self.raw.rows), self.subject.geometry_required
        nothing: list[Any] = [None] * count
        if not self.subject.geometry_types:
            return nothing, nothing, nothing
        if self.raw.shapes is not None:
            return self._from_shapes()
        if not self.subject.has_points:
            if required:
                raise refuse(NEEDS_GEOMETRY)
            return nothing, nothing, nothing
        before = len(self.rejects)
        # Bounds are judged in pairs, where an exchange of the two can be told.
        lon, lat = (
            self._column(dataclasses.replace(self.subject.field(name), minimum=None, maximum=None))
            for name in (LON, LAT)
        )
        unread = {item.row for item in self.rejects[before:]}
        for at, number in enumerate(self.raw.numbers):
            if number in unread:
                lon[at] = lat[at] = None
        lon, lat, rejects = check_places(lon, lat, self.raw.numbers, required=required)
        self.rejects += rejects
        return lon, lat, nothing

    def _from_shapes(self) -> tuple[list[float | None], list[float | None], list[bytes | None]]:
        import shapely

        from portal.readers.rows.shapes import check_shapes

        shapes, rejects = check_shapes(
            self.raw.shapes,
            self.raw.numbers,
            self.subject.geometry_types,
            required=self.subject.geometry_required,
        )
        self.rejects += rejects
        lon, lat = shapely.get_x(shapes).tolist(), shapely.get_y(shapes).tolist()
        return lon, lat, list(shapely.to_wkb(shapes))


def _read(handle: int, size: int) -> bytes:
    with os.fdopen(handle, "rb") as stream:
        data = stream.read(size)
    if len(data) != size:
        raise refuse(HAS_CHANGED)
    return data


def _read_table(
    data: bytes, subject: Subject, mapping: ReadMapping, limits: ReadLimits
) -> tuple[Kind, RawTable]:
    """Read the table with the one parser that the content calls for; each is loaded only when needed."""
    layout = Layout(mapping.layer, mapping.header_row, lambda text: is_known_header(text, subject, mapping))
    kind = guess_kind(data[:HEAD_BYTES])
    expect_table(kind)
    if kind is Kind.ARCHIVE:
        return _read_archive(data, layout, limits)
    if kind is Kind.GEOPACKAGE:
        from portal.readers.formats.geopackage import read_geopackage

        return kind, read_geopackage(data, layout.layer, limits)
    if kind is Kind.GEOJSON:
        from portal.readers.formats.geojson import read_geojson

        return kind, read_geojson(data, limits)
    from portal.readers.sheets.delimited import read_delimited

    return kind, read_delimited(data, layout, limits)


def _read_archive(data: bytes, layout: Layout, limits: ReadLimits) -> tuple[Kind, RawTable]:
    from portal.readers.formats.archives import kind_of_archive, open_archive

    archive = open_archive(data, limits)
    kind = kind_of_archive(archive)
    if kind is Kind.XLSX:
        from portal.readers.sheets.workbook import read_workbook

        return kind, read_workbook(data, layout, limits)
    from portal.readers.formats.shapefile import read_shapefile

    return kind, read_shapefile(archive, layout.layer, limits)


def _take(values: Sequence[Any], kept: Sequence[int]) -> list[Any]:
    return [values[at] for at in kept]


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)
