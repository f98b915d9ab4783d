"""GeoJSON (RFC 7946, and the older "crs" member when it is a name)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import shapely

from portal.readers.formats.encodings import to_utf8
from portal.readers.formats.projections import name_crs, to_degrees
from portal.readers.formats.raw import Cell, RawTable, check_rows, name_columns
from portal.readers.formats.rings import close_rings
from portal.readers.formats.unusable import UNUSABLE
from portal.readers.limits import ReadLimits
from portal.readers.problems import (
    BAD_JSON,
    CRS_LINK,
    JSON_NOT_FINITE,
    NOT_GEOJSON,
    RING_CLOSED,
    Reject,
    refuse,
    repair,
)

# What programs write where there is no number, and numbers too large to be one; behind any sign.
_NOT_FINITE = re.compile(r"(?:nan|inf(?:inity)?)\b|[0-9.]+e\+?[0-9]+", re.IGNORECASE)
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_SHOWN_CHARACTERS = 20


def read_geojson(data: bytes, limits: ReadLimits) -> RawTable:
    """Read a FeatureCollection into a table; a feature's number is its row.

    Nested properties become JSON texts. A geometry that cannot be built is
    `portal.readers.formats.unusable.UNUSABLE`.

    Raises
    ------
    FileRefused
        The JSON is damaged, no FeatureCollection, or links to its coordinate system.
    """
    document = _load(to_utf8(data))
    features = _features(document)
    check_rows(len(features), limits)
    crs = _crs(document)
    names = list(dict.fromkeys(name for item in features for name in _properties(item)))
    headers = name_columns(names, limits)
    names = names[: len(headers)]
    rows = [[_cell(_properties(item).get(name)) for name in names] for item in features]
    shapes, repairs = _shapes(features)
    shapes, crs = to_degrees(shapes, crs)
    table = RawTable(headers, rows, list(range(1, len(rows) + 1)), shapes, crs, rejects=repairs)
    table.feature_ids = [_identifier(item) for item in features]
    return table


def _load(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        # orjson reports a lack of memory as if it were a fault of the text.
        if "memory" in str(error):
            raise MemoryError from error
        found = _NOT_FINITE.match(error.doc, error.pos)
        if found is None:
            raise refuse(BAD_JSON) from error
        number = _feature_at(error.doc, error.pos)
        raise refuse(JSON_NOT_FINITE, number=number, text=found[0][:_SHOWN_CHARACTERS]) from error


def _feature_at(text: str, end: int) -> int:
    """Return which feature ``end`` lies in: each is an object in an array of the document."""
    number, within = 0, ""
    for token in _STRUCTURE.finditer(text, 0, end):
        match token[0]:
            case "{" | "[" as opening:
                number += within + opening == "{[{"
                within += opening
            case "}" | "]":
                within = within[:-1]
    return max(number, 1)


def _features(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, dict) and document.get("type") == "Feature":
        document = {"type": "FeatureCollection", "features": [document]}
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise refuse(NOT_GEOJSON)
    features = document.get("features")
    if not isinstance(features, list) or not all(isinstance(item, dict) for item in features):
        raise refuse(NOT_GEOJSON)
    return features


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def _crs(document: dict[str, Any]) -> str:
    crs = document.get("crs")
    if crs is None:
        return ""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise refuse(CRS_LINK)
    return name_crs(name)


def _cell(value: Any) -> Cell:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def _identifier(feature: dict[str, Any]) -> Cell:
    identifier = feature.get("id")
    return identifier if isinstance(identifier, str | int | float) else None


def _shapes(features: list[dict[str, Any]]) -> tuple[Any, list[Reject]]:
    """Return the geometries, and of which rings had to be closed."""
    geometries = [item.get("geometry") for item in features]
    shapes = _build(geometries)
    repairs = []
    for at in np.flatnonzero(shapely.is_missing(shapes)).tolist():
        if geometries[at] is None:
            continue
        [closed] = _build([close_rings(geometries[at])])
        shapes[at] = UNUSABLE if closed is None else closed
        if closed is not None:
            repairs.append(repair(at + 1, "geometry", "", RING_CLOSED))
    return shapes, repairs


def _build(geometries: Sequence[Any]) -> Any:
    texts = [None if geometry is None else orjson.dumps(geometry).decode() for geometry in geometries]
    return shapely.from_geojson(np.asarray(texts, dtype=object), on_invalid="ignore")
