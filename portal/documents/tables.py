"""A table as a file: CSV, xlsx and GeoJSON of the same columns, notes on what it is, a name that says so."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from geo.policy.city import City
from geo.texts import Say
from portal.errors import N_
from portal.labels import city_name
from portal.spreadsheets import write_csv, write_xlsx

DATUM: tuple[str, str] = (N_("坐标系"), "WGS 84 (EPSG:4326)")
_NAME_BYTES = 180  # a file name holds 255 bytes, three for each Chinese character
_FORBIDDEN = re.compile(r"""[\s\\/:*?"<>|]+""")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    key
        Key of the cells; the property's name in GeoJSON.
    title, params
        Marked text of the heading, and what fills its placeholders.
    digits
        Decimals of a number; None for texts, days, and numbers that stay as they are.
    """

    key: str
    title: str
    digits: int | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    def heading(self, say: Say) -> str:
        """Return the title as it is read."""
        return say(self.title, **self.params)


@dataclass(frozen=True)
class Table:
    """A table that can be taken along.

    Parameters
    ----------
    city
        Whose it is: its name begins the file's name, which says where the city is invented.
    name
        What follows in the file's name; the longest part is cut where they are too long.
    title
        Marked text: what a row is, for the workbook.
    columns, rows
        Cells by the columns' keys; a missing one is empty.
    notes
        What the table is, as pairs of a label and a value: a second sheet of the workbook.
    members, features
        What the table is as foreign members of GeoJSON, and its features.
    """

    city: City
    name: tuple[str, ...]
    title: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Any]]
    notes: Sequence[tuple[str, object]] = ()
    members: Mapping[str, object] = field(default_factory=dict)
    features: Iterable[Mapping[str, Any]] = ()


def headings(columns: Iterable[Column], say: Say) -> list[tuple[str, str]]:
    """Return key and heading of each column."""
    return [(column.key, column.heading(say)) for column in columns]


def round_cells(cells: Mapping[str, Any], columns: Iterable[Column]) -> dict[str, Any]:
    """Return cells with each number rounded to its column's digits, as the screen shows it."""
    digits = {column.key: column.digits for column in columns}
    return {key: _rounded(value, digits.get(key)) for key, value in cells.items()}


def to_csv(table: Table, say: Say) -> bytes:
    """Return a table as CSV: one heading, then rows, nothing else, so that programs can read it."""
    stream = io.BytesIO()
    write_csv(stream, table.rows, headings(table.columns, say))
    return stream.getvalue()


def to_xlsx(table: Table, say: Say) -> bytes:
    """Return a table as a workbook, with a second sheet that says what it is."""
    stream = io.BytesIO()
    write_xlsx(
        stream,
        table.rows,
        headings(table.columns, say),
        sheet=say(table.title),
        notes_sheet=say(N_("说明")),
        notes=table.notes,
    )
    return stream.getvalue()


def to_geojson(table: Table) -> bytes:
    """Return the features as GeoJSON in WGS 84; foreign members say what they are."""
    return orjson.dumps({"type": "FeatureCollection", **table.members, "features": list(table.features)})


def feature(identifier: object, geometry: Any, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a feature of GeoJSON; ``geometry`` is a mapping, GeoJSON as text, or None."""
    if isinstance(geometry, str):
        geometry = orjson.Fragment(geometry)
    return {"type": "Feature", "id": identifier, "geometry": geometry or None, "properties": properties}


def describe_city(city: City, language: str, say: Say) -> list[tuple[str, object]]:
    """Return the notes that say whose data these are, and whether they are invented."""
    nature = N_("虚构示例数据") if city.fictional else N_("实际数据")
    return [(say(N_("城市")), city_name(city, language)), (say(N_("数据性质")), say(nature))]


def name_file(table: Table, suffix: str, language: str, say: Say) -> str:
    """Return a file name that says what the file is: a CSV has no other place for it."""
    city = city_name(table.city, language)
    mark = say(N_("{city}（虚构）"), city=city) if table.city.fictional else city
    parts = [part for part in (_FORBIDDEN.sub(" ", part).strip() for part in (mark, *table.name)) if part]
    beyond = len("_".join(parts).encode()) - _NAME_BYTES
    if beyond > 0:
        longest = max(range(len(parts)), key=lambda at: len(parts[at]))
        words = parts[longest].encode()
        parts[longest] = words[: max(len(words) - beyond, 0)].decode(errors="ignore")
    return f"{'_'.join(parts)}.{suffix}"


def _rounded(value: Any, digits: int | None) -> Any:
    if value is None or digits is None:
        return value
    return round(value) if digits == 0 else round(value, digits)
