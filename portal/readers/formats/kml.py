"""KML (OGC 12-007) and its zipped form, KMZ: placemarks with names, data and places; nothing is followed.

Styles say nothing of a place; links to other files and pictures are passed over, and counted.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from portal.readers.formats.archives import read_entry
from portal.readers.formats.encodings import to_utf8
from portal.readers.formats.projections import to_degrees
from portal.readers.formats.raw import RawTable, check_rows, name_columns
from portal.readers.formats.unusable import UNUSABLE
from portal.readers.limits import ReadLimits
from portal.readers.problems import (
    BAD_KML,
    KML_PASSED_OVER,
    RING_CLOSED,
    XML_IN_KML,
    note,
    refuse,
    repair,
)

# KML is in WGS 84 by definition; that the numbers are is another matter, as for GeoJSON.
CRS = "EPSG:4326"
NAME, DESCRIPTION, FOLDER = "name", "description", "folder"
_PASSED_OVER = ("NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour")
_ENCODING = re.compile(rb"^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*[\"'][^\"']*[\"']")


def read_kml(data: bytes, limits: ReadLimits) -> RawTable:
    """Read the placemarks of a document into a table; a placemark's number is its row.

    Columns are ``name``, ``description``, ``folder`` (the innermost that holds it) and the extended
    data. A geometry of several parts of one kind becomes one; one that cannot be built is
    `portal.readers.formats.unusable.UNUSABLE`.

    Raises
    ------
    FileRefused
        It is no KML, is damaged, or defines XML entities.
    """
    try:
        root = fromstring(_ENCODING.sub(rb"\1", to_utf8(data)), forbid_dtd=True)
    except DefusedXmlException as error:
        raise refuse(XML_IN_KML) from error
    except (ParseError, ValueError, RecursionError) as error:
        raise refuse(BAD_KML) from error
    if _tag(root) != "kml":
        raise refuse(BAD_KML)
    passed: Counter[str] = Counter()
    marks = list(_placemarks(root, "", passed))
    check_rows(len(marks), limits)
    records = [_record(mark, folder) for mark, folder in marks]
    names = list(dict.fromkeys(name for record in records for name in record))
    headers = name_columns(names, limits)
    rows = [[record.get(name) for name in names[: len(headers)]] for record in records]
    numbers = list(range(1, len(rows) + 1))
    shapes, open_rings = [], []
    for number, (mark, _) in zip(numbers, marks, strict=True):
        shape, closed = _shape_of(mark)
        shapes.append(shape)
        if closed:
            open_rings.append(repair(number, "geometry", "", RING_CLOSED))
    degrees, crs = to_degrees(shapes, CRS)
    table = RawTable(headers, rows, numbers, degrees, crs, rejects=open_rings)
    table.feature_ids = [mark.get("id") for mark, _ in marks]
    if passed:
        told = [f"{kind} × {count}" for kind, count in sorted(passed.items())]
        table.rejects.append(note(KML_PASSED_OVER, parts=told))
    return table


def read_kmz(archive: zipfile.ZipFile, limits: ReadLimits) -> RawTable:
    """Read the main document of a checked archive: the first .kml file at its root, else the first at all."""
    names = [name for name in archive.namelist() if name.lower().endswith(".kml")]
    main = next((name for name in names if "/" not in name), names[0])
    return read_kml(read_entry(archive, main), limits)


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _placemarks(element: Element, folder: str, passed: Counter[str]) -> Iterator[tuple[Element, str]]:
    """Yield the placemarks below an element, each with the folder that holds it, in order."""
    waiting = [(element, folder)]
    while waiting:
        at, within = waiting.pop()
        kind = _tag(at)
        if kind == "Placemark":
            yield at, within
            continue
        if kind in _PASSED_OVER:
            passed[kind] += 1
            continue
        if kind == "Folder":
            within = _text(_child(at, NAME)) or within
        waiting.extend((child, within) for child in reversed(list(at)))


def _record(mark: Element, folder: str) -> dict[str, str | None]:
    record = {NAME: _text(_child(mark, NAME)), DESCRIPTION: _text(_child(mark, DESCRIPTION)), FOLDER: folder}
    for element in mark.iter():
        kind, name = _tag(element), element.get("name", "")
        if kind == "SimpleData" and name:
            record[name] = _text(element)
        elif kind == "Data" and name:
            record[name] = _text(_child(element, "value"))
    return {name: value for name, value in record.items() if value}


def _child(element: Element, tag: str) -> Element | None:
    return next((child for child in element if _tag(child) == tag), None)


def _text(element: Element | None) -> str | None:
    return None if element is None else "".join(element.itertext()).strip() or None


def _shape_of(mark: Element) -> tuple[Any, bool]:
    """Return the geometry of a placemark, None without, and whether a ring of it had to be closed."""
    parts: list[Any] = []
    closed = False
    for element in mark.iter():
        kind = _tag(element)
        try:
            if kind == "Point":
                parts.append(shapely.Point(_coordinates(element)[0]))
            elif kind == "LineString":
                parts.append(shapely.LineString(_coordinates(element)))
            elif kind == "Polygon":
                rings = [_coordinates(ring) for ring in element.iter() if _tag(ring) == "LinearRing"]
                closed |= any(ring[0] != ring[-1] for ring in rings if ring)
                parts.append(shapely.Polygon(rings[0], rings[1:]))
        except (shapely.errors.GEOSException, ValueError, IndexError):
            return UNUSABLE, False
    if len(parts) < 2:
        return (parts[0] if parts else None), closed
    kinds = {part.geom_type for part in parts}
    if len(kinds) > 1:
        # A point beside the outline is where its name is written.
        areas = [part for part in parts if part.geom_type == "Polygon"]
        return (shapely.MultiPolygon(areas) if areas else UNUSABLE), closed
    make: dict[str, Callable[[list[Any]], Any]] = {
        "Point": shapely.MultiPoint,
        "LineString": shapely.MultiLineString,
        "Polygon": shapely.MultiPolygon,
    }
    return make[kinds.pop()](parts), closed


def _coordinates(element: Element) -> list[tuple[float, float]]:
    """Return longitude and latitude of each tuple; raise ValueError where one has no two numbers."""
    found = next((child for child in element.iter() if _tag(child) == "coordinates"), None)
    corners = []
    # People leave blanks behind the commas, which the standard forbids.
    for group in re.sub(r"\s*,\s*", ",", _text(found) or "").split():
        lon, lat, *_ = group.split(",")
        corners.append((float(lon), float(lat)))
    return corners
