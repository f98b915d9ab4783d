"""A raw table to typed columns, attributes and rejects: every row read as its subject means it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from portal.characters import steers
from portal.readers.child.packing import pack_words
from portal.readers.child.wire import pack_wkb
from portal.readers.columns_found import Use
from portal.readers.formats.kinds import Kind
from portal.readers.formats.raw import RawTable
from portal.readers.mapping import ReadMapping
from portal.readers.problems import (
    HIGH_BELOW_LOW,
    IS_MISSING,
    MERGED_NUMBER,
    NEEDS_GEOMETRY,
    UNIT_IN_HEADER,
    UNIT_REFUSED,
    UNSEEN,
    Reject,
    excerpt,
    note,
    refuse,
    reject,
    say_once,
)
from portal.readers.rows.columns import clean_attributes, parse_column
from portal.readers.rows.damage import find_damaged
from portal.readers.rows.headers import Assignment, assign, unit_of
from portal.readers.rows.keys import check_keys, choose_key, join_key, name_lacking, tell_apart
from portal.readers.rows.places import check_places
from portal.readers.rows.records import NAMING, drop_leftovers
from portal.readers.rows.units import UNIT_NAMES, Told, Unit
from portal.readers.rows.values import Manner, make_parser
from portal.readers.schema import KEY, LAT, LON, Field, Subject

# The member of a GeoJSON feature that names it.
FEATURE_ID = "id"
EXAMPLES = 3


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

        self.units = self._take_units()
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
        self._check_ends(columns)
        key_columns, columns[KEY] = self._key(columns)
        lon, lat, shapes = self._geometry()
        unmapped = [header for header in self.found.unmapped if header not in key_columns]
        attributes = {
            header: clean_attributes(self.raw.column(header), self.missing)
            for header in unmapped
            if with_attributes
        }
        self._count_unseen()
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
            "listing": self._listing(key_columns),
            "layout": [self.raw.layer, self.raw.other_layers, self.raw.header_rows, self.raw.delimiter],
            "rows": _take(self.raw.numbers, kept),
            "lon": _take(lon, kept),
            "lat": _take(lat, kept),
            "rejects": [dataclasses.astuple(item) for item in self._said()],
        }
        wkb, sizes = pack_wkb(_take(shapes, kept))
        return {"table": orjson.dumps(document), "wkb": wkb, "sizes": sizes}

    def _listing(self, key_columns: Sequence[str]) -> list[tuple[str, Use, str, list[str]]]:
        """Return what each column is read as, with its first values."""
        fields = {header: name for name, header in self.found.columns.items()}
        return [
            (
                header,
                Use.FIELD if header in fields else Use.KEY if header in key_columns else Use.ATTRIBUTE,
                fields.get(header, KEY if header in key_columns else ""),
                self._examples(header),
            )
            for header in self.raw.headers
        ]

    def _count_unseen(self) -> None:
        """Say of each column in how many cells stood what steers how they are shown."""
        fields = {header: name for name, header in self.found.columns.items()}
        for header in self.raw.headers:
            cells = [cell for cell in self.raw.column(header) if isinstance(cell, str)]
            found = {cell for cell in set(cells) if steers(cell)}
            if found:
                count = sum(cell in found for cell in cells)
                self.rejects.append(note(UNSEEN, fields.get(header, ""), header=header, cells=count))

    def _examples(self, header: str) -> list[str]:
        texts: dict[str, None] = {}
        for cell in self.raw.column(header):
            if cell is not None and (text := excerpt(str(cell).strip())):
                texts.setdefault(text)
            if len(texts) == EXAMPLES:
                break
        return list(texts)

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
        if self._is_given(field.name):
            return self._read(field)
        if field.high_of and self._is_given(field.high_of):
            values = self._read(self.subject.field(field.high_of), high=True)
            if field.required:
                self.rejects += [
                    reject(number, field.name, None, IS_MISSING, blocking=True)
                    for number, value in zip(self.raw.numbers, values, strict=True)
                    if value is None
                ]
            return values
        return [None] * len(self.raw.rows)

    def _is_given(self, name: str) -> bool:
        return name in self.found.columns or name in self.mapping.constants

    def _read(self, field: Field, *, high: bool = False) -> list[Any]:
        stated = self.mapping.values.get(field.name, {})
        field = dataclasses.replace(field, values={**field.values, **stated})
        manner = Manner(self.zone, self.mapping.time_format, self.units.get(field.name), high)
        parse = make_parser(field, manner)
        values, rejects = parse_column(self._cells(field), self.raw.numbers, field, parse, self.missing)
        # What is wrong with a cell was said when its lower end was read.
        self.rejects += [] if high else rejects
        return values

    def _take_units(self) -> dict[str, Unit]:
        """Return the unit that the header states for each field; a column of another is none of the field."""
        units = {}
        for field in self.subject.fields:
            header = self.found.columns.get(field.name)
            if header is None or not field.unit:
                continue
            unit, wanted = unit_of(header, field), UNIT_NAMES[field.unit]
            if unit is Told.ANOTHER:
                self.found = self.found.without(field.name)
                self.rejects.append(note(UNIT_REFUSED, field.name, header=header, unit=wanted))
            elif isinstance(unit, Unit) and unit.factor != 1:
                units[field.name] = unit
                told = {"header": header, "unit": wanted, "factor": f"{unit.factor:,.6g}"}
                self.rejects.append(note(UNIT_IN_HEADER, field.name, **told))
        return units

    def _check_ends(self, columns: dict[str, list[Any]]) -> None:
        """Leave out upper ends that lie below the lower ones, or say the same."""
        for field in self.subject.fields:
            if not field.high_of or field.kind == "date":
                continue
            lows, highs = columns[field.high_of], columns[field.name]
            for at, (low, high) in enumerate(zip(lows, highs, strict=True)):
                if low is None or high is None or high > low:
                    continue
                highs[at] = None
                if high < low:
                    number = self.raw.numbers[at]
                    self.rejects.append(reject(number, field.name, high, HIGH_BELOW_LOW, blocking=False))

    def _key(self, columns: dict[str, list[Any]]) -> tuple[tuple[str, ...], list[str | None]]:
        cells = {
            header: clean_attributes(self.raw.column(header), self.missing)
            for header in self.found.key_candidates
        }
        own = clean_attributes(self.raw.feature_ids, self.missing)
        # Programs number features as they come: a number is a key only where there is no other.
        numbered = all(value is None or not isinstance(value, str) or value.isdecimal() for value in own)
        if any(value is not None for value in own) and FEATURE_ID not in cells and not numbered:
            cells[FEATURE_ID] = own
        damaged = {header: find_damaged(values) for header, values in cells.items()}
        texts = {
            header: tell_apart([_as_text(value) for value in values], damaged[header])
            for header, values in cells.items()
        }
        if self.mapping.key:
            groups = []
            names, keys = tuple(texts), join_key(list(texts.values()))
        else:
            groups = [
                {name: columns[name] for name in group}
                for group in self.subject.keys
                if all(name in self.found.columns or name in self.mapping.constants for name in group)
            ]
            blocked = {item.row for item in self.rejects if item.blocking}
            left_out = {at for at, number in enumerate(self.raw.numbers) if number in blocked}
            last = [{FEATURE_ID: [_as_text(value) for value in own]}] if own and numbered else []
            names, keys = choose_key(texts, groups, left_out, last)
        lost = [any(row) for row in zip(*(damaged[name] for name in names if name in damaged), strict=True)]
        faults = check_keys(keys, self.raw.numbers, lost)
        from_fields = names[0] not in texts and names in map(tuple, groups)
        if from_fields:
            of_last = self._cells(self.subject.field(names[-1]))
            faults = name_lacking(faults, names[-1], self.raw.numbers, of_last, self.rejects)
        self.rejects += faults
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


def _take(values: Sequence[Any], kept: Sequence[int]) -> list[Any]:
    return [values[at] for at in kept]


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)
